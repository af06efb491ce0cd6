"""What sibling runs have at the step of a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ptt_rules.language.functions import middle, ranked
from ptt_rules.language.ir import nodes
from ptt_rules.language.passes import Operation, Program
from ptt_rules.logs import SiblingMetric, Siblings

OfStep = Callable[[int], float | None]
"""A value that depends on the step of a row alone."""


def of_siblings(series: nodes.Node, share: float | None, siblings: Siblings) -> OfStep:
    """The median, or a quantile, of what the runs have newest of a metric at a step."""
    found = siblings.of_metric(series.keys) if isinstance(series, nodes.Column) else ()
    return _Quantile(found, share)


def share_of(program: Program, operation: Operation) -> float | None:
    """The share of its quantile; None: it is of the median."""
    return program.constant(operation.inputs[1]) if len(operation.inputs) > 1 else None


class _Quantile:
    def __init__(self, metrics: Sequence[SiblingMetric], share: float | None) -> None:
        self._metrics, self._share = metrics, share

    def __call__(self, step: int) -> float | None:
        newest = (metric.at(step) for metric in self._metrics)
        values = sorted(value for value in newest if value is not None)
        if not values:
            return None
        return middle(values) if self._share is None else ranked(values, self._share)


def why_none(series: nodes.Node, siblings: Siblings) -> str | None:
    """Why nothing is known of a metric of sibling runs at any step; None where it is."""
    if not siblings:
        return siblings.lost or "it needs sibling runs"
    if isinstance(series, nodes.Column) and not siblings.of_metric(series.keys):
        return f"no sibling run has `{series.keys[0]}`"
    return None
