"""Pages of group 0: the text of a file."""

from __future__ import annotations

from ptt_rules.language.codes.page import Code, Rules, Script

PAGES = (
    Code(
        "PTT001",
        "syntax error",
        what="A word or sign that the language does not allow here. The marked place is the first "
        "one that does not fit; the mistake itself may be just before it.",
        why="The meaning of the rule is unclear, so it would guard nothing. Only the declaration "
        "with the mistake is left out: the others are still checked.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    Code(
        "PTT002",
        "unknown character",
        what="No word, number, text or operator of the language begins with this character. Most "
        "often it comes from another language, such as `&&` for `and`.",
        why="Skipping the character would leave a rule that means something else than what was "
        "written.",
        failing=Rules("""\
metric kl: nats = "kl"
metric entropy: nats = "entropy"

detector policy_drift {
  high when kl > 0.3 && entropy < 0.1
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"
metric entropy: nats = "entropy"

detector policy_drift {
  high when kl > 0.3 and entropy < 0.1
}
"""),
    ),
    Code(
        "PTT003",
        "string that is not closed or has a bad escape",
        what='A text in `"` ends on the line on which it begins. A text of several lines is '
        'written in `"""`. A backslash begins an escape as in Python, such as `\\n`; a literal '
        "backslash is written `\\\\`.",
        why="Without its end the text would swallow the clauses after it, and the rule would "
        "silently lose them.",
        failing=Rules("""\
metric entropy: nats = "entropy"

detector entropy_collapse {
  high    when mean(entropy[20]) < 0.1
  message "The policy has become deterministic.
}
"""),
        fixed=Rules("""\
metric entropy: nats = "entropy"

detector entropy_collapse {
  high    when mean(entropy[20]) < 0.1
  message "The policy has become deterministic."
}
"""),
    ),
    Code(
        "PTT004",
        "source larger than the limit",
        what="A file may have at most a million characters. This one has more.",
        why="Packs are shared, and are read on the machine that trains. The limit keeps a file "
        "from using up its time and memory. A pack may have many files.",
        failing=Script("""\
import ptt_rules

ptt_rules.loads("# notes of every run so far\\n" * 100_000)
"""),
        fixed=Script("""\
import ptt_rules

ptt_rules.loads("# notes of every run so far\\n" * 100)
"""),
    ),
    Code(
        "PTT005",
        "nesting deeper than the limit",
        what="Expressions are nested more levels deep than the limit, by themselves or after each "
        "`let` is substituted; or formulas that look back stand in one another more than three "
        "deep.",
        why="Each level costs time at every judged row. The limit is far above what a person "
        "writes; such rules usually come from a program.",
        failing=Script("""\
import ptt_rules

terms = 500
total = "(kl + " * terms + "kl" + ")" * terms
rule = f"detector too_deep {{ high when {total} > 1 }}"
ptt_rules.loads('metric kl: nats = "kl"\\n' + rule)
"""),
        fixed=Script("""\
import ptt_rules

terms = 5
total = "(kl + " * terms + "kl" + ")" * terms
rule = f"detector too_deep {{ high when {total} > 1 }}"
ptt_rules.loads('metric kl: nats = "kl"\\n' + rule)
"""),
    ),
)
