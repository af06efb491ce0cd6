"""Whether an expectation was met by a run, and what happened instead.

Events that another detector suppresses do not count, since they are not reported; those of a
detector in shadow do, since it could not be tested otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from ptt_rules.authoring.tests.outcome import Failure, Run, Truth, Value
from ptt_rules.border import plural
from ptt_rules.evaluation import Event, EventKind
from ptt_rules.language import Source, Who
from ptt_rules.language.ir import (
    Decides,
    Expectation,
    Fires,
    Holds,
    Resolves,
    Silence,
    StepRange,
    Test,
    Trigger,
)
from ptt_rules.language.syntax import tree

MAX_NEAREST = 4
_EXACT = ("==", "!=")


def judge(test: Test, number: int, run: Run) -> Failure | None:
    """The failure of one of the expectations of a test, by its place; None if it is met."""
    expectation = test.expectations[number]
    match expectation.claim:
        case Fires(wanted=True) as claim:
            return _fires(expectation, claim, run)
        case Fires() as claim:
            return _never_fires(expectation, claim, run)
        case Resolves() as claim:
            return _resolves(expectation, claim, run)
        case Silence():
            return _silence(expectation, run)
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


def matches(trigger: Trigger, instance: str | None, event: Event) -> bool:
    """Whether an event is of a detector, of one at a level, or of a level or a worse one."""
    if instance is not None and instance not in event.instance.values():
        return False
    if trigger.detector is None:
        return trigger.level is not None and event.level >= trigger.level
    return event.detector == trigger.detector and trigger.level in (None, event.level)


def _fires(expectation: Expectation, claim: Fires, run: Run) -> Failure | None:
    of_it = [e for e in run.events if e.event.is_finding and _is_of(claim, e)]
    met = (matches(claim.trigger, claim.instance, e) and _counts(e, expectation) for e in of_it)
    if any(met):
        return None
    nearest = _nearest(of_it, expectation.at)
    note = _events_text(claim.trigger, nearest) or "it never fired"
    return _of_detector(expectation, claim, run, note, nearest)


def _never_fires(expectation: Expectation, claim: Fires, run: Run) -> Failure | None:
    found = [
        event
        for event in run.events
        if event.event.is_finding
        and matches(claim.trigger, claim.instance, event)
        and _counts(event, expectation)
    ]
    if not found:
        return None
    nearest = tuple(found[:MAX_NEAREST])
    note = _events_text(claim.trigger, nearest)
    return Failure(expectation, note, found[0].who, found[0].step, nearest)


def _resolves(expectation: Expectation, claim: Resolves, run: Run) -> Failure | None:
    of_it = [event for event in run.events if _is_of(claim, event)]
    resolved = [event for event in of_it if event.event is EventKind.RESOLVED]
    met = (matches(claim.trigger, claim.instance, e) and _counts(e, expectation) for e in resolved)
    if any(met):
        return None
    nearest = _nearest(resolved or of_it, expectation.at)
    note = _events_text(claim.trigger, nearest) or "it never fired"
    if of_it and not resolved:
        note += " and never resolved"
    return _of_detector(expectation, claim, run, note, nearest)


def _silence(expectation: Expectation, run: Run) -> Failure | None:
    found = [event for event in run.events if _counts(event, expectation)]
    if not found:
        return None
    first = found[0]
    note = f"`{first.who}` {_event_text(first)}"
    if len(found) > 1:
        note += f", and {plural(len(found) - 1, 'more event')}"
    return Failure(expectation, note, first.who, first.step, tuple(found[:MAX_NEAREST]))


def _is_of(claim: Fires | Resolves, event: Event) -> bool:
    """Whether an event is of the detector that is meant, at whatever level."""
    if claim.trigger.detector is None:
        return True
    return matches(Trigger(claim.trigger.detector, None), claim.instance, event)


def _counts(event: Event, expectation: Expectation) -> bool:
    return event.suppressed_by is None and is_in(event.step, expectation.at)


def _of_detector(
    expectation: Expectation,
    claim: Fires | Resolves,
    run: Run,
    note: str,
    nearest: tuple[Event, ...],
) -> Failure:
    """A failure that is explained at the last step at which it could have been met."""
    detector = claim.trigger.detector
    if detector is not None and claim.instance is not None:
        detector = str(Who.of(detector, [claim.instance]))
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


def _events_text(trigger: Trigger, events: Sequence[Event]) -> str:
    """The events in order; those of a level are shown with their detector."""
    if trigger.detector is None:
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
    if any(is_in(action.step, expectation.at) for action in of_kind):
        return None
    assert run.compiled.policy is not None  # checked: a policy decides in the test
    policy = run.compiled.policy.name
    shown = tuple((of_kind or run.actions)[:MAX_NEAREST])
    deeds = ", ".join(f"{action.action.value} at step {action.step}" for action in shown)
    note = f"policy `{policy}` decided on {deeds}" if deeds else f"policy `{policy}` did nothing"
    findings = tuple(event for event in run.events if event.event.is_finding)
    return Failure(expectation, note, None, None, findings[:MAX_NEAREST], shown)


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
