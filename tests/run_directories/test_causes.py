"""The cause comes before the symptom: of a resume that went wrong, and among findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import load
from ptt_rules.cli.main import main
from ptt_rules.runs import read_run
from ptt_rules.runs.dead import postmortem_of
from ptt_rules.runs.state import state_of
from ptt_rules.runs.story import Story, Surety, run_json, story_of, surety_of
from tests.run_directories.made import HEALTHY, Life, pack_of

WEIGHTS = {
    "what": "the digest of sampled weights",
    "before": "a" * 64,
    "now": "b" * 64,
    "weight": "serious",
    "meaning": "not those that this checkpoint was saved with",
}
RATE = {"what": "learning_rate", "before": 1e-05, "now": 0.01, "weight": "serious",
        "meaning": "it jumps at this step"}  # fmt: skip
COMMIT = {"what": "the commit of the code", "before": "1", "now": "2", "weight": "notable",
          "meaning": ""}  # fmt: skip


def resumed(
    folder: Path, differences: list[dict[str, Any]], *, quiet_rows: int = 1, bad: bool = True
) -> Path:
    """A run that was resumed at step 20, and some rows later found wrong at a medium level."""
    pack = pack_of(folder, policy=None)
    first = Life(pack, folder / "run", output_dir=folder / "out", max_steps=30)
    for step in range(1, 21):
        first.log({"step": step, "time": step * 1.0, **HEALTHY})
    state = first.engine.state()
    first.save()
    second = Life(pack, folder / "run", output_dir=folder / "out", max_steps=60)
    second.resume(20, state)
    second.recorder.journal.note({"event": "compared", "step": 20, "differences": differences})
    for step in range(21, 61):
        is_bad = bad and step > 20 + quiet_rows
        second.log({"step": step, "time": step * 1.0, **HEALTHY, "kl": 0.9 if is_bad else 0.1})
    second.close()
    return folder / "run"


def story(run: Path) -> Story:
    return story_of(read_run(run))


def test_other_weights_at_a_resume_are_the_first_cause(tmp_path: Path) -> None:
    told = story(resumed(tmp_path, [COMMIT, WEIGHTS]))
    assert told.wrong[0] == (
        "At the resume at step 20 it became another run: the digest of sampled weights is not "
        "what it was (not those that this checkpoint was saved with)."
    )
    assert told.wrong[1].startswith("Then lab.kl_high (low): KL is 0.90.")
    assert told.began[0].startswith("At step 20, where it was resumed; what was found began at")
    assert told.sure[0] == (
        "Very likely: run and checkpoint were compared at the resume, and lab.kl_high was reported "
        "2 logs after it."
    )
    assert told.lost == ("40 steps (40 s) were trained with other weights, since step 20.",)
    assert told.todo[0].startswith("See what puts other weights in the place")
    assert "checkpoint-20" in told.todo[1]


def test_other_weights_are_never_nothing_lost(tmp_path: Path) -> None:
    told = story(resumed(tmp_path, [WEIGHTS], bad=False))
    assert told.wrong[0].startswith("At the resume at step 20 it became another run")
    assert told.lost == ("40 steps (40 s) were trained with other weights, since step 20.",)


def test_an_argument_says_what_it_was(tmp_path: Path) -> None:
    told = story(resumed(tmp_path, [RATE]))
    what = "learning_rate is 0.01, was 1e-05 (it jumps at this step)"
    assert told.wrong[0] == f"At the resume at step 20 it became another run: {what}."
    assert told.todo[0] == f"Make it as it was: {what}."


def test_what_does_not_matter_is_no_cause(tmp_path: Path) -> None:
    told = story(resumed(tmp_path, [COMMIT]))
    assert told.wrong[0].startswith("Only a note: lab.kl_high")


def test_what_begins_long_after_a_resume_is_not_of_it(tmp_path: Path) -> None:
    run = resumed(tmp_path, [WEIGHTS], quiet_rows=30)
    found = read_run(run)
    assert found.mismatch is not None
    assert found.mismatch.explains(found.incidents[0])
    events = run / "events.jsonl"
    late = [json.loads(line) for line in events.read_text().splitlines()]
    for one in late:
        if one["event"] == "fired":
            one["row"] += 30
    events.write_text("".join(json.dumps(one) + "\n" for one in late))
    found = read_run(run)
    assert not found.mismatch.explains(found.incidents[0])  # type: ignore[union-attr]


def test_a_branch_that_was_given_up_takes_its_mismatch_along(tmp_path: Path) -> None:
    run = resumed(tmp_path, [WEIGHTS])
    lines = [
        {"event": "resumed", "step": 10, "row": 10, "abandoned": 50},
        {"event": "compared", "step": 10, "differences": []},
    ]
    with (run / "events.jsonl").open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    assert read_run(run).mismatch is None


@pytest.mark.parametrize("differences", [None, 3, "x", [3], [{}], [{"weight": "serious"}]])
def test_a_comparison_that_is_damaged_ends_nothing(differences: Any, tmp_path: Path) -> None:
    assert story(resumed(tmp_path, differences)).wrong


def test_every_page_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = resumed(tmp_path, [WEIGHTS])
    assert main(["show", str(run)]) == 0
    assert "At the resume at step 20" in capsys.readouterr().out
    assert main(["report", str(run)]) == 0
    assert "At the resume at step 20" in (run / "report.html").read_text()
    assert main(["replay", str(run), "--pack", str(tmp_path / "lab.ptt")]) == 0
    assert "At the resume at step 20" in capsys.readouterr().out
    beat = json.loads((run / "heartbeat.json").read_text())
    (run / "heartbeat.json").write_text(json.dumps({**beat, "pulse": "running", "process": 2**22}))
    found = read_run(run)
    document = postmortem_of(found)
    assert any("At the resume at step 20" in line for line in document["next"])
    assert run_json(found, state_of(found), story_of(found))["mismatch"]["step"] == 20
    assert main(["postmortem", str(run)]) == 0
    assert "At the resume at step 20" in " ".join(capsys.readouterr().out.split())


def test_a_resume_with_more_steps_has_the_new_goal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = resumed(tmp_path, [])
    assert read_run(run).max_steps == 60
    assert main(["runs", str(tmp_path)]) == 0
    assert " 60/60 " in capsys.readouterr().out


# ---- witnesses -----------------------------------------------------------------------------

WITNESSES = """
metric loss: none = "loss"
metric norm: none = "grad_norm"
metric step_time: seconds = "ranks/step_time/0"
metric temperature: none = "gpu/temperature"
detector loss_bad { high when loss > 5 message "loss" }
detector norm_bad { medium when norm > 5 message "norm" }
detector slow { medium when step_time > 5 message "slow" }
detector hot { medium when temperature > 5 message "hot" }
"""


def run_of(folder: Path, rules: str, rows: list[dict[str, float]]) -> Path:
    path = folder / "own.ptt"
    path.write_text(rules)
    life = Life(load(path), folder / "run", output_dir=folder / "out")
    for step, row in enumerate(rows, start=1):
        life.log({"step": step, "time": float(step), **row})
    life.close()
    return folder / "run"


@pytest.mark.parametrize(
    ("key", "surety", "said"),
    [
        ("grad_norm", Surety.VERY_LIKELY, "1 other detector fired with it: own.norm_bad"),
        ("ranks/step_time/0", Surety.LIKELY, "At the same time, of another matter: own.slow"),
        ("gpu/temperature", Surety.LIKELY, "At the same time, of another matter: own.hot"),
    ],
)
def test_only_related_findings_are_witnesses(
    key: str, surety: Surety, said: str, tmp_path: Path
) -> None:
    rows = [{"loss": 1.0, key: 1.0}] * 5 + [{"loss": 9.0, key: 9.0}] * 5
    found = read_run(run_of(tmp_path, WITNESSES, rows))
    sure, reasons = surety_of(found, found.incidents[0])
    assert sure is surety
    assert any(reason.startswith(said) for reason in reasons)


# ---- spikes and jumps ----------------------------------------------------------------------

SPIKE_AND_JUMP = """
metric loss: none = "loss"
metric other: none = "other"
detector spike { medium when loss > 2 * median(loss[5 before 1]) message "a spike" }
detector jump { high when mean(loss[3]) > 2 * median(loss[5 before 5]) message "a jump" }
detector elsewhere { high when min(other[3]) > 5 message "elsewhere" }
"""


def test_a_spike_in_the_row_of_a_jump_is_not_its_cause(tmp_path: Path) -> None:
    rows = [{"loss": 1.0, "other": 1.0}] * 20 + [{"loss": 4.4, "other": 1.0}] * 10
    cause = read_run(run_of(tmp_path, SPIKE_AND_JUMP, rows)).incidents[0].cause
    assert (cause.who, cause.since_step) == ("own.jump", 21)


def test_a_spike_of_another_metric_may_be_the_cause(tmp_path: Path) -> None:
    rows = [{"loss": 1.0, "other": 1.0}] * 20 + [{"loss": 2.5, "other": 9.0}]
    rows += [{"loss": 1.0, "other": 9.0}] * 10
    cause = read_run(run_of(tmp_path, SPIKE_AND_JUMP, rows)).incidents[0].cause
    assert (cause.who, cause.since_step) == ("own.spike", 21)
