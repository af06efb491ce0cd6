"""The processes of a run, and what they say to each other.

Three rules keep a healthy run from hanging on ptt:

- What the ranks exchange has a process group of its own, on the CPU, whose time limit is that of
  the training's own collectives: where ptt gives up, the training would have given up too.
- Before anything is exchanged all ranks have told, through the store that they met at, that they
  run ptt. A rank that does not is waited for no longer than a limit, and then there is no exchange.
- An exchange that fails is the last one: its sockets are closed, so that the next exchange of the
  other ranks fails at once instead of waiting. From then on ptt tells and decides nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import torch
import torch.distributed as dist

from ptt_rules.observing import RanksApart
from ptt_rules.runs import Ending, Verdict, line_text
from ptt_runtime.distributed.deaths import Deaths

T = TypeVar("T")

MEET_S = 120.0
"""How long a rank waits for the others to say that they run ptt."""
_MEETINGS = count()
"""Trainings of this process: all ranks begin them in the same order."""


class Ranks:
    """This process among those of the run; alone, every question answers itself.

    All ranks must ask the same questions in the same order. `meet` comes first, where there is
    more than one.

    Source: torch.distributed, gloo and the store of the default process group
    """

    def __init__(self) -> None:
        has_others = dist.is_available() and dist.is_initialized()
        self.rank = dist.get_rank() if has_others else 0
        self.world_size = dist.get_world_size() if has_others else 1
        self.apart_because = "" if self.world_size == 1 else "they have not met"
        self.timeout_s = 0.0
        """How long a rank waits in an exchange for the others."""
        self._group: Any = None
        self._place = ""
        self._deaths: Deaths | None = None
        self._left = 0
        self._counted = 0
        self._read: Counter[int] = Counter()
        """How many notes of each rank were read, and of all of them counted."""

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    @property
    def are_together(self) -> bool:
        """Whether every rank hears what the others say."""
        return not self.apart_because

    # ---- beginning and end -----------------------------------------------------------------

    def meet(self, *, timeout_s: float, meet_s: float = MEET_S) -> None:
        """Learns whether all ranks run ptt, and if so opens the group that they exchange in.

        Cost: once a run, a message and an answer for each rank, and the connections of the group
        """
        self.timeout_s = timeout_s
        if self.world_size == 1:
            return
        self._place = f"ptt/{next(_MEETINGS)}"
        limit = timedelta(seconds=timeout_s)
        try:
            self._deaths = Deaths(_store(), self._place, self.rank, self.world_size)
            self._deaths.begin()
            self._say("here")
            if not self._all_said("here", meet_s):
                self._leave("not all ranks run ptt")
                return
            self._group = dist.new_group(backend="gloo", timeout=limit)
            # a second meeting: `new_group` may fail on one rank alone, and the others would wait
            # for it in the first exchange
            self._say("joined")
            if self._all_said("joined", meet_s):
                self.apart_because = ""
            else:
                self._leave("not all ranks could open a group of their own")
        except (RuntimeError, ValueError) as error:  # the store is gone, gloo finds no interface
            self._leave(_first_line(error))

    def begin(self) -> None:
        """Learns whether all ranks come as far as this: one that could not begin has left."""
        if self.are_together:
            try:
                self.any(False)
            except RanksApart:
                self.apart_because = "ptt is off on a rank"

    def end(self, ending: Ending) -> Ending:
        """How this rank ends, told to the first one, which names the rank that died before it."""
        if self._deaths is None:
            return ending
        if not self.is_first:
            self._deaths.end(ending)
            return ending
        died = self._deaths.first(ending)
        reason = f"{died}; then on rank 0: {ending.reason}"
        return replace(ending, verdict=Verdict.RANK_DIED, reason=reason) if died else ending

    def leave(self) -> None:
        """The run is over: the group is closed."""
        if self.world_size > 1:
            self._leave("the run is over")

    def _say(self, word: str) -> None:
        _store().set(f"{self._place}/{word}/{self.rank}", "yes")

    def _all_said(self, word: str, limit_s: float) -> bool:
        """What the first rank found, so that all of them know the same."""
        store, verdict = _store(), f"{self._place}/{word}/all"
        if not self.is_first:
            # twice as long: the first rank itself waits for up to the limit before it answers
            store.wait([verdict], timedelta(seconds=2 * limit_s))
            return bool(store.get(verdict) == b"yes")
        words = [f"{self._place}/{word}/{rank}" for rank in range(self.world_size)]
        is_said = False
        try:
            store.wait(words, timedelta(seconds=limit_s))
            is_said = True
        except RuntimeError:
            is_said = False  # the time is over
        # one answer for all: ranks that ask the store themselves could time out at different
        # moments and disagree
        store.set(verdict, "yes" if is_said else "no")
        return is_said

    def _leave(self, because: str) -> None:
        self.apart_because = because
        if self._group is not None:
            # forgotten first: what fails while it is closed must not leave a group that looks open
            group, self._group = self._group, None
            with suppress(RuntimeError, ValueError):
                dist.destroy_process_group(group)

    # ---- exchanges -------------------------------------------------------------------------

    def of_first(self, value: T) -> T:
        """What the first rank has, on all ranks. Errors: RanksApart"""
        box: list[Any] = [value]
        self._exchange(lambda group: dist.broadcast_object_list(box, src=0, group=group))
        return box[0]  # type: ignore[no-any-return]

    def any(self, truth: bool) -> bool:
        """Whether it is true on at least one rank. Errors: RanksApart"""
        found = torch.tensor([int(truth)], dtype=torch.int64)
        self._exchange(lambda group: dist.all_reduce(found, dist.ReduceOp.MAX, group=group))
        return bool(found.item())

    def all(self, truth: bool) -> bool:
        """Whether it is true on every rank. Errors: RanksApart"""
        return not self.any(not truth)

    def gather(self, value: T) -> list[T]:
        """What each rank has, in their order, on all ranks. Errors: RanksApart"""
        if self.world_size == 1:
            return [value]
        box: list[Any] = [None] * self.world_size
        self._exchange(lambda group: dist.all_gather_object(box, value, group=group))
        return box

    def at_first(self, numbers: Sequence[float]) -> list[list[float]]:
        """The numbers of each rank, in their order, on the first rank; elsewhere nothing.

        Cost:   8 bytes for each number to the first rank, in one message; nobody waits for it
        Errors: RanksApart
        """
        own = torch.tensor(numbers, dtype=torch.float64)
        into = [torch.empty_like(own) for _ in range(self.world_size)] if self.is_first else None
        if self.world_size == 1:
            return [list(numbers)]
        self._exchange(lambda group: dist.gather(own, into, dst=0, group=group))
        return [one.tolist() for one in into or ()]

    def decision(self, decided: str) -> str:
        """What the first rank decided, once every rank has it: then all may act on it.

        Cost:   8 bytes if nothing was decided; else the text too, and an answer of each rank
        Errors: RanksApart
        """
        if self.world_size == 1:
            return decided
        payload = decided.encode() if self.is_first else b""
        size = torch.tensor([len(payload)], dtype=torch.int64)
        self._exchange(lambda group: dist.broadcast(size, src=0, group=group))
        # nearly every step ends here, with 8 bytes; the text needs a tensor of a known size anyway
        if not size.item():
            return ""
        text = torch.zeros(int(size.item()), dtype=torch.uint8)
        if self.is_first:
            text = torch.frombuffer(bytearray(payload), dtype=torch.uint8)
        self._exchange(lambda group: dist.broadcast(text, src=0, group=group))
        self.any(False)  # whoever gets past this knows that all have the text
        return bytes(text.tolist()).decode()

    def _exchange(self, exchange: Callable[[Any], Any]) -> None:
        if self.world_size == 1:
            return
        if self.apart_because:
            raise RanksApart(f"the ranks exchange nothing: {self.apart_because}")
        try:
            exchange(self._group)
        except (RuntimeError, ValueError) as error:
            self._leave(f"a rank no longer answers ({_first_line(error)})")
            raise RanksApart(f"the ranks exchange nothing: {self.apart_because}") from error

    # ---- notes: to the first rank, without waiting -------------------------------------------

    def note(self, record: Mapping[str, Any]) -> None:
        """Leaves a record for the first rank, which reads it when it next looks."""
        if not self._place:
            return
        with suppress(RuntimeError, ValueError):  # the store is gone, and with it the first rank
            text = line_text({**record, "rank": self.rank})
            _store().set(f"{self._place}/note/{self.rank}/{self._left}", text)
            self._left += 1
            # the count comes last: a rank that dies before it has left a note that nobody waits for
            _store().add(f"{self._place}/notes", 1)

    def notes(self) -> list[dict[str, Any]]:
        """On the first rank, what the others left since it last looked, in the order of steps."""
        if not self._place or not self.is_first:
            return []
        found: list[dict[str, Any]] = []
        with suppress(RuntimeError, ValueError):
            counted = _store().add(f"{self._place}/notes", 0)
            if counted != self._counted:
                for rank in range(self.world_size):
                    found += self._notes_of(rank)
                self._counted = counted
        return sorted(found, key=lambda one: (one.get("step", 0), one["rank"]))

    def _notes_of(self, rank: int) -> Iterator[dict[str, Any]]:
        """What a rank has left since; what is there is read, and what is not is not waited for."""
        while _store().check([f"{self._place}/note/{rank}/{self._read[rank]}"]):
            text = _store().get(f"{self._place}/note/{rank}/{self._read[rank]}")
            self._read[rank] += 1
            yield json.loads(text)


def _store() -> Any:
    """The store at which the processes of the default group met."""
    return dist.distributed_c10d._get_default_store()


def _first_line(error: Exception) -> str:
    """The fault itself, without the guesses that follow it."""
    text = (str(error).splitlines() or [""])[0].partition(". This is ")[0]
    return f"{type(error).__name__}: {text}"
