"""Whether detectors fire, as values of a row: for those that ask for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules.evaluation.judge import Judge
from ptt_rules.evaluation.row import BASE, Own, Template
from ptt_rules.language import Level
from ptt_rules.language.ir import Firing, OfDetector
from ptt_rules.language.passes import Operation, Program


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of some judges, of which more may come, and where the answer goes."""

    place: int
    node: OfDetector
    judges: Sequence[Judge]

    def answer(self, values: Sequence[Any]) -> bool | None:
        if not isinstance(self.node, Firing):
            return True if any(judge.is_due_at(values) for judge in self.judges) else None
        if any(_fires(judge, self.node.level) for judge in self.judges):
            return True
        return None if any(judge.broken is not None for judge in self.judges) else False


def _fires(judge: Judge, level: Level | None) -> bool:
    now = judge.life.level
    return judge.broken is None and now is not None and (level is None or now >= level)


class Answers:
    """The questions of a live run, by stage; packs in which nobody asks have none."""

    def __init__(self, program: Program) -> None:
        self._questions: dict[int, list[_Question]] = defaultdict(list)
        self._judges: dict[tuple[str, str | None], list[Judge]] = defaultdict(list)
        """By detector and instance; without one, all of a detector."""
        for one in program.operations:
            if isinstance(one.node, OfDetector) and not one.node.is_same:
                self._ask(one.number, one, one.node)

    def _ask(self, place: int, operation: Operation, node: OfDetector) -> None:
        if operation.stage:
            judges = self._judges[node.detector, node.instance]
            self._questions[operation.stage].append(_Question(place, node, judges))

    def enlist(self, judges: Iterable[Judge]) -> None:
        """Detectors, or instances of them, that are judged from now on."""
        for judge in judges:
            detector = judge.compiled.detector.qualified
            self._judges[detector, None].append(judge)
            for word in judge.compiled.instance.values():
                self._judges[detector, word].append(judge)

    def begin(self, template: Template, own: Own, word: str) -> None:
        """An instance whose detectors ask for others of the same instance."""
        for place, one in template.asked:
            assert isinstance(one.node, OfDetector)
            self._ask(own[BASE] + place, one, one.node.of(word))

    def answer(self, values: list[Any], stage: int) -> None:
        """Puts what a stage asks for among the values of the row."""
        for question in self._questions.get(stage, ()):
            values[question.place] = question.answer(values)
