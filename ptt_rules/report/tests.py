"""Tests as text: the expectation that was not met, the series, and why it came out so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ptt_rules.authoring.tests import Failure, Outcome, Scene, scene_of
from ptt_rules.border import agreeing, visible
from ptt_rules.evaluation import Action, Event
from ptt_rules.language import Source
from ptt_rules.language.ir import StepRange
from ptt_rules.report.bars import Axis, bars, span_text
from ptt_rules.report.diagnostics import diagnostic_text
from ptt_rules.report.excerpt import excerpt, marks_of
from ptt_rules.report.terminal import WIDTH, Colour
from ptt_rules.report.why import condition_text, why_text

_PLAIN = Colour()
_INDENT = "  "
_GUTTER = 3
MAX_MESSAGES = 2


def counts_text(outcomes: Iterable[Outcome]) -> str:
    """How many tests passed, failed, and could not run; those that are none are left out."""
    counts = Counter(outcome.word for outcome in outcomes)
    words = {"passed": "passed", "failed": "failed", "error": "could not run"}
    told = [f"{counts[word]} {text}" for word, text in words.items() if counts[word]]
    return ", ".join(told) or "no tests"


def outcome_text(outcome: Outcome, colour: Colour = _PLAIN) -> str:
    """All that is to be said of a test that did not pass."""
    told = outcome.errors or outcome.differences
    if told:
        what = "cannot run" if outcome.errors else "gives something else"
        head = colour(f'{outcome.pack}: test "{visible(outcome.test.name)}" {what}', "bold")
        return "\n".join([head, *(diagnostic_text(one, colour) for one in told)])
    blocks = [failure_text(outcome, failure, colour) for failure in outcome.failures]
    return "\n\n".join(blocks)


def failure_text(outcome: Outcome, failure: Failure, colour: Colour = _PLAIN) -> str:
    """One expectation that was not met."""
    scene = scene_of(outcome, failure)
    blocks = [
        "\n".join(_place(outcome, failure, colour)),
        "\n".join(_chart(scene, failure, colour)),
        _why(scene, failure, colour),
    ]
    return "\n\n".join(block for block in blocks if block)


# ---- the expectation -----------------------------------------------------------------------


def _place(outcome: Outcome, failure: Failure, colour: Colour) -> Iterator[str]:
    source, span = outcome.test.source, failure.expectation.span
    line, column = source.position(span.start)
    name = visible(outcome.test.name)
    yield f"{colour('failed', 'bold', 'red')} {colour(f'{outcome.pack}: {name}', 'bold')}"
    gutter = max(_GUTTER - 1, len(str(line)))
    yield colour(f"{' ' * gutter}-->", "blue") + f" {visible(source.name)}:{line}:{column}"
    yield colour(f"{' ' * gutter} |", "blue")
    yield from _marked(source, failure, gutter, colour)


def _marked(source: Source, failure: Failure, gutter: int, colour: Colour) -> list[str]:
    marks = marks_of(source, failure.expectation.span, failure.note, is_primary=True)
    return excerpt(
        source,
        marks,
        gutter,
        lambda text, _: colour(text, "red"),
        lambda text: colour(text, "blue"),
    )


# ---- the series ----------------------------------------------------------------------------


def _chart(scene: Scene, failure: Failure, colour: Colour) -> Iterator[str]:
    """A line of bars for each key, then what was expected and what happened below it."""
    axis = Axis(scene.steps)
    rows = [
        (line.key, bars(line.values, axis), span_text(line.values), ("cyan",))
        for line in scene.lines
    ]
    rows += [(label, *line, ("red",)) for label, line in _marks(axis, failure)]
    label = max(len(row[0]) for row in [*rows, ("steps",)])
    width = max(len(row[1]) for row in [*rows, ("", "")])
    for name, drawn, text, tones in rows:
        room = " " * (width - len(drawn))
        yield f"{_INDENT}{name:<{label}}  {colour(drawn, *tones)}{room}  {text}"
    left_out = f"; {scene.left_out} more keys" if scene.left_out else ""
    yield f"{_INDENT}{'':<{label}}  {colour(axis.text() + left_out, 'dim')}"


def _marks(axis: Axis, failure: Failure) -> Iterator[tuple[str, tuple[str, str]]]:
    at = failure.expectation.at
    if at is not None:
        yield "expected", (axis.range(at), f"step {at}" if _is_one(at) else f"steps {at}")
    for label, group in _by_label([*failure.events, *failure.actions]):
        steps = [str(one.step) for one in group]
        points = axis.points([one.row for one in group])
        yield label, (points, f"{agreeing(len(steps), 'step', 'steps')} {', '.join(steps)}")


def _is_one(at: StepRange) -> bool:
    return at.first == at.last


def _by_label(told: Iterable[Event | Action]) -> Iterator[tuple[str, list[Event | Action]]]:
    groups: dict[str, list[Event | Action]] = {}
    for one in told:
        groups.setdefault(_label(one), []).append(one)
    yield from groups.items()


def _label(one: Event | Action) -> str:
    if isinstance(one, Action):
        return str(one.action.value)
    return f"{one.event.value} {one.level.word}"


# ---- why -----------------------------------------------------------------------------------


def _why(scene: Scene, failure: Failure, colour: Colour) -> str:
    if scene.explanation is not None:
        return _indented(why_text(scene.explanation, colour, WIDTH - len(_INDENT)))
    if scene.condition is not None:
        return condition_text(scene.condition, colour)
    if scene.remark:
        return f"{_INDENT}{scene.remark}"
    return "\n".join(_messages(failure.events))


def _messages(events: Sequence[Event]) -> Iterator[str]:
    """What was told instead, where no one detector is in question."""
    for event in events[:MAX_MESSAGES]:
        yield f"{_INDENT}step {event.step}  {event.who}: {event.message}"


def _indented(text: str) -> str:
    return "\n".join(f"{_INDENT}{line}" if line else "" for line in text.split("\n"))
