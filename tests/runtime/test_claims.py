"""A directory belongs to one run, and to one life of it, however many begin together."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import read_log
from ptt_rules.observing.claims import NotOurs, first_life, has_run, next_life, release, run_id_of
from ptt_rules.observing.run_directory import RunDirectory, new_directory
from ptt_rules.runs import read_run, state_of
from ptt_runtime import DiagnosticsCallback
from tests.runtime.driver import RULES, Driver, die

pytestmark = pytest.mark.runtime

PROCESSES = 8


def together(work: Any, *given: Any) -> list[Any]:
    """What processes return that begin at one moment."""
    forks = multiprocessing.get_context("fork")
    barrier, answers = forks.Barrier(PROCESSES), forks.SimpleQueue()

    def run() -> None:
        barrier.wait()
        answers.put(work(*given))
        barrier.wait()  # one that has ended lives there no more

    processes = [forks.Process(target=run) for _ in range(PROCESSES)]
    for one in processes:
        one.start()
    found = [answers.get() for _ in processes]
    for one in processes:
        one.join()
    return found


def claimed(wanted: Path | None) -> str:
    return str(new_directory(wanted, "sft").path)


def taken_up(folder: Path) -> bool:
    return next_life(folder) is not None


@pytest.mark.parametrize("is_asked_for", [True, False])
@pytest.mark.parametrize("is_made_before", [True, False])
def test_runs_that_begin_together_get_a_directory_each(
    is_asked_for: bool, is_made_before: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if is_made_before:
        (tmp_path / "same").mkdir()
    found = together(claimed, tmp_path / "same" if is_asked_for else None)
    assert len(set(found)) == PROCESSES


def test_one_of_those_that_go_on_together_has_the_run(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert first_life(folder) is not None
    told = json.loads((folder / ".life-1.json").read_text())
    (folder / ".life-1.json").write_text(json.dumps({**told, "process": 2**22 + 1}))
    assert Counter(together(taken_up, folder))[True] == 1


def test_one_that_looked_before_another_went_on_has_not_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process goes on between the look at the life that died and the claim of the next."""
    folder = tmp_path / "run"
    assert first_life(folder) is not None
    told = json.loads((folder / ".life-1.json").read_text())
    (folder / ".life-1.json").write_text(json.dumps({**told, "process": 2**22 + 1}))

    def meanwhile(path: Path) -> str | None:
        (path / ".life-2.json").write_text(json.dumps({**told, "process": 1, "began": None}))
        return run_id_of(path)

    monkeypatch.setattr("ptt_rules.observing.claims.run_id_of", meanwhile)
    assert next_life(folder) is None
    assert not (folder / ".life-3.json").exists()


def test_an_attempt_that_died_at_once_is_a_dead_run_and_not_a_free_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    claim = first_life(folder)
    assert claim is not None
    told = json.loads((folder / ".life-1.json").read_text())
    assert state_of(read_run(folder)).state.value == "running"
    (folder / ".life-1.json").write_text(json.dumps({**told, "process": 2**22 + 1}))
    assert state_of(read_run(folder)).state.value == "dead"
    assert new_directory(folder, "sft").path == tmp_path / "run-2"
    assert run_id_of(folder) == claim.run_id


def test_a_claim_that_is_given_back_leaves_what_others_made(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "notes.txt").write_text("before")
    for folder in (mine, theirs):
        claim = first_life(folder)
        assert claim is not None
        release(claim)
        assert not has_run(folder)
    assert not mine.exists()
    assert [path.name for path in theirs.iterdir()] == ["notes.txt"]


def test_a_run_that_another_process_goes_on_with_is_written_no_more(tmp_path: Path) -> None:
    folder = new_directory(tmp_path / "run", "sft")
    folder.add_row({"step": 1})
    (tmp_path / "run" / ".life-2.json").write_text("{}")
    with pytest.raises(NotOurs, match="another process goes on"):
        folder.add_row({"step": 2})
    assert len((tmp_path / "run" / "metrics.jsonl").read_text().splitlines()) == 1


def test_a_directory_that_another_run_took_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "run"
    folder = new_directory(path, "sft")
    folder.add_row({"step": 1})
    shutil.rmtree(path)
    other = new_directory(path, "sft")
    other.add_row({"step": 1})
    with pytest.raises(NotOurs, match="another run's now"):
        folder.add_row({"step": 2})
    folder.close()
    assert len((path / "metrics.jsonl").read_text().splitlines()) == 1


def test_a_place_that_becomes_free_is_claimed_while_the_run_goes_on(tmp_path: Path) -> None:
    blocked = tmp_path / "runs"
    blocked.write_text("a file")
    folder = new_directory(blocked / "a", "sft")
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        folder.add_row({"step": 1})
    blocked.unlink()
    folder.add_row({"step": 2})
    lines = (blocked / "a" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 2]


def test_a_later_training_of_the_process_goes_on_and_the_earlier_one_writes_no_more(
    tmp_path: Path,
) -> None:
    """A cell of a notebook that is run again, after the first attempt raised."""
    (tmp_path / "thirds.ptt").write_text(RULES)
    first = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[tmp_path / "thirds.ptt"], only=True
    )
    Driver(first, tmp_path / "out").train(until=6)
    second = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[tmp_path / "thirds.ptt"], only=True
    )
    path = str(tmp_path / "out" / "checkpoint-4")
    Driver(second, tmp_path / "out").train(resume_from_checkpoint=path)
    first._finish()
    assert second.run_dir == tmp_path / "run"
    assert read_log(tmp_path / "run").frame["step"].to_list() == list(range(1, 13))
    assert read_run(tmp_path / "run").heartbeat is not None
    die([first, second])


def test_a_directory_without_a_claim_is_taken_as_it_is(tmp_path: Path) -> None:
    RunDirectory(tmp_path / "run").add_row({"step": 1})
    again = RunDirectory(tmp_path / "run")
    again.add_row({"step": 2})
    assert again.run_id == run_id_of(tmp_path / "run")
