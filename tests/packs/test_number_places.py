"""Every kind of number in every place where one enters: as the plain one, or refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import lru_cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules import Pack, PttError, load, loads
from ptt_rules.cli.main import main
from tests.judges import JUDGES, Told, live
from tests.packs.test_numbers import KINDS, NO_NUMBERS, foreign

RULES = """
metric loss: loss = "loss"
param limit = 2
detector d {
  low when loss > limit or config.beta > limit
  high when loss > mean(loss[2]) * 1.5 for 2
  message "{loss} of {limit}"
  again every 2
}
policy p { on d { set lr = lr * limit + loss } }
"""
ROWS: list[dict[str, Any]] = [
    {"step": step, "loss": loss} for step, loss in enumerate([1.0, 4.0, 2.0, 7.0, 9.0, 0.5])
]
values = st.integers(0, 10)
kinds = st.sampled_from(sorted(KINDS)).map(KINDS.__getitem__)
no_numbers = st.sampled_from(sorted(NO_NUMBERS)).map(NO_NUMBERS.__getitem__)

TEXTS: tuple[Callable[[int], str], ...] = (
    str, "{}.0".format, "{}e0".format, "{}x".format, "{}00%".format, "+{}".format, "0{}".format,
)  # fmt: skip
NO_TEXTS = ("true", "nan", "x", "3 4", "1,5", "--3", "0x3", "null", "1e", "3%%", "[3]", "3 %x", "")


def said(told: Told) -> list[str]:
    return [json.dumps(one.to_json()) for one in told]


def plainly(limit: float = 2.0, **config: float) -> list[str]:
    """What is told with plain numbers."""
    return said(live(loads(RULES, name="mine", policy="p", params={"limit": limit}), ROWS, config))


def each(pack: Pack, rows: list[dict[str, Any]], config: dict[str, Any]) -> list[list[str]]:
    return [said(judge(pack, rows, config)) for judge in JUDGES]


@contextmanager
def folder_of(**files: str) -> Iterator[Path]:
    """A folder with a pack and a log, in which one is."""
    with TemporaryDirectory() as name, chdir(name):
        Path("mine.ptt").write_text(RULES)
        Path("run.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
        for stem, text in files.items():
            Path(f"{stem}.yaml").write_text(text)
        yield Path(name)


# ---- in Python -----------------------------------------------------------------------------


def as_parameter(given: Any) -> list[list[str]]:
    return each(loads(RULES, name="mine", policy="p", params={"limit": given}), ROWS, {})


def as_argument(given: Any) -> list[list[str]]:
    return each(loads(RULES, name="mine", policy="p"), ROWS, {"beta": given, "lr": given})


def as_row(given: Any) -> list[list[str]]:
    """Logged in the second row, and as its epoch."""
    rows = [dict(row) for row in ROWS]
    rows[1] |= {"loss": given, "epoch": given}
    return each(loads(RULES, name="mine", policy="p"), rows, {})


def as_state(make: Callable[[float], Any]) -> list[list[str]]:
    """All numbers of a state of another library, and the state once more through JSON."""
    pack = loads(RULES, name="mine", policy="p")
    engine, told = pack.engine({"lr": 1.0}), []
    for row in ROWS:
        told += [*engine.observe(row), *engine.actions]
        saved = engine.state()
        engine = pack.engine({"lr": 1.0}, state=foreign(saved, make))
        assert engine.state() == saved == json.loads(json.dumps(engine.state()))
    return [said(told)]


PLACES = (as_parameter, as_argument, as_row)


@lru_cache
def plain_there(place: Callable[[Any], list[list[str]]], value: int) -> list[list[str]]:
    return place(float(value))[:1] * len(JUDGES)


@given(make=kinds, value=values, place=st.sampled_from(PLACES))
@settings(max_examples=40)
def test_in_python_every_kind_is_the_plain_number(
    make: Callable[[Any], Any], value: int, place: Callable[[Any], list[list[str]]]
) -> None:
    assert place(make(value)) == plain_there(place, value)


@pytest.mark.parametrize("kind", ["float64", "longdouble", "a decimal", "an array of one"])
def test_a_state_of_any_kind_goes_on_the_same(kind: str) -> None:
    assert as_state(KINDS[kind]) == [plainly(lr=1.0)]


@given(make=no_numbers)
@settings(max_examples=30)
def test_in_python_what_is_no_number_is_refused_or_as_if_it_were_not_there(
    make: Callable[[], Any],
) -> None:
    with pytest.raises(PttError, match="`limit`"):
        as_parameter(make())
    for place in PLACES[1:]:
        found = place(make())
        assert found == found[:1] * len(JUDGES), place


# ---- as text -------------------------------------------------------------------------------


def in_settings(text: str) -> list[str]:
    with folder_of(other=f"params:\n  limit: {text}\n"):
        return said(live(load("./mine.ptt", settings=["other.yaml"], policy="p"), ROWS, {}))


def in_project(text: str) -> list[str]:
    with folder_of(ptt=f"params:\n  limit: {text}\n"):
        return said(live(load("./mine.ptt", policy="p"), ROWS, {}))


def on_command_line(text: str) -> list[str]:
    command = ["replay", "run.jsonl", "--pack", "./mine.ptt", "--policy", "p", "--json"]
    printed, wrong = StringIO(), StringIO()
    with folder_of(), redirect_stdout(printed), redirect_stderr(wrong):
        code = main([*command, "--param", f"limit={text}"])
    if code > 1:
        assert "Traceback" not in wrong.getvalue()
        raise PttError.of("PTT303", wrong.getvalue())
    *lines, _ = printed.getvalue().splitlines()
    return lines


WRITTEN = (in_settings, in_project, on_command_line)


@given(write=st.sampled_from(TEXTS), value=values, place=st.sampled_from(WRITTEN))
@settings(max_examples=30)
def test_a_written_number_is_the_plain_one(
    write: Callable[[int], str], value: int, place: Callable[[str], list[str]]
) -> None:
    assert place(write(value)) == plainly(float(value))


@given(text=st.sampled_from(NO_TEXTS), place=st.sampled_from(WRITTEN))
@settings(max_examples=30)
def test_a_text_that_is_no_number_is_refused_by_name(
    text: str, place: Callable[[str], list[str]]
) -> None:
    with pytest.raises(PttError, match="limit"):
        place(text)
