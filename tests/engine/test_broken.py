"""An operation that fails: its detectors are off and told so, and nothing else notices."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ptt_rules import Event, EventKind, Pack, Status, loads
from ptt_rules.backends import rows as row_source
from ptt_rules.backends.history import History
from ptt_rules.backends.rowcode import RowCode
from ptt_rules.ir.windows import Function
from tests.engine.random_runs import Rows
from tests.judges import JUDGES, Judge, Told, live

METRICS = """
metric a: none = "a"
metric b: none = "b"
metric f[label]: none = "f/{label}"
"""
GOOD = """
detector windows { high when mean(a[3]) > 2 or std(a[4]) > 3 message "{a} {b}" }
detector spans { low when sum(a[4 steps]) > 9 and max(b[all]) > 3 for 2 }
detector streaks { medium when streak(a > 1) > 2 until streak(a < 1) > 1 }
detector each_one for each f { high when mean(f[2]) > mean(a[2]) }
policy p { on windows.high { set lr = 0.5 * lr checkpoint } on each_one for 2 { notify "x" } }
"""
BAD = """
detector bad { critical when log(a) > 9 or mean(a[3]) > 99 }
detector bad_window { high when mean(log(a)[2]) > 9 suppresses windows }
detector bad_family for each f { high when f > log(a) + 90 }
"""
ROWS: Rows = [
    {"step": step, "lr": 1.0, "a": float(step % 7), "b": step / 2, **({"f/x": 4.0} if step else {})}
    for step in range(24)
] + [{"step": 24 + step, "a": 5.0, "f/y": 9.0} for step in range(4)]


def broken_log(value: float) -> float | None:
    if value == 3.0:
        raise OverflowError("three is too much\nfor it")
    return value


@pytest.fixture
def no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(row_source.ONE_NUMBER, Function.LOG, broken_log)
    monkeypatch.setitem(row_source.NAMES, "log_of", broken_log)


def said(told: Told) -> list[str]:
    return [json.dumps(one.to_json()) for one in told]


def parted(told: Told) -> tuple[list[tuple[str, int]], Told]:
    """Who broke at which step, and all else that was told."""
    events = [one for one in told if isinstance(one, Event)]
    broken = [one for one in events if one.event is EventKind.BROKEN]
    return [(one.who, one.step) for one in broken], [one for one in told if one not in broken]


@pytest.mark.usefixtures("no_log")
@pytest.mark.parametrize("judge", JUDGES[:3], ids=["live", "interrupted", "offline"])
def test_the_others_go_on_as_if_the_faulty_rules_were_not_there(judge: Judge) -> None:
    whole, healthy = (loads(METRICS + text, policy="p") for text in (BAD + GOOD, GOOD))
    broken, others = parted(judge(whole, ROWS, {}))
    assert broken == [
        ("inline.bad", 3),
        ("inline.bad_family[x]", 3),
        ("inline.bad_window", 3),
        ("inline.bad_family[y]", 24),
    ]
    assert said(others) == said(judge(healthy, ROWS, {}))
    assert {one.step for one in others} >= {3, 4, 25}


@pytest.mark.usefixtures("no_log")
def test_a_broken_detector_says_why_in_one_line_and_stays_off() -> None:
    engine = loads(METRICS + BAD + GOOD, policy="p").engine()
    events = [event for row in ROWS for event in engine.observe(row)]
    told = next(one for one in events if one.detector == "inline.bad")
    assert told.message == "The rule failed and is off: OverflowError: three is too much"
    off = {name for name, status in engine.statuses().items() if status is Status.BROKEN}
    assert off == {
        "inline.bad",
        "inline.bad_window",
        "inline.bad_family[x]",
        "inline.bad_family[y]",
    }


# ---- any operation, any history ------------------------------------------------------------


def names_of(pack: Pack, operation: int) -> set[str]:
    return {one.name for one in pack.compiled.detectors if operation in one.operations}


def without(told: Told, names: set[str]) -> list[str]:
    """What is told of all detectors but some; policies act on those too."""
    return said([one for one in told if isinstance(one, Event) and one.detector not in names])


def fails_at(operation: int, step: int, failed: list[int]) -> Callable[[RowCode, int, str], None]:
    """Writes one operation so that it raises from a step on."""
    write = RowCode._set

    def check(now: int) -> None:
        if now >= step:
            failed.append(now)
            raise ValueError("injected")

    def written(code: RowCode, own: int, expression: str) -> None:
        if own == operation:
            code._names["check"] = check
            expression = f"check(step) or ({expression})"
        write(code, own, expression)

    return written


PLAIN = METRICS + BAD + GOOD.replace("for each f", "").replace("f[2]", "b[2]")
PACK = loads(PLAIN.replace("bad_family for each f { high when f >", "bad_two { high when b >"))


@pytest.mark.parametrize("operation", range(len(PACK.compiled.program.operations)))
def test_whichever_operation_fails_only_those_that_need_it_are_off(
    operation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = live(PACK, ROWS, {})
    failed: list[int] = []
    monkeypatch.setattr(RowCode, "_set", fails_at(operation, 7, failed))
    needing = names_of(PACK, operation)
    for judge in JUDGES[:2]:
        told = judge(PACK, ROWS, {})
        broken, _ = parted(told)
        assert set(broken) == ({(name, 7) for name in needing} if failed else set())
        off = {name for name, _ in broken}
        assert without(told, off | {"inline.windows"}) == without(
            expected, off | {"inline.windows"}
        )


def test_a_history_that_fails_takes_only_its_own_windows_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = live(PACK, ROWS, {})
    append = History.append

    def torn(history: History, value: Any, step: int, clock: float | None) -> None:
        """Takes a truth, and of the numbers at step 7 only a part."""
        if step == 7 and history.needs.reach == 4:
            history.values.append(value)
            raise MemoryError
        append(history, value, step, clock)

    monkeypatch.setattr(History, "append", torn)
    told = live(PACK, ROWS, {})
    broken, _ = parted(told)
    off = {name for name, _ in broken}
    assert "inline.windows" in off
    assert off.isdisjoint({"inline.streaks", "inline.bad_window", "inline.bad_two"})
    assert without(told, off) == without(expected, off)
