"""What is damaged costs only itself: states, journals, logged values, disks, directories."""

from __future__ import annotations

import errno
import json
import random
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError, load, read_log, replay
from ptt_rules.observing import files
from ptt_rules.runs import read_run
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.snapshots.prompts import fixed_prompts
from tests.runtime.conftest import json_lines, unwrapped
from tests.runtime.driver import RULES, Driver, die

pytestmark = pytest.mark.runtime

DAMAGES = 50
FILES = ("ptt_state.json", "ptt_run.json")


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(
        "ptt_rules.observing.provenance._git", lambda: None
    )  # it takes a process each
    path = tmp_path / "thirds.ptt"
    path.write_text(RULES)
    return path


def callback(rules: Path, **options: Any) -> DiagnosticsCallback:
    return DiagnosticsCallback(run_dir=rules.parent / "run", packs=[rules], only=True, **options)


@pytest.fixture
def killed(rules: Path) -> Path:
    """A folder with a run that died after step 10, with checkpoints at steps 4 and 8."""
    first = callback(rules)
    Driver(first, rules.parent / "out").train(until=10)
    die([first])
    return rules.parent


def resume(rules: Path, step: int = 8) -> None:
    path = rules.parent / "out" / f"checkpoint-{step}"
    Driver(callback(rules), rules.parent / "out").train(resume_from_checkpoint=str(path))


def events_of(run: Path) -> list[tuple[str, int, int]]:
    return [(one.event.value, one.step, one.row) for one in read_run(run).records.events]


def check_whole(rules: Path) -> None:
    """The run has its rows once each, and its events are those of its rows."""
    run = rules.parent / "run"
    assert [row["step"] for row in json_lines(run / "metrics.jsonl")] == list(range(1, 13))
    judged = replay(load(rules), run).events
    assert events_of(run) == [(one.event.value, one.step, one.row) for one in judged]
    assert read_run(run).records.resumes == 1


def faults_in(text: str) -> list[str]:
    """Lines of the console, which wraps them, that report a fault."""
    return [line for line in unwrapped(text).splitlines() if "PTT50" in line]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A cut, or up to five flips of a bit."""
    if chance.random() < 0.4:
        return data[: chance.randrange(len(data))]
    found = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def test_states_that_were_damaged_at_random_cost_nothing(
    killed: Path, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = killed.parent / f"{killed.name}-kept"
    shutil.copytree(killed, kept)
    chance = random.Random(17)
    for number in range(DAMAGES):
        path = killed / "out" / "checkpoint-8" / FILES[number % 2]
        whole = path.read_bytes()
        path.write_bytes(damaged(whole, chance))
        is_same = path.read_bytes() == whole
        capsys.readouterr()
        resume(rules)
        faults = faults_in(capsys.readouterr().err)
        assert len(faults) == (0 if is_same else 1), (number, faults)
        check_whole(rules)
        for name in ("run", "out"):
            shutil.rmtree(killed / name)
            shutil.copytree(kept / name, killed / name)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", "7", '{"rows": "x"}', b"\xed\xa0\x80", "[" * 9999],
)  # fmt: skip
@pytest.mark.parametrize("name", FILES)
def test_files_of_another_shape_cost_nothing(
    name: str, text: str | bytes, killed: Path, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    (killed / "out" / "checkpoint-8" / name).write_bytes(data)
    capsys.readouterr()
    resume(rules)
    assert len(faults_in(capsys.readouterr().err)) == 1
    check_whole(rules)


@pytest.mark.parametrize(
    "change",
    [{"rows": "x"}, {"step": 1e9}, {"judges": []}, {"program": None}, {"rows": -1}, {"counts": 3}],
)
def test_a_state_with_wrong_parts_costs_nothing(
    change: dict[str, Any], killed: Path, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = killed / "out" / "checkpoint-8" / "ptt_state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    capsys.readouterr()
    resume(rules)
    assert len(faults_in(capsys.readouterr().err)) == 1
    check_whole(rules)


@pytest.mark.parametrize(
    "change",
    [{"rows": "x"}, {"step": 1e9}, {"judges": []}, {"program": None}, {"rows": -1}, {"counts": 3}],
)
def test_an_engine_refuses_a_state_with_wrong_parts(change: dict[str, Any], rules: Path) -> None:
    pack = load(rules)
    engine = pack.engine()
    engine.observe({"step": 1, "loss": 1.0})
    with pytest.raises(PttError, match="PTT503"):
        pack.engine(state={**engine.state(), **change})


def test_the_state_of_another_run_is_not_taken(killed: Path, rules: Path) -> None:
    other = callback(rules)
    Driver(other, killed / "other").train({2: {"loss": 9.0}}, until=8)
    assert other.run_dir == killed / "run-2"
    die([other])
    for name in FILES:
        shutil.copy(killed / "other" / "checkpoint-8" / name, killed / "out" / "checkpoint-8")
    before = (killed / "run-2" / "metrics.jsonl").read_bytes()
    resume(rules)
    check_whole(rules)
    assert (killed / "run-2" / "metrics.jsonl").read_bytes() == before


def test_a_line_of_the_journal_that_cannot_be_read_costs_itself(killed: Path, rules: Path) -> None:
    path = killed / "run" / "metrics.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], b'{"step": \xff 3}\n', *lines[3:]]))
    resume(rules)
    check_whole(rules)
    assert b"\xff" in (killed / "run" / "abandoned.jsonl").read_bytes()


def test_a_run_whose_description_is_damaged_is_found_by_its_claim(
    killed: Path, rules: Path
) -> None:
    (killed / "run" / "run.json").write_text('{"run_id": "3f')
    resume(rules)
    check_whole(rules)


ODD_TEXTS = ["a\u2028b", "a\u2029b", "a\x85b", "a\x0cb", "a\rb", "a\x1eb", "bad \udce9", "\ud83d"]


@pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
def test_texts_with_odd_characters_cost_no_row(text: str, rules: Path) -> None:
    first = callback(rules, fail_fast=True)
    rows = {step: {"note": text, text: 1.0} for step in range(1, 13)}
    Driver(first, rules.parent / "out").train(rows, until=10)
    die([first])
    path = rules.parent / "out" / "checkpoint-4"
    again = callback(rules, fail_fast=True)
    Driver(again, rules.parent / "out").train(rows, resume_from_checkpoint=str(path))
    check_whole(rules)
    abandoned = json_lines(rules.parent / "run" / "abandoned.jsonl")
    assert [row["step"] for row in abandoned] == [5, 6, 7, 8, 9, 10]
    text_lines = (rules.parent / "run" / "metrics.jsonl").read_text().splitlines()
    assert len(text_lines) == 12  # whoever splits them as Python does finds whole ones


class Sullen:
    """Has neither a number nor a text."""

    def __float__(self) -> float:
        raise ZeroDivisionError

    def __str__(self) -> str:
        raise RuntimeError("no text")


def odd_values() -> Iterator[Any]:
    circle: list[Any] = []
    circle.append(circle)
    ring: dict[str, Any] = {}
    ring["ring"] = [ring]
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    yield from (circle, ring, deep, {(1, 2): 3, b"a": [1]}, {1: circle}, 10**5000, Sullen())
    yield from (Fraction(10**400), b"\xff", {"a\ud800": "\ud800"}, {3, 4}, object(), [10**5000])


@pytest.mark.parametrize("number", range(len(list(odd_values()))))
def test_a_value_that_json_cannot_hold_costs_itself(number: int, rules: Path) -> None:
    value = list(odd_values())[number]
    # the value stands in a row of its own, so that nothing but the row could be lost
    Driver(callback(rules), rules.parent / "out").train({5: {"odd": value}, 6: {"x": [value]}})
    run = rules.parent / "run"
    assert [row["step"] for row in json_lines(run / "metrics.jsonl")] == list(range(1, 13))
    assert [row["loss"] for row in json_lines(run / "metrics.jsonl")][4:6] == [0.0, 1.0]


ODD_KEYS = [("a", 1), b"k\xff", 7, 1.5, None, "k\ud800", Sullen()]


@pytest.mark.parametrize("key", ODD_KEYS, ids=lambda key: type(key).__name__)
def test_an_odd_key_costs_no_row(key: Any, rules: Path) -> None:
    rules.write_text(RULES + 'metric part[name]: none = "part_{name}"\n'
                     "detector parts for each part { high when part > 5 }\n")  # fmt: skip
    rows = {step: {key: 1.0, "part_a": step} for step in range(1, 13)}
    Driver(callback(rules, fail_fast=True), rules.parent / "out").train(rows)
    check_run = rules.parent / "run"
    assert [row["step"] for row in json_lines(check_run / "metrics.jsonl")] == list(range(1, 13))
    judged = replay(load(rules), check_run).events
    assert events_of(check_run) == [(one.event.value, one.step, one.row) for one in judged]


def test_a_postmortem_of_an_odd_exception_is_written(rules: Path) -> None:
    first = callback(rules)
    driver = Driver(first, rules.parent / "out").train({3: {"a": "b\ud800"}}, until=6)
    first._lives.endings._on_exception(ValueError, ValueError("bad \ud800 \u2028"), None)
    document = json.loads((rules.parent / "run" / "postmortem.json").read_text())
    assert "bad \\ud800" in document["reason"]
    assert driver.state.global_step == 6
    assert [*(rules.parent / "run").glob(".postmortem.json*")] == []


def test_a_directory_that_vanishes_is_made_anew_and_says_what_is_lost(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = callback(rules)
    driver = Driver(first, rules.parent / "out").train(until=5)
    shutil.rmtree(rules.parent / "run")
    for step in range(6, 13):
        driver.step(step, {})
    driver.call("train_end")
    run = rules.parent / "run"
    assert [row["step"] for row in json_lines(run / "metrics.jsonl")] == list(range(6, 13))
    assert json.loads((run / "run.json").read_text())["run_id"]
    told = unwrapped(capsys.readouterr().err)
    assert told.count("was removed and is made anew") == 1
    assert "rows and findings up to step 5 are lost" in told
    faults = [one for one in read_run(run).records.notes if one["event"] == "fault"]
    assert len(faults) == 1


def test_a_directory_that_was_moved_keeps_what_it_has(rules: Path) -> None:
    first = callback(rules)
    driver = Driver(first, rules.parent / "out").train(until=5)
    (rules.parent / "run").rename(rules.parent / "moved")
    for step in range(6, 13):
        driver.step(step, {})
    driver.call("train_end")
    for name, steps in (("moved", range(1, 6)), ("run", range(6, 13))):
        rows = json_lines(rules.parent / name / "metrics.jsonl")
        assert [row["step"] for row in rows] == list(steps)


def full(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full_at_the_start_costs_nothing_once_there_is_room(
    rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ptt_rules.observing.journal.EVERY_S", 0.0)
    first = callback(rules)
    driver = Driver(first, rules.parent / "out")
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "write", full)
        patch.setattr("ptt_rules.observing.run_directory.write_whole", full)
        driver.train(until=3)
    assert not (rules.parent / "run" / "run.json").exists()
    for step in range(4, 13):
        driver.step(step, {})
    driver.call("train_end")
    run = rules.parent / "run"
    assert [row["step"] for row in json_lines(run / "metrics.jsonl")] == list(range(1, 13))
    assert read_run(run).provenance["run_id"]
    faults = faults_in(capsys.readouterr().err)
    assert len(faults) == len({line.partition(":")[0] for line in faults}) <= 4


def test_a_folder_that_cannot_be_written_stops_nothing(
    rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read_only(*_: object) -> Any:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("ptt_rules.observing.run_directory.first_life", read_only)
    assert Driver(callback(rules), rules.parent / "out").train().state.global_step == 12
    told = unwrapped(capsys.readouterr().err)
    assert not list((rules.parent / "run").glob("*"))
    assert len(faults_in(told)) == len(set(faults_in(told)))
    assert told.count("metrics.jsonl cannot be written") == 1
    assert "still firing: thirds.thirds" in told


def test_prompts_are_lines_of_their_file_and_not_of_their_texts(tmp_path: Path) -> None:
    texts = [f"one {text} two" for text in ("\u2028", "\u2029", "\x85", "\x0c", "\x1e")]
    lines = tmp_path / "prompts.jsonl"
    rows = [json.dumps({"prompt": text}, ensure_ascii=False) for text in texts]
    lines.write_text("\n".join(rows), encoding="utf-8")
    assert [one.content for one in fixed_prompts(lines)] == texts
    plain = tmp_path / "prompts.txt"
    plain.write_bytes("\r\n".join(texts).encode())
    assert [one.content for one in fixed_prompts(plain)] == texts


def test_rows_of_before_are_read_where_the_table_is_gone(killed: Path) -> None:
    assert read_log(killed / "run").frame.height == 10


def test_keys_made_of_data_that_hold_no_numbers_are_named_a_few_times(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {step: {f"note_{step}_{one}": "x" for one in range(200)} for step in range(1, 13)}
    driver = Driver(callback(rules, fail_fast=True), rules.parent / "out")
    driver.train(rows)
    faults = faults_in(capsys.readouterr().err)
    assert len(faults) == 11
    assert "more keys are left out" in faults[-1]
    assert len(json_lines(rules.parent / "run" / "metrics.jsonl")) == 12


def test_an_engine_counts_only_so_many_keys_without_numbers(rules: Path) -> None:
    engine = load(rules, isolated=True).engine()
    for step in range(3):
        engine.observe({"step": step, **{f"note_{step}_{one}": "x" for one in range(600)}})
    assert len(engine.unreadable) == 1_000
