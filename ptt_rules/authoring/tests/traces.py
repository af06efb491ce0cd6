"""How a detector fires: the rows of its own test that shows it first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ptt_rules.authoring.tests.outcome import Run
from ptt_rules.authoring.tests.runner import Runner
from ptt_rules.authoring.tests.series import Sample
from ptt_rules.evaluation import Event, EventKind
from ptt_rules.language.ir import Change, Changes, Fires, Metric, Test, filled
from ptt_rules.logs import POSITION_KEYS
from ptt_rules.packs import TestedPack


@dataclass(frozen=True, slots=True)
class Curve:
    """The values of one key at each step; None where a row has no such key."""

    key: str
    values: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A firing: what the detector reads, and its events from the first one on."""

    test: str
    steps: tuple[int, ...]
    curves: tuple[Curve, ...]
    events: tuple[Event, ...]


def traces(tested: TestedPack) -> dict[str, Trace]:
    """By detector the first test of its pack that expects it to fire, and in which it does."""
    runner = Runner(tested)
    metrics = {one.qualified: one.metrics for one in tested.checked.detectors.values()}
    found: dict[str, Trace] = {}
    for test in tested.checked.tests:
        missing = [name for name in _expected(test) if name in metrics and name not in found]
        run = runner.judged(test) if missing else None
        for name in missing:
            trace = _trace(test, run, name, metrics[name]) if run else None
            if trace is not None:
                found[name] = trace
    return found


def _expected(test: Test) -> Iterator[str]:
    for one in test.expectations:
        match one.claim:
            case Fires(of=meant, wanted=True) | Changes(of=meant, change=Change.FIRES):
                if meant.detector is not None:
                    yield meant.detector


def _trace(test: Test, run: Run, name: str, metrics: tuple[Metric, ...]) -> Trace | None:
    events = [event for event in run.events if event.detector == name]
    first = next((event for event in events if event.event is EventKind.FIRED), None)
    if first is None:
        return None
    own = tuple(event for event in events if event.instance == first.instance)
    logged = {key for row in run.rows for key in row if key not in POSITION_KEYS}
    keys = [key for metric in metrics for key in _keys(metric, first.instance) if key in logged]
    curves = (Curve(key, tuple(row.get(key) for row in run.rows)) for key in dict.fromkeys(keys))
    return Trace(test.name, tuple(run.steps), tuple(curves), own)


def _keys(metric: Metric, instance: Mapping[str, str]) -> tuple[str, ...]:
    if metric.label is None or metric.label not in instance:
        return metric.keys
    return filled(metric.keys, metric.label, instance[metric.label])
