"""Explanations as text: the parts of each condition with their values, and what was waited for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.border import agreeing, plural
from ptt_rules.evaluation import EventKind, Status, shown
from ptt_rules.evaluation.why import Explanation, Part, Role, keys_text, skipped_text
from ptt_rules.language import Level
from ptt_rules.report.events import TONES
from ptt_rules.report.terminal import WIDTH, Colour, wrapped

LONGEST = 58
"""Up to which an `and` or `or` is written out before its parts."""
LEAST_NOTE = 20
"""What is kept for notes beside texts and values, where notes are that long."""

_PLAIN = Colour()
_INDENT = "  "
_TRUTH_TONES = {"true": ("bold",), "false": ("dim",), "unknown": ("yellow",)}


@dataclass(frozen=True, slots=True)
class _Line:
    """A part on the screen: its text, its value, and what is said of it."""

    text: str
    value: str
    note: str
    short: str = ""
    """What stands for a long text whose parts follow."""

    def fit(self, most: int) -> str:
        is_long = len(self.text) > min(most, LONGEST)
        text = self.short if self.short and is_long else self.text
        return text if len(text) <= most else text[: most - 1] + "…"


def why_text(why: Explanation, colour: Colour = _PLAIN, width: int = WIDTH) -> str:
    """The detector and its state, each condition part by part, and the waits."""
    blocks = ["\n".join(_head(why, colour, width))]
    lines = [list(_level_lines(level.level, level.condition)) for level in why.levels]
    if why.until is not None and _is_asked(why):
        lines.append(list(_lines(why.until, 0, "until ")))
    blocks += _columns(lines, colour, width)
    blocks.append("\n".join(_waits(why, width)))
    return "\n\n".join(block for block in blocks if block)


def condition_text(condition: Part, colour: Colour = _PLAIN, width: int = WIDTH) -> str:
    """A condition by itself, part by part."""
    return "\n".join(_columns([list(_lines(condition, 0))], colour, width))


def _is_asked(why: Explanation) -> bool:
    """Whether `until` matters at the row: only once the detector has fired."""
    was_firing = why.event is not None and why.event.event is EventKind.RESOLVED
    return was_firing or why.level is not None


# ---- head ----------------------------------------------------------------------------------


def _head(why: Explanation, colour: Colour, width: int) -> Iterator[str]:
    name = colour(why.who, "bold")
    if why.row is None:
        yield f"{name}: {why.chosen}"
        return
    yield f"{name} at step {why.step} (row {why.row}): {_state(why, colour)}"
    notes = [why.chosen]
    if why.unjudged is not None and why.event is None:
        notes.append(f"not judged here: {why.unjudged}")
    notes += [f"blind: no row so far has {keys_text(keys)}" for keys in why.missing]
    if why.suppressed_by:
        notes.append(f"recorded, not reported: {why.suppressed_by} fires")
    if why.shadow:
        notes.append("in the shadow: recorded, not reported")
    for note in notes:
        yield wrapped(note, width, label=_INDENT, hang=_INDENT * 2)


def _state(why: Explanation, colour: Colour) -> str:
    """What happened at the row, or else what the detector is after it."""
    event = why.event
    if event is not None:
        words = {EventKind.RESOLVED: "from ", EventKind.EASED: "to ", EventKind.ESCALATED: "to "}
        text = f"{event.event.value} {words.get(event.event, '')}{event.level.word}"
        return colour(text, *TONES[event.level])
    since = "" if why.since_step is None else f" since step {why.since_step}"
    if why.level is not None:
        return colour(f"firing {why.level.word}", *TONES[why.level]) + since
    texts = {Status.PENDING: f"pending{since}", Status.OK: "not firing"}
    return texts.get(why.status, why.status.value)


# ---- conditions ----------------------------------------------------------------------------


def _level_lines(level: Level, condition: Part) -> Iterator[_Line]:
    return _lines(condition, 0, f"{level.word} when ")


def _lines(part: Part, depth: int, head: str = "") -> Iterator[_Line]:
    head = _INDENT * depth + head
    short = ""
    if part.role in (Role.ALL, Role.ANY):
        short = f"{head}{f'{part.name} = ' if part.name else ''}{part.role.value}"
    yield _Line(head + part.written, value_text(part), _note(part), short)
    for inner in part.parts:
        yield from _lines(inner, depth + 1)


def value_text(part: Part) -> str:
    if isinstance(part.value, bool):
        return "true" if part.value else "false"
    return shown(part.value, "")


def _note(part: Part) -> str:
    if part.unknown is not None:
        return part.unknown
    if part.held is not None:
        return _window_text(part)
    if part.role in (Role.PARAMETER, Role.CONFIG, Role.FACT):
        return str(part.role.value)
    if part.logged is not None and part.logged.steps_ago:
        return f"of step {part.logged.step}, {plural(part.logged.steps_ago, 'step')} ago"
    return ""


def _window_text(part: Part) -> str:
    held = part.held
    assert held is not None
    count = f"{held.count}" if held.size is None else f"{held.count} of {held.size}"
    steps = ""
    if held.first_step is not None:
        span = f"{held.first_step}..{held.last_step}"
        steps = agreeing(held.count, f", step {held.last_step}", f", steps {span}")
    return f"{count}{steps}{skipped_text(held)}"


def _columns(groups: list[list[_Line]], colour: Colour, width: int) -> Iterator[str]:
    """Lines in three columns that all groups share; each group is a block."""
    every = [line for group in groups for line in group]
    if not every:
        return
    value = max(len(line.value) for line in every)
    longest = max((len(word) for line in every for word in line.note.split()), default=0)
    least = max(LEAST_NOTE, longest)  # a range of steps is not broken
    kept = min(least, max(len(line.note) for line in every))
    most = max(LEAST_NOTE, width - value - kept - 6)
    text = max(len(line.fit(most)) for line in every)
    note = max(LEAST_NOTE, width - text - value - 6)
    for group in groups:
        yield "\n".join(_row(line, (text, value, note), colour) for line in group)


def _row(line: _Line, widths: tuple[int, int, int], colour: Colour) -> str:
    text, value, note = widths
    tones = _TRUTH_TONES.get(line.value, ())
    head = f"{_INDENT}{line.fit(text):<{text}}  "
    padding = " " * (value - len(line.value))
    first, *rest = wrapped(line.note, note).split("\n")
    row = f"{head}{colour(line.value, *tones)}{padding}  {colour(first, 'dim') if first else ''}"
    behind = " " * (len(head) + value + 2)
    return "\n".join([row.rstrip(), *(behind + colour(more, "dim") for more in rest)])


# ---- waits ---------------------------------------------------------------------------------


def _waits(why: Explanation, width: int) -> Iterator[str]:
    column = max((len(wait.clause) for wait in why.waits), default=0)
    before = None
    for wait in why.waits:
        clause = "" if wait.clause == before else wait.clause
        head = f"{_INDENT}{clause:<{column}}  "
        yield wrapped(wait.text, width, label=head)
        before = wait.clause
