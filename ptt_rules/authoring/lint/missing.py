"""Rules that ask for a text of each detector: one rule, with the word of the text."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, name_of
from ptt_rules.language.codes import Code, Rules

BARE = Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
""")
"""A detector that says nothing."""


def saying(clause: str) -> Rules:
    """The same with a text."""
    return Rules(f"""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {{
  let now = mean(kl[20])
  high when now > 0.3
  {clause}
}}
""")


def missing(word: str, page: Code, lack: str, hint: str) -> Rule:
    """The rule that a detector has a text; `lack` is what is said of one that has not."""

    def check(subject: Subject) -> Iterator[Finding]:
        for detector in subject.pack.detectors.values():
            if not detector.has_text(word):
                source, span = name_of(detector)
                yield Finding(source, span, f"`{detector.name}` {lack}", hint)

    return Rule(page, check)
