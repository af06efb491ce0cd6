"""How the ranks of a run are: a table of what each measured, and step times as a heat map.

The journal has a key for each quantity and rank, `ranks/<quantity>/<rank>`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from ptt_rules.evaluation import shown
from ptt_rules.report.chart import Across, Drawing, axis, room_for
from ptt_rules.report.markup import Html, Text, tag
from ptt_rules.report.page import table
from ptt_rules.runs import Run

KEY = re.compile(r"ranks/(.+)/(\d+)")
HEAT = "step_time"
NEWEST = 20
"""Values of which the table shows the mean."""
WIDTH, RIGHT, BOTTOM = 1080, 16, 26
MOST_COLUMNS = 120
_SHADES = 10
_FAR = 1.25
"""How far from the median of the ranks a value is told apart."""

Column = tuple[Sequence[int], Sequence[float]]
"""Steps and values of one key."""


def ranks(run: Run) -> Iterator[Text]:
    """The table, then the heat map; nothing for a run that measured no ranks."""
    found = _measured(run)
    if not found:
        return
    yield _table(found)
    if len(found.get(HEAT, {})) > 1:
        yield tag("h3", "Step time by rank and step")
        yield tag("div", _heat(found[HEAT], run.last_step).inline(css="long"), css="wide")
        about = "The stronger the colour, the slower the step, against the median of all ranks."
        yield tag("p", about, css="soft")


def _measured(run: Run) -> dict[str, dict[int, Column]]:
    """By quantity and rank."""
    found: dict[str, dict[int, Column]] = {}
    for key in run.log.frame.columns:
        match = KEY.fullmatch(key)
        if match is None:
            continue
        rows = run.log.frame.select("step", key).drop_nulls()
        values = [float(value) for value in rows[key].to_list()]
        if values:
            found.setdefault(match[1], {})[int(match[2])] = rows["step"].to_list(), values
    return found


# ---- the table -----------------------------------------------------------------------------


def _table(found: Mapping[str, Mapping[int, Column]]) -> Html:
    every = sorted({rank for by_rank in found.values() for rank in by_rank})
    means = {name: {r: _newest(one) for r, one in by.items()} for name, by in found.items()}
    rows = [(f"rank {rank}", *(_cell(means[name], rank) for name in found)) for rank in every]
    note = tag("p", f"Means of the newest {NEWEST} values.", css="soft")
    return Html(table(("", *found), rows, css="numbers") + note)


def _newest(column: Column) -> float:
    finite = [value for value in column[1][-NEWEST:] if math.isfinite(value)]
    return fmean(finite) if finite else math.nan


def _cell(means: Mapping[int, float], rank: int) -> Text:
    """A mean, marked where it is far from that of the other ranks."""
    value = means.get(rank)
    if value is None:
        return "-"
    text = shown(value, ".4g")
    finite = [mean for mean in means.values() if math.isfinite(mean)]
    middle = median(finite) if finite else 0.0
    is_far = not math.isfinite(value) or (
        len(finite) > 1 and middle > 0 and not 1 / _FAR <= value / middle <= _FAR
    )
    return tag("span", text, css="worst") if is_far else text


# ---- the heat map --------------------------------------------------------------------------


def _heat(by_rank: Mapping[int, Column], last_step: int) -> Drawing:
    size = max(1, math.ceil((last_step + 1) / MOST_COLUMNS))
    every = sorted(by_rank)
    height = max(6, min(22, 640 // len(every)))
    cells = {rank: _binned(by_rank[rank], size) for rank in every}
    known = [value for row in cells.values() for value in row.values()]
    middle = median(known) if known else 1.0
    across = Across(room_for(map(_label, every)), WIDTH - RIGHT, last_step)
    width = (across.right - across.left) / math.ceil((last_step + 1) / size)
    parts: list[Html] = []
    for row, rank in enumerate(every):
        y = row * height
        if height >= 10 or row % 8 == 0:
            at = y + height / 2 + 4
            name = tag("text", _label(rank), x=across.left - 8, y=at, text_anchor="end")
            parts.append(name)
        parts += _row(cells[rank], middle, Strip(across.left, y, width, height - 1))
    bottom = height * len(every)
    parts += axis(across, bottom + 18, (0, last_step), word="step ")
    return Drawing(WIDTH, bottom + BOTTOM, "step time by rank and step", tuple(parts))


def _label(rank: int) -> str:
    return f"rank {rank}"


def _binned(column: Column, size: int) -> dict[int, float]:
    """The mean of each column of the map that has a value."""
    bins: dict[int, list[float]] = {}
    for step, value in zip(*column, strict=True):
        if math.isfinite(value):
            bins.setdefault(step // size, []).append(value)
    return {place: fmean(values) for place, values in bins.items()}


@dataclass(frozen=True, slots=True)
class Strip:
    """Where the cells of a rank are drawn: their left end, top, and the size of each."""

    left: float
    top: float
    width: float
    height: float


def _row(cells: Mapping[int, float], middle: float, strip: Strip) -> Iterator[Html]:
    """Runs of the same shade are one piece, so that the page stays small."""
    shades = [(column, _shade(value, middle)) for column, value in sorted(cells.items())]
    start = 0
    for end in range(1, len(shades) + 1):
        first, shade = shades[start]
        goes_on = end < len(shades) and shades[end] == (first + end - start, shade)
        if goes_on:
            continue
        x, width = strip.left + first * strip.width, (end - start) * strip.width
        yield tag("rect", css="heat", x=x, y=strip.top, width=width, height=strip.height,
                  fill_opacity=f"{shade / _SHADES:g}")  # fmt: skip
        start = end


def _shade(value: float, middle: float) -> int:
    """1 at or below the median, up to the darkest at twice of it."""
    share = (value / middle - 1) if middle > 0 else 0.0
    return 1 + int((_SHADES - 1) * min(1.0, max(0.0, share)))
