"""Events, journals and postmortems as they are read back."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules import Action, ActionKind, Event, EventKind, Level
from ptt_rules.runs import (
    Ending,
    Places,
    Record,
    Rules,
    Verdict,
    document_text,
    postmortem,
    read_run,
)
from ptt_rules.runs.files import newest_objects
from tests.run_directories.made import Life, pack_of, rows_of

numbers = st.one_of(st.none(), st.booleans(), st.floats(allow_subnormal=False))


@given(values=st.dictionaries(st.text("ab"), numbers, max_size=3), kind=st.sampled_from(EventKind))
def test_an_event_is_read_as_it_was_written(
    values: dict[str, float | bool | None], kind: EventKind
) -> None:
    event = Event(
        kind, "a.b", Level.HIGH, 5, 4, 1.5, "said", values, {"func": "x"}, "a.c", 3, shadow=True
    )
    line = json.loads(json.dumps(event.to_json(), allow_nan=False))
    assert Event.from_json(line) == event


@given(value=numbers, seconds=st.floats(0, 1e6))
def test_an_action_is_read_as_it_was_written(value: float | bool | None, seconds: float) -> None:
    hyperparameter = {
        "hyperparameter": "learning_rate",
        "value": None if isinstance(value, bool) else value,
    }
    for kind, arguments in (
        (ActionKind.SET, hyperparameter),
        (ActionKind.PAUSE, {"seconds": seconds}),
        (ActionKind.NOTIFY, {"channel": "NaN"}),
        (ActionKind.STOP, {}),
    ):
        action = Action("p", kind, 5, 4, None, ("a.b",), {"a.b.v": value}, arguments)
        line = json.loads(json.dumps(action.to_json(), allow_nan=False))
        assert Action.from_json(line) == action


@given(
    lines=st.lists(st.integers(0, 10**6), max_size=9),
    torn=st.sampled_from(["", '{"a": 1', "\0\0\0"]),
    count=st.integers(0, 12),
)
def test_the_newest_lines_are_read_from_the_end(
    lines: list[int], torn: str, count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.jsonl"
    path.write_text("".join(f'{{"a": {n}, "b": "{"é" * (n % 7)}"}}\n' for n in lines) + torn)
    found = [one["a"] for one in newest_objects(path, count)]
    assert found == (lines[-count:] if count else [])


def test_a_long_file_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ptt_rules.runs.files._TAIL_BYTES", 7)
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(f'{{"step": {n}}}\n' for n in range(100)))
    assert [one["step"] for one in newest_objects(path, 4)] == [96, 97, 98, 99]


def test_what_a_run_says_of_its_rules_is_read_back(tmp_path: Path) -> None:
    pack = pack_of(tmp_path)
    rules = Rules.of(pack)
    assert Rules.from_json(json.loads(json.dumps(rules.to_json()))) == rules
    assert rules.rule("lab.gradient_lost").keys == (("grad_norm",),)
    assert rules.rule("lab.unknown").summary == ""


def test_a_resume_leaves_what_was_told_before_it_and_drops_what_came_after(tmp_path: Path) -> None:
    pack, folder = pack_of(tmp_path), tmp_path / "run"
    first = Life(pack, folder, output_dir=tmp_path / "out")
    state = None
    for row in rows_of(40, {10: {"kl": 0.9}, 35: {"entropy": 0.05}}):
        first.log(row)
        if row["step"] == 20:
            state = first.engine.state()
    assert state is not None
    again = Life(pack, folder, output_dir=tmp_path / "out")
    again.resume(20, state)
    again.train(
        row for row in rows_of(30, {10: {"kl": 0.9}, 25: {"grad_norm": 0.0}}) if row["step"] > 20
    )
    run = read_run(folder)
    assert [event.who for event in run.records.events] == ["lab.kl_high", "lab.gradient_lost"]
    assert [line.to_json()["detector"] for line in run.records.abandoned] == ["lab.entropy_low"]
    assert run.log.frame["step"].to_list() == [*range(1, 27)]
    document = json.loads((folder / "postmortem.json").read_text())
    assert document["rows"] == 26  # those from before the resume among them
    assert [one["first_cause"]["detector"] for one in document["incidents"]] == [
        "lab.gradient_lost"
    ]
    assert document["resumes"] == 1


def test_a_postmortem_is_strict_json_whatever_was_logged(tmp_path: Path) -> None:
    rows = [{"step": 1, "loss": math.nan, "odd": object(), "list": [math.inf, {1: 2}]}]
    record = Record(Places([1], [0.5]), rows, [], Rules({}), environment={"path": tmp_path})
    document = postmortem(Ending(Verdict.EXCEPTION, 1, reason="ValueError: no"), record)
    again = json.loads(document_text(document), parse_constant=lambda word: pytest.fail(word))
    assert again["last_rows"][0]["loss"] == "NaN"
    assert again["last_rows"][0]["list"] == ["Infinity", {"1": 2}]
    assert (again["verdict"], again["lost_steps"], again["next"][0]) == (
        "exception", 1, "Fix what the stack shows.",
    )  # fmt: skip
