"""An operation that fails: its detectors are off and told so, and nothing else notices."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ptt_rules import Action, Engine, Event, EventKind, Pack, Reach, Reason, Status, loads
from ptt_rules.evaluation import hyperparameters
from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.polars import columns
from ptt_rules.evaluation.row import code as row_code
from ptt_rules.evaluation.row import expressions as row_source
from ptt_rules.evaluation.row import live as live_program
from ptt_rules.evaluation.row.code import RowCode
from ptt_rules.evaluation.row.history import History
from ptt_rules.evaluation.row.streams import Now
from ptt_rules.language.functions import Function
from ptt_rules.language.ir import nodes
from tests.engine.random_runs import Rows
from tests.judges import JUDGES, Judge, Told, in_columns, live

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
policy p { on windows.high { set lr = 0.5 * lr checkpoint } on each_one for 1 steps { notify "x" } }
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


ASKS = """
detector asks { low when not firing(bad) medium when a > 4 }
detector asks_each for each f { low when not firing(bad_family) }
"""


@pytest.mark.usefixtures("no_log")
def test_whether_a_broken_detector_fires_is_unknown() -> None:
    """What asks for it goes on, and no longer holds."""
    engine = loads(METRICS + BAD + GOOD + ASKS).engine()
    events = [event for row in ROWS[:6] for event in engine.observe(row)]
    asking = [(e.who, e.event.value, e.level.word, e.step) for e in events if ".asks" in e.detector]
    assert asking == [
        ("inline.asks", "fired", "low", 0),
        ("inline.asks_each[x]", "fired", "low", 1),
        ("inline.asks", "resolved", "low", 3),
        ("inline.asks_each[x]", "resolved", "low", 3),
        ("inline.asks", "fired", "medium", 5),
    ]
    whole = in_columns(loads(METRICS + BAD + GOOD + ASKS), ROWS[:6])
    assert said([*whole.events]) == said(events)


LATE = "detector late { low when log(b - 8.5) > 9 } detector early { low when log(a + 3) > 9 }"
OFF = "OverflowError: three is too much"


def resumed_each_row(pack: Pack) -> Engine:
    engine = pack.engine()
    for row in ROWS:
        engine = pack.engine(state=json.loads(json.dumps(engine.state())))
        engine.observe(row)
    return engine


def reaches(pack: Pack) -> list[Reach]:
    engine = pack.engine()
    for row in ROWS:
        engine.observe(row)
    return [engine.reach(), resumed_each_row(pack).reach(), in_columns(pack, ROWS).reach]


@pytest.mark.usefixtures("no_log")
def test_what_is_broken_is_among_what_could_not_judge_with_its_fault() -> None:
    pack = loads(METRICS + BAD + GOOD + LATE, policy="p")
    found, *others = reaches(pack)
    assert others == [found, found]
    broken = {one.detector: one for one in found.unjudged if one.reason is Reason.BROKEN}
    assert {name: (one.in_part, one.text) for name, one in broken.items()} == {
        "inline.bad": (True, OFF),
        "inline.bad_family": (True, OFF),
        "inline.bad_window": (True, OFF),
        "inline.early": (False, OFF),
        "inline.late": (True, OFF),
    }
    assert [one.detector for one in found.idle] == ["inline.early"]
    assert Reach.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_a_message_that_fails_is_among_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    message = CompiledDetector.message

    def fail(compiled: CompiledDetector, *of: Any) -> str:
        if compiled.detector.name == "windows":
            raise ValueError("no words")
        return message(compiled, *of)

    monkeypatch.setattr(CompiledDetector, "message", fail)
    found, *others = reaches(loads(METRICS + GOOD, policy="p"))
    assert others == [found, found]
    assert [(one.detector, one.text) for one in found.unjudged] == [
        ("inline.windows", "ValueError: no words")
    ]


# ---- policies ------------------------------------------------------------------------------

SETS = (
    METRICS
    + """
detector windows { high when a > 3 }
detector bad { critical when log(a) > 9 }
policy p {
  on windows every 2 steps {
    checkpoint set lr = 0.5 * lr set wd = log(a) + 1 set beta = log(beta) notify "x"
  }
  on windows when log(a) > 1 { stop }
}
"""
)
CONFIG = {"lr": 1.0, "beta": 3.0}


def actions_of(told: Told) -> list[tuple[int, str, dict[str, Any], tuple[str, ...]]]:
    return [
        (one.step, one.action.value, dict(one.arguments), one.because)
        for one in told
        if isinstance(one, Action)
    ]


@pytest.mark.usefixtures("no_log")
@pytest.mark.parametrize("judge", JUDGES[:3], ids=["live", "interrupted", "offline"])
def test_a_set_that_fails_is_off_and_the_policy_goes_on(judge: Judge) -> None:
    told = judge(loads(SETS, policy="p"), ROWS[:9], CONFIG)
    off, lr = {"value": None, "fault": OFF}, {"hyperparameter": "lr", "value": 0.5}
    because = ("inline.windows",)
    assert actions_of(told) == [
        (3, "set", {"hyperparameter": "wd", **off}, ()),
        (3, "stop", {"fault": OFF}, ()),
        (4, "checkpoint", {}, because),
        (4, "set", lr, because),
        (4, "set", {"hyperparameter": "wd", **off}, because),
        (4, "set", {"hyperparameter": "beta", **off}, because),
        (4, "notify", {"channel": "x"}, because),
        (6, "checkpoint", {}, because),
        (6, "set", lr, because),
        (6, "set", {"hyperparameter": "wd", **off}, because),
        (6, "set", {"hyperparameter": "beta", **off}, because),
        (6, "notify", {"channel": "x"}, because),
    ]
    for one in told:
        if isinstance(one, Action):
            assert Action.from_json(json.loads(json.dumps(one.to_json()))) == one


@pytest.mark.usefixtures("no_log")
def test_the_engine_says_which_set_is_off() -> None:
    engine = loads(SETS, policy="p").engine(CONFIG)
    for row in ROWS[:9]:
        engine.observe(row)
    assert engine.reactions_off == {"set wd": OFF, "set beta": OFF, "on windows": OFF}


def test_whatever_fails_as_a_set_is_decided_is_contained(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = loads(SETS, policy="p")

    def fail(*of: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(hyperparameters, "compute", fail)
    for judge in JUDGES[:3]:
        told = actions_of(judge(pack, ROWS[:6], CONFIG))
        faults = {
            said["hyperparameter"]: said.get("fault") for _, word, said, _ in told if word == "set"
        }
        assert faults == {"lr": "MemoryError", "wd": None, "beta": "MemoryError"}
        assert [word for _, word, _, _ in told].count("notify") == 1


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

    def torn(history: History, value: Any, now: Now, at: Now | None = None) -> None:
        """Takes a truth, and of the numbers at step 7 only a part."""
        if now.step == 7 and history.needs.reach == 4:
            history.values.append(value)
            raise MemoryError
        append(history, value, now, at)

    monkeypatch.setattr(History, "append", torn)
    told = live(PACK, ROWS, {})
    broken, _ = parted(told)
    off = {name for name, _ in broken}
    assert "inline.windows" in off
    assert off.isdisjoint({"inline.streaks", "inline.bad_window", "inline.bad_two"})
    assert without(told, off) == without(expected, off)


# ---- what cannot be written ----------------------------------------------------------------


def unwritable(operation: int, fault: str) -> Callable[[RowCode, Any], None]:
    """Writes one operation so that it cannot be compiled, or not at all."""
    write = RowCode._write

    def written(code: RowCode, one: Any) -> None:
        if one.number != operation:
            return write(code, one)
        match fault:
            case "raises":
                write(code, one)
                raise AssertionError("no such form")
            case "no source":
                code._set(one.number, "a b")
            case "no operand":
                code._operands[one.number] = row_code.Operand("1 +")
        return None

    return written


@pytest.mark.parametrize("fault", ["raises", "no source", "no operand"])
@pytest.mark.parametrize("operation", range(len(PACK.compiled.program.operations)))
def test_an_operation_that_cannot_be_written_breaks_only_those_that_need_it(
    operation: int, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = live(PACK, ROWS[:9], {})
    monkeypatch.setattr(RowCode, "_write", unwritable(operation, fault))
    for judge in JUDGES[: 2 if fault == "raises" else 1]:
        told = judge(PACK, ROWS[:9], {})
        broken, _ = parted(told)
        assert set(broken) == {(name, 0) for name in names_of(PACK, operation)}
        off = {name for name, _ in broken} | {"inline.windows"}
        assert without(told, off) == without(expected, off)


def test_a_window_that_cannot_be_made_breaks_only_those_that_need_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected, make = live(PACK, ROWS, {}), live_program.window_function

    def failing(node: nodes.Aggregate, *of: Any) -> Any:
        if node.statistic.word == "std":
            raise KeyError("std")
        return make(node, *of)

    monkeypatch.setattr(live_program, "window_function", failing)
    for judge in JUDGES[:2]:
        told = judge(PACK, ROWS, {})
        broken, _ = parted(told)
        assert broken == [("inline.windows", 0)]
        assert without(told, {"inline.windows"}) == without(expected, {"inline.windows"})


def test_what_cannot_be_written_in_columns_is_judged_row_by_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(node: nodes.Node, *operands: Any) -> Any:
        raise NotImplementedError("no column")

    expected = live(PACK, ROWS, {})
    monkeypatch.setattr(columns, "expression", failing)
    assert said(JUDGES[2](PACK, ROWS, {})) == said(expected)
