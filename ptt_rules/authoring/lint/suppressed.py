"""The `suppresses` clauses of detectors, as written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.authoring.lint.subject import Subject, clauses_of
from ptt_rules.language import Source
from ptt_rules.language.ir import Detector
from ptt_rules.language.syntax import tree


@dataclass(frozen=True, slots=True)
class Suppressed:
    """`detector` suppresses `other`, as it says at `reference`."""

    source: Source
    reference: tree.Reference
    detector: Detector
    other: Detector


def suppressed(subject: Subject) -> Iterator[Suppressed]:
    for detector in subject.detectors:
        for source, clause in clauses_of(detector, tree.SuppressesClause):
            # the check has found each of them, in the order in which they are written
            for reference, name in zip(clause.detectors, detector.suppresses, strict=True):
                other = subject.all_detectors[name]
                yield Suppressed(source, reference, detector, other)
