"""The corpus: logs of runs that nobody here made, and of tiny runs of ours, each with its truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from benchmarks.detect.recorded import ROOT, granted_by, has_truth, onset_of, read_lines
from benchmarks.detect.scoring import worse_or_equal

CORPUS = ROOT / "tests" / "corpus"
OURS = ROOT / "tests" / "runs"


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a log, said before any tool judged it.

    `verdict` is healthy, doubtful or faulty. Of a faulty one, `right` has patterns of the detectors
    that name its cause, and `at_least` the level that a person would give. `onset` is the first
    row in which it shows. `granted` are levels that are true of a healthy one, too.
    """

    log: str
    path: Path
    pack: str
    verdict: str
    why: str
    right: tuple[str, ...] = ()
    at_least: str = "medium"
    onset: int = 0
    granted: frozenset[str] = frozenset()

    def names_the_cause(self, detector: str) -> bool:
        name = detector.partition("[")[0]
        return any(fnmatch(name, pattern) for pattern in self.right)

    def is_bad_enough(self, level: str) -> bool:
        return worse_or_equal(level, self.at_least)


def truths() -> Iterator[Truth]:
    """All logs of the corpus, in a fixed order."""
    for label in read_lines(CORPUS / "labels.jsonl"):
        yield Truth(
            label["log"],
            CORPUS / label["log"],
            label["pack"],
            label["verdict"],
            label["why"],
            tuple(label.get("right", ())),
            label.get("at_least", "medium"),
        )
    for label in read_lines(OURS / "labels.jsonl"):
        if has_truth(label):
            yield _of_ours(label)


def _of_ours(label: dict[str, Any]) -> Truth:
    """A run of ours: whatever is found once its fault shows names it."""
    path = OURS / label["file"]
    is_faulty = label["verdict"] == "faulty"
    return Truth(
        f"runs/{label['file']}",
        path,
        label["trainer"],
        label["verdict"],
        label.get("how", ""),
        ("*",),
        label.get("at_least", "medium"),
        onset_of(label, read_lines(path)) if is_faulty else 0,
        granted_by(label),
    )
