"""`ptt values` and `Pack.columns`: expressions and named values over a run."""

from __future__ import annotations

import json
import math
from pathlib import Path

import polars as pl
import pytest

from ptt_rules import PttError, load, loads
from ptt_rules.cli.main import main

Capture = pytest.CaptureFixture[str]

RULES = """\
metric kl: nats = "kl"
metric reward_of[func]: score = "rewards/{func}/mean"
param most = 2 in 1..9
derive twice: nats = 2 * kl
detector a {
  let now = mean(kl[3])
  high    when now > most
  until   kl < 1
}
detector b {
  let now = max(kl[2])
  low     when now > 99
}
detector flat for each reward_of {
  let spread = std(reward_of[2])
  low        when spread == 0
}
"""
ROWS = [
    {"step": 10, "kl": 1.0, "rewards/x/mean": 1.0},
    {"step": 20, "kl": 2.0, "rewards/x/mean": 1.0, "rewards/y/mean": 3.0},
    {"step": 20, "eval": 9.0},
    {"step": 30, "kl": math.nan, "rewards/y/mean": 5.0},
    {"step": 40, "kl": 6.0},
]
PACK = loads(RULES, name="lab")


def columns(*names: str) -> dict[str, list[float | bool | None]]:
    found = PACK.columns(ROWS, names)
    return {name: found[name].to_list() for name in found.columns if name != "step"}


def test_steps_stand_beside_what_is_asked() -> None:
    assert PACK.columns(ROWS, ["kl"]).columns == ["step", "kl"]
    assert PACK.columns(ROWS, ["kl"])["step"].to_list() == [10, 20, 20, 30, 40]


def test_an_expression_is_of_metrics_parameters_and_formulas() -> None:
    found = columns("most", "count(kl[9])", "kl > 1 and twice > 3")
    assert found["most"] == [2.0] * 5
    assert found["count(kl[9])"] == [1.0, 2.0, 2.0, 2.0, 3.0]
    assert found["kl > 1 and twice > 3"] == [False, True, True, None, True]


def test_what_detectors_name_is_read_by_their_names() -> None:
    found = columns("a.now", "lab.a.now", "lab.a.high", "a.until", "lab.a.now / most > 1")
    assert found["a.now"] == found["lab.a.now"] == [None, None, None, None, 3.0]
    assert found["lab.a.high"] == found["lab.a.now / most > 1"] == [None, None, None, None, True]
    assert found["a.until"] == [False, False, False, None, False]


def test_a_family_has_a_column_for_each_instance() -> None:
    assert columns("flat.spread", "last(reward_of[1])") == {
        "flat.spread[x]": [None, 0.0, 0.0, 0.0, 0.0],
        "flat.spread[y]": [
            None,
            None,
            None,
            pytest.approx(math.sqrt(2)),
            pytest.approx(math.sqrt(2)),
        ],
        "last(reward_of[1])[x]": [1.0] * 5,
        "last(reward_of[1])[y]": [None, 3.0, 3.0, 5.0, 5.0],
    }
    assert columns('reward_of["y"] > 4') == {'reward_of["y"] > 4': [None, False, False, True, True]}


def test_without_names_it_is_all_that_detectors_name() -> None:
    assert PACK.columns(ROWS).columns == [
        "step",
        *("lab.a.high", "lab.a.until", "lab.a.kl", "lab.a.now", "lab.b.low", "lab.b.now"),
        *(f"lab.flat[{word}].{name}" for word in "xy" for name in ("low", "spread")),
    ]


@pytest.mark.parametrize("as_run", [pl.DataFrame, lambda rows: pl.LazyFrame(rows)])
def test_frames_are_runs(as_run: type[pl.DataFrame]) -> None:
    rows = [{"step": 1, "kl": 1.0}, {"step": 2, "kl": 3.0}]
    assert PACK.columns(as_run(rows), ["delta(kl[2])"])["delta(kl[2])"].to_list() == [None, 2.0]


def test_arguments_are_passed_or_come_from_the_run(tmp_path: Path) -> None:
    found = PACK.columns(ROWS, ["config.beta"], config={"beta": 0.5})
    assert found["config.beta"].to_list() == [0.5] * 5


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        ("mean(kl", "PTT001", "("),
        ("kl >", "PTT001", ">"),
        ("kl }", "PTT001", "}"),
        ("kl detector x { }", "PTT001", "detector"),
        ("nothing + 1", "PTT101", "nothing"),
        ("now > 1", "PTT405", "now"),
        ("mean(a.now[3])", "PTT204", "a.now"),
        ("kl + 200 * `x", "PTT002", "`"),
    ],
)
def test_what_is_wrong_is_shown_in_the_expression(text: str, code: str, marked: str) -> None:
    with pytest.raises(PttError) as raised:
        PACK.columns(ROWS, [text])
    (told,) = raised.value.diagnostics
    assert (told.code, text[told.span.start : told.span.end]) == (code, marked)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(PttError) as raised:
        PACK.columns(ROWS, ["nothing", "kl +", "kl"])
    assert [one.code for one in raised.value.diagnostics] == ["PTT101", "PTT001"]


# ---- the command ---------------------------------------------------------------------------


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("lab.ptt").write_text(RULES)
    Path("log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def test_a_table_is_printed(log: Path, capsys: Capture) -> None:
    asked = ["mean(kl[2])", "lab.a.high"]
    assert main(["values", "log.jsonl", "--pack", "lab.ptt", *asked]) == 0
    assert capsys.readouterr().out == (
        "step  mean(kl[2])  lab.a.high\n"
        "  10            -           -\n"
        "  20          1.5           -\n"
        "  20          1.5           -\n"
        "  30          1.5           -\n"
        "  40            4        true\n"
    )


def test_json_has_a_line_for_each_row(log: Path, capsys: Capture) -> None:
    assert main(["values", "log.jsonl", "--pack", "lab.ptt", "kl", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows[3] == {"row": 3, "step": 30, "values": {"kl": "NaN"}}


def test_parquet_is_what_columns_give(log: Path, capsys: Capture) -> None:
    assert main(["values", "log.jsonl", "--pack", "lab.ptt", "kl", "-o", "x.parquet"]) == 0
    assert capsys.readouterr().out == ""
    found = pl.read_parquet("x.parquet")
    assert found.equals(load("lab.ptt").columns("log.jsonl", ["kl"]))
