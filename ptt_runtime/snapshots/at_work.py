"""What the first rank says while the others wait for its snapshot, however long that takes."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import TypeVar

from ptt_rules.observing import RanksApart, RanksView

T = TypeVar("T")

_AT_WORK = "at work"
_MOST_TIMEOUTS = 10
"""Time limits of the ranks after which a snapshot counts as one that hangs."""


class AtWork:
    """Says that this rank is at work, well within the time limit of the ranks, until a block ends.

    A rank that waits hears of it, and waits on. What takes ten times the limit has hung: then the
    others hear nothing more, and give up as they would in any exchange.

    Cost: a thread, and a message of a few bytes in a quarter of the limit; nothing for one rank
    """

    def __init__(self, ranks: RanksView) -> None:
        self._ranks = ranks
        self._every_s = ranks.timeout_s / 4
        self._is_over = Event()
        self._thread = Thread(target=self._say, name="ptt-at-work", daemon=True)

    def __enter__(self) -> None:
        if self._ranks.world_size > 1:
            self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _say(self) -> None:
        # who waits no longer hears that in the exchange that follows the block
        with suppress(RanksApart):
            for _ in range(4 * _MOST_TIMEOUTS):
                if self._is_over.wait(self._every_s):
                    return
                self._ranks.of_first(_AT_WORK)


def outcome_of_first(ranks: RanksView, outcome: T) -> T:
    """What came of the first rank's work, on all ranks, as long as it takes. Errors: RanksApart"""
    made = ranks.of_first(outcome)
    while made == _AT_WORK:
        made = ranks.of_first(outcome)
    return made
