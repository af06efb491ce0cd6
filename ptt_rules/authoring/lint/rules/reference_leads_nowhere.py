"""PTT649: a reference that cannot be followed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.syntax import tree

_KNOWN = re.compile(
    r"\barxiv:\s?(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?\b"
    r"|\b10\.\d{4,9}/\S+"  # DOI
    r"|https?://[^\s.]+\.\S+",
    re.IGNORECASE,
)


def check(subject: Subject) -> Iterator[Finding]:
    for detector in subject.detectors:
        for source, clause in clauses_of(detector, tree.TextClause):
            if clause.word == "reference" and not _KNOWN.search(clause.text.value):
                message = "this reference has no arXiv id, no DOI and no address"
                hint = "write one such as `arXiv:2505.22617`, `doi:10.1000/182` or `https://...`"
                yield Finding(source, clause.text.span, message, hint)


RULE = Rule(
    Code(
        "PTT649",
        "reference that cannot be followed",
        what="A reference names a source by an arXiv id, a DOI or an address. Words such as a "
        "section can stand beside it.",
        why="A title or a name must be searched for, and is found in another version.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  reference "the InstructGPT paper"
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
  reference "arXiv:2203.02155, section 3.5"
}
"""),
    ),
    check,
)
