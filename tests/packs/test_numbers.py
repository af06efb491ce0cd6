"""Numbers of other libraries at the border: as the plain number, or refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from ptt_rules import Pack, PttError, loads
from ptt_rules.border.numbers import number, plain_number
from tests.judges import JUDGES, Told

KINDS: dict[str, Callable[[float], Any]] = {
    "a number": float,
    "float64": np.float64,
    "float32": np.float32,
    "longdouble": np.longdouble,
    "int64": np.int64,
    "uint8": np.uint8,
    "an array without dimensions": np.array,
    "an array of one": lambda value: np.array([value]),
    "a tensor": torch.tensor,
    "a tensor of one": lambda value: torch.tensor([value]),
    "bfloat16": lambda value: torch.tensor(value, dtype=torch.bfloat16),
    "a parameter of a model": lambda value: torch.nn.Parameter(torch.tensor(float(value))),
    "computed with gradients": lambda value: torch.ones((), requires_grad=True) * value,
    "an integer of torch": lambda value: torch.tensor(int(value)),
    "a decimal": Decimal,
    "a fraction": Fraction,
    "an integer": int,
}
"""Each makes the number of that kind; 3 is one of all of them."""

NO_NUMBERS: dict[str, Callable[[], Any]] = {
    "a truth": lambda: True,
    "a truth of numpy": lambda: np.bool_(True),
    "a truth of torch": lambda: torch.tensor(False),
    "a text": lambda: "3",
    "a share as text": lambda: "30%",
    "a text of numpy": lambda: np.str_("3"),
    "none": lambda: None,
    "a list": lambda: [3.0],
    "many": lambda: np.array([1.0, 2.0]),
    "many of torch": lambda: torch.tensor([1.0, 2.0]),
    "nothing": lambda: torch.empty(0),
    "without memory": lambda: torch.empty((), device="meta"),
    "complex": lambda: 3j,
    "a moment": lambda: np.datetime64("2020-01-01T00:00:00.000000000"),
    "a duration": lambda: np.timedelta64(3, "ns"),
    "too large": lambda: 10**400,
    "too large to be written": lambda: 10**5000,
    "a large fraction": lambda: Fraction(10**400),
    "a signalling decimal": lambda: Decimal("sNaN"),
    "nan": lambda: math.nan,
    "an object": object,
}

RULES = """
metric loss: loss = "loss"
param limit = 2 in 0..10
param plain = 1
detector high {
  high when loss > limit * plain
  low when loss / plain > 3 or config.beta > limit
  message "{loss} of {limit}"
}
"""
ROWS: list[dict[str, Any]] = [{"step": step, "loss": loss} for step, loss in enumerate([1, 4, 2])]


def told(pack: Pack, rows: list[dict[str, Any]], config: dict[str, Any]) -> list[Told]:
    return [judge(pack, rows, config) for judge in JUDGES]


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)
def test_a_number_of_any_library_is_the_plain_one_wherever_it_enters(make: Any) -> None:
    plain = told(loads(RULES, params={"limit": 3.0}), ROWS, {"beta": 3.0})
    assert plain[0]
    assert plain[1:] == plain[:1] * 3
    rows = [{key: make(value) for key, value in row.items()} for row in ROWS]
    pack = loads(RULES, params={"limit": make(3), "inline.plain": make(1)})
    assert pack.params == {"inline.limit": 3.0, "inline.plain": 1.0}
    assert {type(value) for value in pack.params.values()} == {float}
    assert told(pack, rows, {"beta": make(3)}) == plain


@pytest.mark.parametrize("make", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_what_is_no_number_is_refused_by_name(make: Any) -> None:
    assert plain_number(make()) is None
    with pytest.raises(PttError) as caught:
        loads(RULES, params={"limit": make(), "plain": 1})
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "PTT303"
    assert "`limit` is " in diagnostic.message
    assert diagnostic.hint


@pytest.mark.parametrize(
    ("value", "hint"),
    [("30%", "`0.3`"), ("3", "`3.0`"), (True, "`1`"), (None, "leave it out"), ("x", "`0.4`")],
)
def test_the_hint_says_what_to_write(value: object, hint: str) -> None:
    with pytest.raises(PttError, match=hint):
        loads(RULES, params={"limit": value})  # type: ignore[dict-item]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(PttError) as caught:
        loads(RULES, params={"limit": "3", "plain": None, "other": 2})  # type: ignore[dict-item]
    assert [one.code for one in caught.value.diagnostics] == ["PTT303"] * 3


def test_a_logged_array_of_nothing_but_none_is_nan_as_none_is() -> None:
    assert math.isnan(number(np.array(None)) or 0.0)
    assert number(np.array("3")) == 3.0
    assert number(np.datetime64("2020-01-01T00:00:00.000000000")) is None


@pytest.mark.parametrize(
    "step",
    [2**53, 2**53 + 1, 10**5000, 1e300, "9" * 400],
    ids=["limit", "odd", "huge", "float", "text"],
)
def test_live_and_offline_refuse_the_same_steps(step: object) -> None:
    for judge in JUDGES[:3]:
        with pytest.raises(PttError) as caught:
            judge(loads(RULES), [{"step": step, "loss": 1.0}], {})
        assert [one.code for one in caught.value.diagnostics] == ["PTT501"]


# ---- states and training arguments ---------------------------------------------------------


def foreign(data: Any, make: Callable[[float], Any]) -> Any:
    """Nested data with each number as one of another library."""
    if isinstance(data, dict):
        return {key: foreign(value, make) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return tuple(foreign(value, make) for value in data)
    if isinstance(data, bool):
        return np.bool_(data)
    if isinstance(data, int):
        return np.int64(data)
    return make(data) if isinstance(data, float) else data


STATEFUL = """
metric loss: loss = "loss"
detector turns { high when loss > mean(loss[2]) and streak(loss > 1) > 0 for 2 again every 2 }
detector spans { low when std(loss[3 steps]) > 1 or max(loss[all]) > 8 until loss < 1 }
policy p { on turns every 2 steps { set lr = coalesce(lr, 1) * 0.5 } }
"""
WAVES = [{"step": step, "loss": (step * 5 % 7) + 0.5} for step in range(20)]


@pytest.mark.parametrize(
    "make", [np.float64, np.array, torch.tensor, Decimal], ids=lambda make: make.__name__
)
def test_a_state_goes_on_whatever_its_numbers_are_of(make: Callable[[float], Any]) -> None:
    pack = loads(STATEFUL, policy="p")
    engine = pack.engine()
    for row in WAVES[:9]:
        engine.observe(row)
    saved = engine.state()
    resumed = pack.engine(state=foreign(saved, make))
    assert resumed.state() == saved
    for row in WAVES[9:]:
        assert resumed.observe(row) == engine.observe(row)
        assert resumed.actions == engine.actions


def damaged(state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        **{f"without {key}": {k: v for k, v in state.items() if k != key} for key in state},
        **{f"{key} is a text": {**state, key: "x"} for key in state},
        **{f"{key} is an object": {**state, key: object()} for key in state},
        "negative": {**state, "rows": -1},
        "a truth": {**state, "step": True},
        "half a program": {**state, "program": {"clock": 0.0}},
        "too few judges": {**state, "judges": state["judges"][1:]},
    }


def test_a_damaged_state_is_told_and_gives_no_half_engine() -> None:
    pack = loads(STATEFUL, policy="p")
    engine = pack.engine()
    for row in WAVES[:9]:
        engine.observe(row)
    for what, state in damaged(engine.state()).items():
        with pytest.raises(PttError) as caught:
            pack.engine(state=state)
        assert [one.code for one in caught.value.diagnostics] == ["PTT503"], what


class Arguments:
    beta = 0.1


@pytest.mark.parametrize("config", [Arguments(), [("beta", 0.1)], "beta", 3])
def test_training_arguments_without_names_are_told_what_to_pass(config: Any) -> None:
    for judge in JUDGES[:3]:
        with pytest.raises(PttError, match="to_dict") as caught:
            judge(loads(RULES), ROWS, config)
        assert [one.code for one in caught.value.diagnostics] == ["PTT303"]
