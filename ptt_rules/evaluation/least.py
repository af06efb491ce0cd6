"""From how many logs on a level can fire at the earliest: its windows, `after` and `for`."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.evaluation.compiled import CompiledPack
from ptt_rules.evaluation.lacks import Outlooks
from ptt_rules.evaluation.row import Stream
from ptt_rules.evaluation.unjudged import with_waits
from ptt_rules.language import Level, Measure
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes import Program
from ptt_rules.logs import NO_SIBLINGS, Siblings

ENDLESS = float("inf")


def least_logs(compiled: CompiledPack) -> dict[str, dict[Level, int]]:
    """By detector and level, the fewest observations of what it reads with which it can fire.

    A lower bound: they are as many only where the fault shows in the first one. Spans of steps or
    time come beside it. What needs sibling runs is left out.
    """
    outlooks = Outlooks(_Endless(compiled.program))
    found: dict[str, dict[Level, int]] = {}
    for one in compiled.detectors:
        for level, (word, truth) in zip(one.detector.levels, one.levels, strict=True):
            outlook = outlooks.of(truth, wanted=True)
            if outlook.is_open:
                logs = with_waits(one, level.hold, max(1, outlook.rows))
                found.setdefault(one.detector.qualified, {})[word] = logs
    return found


@dataclass(frozen=True, slots=True)
class _Endless:
    """The evidence of a run that logs everything, without end."""

    program: Program
    has_end: bool = True
    siblings: Siblings = NO_SIBLINGS

    def rows_with(self, operation: int) -> float:
        return ENDLESS

    def is_known(self, operation: int) -> bool:
        return True

    def observations(self, stream: Stream) -> float:
        return ENDLESS

    def why_unknown(self, node: nodes.Given) -> str | None:
        return None

    def stands(self, measure: Measure) -> float | None:
        return ENDLESS
