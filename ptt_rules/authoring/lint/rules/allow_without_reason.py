"""PTT602: an `allow` that does not work: without a reason, or of an error."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.allow import allows_in, misread_in
from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language.codes import CODES, Code, Rules

_HINT = "write `# allow PTT612: why it is right here`"


def check(subject: Subject) -> Iterator[Finding]:
    for source in subject.sources:
        for allow in allows_in(source):
            if allow.code in CODES:
                message = f"{allow.code} is an error: it cannot be allowed"
                yield Finding(source, allow.span, message, "fix what it reports")
            elif not allow.reason:
                yield Finding(source, allow.comment, "this `allow` gives no reason", _HINT)
        for span in misread_in(source):
            message = "this comment is not an `allow`: it silences nothing"
            yield Finding(source, span, message, _HINT)


RULE = Rule(
    Code(
        "PTT602",
        "`allow` without a reason",
        what="`# allow CODE: reason` silences a rule of the linter on a line. This comment has no "
        "reason, names an error, or has another form; it silences nothing.",
        why="The next reader of the rule must know why a warning does not count here.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  critical when kl > 1000  # allow PTT616
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  critical when kl > 1000  # allow PTT616: the policy is lost if this is seen once
}
"""),
    ),
    check,
)
