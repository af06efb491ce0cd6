"""The timeline: a lane for each detector that found something, then what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from ptt_rules.border import plural
from ptt_rules.evaluation import Event, EventKind, Finding
from ptt_rules.report.run.across import Across, last_step_of
from ptt_rules.report.run.html import Html
from ptt_rules.report.run_story import checkpoint_verdict
from ptt_rules.report.svg import short
from ptt_rules.runs import Run

WIDTH, LABELS, RIGHT = 1080, 270, 16
LANE, TOP, BOTTOM = 24, 10, 30
MOST_LANES = 16
_LABEL_CHARS = 40


def timeline(run: Run) -> Html:
    """Findings from when they began, actions, checkpoints and snapshots along the steps."""
    lanes = list(_lanes(run))
    height = TOP + LANE * len(lanes) + BOTTOM
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="timeline of the run">']
    across = Across(LABELS, WIDTH - RIGHT, last_step_of(run))
    bottom = height - BOTTOM
    if across.last > run.last_step:
        x, width = across.text(run.last_step), across.width(run.last_step, across.last)
        never = f'<rect class="never" x="{x}" y="{TOP}" width="{width}" height="{bottom - TOP}">'
        parts.append(f"{never}<title>planned, and not trained</title></rect>")
    for number, (label, marks) in enumerate(lanes):
        middle = TOP + LANE * (number + 0.5)
        parts.append(
            f'<text class="key" x="{LABELS - 10}" y="{short(middle + 4)}" text-anchor="end">'
            f"{escape(_cut(label))}</text>"
            f'<line class="lane" x1="{LABELS}" x2="{WIDTH - RIGHT}" y1="{short(middle)}" '
            f'y2="{short(middle)}"/>'
        )
        parts += marks(across, middle)
    parts += _axis(across, bottom)
    return Html("\n".join([*parts, "</svg>"]))


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL_CHARS else "…" + label[1 - _LABEL_CHARS :]


def _axis(across: Across, bottom: int) -> Iterator[str]:
    ticks = [*range(0, across.last, nice(across.last))]
    if across.last - ticks[-1] < nice(across.last) / 2:
        ticks.pop()
    for step in (*ticks, across.last):
        yield (
            f'<text x="{across.text(step)}" y="{bottom + 18}" text-anchor="middle">{step}</text>'
        )
    yield f'<text x="{LABELS - 10}" y="{bottom + 18}" text-anchor="end">step</text>'


def nice(last: int) -> int:
    """A round distance of ticks, of which six to twelve fit."""
    size: int = 10 ** max(0, len(str(last)) - 1)
    return next((size * part // 10 for part in (1, 2, 5, 10) if last <= size * part), size) or 1


# ---- lanes ---------------------------------------------------------------------------------


_Mark = tuple[str, int, int | None, str]
"""Style, first and last step (None: a point), and what a reader is told."""


class _Marks:
    """The marks of a lane, drawn once its place is known."""

    def __init__(self, draw: Sequence[_Mark]) -> None:
        self._draw = draw

    def __call__(self, across: Across, middle: float) -> Iterator[str]:
        for style, first, last, title in self._draw:
            if last is None:
                yield _diamond(across.at(first), middle, style, title)
            else:
                yield _bar(across, (first, last), middle, style, title)


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
    return first.since_step, not first.is_told, -first.level, first.who


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


def _bar(across: Across, steps: tuple[int, int], middle: float, style: str, title: str) -> str:
    first, last = steps
    height = 6 if "before" in style else 12
    return (
        f'<rect class="{style}" x="{across.text(first)}" y="{short(middle - height / 2)}" '
        f'width="{across.width(first, last, least=3)}" height="{height}" rx="2">'
        f"<title>{escape(title)}</title></rect>"
    )


def _diamond(x: float, middle: float, style: str, title: str) -> str:
    path = f"M{short(x)} {short(middle - 6)}l6 6l-6 6l-6 -6z"
    return f'<path class="{style}" d="{path}"><title>{escape(title)}</title></path>'
