"""Pages of group 0: the text of a file."""

from __future__ import annotations

from ptt_rules.language.codes.page import Code, Rules, Script

PAGES = (
    Code(
        "PTT001",
        "syntax error",
        what="A word or sign stands where the language has no use for it. The marked place is "
        "the first one that does not fit; the slip itself may be just before it.",
        why="Nobody can say what the rule was meant to do, so it would guard nothing. Only the "
        "declaration with the slip is left out: the others are still checked.",
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
        "character that begins nothing",
        what="A character stands there that begins no word, number, text or operator of the "
        "language. Most often it comes from another language, such as `&&` for `and`.",
        why="What cannot be read cannot be judged. Skipping the character would leave a rule "
        "that means something else than what was written.",
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
        what='A text in `"` ends on the line on which it begins. A text of several lines '
        'stands in `"""`. A backslash begins an escape as in Python, such as `\\n`; a '
        "backslash itself is written `\\\\`.",
        why="Without its end the text would swallow the clauses behind it, and the rule would "
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
        what="One file may have a million characters. This one has more.",
        why="Packs are shared, and are read on the machine that trains. The limit keeps a file "
        "from taking its time and memory. A pack may have many files.",
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
        what="Expressions stand inside of one another more levels deep than the limit, by "
        "themselves or once each `let` is put in its place.",
        why="Each level costs time at every row that is judged. The limit is far above what a "
        "person writes; such rules mostly come from a program.",
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
