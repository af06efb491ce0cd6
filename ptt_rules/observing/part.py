"""What takes part in a run beside its rules: guards, snapshots, trackers, measurements of ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ptt_rules.evaluation import Action, Event
from ptt_rules.observing.view import RunView

Metrics = Mapping[str, Any]


class Part:
    """The hooks of one concern of a run; each does nothing unless a part says otherwise.

    Hooks run on every rank, in the order of the parts, so that they may use `run.ranks`. What a
    hook raises is reported once, recorded and contained: one that uses `run.ranks` must not be able
    to fail before on one rank alone. Metrics that a hook returns join the frame as a log event of
    their own at that step; those of the first rank are judged.

    Cost: nothing for a hook that a part does not have
    """

    def is_due(self, step: int) -> bool:
        """Whether `step_end` may return metrics at a step, and ranks exchange what is decided.

        All ranks must say the same, so it depends on the step alone. What is decided on metrics of
        other steps is carried out at the next log event.
        """
        return False

    def check(self, run: RunView) -> None:
        """Before the first step: what this trainer lacks is an error now. Errors: PttError"""

    def start(self, run: RunView) -> Metrics | None:
        """The run begins, or goes on after a resume; its directory is there."""
        return None

    def step_begin(self, run: RunView) -> None:
        """A step begins, before its forward pass."""

    def before_update(self, run: RunView) -> None:
        """Gradients are there and clipped, the optimizer has not yet used them."""

    def step_end(self, run: RunView) -> Metrics | None:
        """A step ended; its row is not logged yet."""
        return None

    def told(self, run: RunView, events: Sequence[Event], actions: Sequence[Action]) -> None:
        """Rows were judged: what changed, on the first rank, and on all what was decided."""

    def saved(self, run: RunView, checkpoint: Path) -> None:
        """The trainer saved a checkpoint; the engine's state is beside it."""

    def train_end(self, run: RunView) -> Metrics | None:
        """The training ended as the trainer meant it; the frame is not written yet."""
        return None

    def end(self, run: RunView) -> None:
        """The run ended, in whatever way; the frame is written."""


@runtime_checkable
class TakesSnapshots(Protocol):
    """The part of a run that takes snapshots."""

    def take(self, run: RunView) -> Metrics | None:
        """Takes one now; its features, as metrics of a row of their own."""


Hook = Callable[..., Metrics | None]
"""A hook as `Part` names it, such as `Part.step_end`."""


class Parts:
    """The parts of one run, each hook called on those that have it, and contained."""

    def __init__(self, parts: Sequence[Part], run: RunView) -> None:
        self._parts = parts
        self._run = run
        self._takers: dict[Hook, list[tuple[AbstractContextManager[Any], Hook]]] = {}
        """Of each hook, those parts that have one, as they are called."""

    def check(self) -> None:
        """Errors: PttError, for what this trainer lacks"""
        for part in self._parts:
            part.check(self._run)

    def are_due(self, step: int) -> bool:
        """Whether the end of a step may have made a row, on any rank."""
        return any(part.is_due(step) for part in self._parts)

    @property
    def takes_snapshots(self) -> TakesSnapshots | None:
        """The part that takes snapshots, where they are on."""
        return next((part for part in self._parts if isinstance(part, TakesSnapshots)), None)

    def call(self, hook: Hook, observe: Callable[[Metrics], None], *given: Any) -> None:
        """Calls a hook; the metrics that a part returns are observed before the next is called."""
        takers = self._takers.get(hook)
        if takers is None:
            takers = self._takers[hook] = list(self._takers_of(hook))
        for contained, take in takers:
            with contained:
                metrics = take(self._run, *given)
                if metrics:
                    observe(metrics)

    def _takers_of(self, hook: Hook) -> Iterator[tuple[AbstractContextManager[Any], Hook]]:
        name = hook.__name__
        for part in self._parts:
            if getattr(type(part), name) is not hook:
                what = f"{type(part).__name__} failed"
                yield self._run.contain("PTT502", what), getattr(part, name)
