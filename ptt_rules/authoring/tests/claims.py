"""Whether an expectation was met by a run, and what happened instead.

Events that another detector suppresses do not count, since they are not reported, but for
`silence`, which is of all that is recorded. Those of a detector in shadow count, since it could
not be tested otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ptt_rules.authoring.tests.outcome import Failure, Found, Run, Truth, Value
from ptt_rules.border import plural
from ptt_rules.evaluation import Action, Event, EventKind
from ptt_rules.language import Source, Who
from ptt_rules.language.ir import (
    Change,
    Changes,
    Decides,
    Expectation,
    Fires,
    Holds,
    Is,
    Says,
    Silence,
    StepRange,
    Target,
    Test,
)
from ptt_rules.language.syntax import tree

MAX_NEAREST = 4
_EXACT = ("==", "!=")
_KINDS = {
    Change.FIRES: EventKind.FIRED,
    Change.ESCALATES: EventKind.ESCALATED,
    Change.EASES: EventKind.EASED,
    Change.RESOLVES: EventKind.RESOLVED,
}


def judge(test: Test, number: int, run: Run) -> Failure | None:
    """The failure of one of the expectations of a test, by its place; None if it is met."""
    expectation = test.expectations[number]
    match expectation.claim:
        case Fires(wanted=True) as claim:
            return _fires(expectation, claim, run)
        case Fires() as claim:
            return _never_fires(expectation, claim, run)
        case Changes() as claim:
            return _changes(expectation, claim, run)
        case Is() as claim:
            return _is(expectation, claim, run.statuses[number])
        case Silence():
            return _silence(expectation, run)
        case Says() as claim:
            return _says(expectation, claim, run)
        case Decides() as claim:
            return _decides(expectation, claim, run)
        case Holds() as claim:
            wrong = next((one for one in run.truths[number] if one.value is not True), None)
            if wrong is None:
                return None
            return _does_not_hold(test.source, expectation, claim, wrong)


def is_in(step: int, at: StepRange | None) -> bool:
    return at is None or step in at


# ---- events --------------------------------------------------------------------------------


def _is_of(meant: Target, event: Event) -> bool:
    """Whether an event is of the detector that is meant, at whatever level."""
    if meant.instance is not None and meant.instance not in event.instance.values():
        return False
    return meant.detector in (None, event.detector)


def _matches(meant: Target, event: Event) -> bool:
    """Whether an event is of what is meant; a level is exact."""
    return _is_of(meant, event) and meant.level in (None, event.level)


def _counts(event: Event, expectation: Expectation) -> bool:
    return event.suppressed_by is None and is_in(event.step, expectation.at)


def _fires(expectation: Expectation, claim: Fires, run: Run) -> Failure | None:
    of_it = [e for e in run.events if e.event.is_finding and _is_of(claim.of, e)]
    if any(_matches(claim.of, e) and _counts(e, expectation) for e in of_it):
        return None
    nearest = _nearest(of_it, expectation.at)
    note = _events_text(claim.of, nearest) or "it never fired"
    return _of_detector(expectation, claim.of, run, note, nearest)


def _never_fires(expectation: Expectation, claim: Fires, run: Run) -> Failure | None:
    found = [
        event
        for event in run.events
        if event.event.is_finding and _matches(claim.of, event) and _counts(event, expectation)
    ]
    if not found:
        return None
    nearest = tuple(found[:MAX_NEAREST])
    note = _events_text(claim.of, nearest)
    return Failure(expectation, note, found[0].who, found[0].step, nearest)


def _changes(expectation: Expectation, claim: Changes, run: Run) -> Failure | None:
    kind = _KINDS[claim.change]
    of_it = [event for event in run.events if _is_of(claim.of, event)]
    such = [event for event in of_it if event.event is kind]
    found = [e for e in such if _matches(claim.of, e) and _counts(e, expectation)]
    if len(found) == claim.times or (claim.times is None and found):
        return None
    nearest = _nearest(such or of_it, expectation.at)
    note = _events_text(claim.of, nearest) or "it never fired"
    if claim.times is not None and found:
        nearest = tuple(found[:MAX_NEAREST])
        steps = ", ".join(str(event.step) for event in nearest)
        more = ", ..." if len(found) > len(nearest) else ""
        note = f"it {kind.value} {plural(len(found), 'time')}: at {steps}{more}"
    elif of_it and not such:
        note += f" and never {kind.value}"
    return _of_detector(expectation, claim.of, run, note, nearest)


def _silence(expectation: Expectation, run: Run) -> Failure | None:
    found = [event for event in run.events if is_in(event.step, expectation.at)]
    if not found:
        return None
    first = found[0]
    note = f"`{first.who}` {_event_text(first)}"
    if len(found) > 1:
        note += f", and {plural(len(found) - 1, 'more event')}"
    return Failure(expectation, note, first.who, first.step, tuple(found[:MAX_NEAREST]))


def _says(expectation: Expectation, claim: Says, run: Run) -> Failure | None:
    of_it = [e for e in run.events if _matches(claim.of, e) and _counts(e, expectation)]
    if any(claim.part in event.message for event in of_it):
        return None
    if not of_it:
        every = [event for event in run.events if _is_of(claim.of, event)]
        nearest = _nearest(every, expectation.at)
        note = _events_text(claim.of, nearest) or "it never fired"
        return _of_detector(expectation, claim.of, run, note, nearest)
    texts = list(dict.fromkeys(f'"{event.message}"' for event in of_it))
    note = f"its text is {' and '.join(texts[:2])}"
    return Failure(expectation, note, of_it[0].who, of_it[0].step, tuple(of_it[:MAX_NEAREST]))


def _is(expectation: Expectation, claim: Is, found: Sequence[Found]) -> Failure | None:
    wrong = next((one for one in found if claim.status not in one.words), None)
    if wrong is None:
        return None
    words = " and ".join(sorted(wrong.words))
    note = f"it is {words} at step {wrong.step}"
    detector = claim.of.detector
    if detector is not None and claim.of.instance is not None:
        detector = str(Who.of(detector, [claim.of.instance]))
    return Failure(expectation, note, detector, wrong.step)


def _of_detector(
    expectation: Expectation, meant: Target, run: Run, note: str, nearest: tuple[Event, ...]
) -> Failure:
    """A failure that is explained at the last step at which it could have been met."""
    detector = meant.detector
    if detector is not None and meant.instance is not None:
        detector = str(Who.of(detector, [meant.instance]))
    last = expectation.at.last if expectation.at is not None else None
    inside = [step for step in run.steps if last is not None and is_in(step, expectation.at)]
    return Failure(expectation, note, detector, inside[-1] if inside else None, nearest)


def _nearest(events: Sequence[Event], at: StepRange | None) -> tuple[Event, ...]:
    """The events that are nearest to the steps, in their order."""
    if at is None:
        return tuple(events[:MAX_NEAREST])
    ranked = sorted(events, key=lambda event: _distance(event.step, at))
    return tuple(sorted(ranked[:MAX_NEAREST], key=lambda event: event.row))


def _distance(step: int, at: StepRange) -> float:
    if step in at:
        return 0.0
    return at.first - step if step < at.first or at.last is None else step - at.last


def _events_text(meant: Target, events: Sequence[Event]) -> str:
    """The events in order; those of a level are shown with their detector."""
    if meant.detector is None:
        return ", then ".join(f"`{event.who}` {_event_text(event)}" for event in events)
    return "it " + ", then ".join(map(_event_text, events)) if events else ""


def _event_text(event: Event) -> str:
    words = {EventKind.FIRED: "", EventKind.ESCALATED: "to ", EventKind.EASED: "to "}
    level = f" {words[event.event]}{event.level.word}" if event.event in words else ""
    text = f"{event.event.value}{level} at step {event.step}"
    return f"{text} (suppressed by `{event.suppressed_by}`)" if event.suppressed_by else text


# ---- actions -------------------------------------------------------------------------------


def _decides(expectation: Expectation, claim: Decides, run: Run) -> Failure | None:
    of_kind = [action for action in run.actions if action.action is claim.action]
    found = [a for a in of_kind if _is_such(claim, a) and is_in(a.step, expectation.at)]
    if bool(found) is claim.wanted:
        return None
    assert run.compiled.policy is not None  # checked: a policy decides in the test
    policy = run.compiled.policy.name
    shown = tuple((found or of_kind or run.actions)[:MAX_NEAREST])
    deeds = ", ".join(map(_deed, shown))
    note = f"policy `{policy}` decided on {deeds}" if deeds else f"policy `{policy}` did nothing"
    findings = tuple(event for event in run.events if event.event.is_finding)
    return Failure(expectation, note, None, None, findings[:MAX_NEAREST], shown)


def _is_such(claim: Decides, action: Action) -> bool:
    """Whether it has the channel, or sets the name to a value of the range, that is expected."""
    if claim.channel is not None and action.arguments.get("channel") != claim.channel:
        return False
    if claim.name is not None and action.arguments.get("hyperparameter") != claim.name:
        return False
    if claim.low is None and claim.high is None:
        return True
    value = action.arguments.get("value")
    if not isinstance(value, (int, float)):
        return False
    return (claim.low is None or value >= claim.low) and (claim.high is None or value <= claim.high)


def _deed(action: Action) -> str:
    words = [action.action.value, *_details(action)]
    return f"{' '.join(words)} at step {action.step}"


def _details(action: Action) -> Iterator[str]:
    """What an action is of: a hyper-parameter and its value, or a channel."""
    arguments = action.arguments
    if "hyperparameter" in arguments:
        value = arguments.get("value")
        shown = "nothing, its formula is unknown" if value is None else f"{value:g}"
        yield f"{arguments['hyperparameter']} to {shown}"
    elif "channel" in arguments:
        yield f'"{arguments["channel"]}"'


# ---- conditions ----------------------------------------------------------------------------


def _does_not_hold(source: Source, expectation: Expectation, claim: Holds, wrong: Truth) -> Failure:
    """A condition holds at each of the steps; the first one at which it does not is reported."""
    state = "unknown" if wrong.value is None else "false"
    note, expression = f"it is {state} at step {wrong.step}", claim.expression
    if isinstance(expression, tree.Compare) and wrong.compared:
        left, right = (_number_text(one, expression.operator) for one in wrong.compared)
        note = f"`{source.slice(expression.left.span)}` is {left} at step {wrong.step}"
        if not isinstance(expression.right, (tree.Number, tree.Negative)):
            note += f", `{source.slice(expression.right.span)}` is {right}"
    return Failure(expectation, note, step=wrong.step)


def _number_text(value: Value, operator: str) -> str:
    """A number with all its digits where they decide, as they do for `==`."""
    if value is None:
        return "unknown"
    return f"{value!r}" if operator in _EXACT else f"{value:g}"
