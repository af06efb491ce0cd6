"""Limits on what a pack keeps and computes, so that a shared one cannot harm a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ptt_rules.language.check.scope import Reports
from ptt_rules.language.ir import Aggregate, Detector, FirstWindow, LastWindow, Param
from ptt_rules.language.passes import Program

MAX_KEPT = 200_000
"""Observations that all windows of a pack hold together."""

MAX_OPERATIONS = 100_000
"""Different operations that all rules of a pack need at a row."""


def check_limits(
    reports: Reports, detectors: Iterable[Detector], params: Mapping[str, Param]
) -> None:
    """Reports the first detector with which a pack becomes too large.

    Errors: PTT212
    """
    program = Program({param.qualified: param.value for param in params.values()})
    kept: dict[int, int] = {}
    total = 0
    for detector in (one for each in detectors for one in each.members or (each,)):
        known = len(program.operations)
        for node in [level.condition for level in detector.levels] + list(detector.values.values()):
            program.number(node)
        for operation in program.operations[known:]:
            if isinstance(operation.node, Aggregate):
                series, before = operation.inputs[0], kept.get(operation.inputs[0], 0)
                kept[series] = max(before, _kept(operation.node))
                total += kept[series] - before
        if total > MAX_KEPT:
            message = f"with this detector the windows of the pack hold more than {MAX_KEPT:,}"
            _report(reports, detector, f"{message} observations", "use shorter windows, or `[all]`")
            return
        if len(program.operations) > MAX_OPERATIONS:
            message = f"with this detector the pack has more than {MAX_OPERATIONS:,} operations"
            _report(reports, detector, message, "split the pack, or state its rules more simply")
            return


def _kept(aggregate: Aggregate) -> int:
    window = aggregate.window
    kept = window.count if isinstance(window, (LastWindow, FirstWindow)) else 0
    return kept if isinstance(window, FirstWindow) else kept + window.left_out


def _report(reports: Reports, detector: Detector, message: str, hint: str) -> None:
    place = detector.declaration
    assert place is not None
    reports.of(place.source).add("PTT212", place.name.span, message, hint=hint)
