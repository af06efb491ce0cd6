"""Tests of a converted pack: for each alert a series that fires it, and one that does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ptt_rules.authoring.convert.conditions import SPIKE_WINDOW, plain
from ptt_rules.authoring.convert.heuristics import Heuristic
from ptt_rules.authoring.convert.metrics import metric_names, range_of
from ptt_rules.language import Source
from ptt_rules.language.syntax import format_source

Bounds = tuple[float | None, float | None]

_HEAD = "# Written by the conversion. Put series of your own runs in their place.\n"


@dataclass(frozen=True, slots=True)
class Values:
    """A value of the metric that is well, and one at which the condition holds."""

    well: float
    wrong: float


def tests_text(name: str, trainers: Sequence[str], rules: Sequence[Heuristic]) -> str:
    """The tests of a pack with a detector for each alert, in the layout of `ptt fmt`.

    Errors: raises RuntimeError if they were no `.ptt`, which is a fault of ours
    """
    names = metric_names(rule.metric for rule in rules)
    text = _HEAD + "".join(
        f"\n{_tests(rule, names[rule.metric], range_of(rule.metric, trainers))}" for rule in rules
    )
    formatted, diagnostics = format_source(Source(name, text))
    if formatted is None:
        raise RuntimeError(f"{name}: {diagnostics[0].message}")
    return formatted


def _tests(rule: Heuristic, metric: str, bounds: Bounds) -> str:
    values = _values(rule, bounds)
    well, wrong = plain(values.well), plain(values.wrong)
    before = max(rule.min_steps, 2 * rule.window) + SPIKE_WINDOW
    rows = before + rule.window + SPIKE_WINDOW
    fires = (
        f'test "{rule.name} fires" {{\n'
        f"{metric} = {well} x {before}, {wrong} x {rows - before}\n"
        f"expect {rule.name}.{rule.level.word} at {before + 1}..{rows}\n}}\n"
    )
    silent = (
        f'test "{rule.name} does not fire" {{\n'
        f"{metric} = {well} x {rows}\nexpect no {rule.name}\n}}\n"
    )
    return f"{fires}\n{silent}"


def _values(rule: Heuristic, bounds: Bounds) -> Values:
    numbers = rule.condition.numbers
    match rule.condition.form.fault:
        case "below":
            return Values(_above(numbers[0], bounds), _below(numbers[0], bounds))
        case "above":
            return Values(_below(numbers[0], bounds), _above(numbers[0], bounds))
        case "stuck":
            return Values(_above(numbers[0], bounds), numbers[0])
        case "in_range":
            return Values(_above(numbers[1], bounds), _short((numbers[0] + numbers[1]) / 2))
        case "drop":
            return Values(1.0, _short(1 - numbers[0] / 90))
    return Values(1.0, _short(1.5 * numbers[0]))


def _above(number: float, bounds: Bounds) -> float:
    """A number that is clearly above, within the bounds if they leave room."""
    high = bounds[1]
    if high is not None and high > number:
        return _short((number + high) / 2)
    return _short(number + _step(number))


def _below(number: float, bounds: Bounds) -> float:
    low = bounds[0]
    if low is not None and low < number:
        return _short((number + low) / 2)
    return _short(number - _step(number))


def _step(number: float) -> float:
    return abs(number) / 2 or 1.0


def _short(number: float) -> float:
    """A number with few digits, for people."""
    return float(f"{number:.6g}")
