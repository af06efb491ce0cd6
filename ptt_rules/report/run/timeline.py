"""The timeline: a lane for each detector that found something, then what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ptt_rules.border import plural
from ptt_rules.evaluation import Event, EventKind, Finding
from ptt_rules.report.chart import Across, Drawing, axis, band, bar, diamond, fitting, nice
from ptt_rules.report.markup import Html, tag
from ptt_rules.report.run.across import across_of
from ptt_rules.report.run_texts import checkpoint_verdict
from ptt_rules.runs import Run

WIDTH, LABELS, RIGHT = 1080, 270, 16
LANE, TOP, BOTTOM = 24, 10, 30
MOST_LANES = 16
NARROW, NARROW_LANE = 340, 36
"""Of a phone: the label of a lane stands above it."""


def timeline(run: Run) -> Drawing:
    """Findings from when they began, actions, checkpoints and snapshots along the steps."""
    return _drawing(run, across_of(run, LABELS, WIDTH - RIGHT), WIDTH, LANE)


def stacked(run: Run) -> Drawing:
    """The same for a narrow screen, each label above its lane."""
    return _drawing(run, across_of(run, RIGHT, NARROW - RIGHT), NARROW, NARROW_LANE)


def _drawing(run: Run, across: Across, width: int, lane: int) -> Drawing:
    lanes = list(_lanes(run))
    bottom = TOP + lane * len(lanes)
    parts: list[Html] = []
    if across.last > run.last_step:
        ends, untrained = (TOP, bottom), (run.last_step, across.last)
        parts.append(band(across, untrained, ends, "never", "planned, and not trained"))
    for number, (label, marks) in enumerate(lanes):
        low = TOP + lane * (number + 1)
        middle = low - LANE / 2
        parts += [_label(label, across, low), _rule(across, middle), *marks(across, middle)]
    parts += _steps(across, bottom + 18, width)
    return Drawing(width, bottom + BOTTOM, "timeline of the run", tuple(parts))


def _label(text: str, across: Across, low: float) -> Html:
    """Left of its lane where there is room, else above it."""
    if across.left >= LABELS:
        cut = fitting(text, LABELS - 10, keeps_end=True)
        place = {"x": LABELS - 10, "y": low - LANE / 2 + 4, "text_anchor": "end"}
    else:
        cut = fitting(text, across.right - across.left, keeps_end=True)
        place = {"x": across.left, "y": low - LANE - 1}
    return tag("text", cut, css="key", **place)


def _rule(across: Across, middle: float) -> Html:
    return tag("line", css="lane", x1=across.left, x2=across.right, y1=middle, y2=middle)


def _steps(across: Across, y: float, width: int) -> Iterator[Html]:
    if across.left >= LABELS:
        yield tag("text", "step", x=LABELS - 10, y=y, text_anchor="end")
        yield from axis(across, y, nice(across.last), between=(LABELS - 8, width))
    else:
        yield from axis(across, y, (0, across.last), word="step ")


# ---- lanes ---------------------------------------------------------------------------------


_Mark = tuple[str, int, int | None, str]
"""Style, first and last step (None: a point), and what a reader is told."""


class _Marks:
    """The marks of a lane, drawn once its place is known."""

    def __init__(self, draw: Sequence[_Mark]) -> None:
        self._draw = draw

    def __call__(self, across: Across, middle: float) -> Iterator[Html]:
        for style, first, last, title in self._draw:
            if last is None:
                yield diamond(across.at(first), middle, style, title)
            else:
                yield bar(across, (first, last), middle, style, title)


def _lanes(run: Run) -> Iterator[tuple[str, _Marks]]:
    found: dict[str, list[Finding]] = {}
    for incident in run.incidents:
        for one in incident.findings:
            found.setdefault(one.who, []).append(one)
    ordered = sorted(found.items(), key=lambda item: _lane_order(item[1][0]))
    for who, findings in ordered[:MOST_LANES]:
        yield who, _Marks([mark for one in findings for mark in _stretches(run, one)])
    if len(ordered) > MOST_LANES:
        yield plural(len(ordered) - MOST_LANES, "more detector"), _Marks([])
    if not ordered:
        yield "no findings", _Marks([])
    yield from _deeds(run)


def _lane_order(first: Finding) -> tuple[int, bool, int, str]:
    """What began first; then what was told, the worse before the milder."""
    return first.since_step, not first.is_visible, -first.level, first.who


def _stretches(run: Run, finding: Finding) -> Iterator[_Mark]:
    """A pale bar since it began to hold, then a full one for each level that was told."""
    events = [one for one in run.records.events if one.who == finding.who and _changes(one)]
    told = finding.suppressed_by
    note = f", suppressed by {told}" if told else ""
    opened: Event | None = None
    for event in events:
        if opened is None and event.since_step is not None and event.since_step < event.step:
            title = f"{finding.who} holds since step {event.since_step}"
            yield f"{event.level.word} before", event.since_step, event.step, title
        if opened is not None:
            yield _stretch(opened, event.step, note)
        opened = None if event.event is EventKind.RESOLVED else event
    if opened is not None:
        yield _stretch(opened, run.last_step, note)


def _changes(event: Event) -> bool:
    return event.event not in (EventKind.AGAIN, EventKind.BROKEN)


def _stretch(event: Event, until: int, note: str) -> tuple[str, int, int, str]:
    text = f"{event.who}: {event.level.word} from step {event.step} to {until}{note}. "
    style = f"{event.level.word} before" if note else event.level.word
    return style, event.step, until, text + event.message


def _deeds(run: Run) -> Iterator[tuple[str, _Marks]]:
    kinds: dict[str, list[_Mark]] = {}
    noted: dict[str, list[_Mark]] = {}
    for action in run.records.actions:
        because = ", ".join(action.because)
        title = f"{action.action.value} at step {action.step}"
        title += f", because of {because}" if because else ": its formula failed"
        kinds.setdefault(action.action.value, []).append(("mark", action.step, None, title))
    for kind, marks in kinds.items():
        yield f"policy: {kind}", _Marks(marks)
    for note in run.records.notes:
        step = note.get("step")
        if isinstance(step, int):
            word = str(note.get("event")).replace("_", " ")
            title = f"{word} at step {step}"
            noted.setdefault(word, []).append(("mark", step, None, title))
    for word, marks in noted.items():
        yield word, _Marks(marks)
    saved: list[_Mark] = []
    for one in run.checkpoints:
        verdict, reasons = checkpoint_verdict(run, one)
        style = "good" if verdict == "good" else "critical"
        saved.append((style, one.step, None, f"{one.path.name}: {verdict}; {'; '.join(reasons)}"))
    if saved:
        yield "checkpoints", _Marks(saved)
