"""Labels of axes: numbers that fit beside a plot, and steps below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ptt_rules.evaluation import shown
from ptt_rules.report.chart.scale import Across, Extent
from ptt_rules.report.markup import Html, tag

CHAR = 7.0
"""What a character of a label takes at most, as drawings do not know their fonts."""
_PAD = 6
_DIGITS = (3, 4, 5, 6)
_PLAIN = 6
"""Digits before the point up to which a number is written out."""


def label(value: float, digits: int = 3) -> str:
    """A number for an axis, such as `0.0442`, `72000`, `1.23e6`, `-4e-15`."""
    text = shown(value, f".{digits}g")
    mantissa, mark, power = text.partition("e")
    if not mark:
        return text
    return f"{value:.0f}" if 0 <= int(power) < _PLAIN else f"{mantissa}e{int(power)}"


def ends(extent: Extent) -> dict[str, float]:
    """The labels of an axis of values: both ends, with as many digits as tell them apart."""
    if extent.low == extent.high:
        return {label(extent.high): extent.high}
    made = [{label(one, n): one for one in (extent.high, extent.low)} for n in _DIGITS]
    return next((labels for labels in made if len(labels) == 2), made[-1])


def room_for(labels: Iterable[str], *, least: float = 0.0) -> float:
    """The room that labels need on the left of a plot."""
    return max([least, *(len(text) * CHAR + _PAD + 2 for text in labels)])


def fitting(text: str, room: float, *, keeps_end: bool = False) -> str:
    """A text that is cut where it has no room, at its end or at its beginning."""
    most = max(1, int(room / CHAR))
    if len(text) <= most:
        return text
    return f"…{text[len(text) - most + 1 :]}" if keeps_end else f"{text[: most - 1]}…"


def value_axis(labels: dict[str, float], left: float, heights: Sequence[float]) -> Iterator[Html]:
    for text, y in zip(labels, heights, strict=True):
        yield tag("text", text, x=left - _PAD, y=y + 4, text_anchor="end")


def axis(
    across: Across,
    y: float,
    steps: Sequence[int],
    *,
    word: str = "",
    between: tuple[float, float] | None = None,
) -> Iterator[Html]:
    """Steps below a plot; a label that would leave the drawing is moved to its edge."""
    left, right = between or (across.left, across.right)
    for step in dict.fromkeys(steps):
        text, x = f"{word}{step}", across.at(step)
        half = len(text) * CHAR / 2
        if x - half < left:
            yield tag("text", text, x=left, y=y)
        elif x + half > right:
            yield tag("text", text, x=right, y=y, text_anchor="end")
        else:
            yield tag("text", text, x=x, y=y, text_anchor="middle")


def nice(last: int) -> list[int]:
    """Round steps from 0 on, of which six to twelve fit, and the last one."""
    size: int = 10 ** max(0, len(str(last)) - 1)
    parts = (size * part // 10 for part in (1, 2, 5, 10) if last <= size * part)
    apart = next(parts, size) or 1
    ticks = [*range(0, last, apart)]
    if last - ticks[-1] < apart / 2 and len(ticks) > 1:
        ticks.pop()
    return [*ticks, last]
