"""Conditions of the older tool: how they are written there, and what they are in `.ptt`.

A condition looks at the last `window` rows that have its metric, once there are `min_steps`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

EQUAL_WITHIN = 0.02
"""`== N` means a mean that is nearer to N than this."""
SPIKE_WINDOW = 5
"""A spike is looked for in the newest rows, as many as this."""

VALUE = "value"
"""The name of what a condition is about; the older tool's messages call it so, too."""
BASE = "base"
INFINITE = "infinite"
"""The name of whether a window holds an infinity, which a mean in `.ptt` leaves out."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The operand of a condition: a metric of the pack, and a number of its rows.

    `may_be_negative` is False where the metric cannot be, by its definition.
    """

    metric: str
    window: int
    min_steps: int
    may_be_negative: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition in `.ptt`: what is named by `let`, when it is true, and what it waits for.

    `after` is 0 where the windows alone wait long enough. `threshold` is the number that it
    was written with.
    """

    lets: tuple[tuple[str, str], ...]
    when: str
    after: int
    threshold: float


Numbers = tuple[float, ...]
Rule = Callable[[Watch, Numbers], Judged]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of condition; `fault` is what its detectors are named after."""

    example: str
    pattern: re.Pattern[str]
    fault: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it was written, understood."""

    form: Form
    numbers: Numbers

    def judged(self, watch: Watch) -> Judged:
        return self.form.rule(watch, self.numbers)


def parse_condition(text: str) -> Condition | None:
    """The condition of a text; None if the text is not a condition."""
    for form in FORMS:
        found = form.pattern.fullmatch(text.strip())
        if found is not None:
            return Condition(form, tuple(map(float, found.groups())))
    return None


def fault_of(text: str) -> str:
    """The end of the name of a detector with this condition."""
    condition = parse_condition(text)
    return condition.form.fault if condition else "alert"


def plain(number: float) -> str:
    """A number as `.ptt` writes it, without an exponent and without a needless `.0`."""
    text = format(Decimal(repr(number)), "f")
    return text.removesuffix(".0")


# ---- rules ---------------------------------------------------------------------------------


def _mean(watch: Watch, when: str, threshold: float, infinity: str = "") -> Judged:
    """Something about the mean of the window, or of the rows so far if fewer are enough.

    `infinity` is a comparison with 0 where an infinity of that sign makes the mean infinite, and
    the condition true.
    """
    enough = max(1, min(watch.min_steps, watch.window))
    window = f"{watch.window}" if enough == watch.window else f"{enough}..{watch.window}"
    after = watch.min_steps if watch.min_steps > watch.window else 0
    lets = [(VALUE, f"mean({watch.metric}[{window}])")]
    if infinity == ">" or (infinity and watch.may_be_negative):
        lets.append((INFINITE, _any_infinite(watch.metric, infinity, window)))
        when = f"{when} or {INFINITE}"
        # `any` is true at once, and does not wait for its window
        after = watch.min_steps if watch.min_steps > 1 else 0
    return Judged(tuple(lets), when, after, threshold)


def _any_infinite(metric: str, sign: str, window: str) -> str:
    return f"any((isinf({metric}) and {metric} {sign} 0)[{window}])"


def _compare(operator: str) -> Rule:
    def rule(watch: Watch, numbers: Numbers) -> Judged:
        when = f"{VALUE} {operator} {plain(numbers[0])}"
        return _mean(watch, when, numbers[0], infinity=operator[0])

    return rule


def _equal(watch: Watch, numbers: Numbers) -> Judged:
    sign = "+" if numbers[0] < 0 else "-"
    distance = f"abs({VALUE} {sign} {plain(abs(numbers[0]))})"
    return _mean(watch, f"{distance} < {plain(EQUAL_WITHIN)}", numbers[0])


def _range(watch: Watch, numbers: Numbers) -> Judged:
    low, high = numbers
    return _mean(watch, f"{VALUE} in {plain(low)}..{plain(high)}", low)


def _drop(watch: Watch, numbers: Numbers) -> Judged:
    """The fall from the first window, as a share of it; of a first mean of 0 there is none."""
    lets = (
        (BASE, f"mean({watch.metric}[first {watch.window}])"),
        (VALUE, f"mean({watch.metric}[{watch.window}])"),
    )
    when = f"{BASE} != 0 and ({BASE} - {VALUE}) / abs({BASE}) >= {plain(numbers[0])}%"
    return Judged(lets, when, max(watch.min_steps, 2 * watch.window), numbers[0])


def _spike(watch: Watch, numbers: Numbers) -> Judged:
    lets = (
        (BASE, f"mean({watch.metric}[{watch.window} before {SPIKE_WINDOW}])"),
        (VALUE, f"max({watch.metric}[{SPIKE_WINDOW}])"),
        (INFINITE, _any_infinite(watch.metric, ">", str(SPIKE_WINDOW))),
    )
    when = f"{BASE} != 0 and ({VALUE} >= {plain(numbers[0])} * {BASE} or {INFINITE})"
    known = watch.window + SPIKE_WINDOW
    return Judged(lets, when, watch.min_steps if watch.min_steps > known else 0, numbers[0])


_N = r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*"
_POSITIVE = _N.replace("[+-]?(?:", "(?:", 1)


def _form(example: str, pattern: str, fault: str, rule: Rule) -> Form:
    return Form(example, re.compile(pattern), fault, rule)


FORMS = (
    _form("< N", f"<{_N}", "below", _compare("<")),
    _form("> N", f">{_N}", "above", _compare(">")),
    _form("<= N", f"<={_N}", "below", _compare("<=")),
    _form(">= N", f">={_N}", "above", _compare(">=")),
    _form("== N", f"=={_N}", "stuck", _equal),
    _form("range(a, b)", rf"range\s*\({_N},{_N}\)", "in_range", _range),
    _form("drop(N%)", rf"drop\s*\({_POSITIVE}%?\s*\)", "drop", _drop),
    _form("spike(Nx)", rf"spike\s*\({_POSITIVE}x?\s*\)", "spike", _spike),
)
