"""PTT601: an `allow` that silences nothing."""

from __future__ import annotations

from ptt_rules.authoring.lint.allow import Allow
from ptt_rules.authoring.lint.edits import without
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.language import Diagnostic
from ptt_rules.language.codes import Code, Rules


def warning(allow: Allow, *, is_known: bool) -> Diagnostic:
    """The warning about an allowance whose rule found nothing or does not exist."""
    same_comment = allow.source.slice(allow.comment).count("PTT")
    edit = without(allow.source, allow.comment) if same_comment == 1 else None
    message = f"the linter has no rule {allow.code}"
    if is_known:
        message = f"{allow.code} is not found on this line: the `allow` silences nothing"
    hint = "leave it out, or put it on the line that is flagged"
    return RULE.diagnostic(Finding(allow.source, allow.span, message, hint, edit=edit))


RULE = Rule(
    Code(
        "PTT601",
        "`allow` that silences nothing",
        what="A comment allows a rule of the linter on a line where that rule finds nothing. A "
        "comment is about its own line, or about the next line if it stands alone.",
        why="The comment may have moved away from its line, or the fault was fixed. If it stays, "
        "it hides the next fault of the same kind.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3  # allow PTT610: the range is a guess
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    check=lambda subject: (),  # known only once all other rules have run: see `lint.run`
    is_fixable=True,
)
