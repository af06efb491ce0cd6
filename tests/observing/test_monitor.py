"""`Monitor`: the rules, record and policy of the callback, for a loop of one's own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import Monitor, PttError
from ptt_rules.observing.channels import FileChannel
from ptt_rules.runs import State, Verdict, read_run, state_of

RULES = """
pack lab 1.0.0 { title "Rules of a loop" }

metric loss: loss = "loss"
metric rate: ratio = "learning_rate"

detector large { high when loss > 2 message "The loss is {loss:.1f}." }
detector huge { critical when loss > 9 message "The loss is {loss:.1f}." }

policy acts {
  on large { checkpoint evaluate set learning_rate = rate / 2 notify "ops" }
  on huge { reset learning_rate invalidate stop }
}
policy halts { on critical { stop } }
policy shows { on large { snapshot } }
policy turns { on large { rollback } }
policy waits { on large { pause 1 s } }
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "lab.ptt"
    path.write_text(RULES)
    return path


def monitor(rules: Path, **given: Any) -> Monitor:
    given = {"run_dir": rules.parent / "run", "fail_fast": True, **given}
    return Monitor(packs=rules, only=True, **given)


def row(step: int, loss: float, **more: float) -> dict[str, float]:
    return {"step": step, "loss": loss, "learning_rate": 1e-3, **more}


def losses(folder: Path) -> list[tuple[int, float]]:
    frame = read_run(folder).log.frame
    return [*zip(frame["step"].to_list(), frame["loss"].to_list(), strict=True)]


# ---- what a loop is asked for ----------------------------------------------------------------


def test_a_decision_says_what_the_policy_asks_for(rules: Path) -> None:
    told = rules.parent / "told.jsonl"
    with monitor(rules, policy="acts", channels={"ops": FileChannel(told)}) as one:
        quiet = one.observe(row(1, 1.0))
        asked = one.observe(row(2, 3.0))
        after = one.observe(row(3, 3.0))
        over = one.observe(row(4, 10.0))
        late = one.observe(row(5, 1.0))
    assert (quiet.stop, quiet.checkpoint, quiet.evaluate, quiet.actions) == (
        False,
        False,
        False,
        (),
    )
    assert (asked.stop, asked.checkpoint, asked.evaluate) == (False, True, True)
    assert asked.hyperparameters == {"learning_rate": 5e-4}
    assert [event.who for event in asked.findings] == ["lab.large"]
    assert (after.checkpoint, after.hyperparameters) == (False, {})
    assert (over.stop, over.hyperparameters) == (True, {"learning_rate": None})
    assert (late.stop, late.actions) == (True, ())
    assert json.loads(told.read_text().splitlines()[0])["channel"] == "ops"
    run = read_run(rules.parent / "run")
    assert run.invalidated_by == ("lab.huge",)
    assert state_of(run).state is State.INVALIDATED


@pytest.mark.parametrize(("policy", "word"), [("shows", "snapshot"), ("turns", "rollback")])
def test_what_a_loop_cannot_do_is_refused_when_the_monitor_is_made(
    rules: Path, policy: str, word: str
) -> None:
    with pytest.raises(PttError, match=f"PTT506 policy `{policy}` uses `{word}`"):
        monitor(rules, policy=policy)
    assert not (rules.parent / "run").exists()


def test_a_pause_is_held_before_the_next_row(rules: Path) -> None:
    with monitor(rules, policy="waits") as one:
        one.observe(row(1, 3.0))
        one.observe(row(2, 1.0))
    notes = [note["event"] for note in read_run(rules.parent / "run").records.notes]
    assert [note for note in notes if note in ("paused", "went_on")] == ["paused", "went_on"]


# ---- rows ------------------------------------------------------------------------------------


def test_rows_are_placed_as_those_of_a_log(rules: Path) -> None:
    with monitor(rules) as one:
        one.observe({"train/loss": 1.0, "global_step": 3})
        one.observe({"loss": 1.5}, step=5)
        one.observe({"step": 6, "data": {"loss": 2.0}})
        one.observe({"loss": 2.5})
    assert losses(rules.parent / "run") == [(3, 1.0), (5, 1.5), (6, 2.0), (7, 2.5)]


WRONG = {
    "no dict": ([1.0], "a row is a dict of metrics"),
    "a step that is not one": ({"step": "soon", "loss": 1.0}, "a row needs a `step`"),
    "a step that falls": (row(1, 1.0), "step 1 follows step 4"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_row_that_cannot_be_read_is_left_out_and_reported_once(
    name: str, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, message = WRONG[name]
    with monitor(rules, fail_fast=False) as one:
        one.observe(row(4, 1.0))
        assert not one.observe(wrong).stop  # type: ignore[arg-type]
        one.observe(wrong)  # type: ignore[arg-type]
        one.observe(row(5, 1.0))
    assert losses(rules.parent / "run") == [(4, 1.0), (5, 1.0)]
    assert " ".join(capsys.readouterr().err.split()).count(message) == 1


# ---- findings of the loop's own checks -------------------------------------------------------


def test_what_the_loop_itself_finds_is_judged_with_the_next_row(rules: Path) -> None:
    with monitor(rules, policy="halts") as one:
        assert not one.observe(row(1, 1.0)).findings
        one.finding("Canary leaked", level="medium", text="in 1 answer")
        noted = one.observe(row(2, 1.0))
        one.finding("Canary leaked", level="critical", text="in all answers")
        over = one.observe(row(3, 1.0))
    assert [(event.who, event.message) for event in noted.findings] == [
        ("user.finding[canary_leaked]", "in 1 answer")
    ]
    assert (noted.stop, over.stop) == (False, True)


def test_what_it_finds_after_the_last_row_is_on_the_record(rules: Path) -> None:
    with monitor(rules) as one:
        one.finding("early")
        one.observe(row(1, 1.0))
        one.finding("early", level=None)
    events = read_run(rules.parent / "run").records.events
    assert [(event.event.value, event.who) for event in events] == [
        ("fired", "user.finding[early]"),
        ("resolved", "user.finding[early]"),
    ]


# ---- the end ---------------------------------------------------------------------------------


def test_an_exception_of_the_loop_is_how_the_run_ended(rules: Path) -> None:
    one = monitor(rules)
    one.observe(row(1, 1.0))
    with pytest.raises(ZeroDivisionError), one:
        one.observe(row(2, 1 / 0))
    postmortem = read_run(rules.parent / "run").postmortem
    assert postmortem is not None
    assert (postmortem["verdict"], postmortem["step"]) == (Verdict.EXCEPTION.value, 1)


def test_a_row_after_the_end_is_not_judged(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = monitor(rules)
    one.observe(row(1, 1.0))
    one.finish()
    one.finish()
    assert not one.observe(row(2, 10.0)).findings
    assert "after the end of the run" in capsys.readouterr().err
    assert losses(rules.parent / "run") == [(1, 1.0)]


SCRIPT = """
import sys, ptt_rules
monitor = ptt_rules.Monitor(algorithm="sft", run_dir=sys.argv[1])
monitor.observe({"step": 1, "loss": 1.0})
assert not {"torch", "transformers", "trl"} & set(sys.modules), "a trainer's library was loaded"
"""


def test_it_needs_no_trainer_and_a_script_that_forgets_its_end_says_so(tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    subprocess.run([sys.executable, "-c", SCRIPT, str(run_dir)], check=True, capture_output=True)
    postmortem = read_run(run_dir).postmortem
    assert postmortem is not None
    assert "before `finish()` was called" in postmortem["reason"]


# ---- a resume --------------------------------------------------------------------------------


def test_a_loop_that_goes_on_from_a_checkpoint_goes_on_with_its_run(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with monitor(rules) as one:
        for step in range(1, 7):
            one.observe(row(step, 3.0 if step == 2 else 1.0))
    capsys.readouterr()
    with monitor(rules, resume_step=4) as one:
        assert one.run_dir == rules.parent / "run"
        assert not one.observe(row(5, 1.5)).events
    assert losses(rules.parent / "run") == [(1, 1.0), (2, 3.0), (3, 1.0), (4, 1.0), (5, 1.5)]
    assert len((rules.parent / "run" / "abandoned.jsonl").read_text().splitlines()) == 2
    assert "resumed at step 4, 4 rows judged before" in capsys.readouterr().err
    run = read_run(rules.parent / "run")
    assert run.records.resumes == 1
    assert [one.step for one in run.records.events if one.event.is_finding] == [2]


@pytest.mark.parametrize("has_folder", [True, False])
def test_a_resume_without_a_run_is_an_error(rules: Path, has_folder: bool) -> None:
    given = {} if has_folder else {"run_dir": None}
    with pytest.raises(PttError, match="PTT530 `resume_step=4`, but"):
        monitor(rules, resume_step=4, **given)
    assert not (rules.parent / "run").exists()


def test_all_mistakes_in_arguments_are_one_error(rules: Path) -> None:
    with pytest.raises(PttError) as caught:
        Monitor(algorithm="grpoo", stack="verrl", resume_step=-1, runs="a")  # type: ignore[call-arg]
    assert [one.code for one in caught.value.diagnostics].count("PTT530") == 3
    assert any("`verrl` is not a framework" in one.message for one in caught.value.diagnostics)


def test_from_where_to_go_on_where_checkpoints_are_not_known(rules: Path) -> None:
    with monitor(rules, policy="acts", channels={"ops": "https://example.org"}) as one:
        for step in range(1, 5):
            one.observe(row(step, 10.0 if step == 4 else 1.0))
    postmortem = read_run(rules.parent / "run").postmortem
    assert postmortem is not None
    assert postmortem["next"][-1] == (
        "Go on from a checkpoint of step 3 or before it: where this loop saves is not recorded."
    )
