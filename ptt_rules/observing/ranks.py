"""The processes of a run, as what judges it sees them: one judges, and all act alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from ptt_rules.runs import Ending

T = TypeVar("T")


class RanksApart(Exception):
    """The ranks of this run exchange nothing, or no longer."""


class RanksView(Protocol):
    """This process among those of the run. All ranks must ask the same questions in the same order.

    Questions raise RanksApart where no answer comes.
    """

    @property
    def rank(self) -> int: ...
    @property
    def world_size(self) -> int: ...
    @property
    def is_first(self) -> bool: ...

    @property
    def timeout_s(self) -> float:
        """How long a rank waits for the others in an exchange."""

    @property
    def are_together(self) -> bool:
        """Whether every rank hears what the others say."""

    @property
    def apart_because(self) -> str:
        """Why they exchange nothing; empty where they do."""

    def begin(self) -> None:
        """Learns whether all ranks come as far as this."""

    def end(self, ending: Ending) -> Ending:
        """How this rank ends, given to the first one, which names the rank that died before it."""

    def leave(self) -> None:
        """The run is over."""

    def of_first(self, value: T) -> T:
        """What the first rank has, on all ranks."""

    def any(self, truth: bool) -> bool:
        """Whether it is true on at least one rank."""

    def all(self, truth: bool) -> bool:
        """Whether it is true on every rank."""

    def gather(self, value: T) -> list[T]:
        """What each rank has, in their order, on all ranks."""

    def at_first(self, numbers: Sequence[float]) -> list[list[float]]:
        """The numbers of each rank, in their order, on the first rank; elsewhere nothing."""

    def decision(self, decided: str) -> str:
        """What the first rank decided, once every rank has it."""

    def note(self, record: Mapping[str, Any]) -> None:
        """Leaves a record for the first rank, which reads it when it next looks."""

    def notes(self) -> list[dict[str, Any]]:
        """On the first rank, what the others left since it last looked."""


class Alone:
    """A run in one process: every question answers itself."""

    rank = 0
    world_size = 1
    is_first = True
    timeout_s = 0.0
    are_together = True
    apart_because = ""

    def begin(self) -> None:
        """Nobody else is to be waited for."""

    def end(self, ending: Ending) -> Ending:
        return ending

    def leave(self) -> None:
        """Nothing is open."""

    def of_first(self, value: T) -> T:
        return value

    def any(self, truth: bool) -> bool:
        return truth

    def all(self, truth: bool) -> bool:
        return truth

    def gather(self, value: T) -> list[T]:
        return [value]

    def at_first(self, numbers: Sequence[float]) -> list[list[float]]:
        return [[*numbers]]

    def decision(self, decided: str) -> str:
        return decided

    def note(self, record: Mapping[str, Any]) -> None:
        """The first rank is this one, and has it."""

    def notes(self) -> list[dict[str, Any]]:
        return []
