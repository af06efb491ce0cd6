"""Small multiples: metrics that findings read, then the usual ones, with what was found."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from ptt_rules.evaluation import shown
from ptt_rules.logs import POSITION_KEYS
from ptt_rules.report.run.across import Across, last_step_of
from ptt_rules.report.run.html import Html
from ptt_rules.report.svg import cross, pieces, short, thinned, thinned_steps
from ptt_rules.report.usual import USUAL
from ptt_rules.runs import Run

WIDTH, LEFT, RIGHT = 460, 56, 8
TOP, PANEL, BOTTOM = 22, 92, 18
MOST = 12
_SPARSE = 40
"""Values up to which each is marked by a dot."""


def curves(run: Run) -> Html:
    """A picture for each metric that is worth a look."""
    drawn = "\n".join(_panel(run, key) for key in keys_of(run))
    return Html(f'<div class="panels">{drawn}</div>' if drawn else "")


def keys_of(run: Run) -> list[str]:
    """Logged keys: those of what was found, the worst first, then the usual ones."""
    logged = [name for name in run.log.frame.columns if name not in POSITION_KEYS]
    found = [key for key in _read_by_findings(run) if key in logged]
    usual = [key for key in USUAL if key in logged]
    rest = [key for key in logged if not key.startswith("ranks/")]
    wanted = dict.fromkeys([*found, *usual, *rest])
    return [key for key in wanted if run.log.frame[key].null_count() < run.log.frame.height][:MOST]


def _read_by_findings(run: Run) -> Iterator[str]:
    for incident in sorted(run.incidents, key=lambda one: -one.level):
        for finding in incident.findings:
            for tried in run.rules.rule(finding.detector).keys:
                yield from (_filled(key, finding.instance) for key in tried)


def _filled(key: str, instance: object) -> str:
    """A key of a family with the word of the instance in it."""
    words = instance if isinstance(instance, dict) else {}
    for label, word in words.items():
        key = key.replace("{" + label + "}", word)
    return key


# ---- one picture ---------------------------------------------------------------------------


def _panel(run: Run, key: str) -> str:
    rows = run.log.frame.select("step", key).drop_nulls()
    known = list(zip(rows["step"].to_list(), map(float, rows[key].to_list()), strict=True))
    across = Across(LEFT, WIDTH - RIGHT, last_step_of(run))
    height = TOP + PANEL + BOTTOM
    newest = shown(known[-1][1], ".4g") if known else "no value"
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(key)}">',
        f'<text class="key" x="{LEFT}" y="14">{escape(key)}</text>',
        f'<text x="{WIDTH - RIGHT}" y="14" text-anchor="end">{newest}</text>',
        *_bands(run, key, across),
        f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" '
        f'height="{PANEL}"/>',
        *_curve(known, across),
        f'<text x="{LEFT}" y="{height - 4}">0</text>',
        f'<text x="{WIDTH - RIGHT}" y="{height - 4}" text-anchor="end">{across.last}</text>',
        "</svg>",
    ]
    return "\n".join(parts)


def _bands(run: Run, key: str, across: Across) -> Iterator[str]:
    """What was not trained in grey; of each incident its time, and a line where it was told."""
    if across.last > run.last_step:
        x, width = across.text(run.last_step), across.width(run.last_step, across.last)
        yield f'<rect class="never" x="{x}" y="{TOP}" width="{width}" height="{PANEL}"/>'
    for incident in run.incidents:
        readers = [one for one in incident.findings if key in _keys_read(run, one)]
        for one in readers[:3]:
            level, last = one.level.word, run.last_step if one.ended is None else one.ended
            title = f"{one.who}: since step {one.since_step}, {level} at {one.step}"
            yield (
                f'<rect class="band {level}" x="{across.text(one.since_step)}" y="{TOP}" '
                f'width="{across.width(one.since_step, last)}" height="{PANEL}">'
                f"<title>{escape(title)}</title></rect>"
            )
            x = across.text(one.step)
            yield f'<line class="{level}" x1="{x}" x2="{x}" y1="{TOP}" y2="{TOP + PANEL}"/>'


def _keys_read(run: Run, finding: object) -> set[str]:
    detector, instance = getattr(finding, "detector", ""), getattr(finding, "instance", {})
    rule = run.rules.rule(detector)
    return {_filled(key, instance) for tried in rule.keys for key in tried}


def _curve(known: Sequence[tuple[int, float]], across: Across) -> Iterator[str]:
    finite = [value for _, value in known if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    extent = high / 2 - low / 2  # halves, so that nothing overflows
    room = extent * 0.08 or abs(high) * 0.08 or 1.0

    def place(value: float) -> float:
        return TOP + PANEL * (1 - (value / 2 - low / 2 + room) / (extent + 2 * room))

    for value in dict.fromkeys((high, low)) if finite else ():
        y = short(place(value) + 4)
        yield f'<text x="{LEFT - 5}" y="{y}" text-anchor="end">{shown(value, ".3g")}</text>'
    for piece in pieces(known):
        points = [(across.text(s), short(place(v))) for s, v in thinned(piece)]
        path = " ".join(f"{x},{y}" for x, y in points)
        yield f'<polyline class="curve" points="{path}"/>'
        if len(known) <= _SPARSE:
            yield from (f'<circle class="dot" cx="{x}" cy="{y}" r="2"/>' for x, y in points)
    broken = [step for step, value in known if not math.isfinite(value)]
    yield from (cross(across.at(step), TOP + 8) for step in thinned_steps(broken))
