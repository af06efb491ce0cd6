"""Tells the trackers of a run what was found and said; only the first rank does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

from ptt_rules import Action, Event, Level
from ptt_rules.border import visible, visible_lines
from ptt_rules.observing import Part, RunView
from ptt_rules.observing.arguments import Unfit, several
from ptt_runtime.trackers.answers import Answers
from ptt_runtime.trackers.tracker import Message, Tracker
from ptt_runtime.training import training_of

_KNOWN = {
    "wandb": ("wandb", "ptt_runtime.trackers.weights_and_biases", "WandbTracker"),
    "mlflow": ("mlflow", "ptt_runtime.trackers.mlflow_store", "MlflowTracker"),
    "tensorboard": (
        "tensorboard",
        "ptt_runtime.trackers.tensorboard_events",
        "TensorBoardTracker",
    ),
    "trackio": ("trackio", "ptt_runtime.trackers.trackio_alerts", "TrackioTracker"),
}
"""By the word of `report_to`: the library, and what speaks to it."""

NONE = "none"
"""The word of `report_to` for no tracker at all."""


def trackers_of(name: str, value: Any) -> tuple[str, ...] | None:
    """Words of `report_to` that ptt speaks to; None are those that the trainer reports to."""
    words = several(_word)(name, value)
    return None if value is None else tuple(word for word in words if word != NONE)


def _word(name: str, value: Any) -> str:
    if isinstance(value, str) and value in (*_KNOWN, NONE):
        return value
    close = get_close_matches(value, _KNOWN, n=1) if isinstance(value, str) else []
    hint = f'did you mean "{close[0]}"?' if close else f'write such as `{name}=["wandb"]`'
    raise Unfit(name, value, f"words of {', '.join(_KNOWN)}", hint)


class Trackers(Part):
    """Findings and decisions as messages, the summary and the files at the end.

    `names` are words of `report_to`; None are those that the trainer reports to.
    """

    def __init__(self, names: Sequence[str] | None = None) -> None:
        self._names = names
        self._trackers: dict[str, Tracker] = {}
        self._findings: Counter[str] = Counter()
        self._messages = count(1)

    def start(self, run: RunView) -> None:
        if not run.ranks.is_first:
            return
        names = training_of(run).args.report_to if self._names is None else self._names
        for name in [names] if isinstance(names, str) else names:
            with run.contain("PTT502", f"findings do not go to {name}"):
                tracker = _tracker(name, run)
                if tracker is not None:
                    self._trackers[name] = tracker

    def told(self, run: RunView, events: Sequence[Event], actions: Sequence[Action]) -> None:
        if not self._trackers:
            return
        for event in run.findings:
            self._findings[event.level.word] += 1
            self._tell(run, self._finding(run, event))
        if actions:
            self._tell(run, self._decision(actions))

    def answered(self, run: RunView, answers: Answers) -> None:
        """A snapshot was taken."""
        for name, tracker in self._trackers.items():
            with run.contain("PTT502", f"{name} did not take a snapshot"):
                tracker.answers(answers)

    def end(self, run: RunView) -> None:
        summary: dict[str, str | int] = {
            "stopped_by": run.pack.policy or "" if run.stops else "",
            "last_step": run.step,
            "findings": self._findings.total(),
            **{f"findings_{level.word}": self._findings[level.word] for level in Level},
            "run_dir": str(run.path or ""),
        }
        for name, tracker in self._trackers.items():
            with run.contain("PTT502", f"{name} did not take the summary"):
                tracker.end(summary, run.path)
        self._trackers = {}

    def _tell(self, run: RunView, message: Message) -> None:
        for name, tracker in self._trackers.items():
            with run.contain("PTT502", f"{name} did not take a message"):
                tracker.tell(message)

    def _finding(self, run: RunView, event: Event) -> Message:
        info = run.pack.detector(event.detector)
        lines = [event.message]
        lines += [info.why_of(event.level), info.remedy_of(event.level)] if info else []
        return Message(
            number=next(self._messages),
            title=visible(f"{event.level.word} {event.who} at step {event.step}"),
            text=visible_lines("\n\n".join(filter(None, lines))),
            level=event.level,
            step=event.step,
            findings=self._findings.total(),
        )

    def _decision(self, actions: Sequence[Action]) -> Message:
        first = actions[0]
        words = ", ".join(action.action.value for action in actions)
        return Message(
            number=next(self._messages),
            title=f"policy {first.policy} at step {first.step}: {words}",
            text=visible(f"because of {', '.join(first.because)}" if first.because else ""),
            level=Level.HIGH,
            step=first.step,
            findings=self._findings.total(),
        )


def _tracker(name: str, run: RunView) -> Tracker | None:
    """What speaks to a tracker; None, and a line that says so, where ptt cannot."""
    if name not in _KNOWN:
        known = ", ".join(_KNOWN)
        run.warn(f"findings do not go to {name}: ptt speaks to {known}")
        return None
    library, module, made = _KNOWN[name]
    if find_spec(library) is None:
        run.warn(f"findings do not go to {name}: install it with `pip install {library}`")
        return None
    tracker: Tracker = getattr(import_module(module), made)(training_of(run).output_dir)
    return tracker
