"""Which rank died first: by what each of them left in the store, and by which process is gone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest

from ptt_rules.runs import Ending, Heartbeat, Pulse, Verdict
from ptt_runtime.distributed import deaths
from ptt_runtime.distributed.deaths import Deaths

ECHO = Ending(Verdict.EXCEPTION, 7, "RuntimeError: gloo: Connection closed by peer")
OWN = Ending(Verdict.EXCEPTION, 7, "ValueError: the batch is broken")


class Store(dict[str, str]):
    """The store at which processes meet. Source: torch.distributed, `Store`"""

    def set(self, key: str, value: str) -> None:
        self[key] = value

    def check(self, keys: Sequence[str]) -> bool:
        return all(key in self for key in keys)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deaths, "WAIT_S", 0.1)


def of(store: Store, rank: int, *, is_gone: bool = False) -> Deaths:
    """What a rank of three says of itself; of one that is gone, by a process that ended."""
    one = Deaths(store, "ptt/0", rank, 3)
    one.begin()
    if is_gone:
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        beat = Heartbeat.now(Pulse.RUNNING, 0).to_json() | {"process": ended.pid, "began": 1}
        one._leave("process", beat)
    return one


def test_a_rank_whose_process_is_gone_was_killed() -> None:
    store = Store()
    first = of(store, 0)
    of(store, 1)
    of(store, 2, is_gone=True)
    assert first.first(ECHO).startswith("rank 2 was killed: its process ")
    assert first.first(Ending(Verdict.TERMINATED, 7, "SIGTERM")).startswith("rank 2 was killed")


def test_one_that_was_killed_comes_before_those_that_heard_of_it() -> None:
    store = Store()
    first = of(store, 0)
    of(store, 1).end(ECHO)
    of(store, 2, is_gone=True)
    assert first.first(ECHO).startswith("rank 2 was killed")


def test_the_first_that_ended_is_named_with_its_reason() -> None:
    store = Store()
    first = of(store, 0)
    of(store, 2, is_gone=True).end(OWN)
    of(store, 1).end(ECHO)
    assert first.first(ECHO) == "rank 2 ended: ValueError: the batch is broken"


def test_what_a_rank_raises_itself_is_its_own() -> None:
    store = Store()
    first = of(store, 0)
    of(store, 1).end(OWN)
    of(store, 2)
    assert first.first(OWN) == ""


@pytest.mark.parametrize("verdict", [Verdict.INTERRUPTED, Verdict.OUT_OF_MEMORY])
def test_other_ends_ask_nobody(verdict: Verdict) -> None:
    store = Store()
    first = of(store, 0)
    of(store, 1, is_gone=True)
    assert first.first(Ending(verdict, 7, "x")) == ""


def test_ranks_that_live_are_not_blamed() -> None:
    store = Store()
    first = of(store, 0)
    of(store, 1)
    assert first.first(ECHO) == ""
