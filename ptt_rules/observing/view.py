"""What parts of a run, and what carries out actions, get of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from ptt_rules.evaluation import Action, Event
from ptt_rules.observing.ranks import RanksView
from ptt_rules.observing.training import TrainingView
from ptt_rules.packs import Pack
from ptt_rules.runs import Pulse


class RunView(Protocol):
    """A run as its parts and its handlers of actions see it: what they may know, and may ask for.

    How it judges, writes and prints is not their concern, and out of their reach.
    """

    # ---- what is known -----------------------------------------------------------------------

    @property
    def pack(self) -> Pack: ...
    @property
    def training(self) -> TrainingView: ...
    @property
    def ranks(self) -> RanksView: ...

    @property
    def step(self) -> int:
        """The step of the trainer."""

    @property
    def name(self) -> str:
        """What people call it: its directory, or where it writes none, its algorithm."""

    @property
    def path(self) -> Path | None:
        """Its directory; None on other ranks than the first."""

    @property
    def run_id(self) -> str | None:
        """What its checkpoints know it by; None on other ranks than the first."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What `run.json` says of it; nothing on other ranks than the first."""

    @property
    def findings(self) -> Sequence[Event]:
        """The newest events that are reported and say that a finding begins, or gets worse."""

    @property
    def hyperparameters(self) -> Mapping[str, float]:
        """What policies have set so far, on the first rank."""

    @property
    def stops(self) -> bool:
        """Whether a policy has stopped it."""

    @property
    def is_last_step(self) -> bool:
        """Whether the trainer ends after this step, as planned or since it was asked to."""

    def causes(self, action: Action) -> Sequence[Event]:
        """The newest event of each detector that led to an action."""

    def is_quiet(self, action: Action) -> bool:
        """Whether people have acknowledged all of the detectors that led to an action."""

    # ---- what is said and recorded -----------------------------------------------------------

    def say(self, text: str) -> None:
        """A line for people, on the first rank."""

    def warn(self, text: str) -> None:
        """A line that people want to hear of even where little is said."""

    def note(self, record: Mapping[str, Any]) -> None:
        """A line of `events.jsonl`, on the first rank."""

    def beat(self, pulse: Pulse, *, until: float | None = None, at_once: bool = False) -> None:
        """Shows those who look from outside that the run lives, or pauses until a time."""

    def contain(self, code: str, what: str) -> AbstractContextManager[Any]:
        """A block whose exceptions are reported and end with it."""

    def report(self, code: str, what: str, reason: str) -> None:
        """Reports something that failed, once for each cause."""

    # ---- what may be asked for ---------------------------------------------------------------

    def request_stop(self) -> None:
        """The training ends after this step."""

    def request_save(self, action: Action) -> bool:
        """The trainer saves at the end of this step; False where its weights are not finite."""

    def request_evaluate(self) -> None:
        """The trainer evaluates at the end of this step."""

    def request_change(self, name: str, value: float | None) -> None:
        """A loop of its own sets a hyper-parameter; None is what it was planned to be."""

    def invalidate(self, action: Action) -> None:
        """The run is not to be used from this step on: its postmortem says why."""

    def take_snapshot(self) -> None:
        """The part that takes snapshots takes one, which is judged as a row of its own."""

    def hear(self) -> bool:
        """Takes in what people have asked of the run; whether it was asked to go on."""
