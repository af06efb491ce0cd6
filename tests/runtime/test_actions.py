"""What a policy may want of a trainer: what is carried out, and what is refused before the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError, load, read_log, replay
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import algorithms
from tests.runtime.conftest import json_lines

pytestmark = pytest.mark.runtime

ROWS = 'metric gradient: norm = "grad_norm"\nmetric eval_loss: loss = "eval_loss"\n'
EVALUATE = (
    ROWS
    + "detector second { high when count(gradient[all]) >= 2 keep 100 }\n"
    + "detector evaluated { low when observed(eval_loss) }\n"
    + "policy look { on second { evaluate } }\n"
)


def pack(folder: Path, text: str) -> Path:
    path = folder / "rules.ptt"
    path.write_text(text)
    return path


@pytest.mark.parametrize("algorithm", ["sft", "dpo"])
def test_a_policy_evaluates_once_in_a_run_that_would_not(
    algorithm: str, train: Callable[..., Any], tmp_path: Path
) -> None:
    run_dir = tmp_path / "run"
    callback = DiagnosticsCallback(
        run_dir=run_dir, packs=[pack(tmp_path, EVALUATE)], policy="look", fail_fast=True
    )
    trainer = train(algorithm, callback, steps=4, eval_strategy="steps", eval_steps=100)
    evaluated = [row["step"] for row in trainer.state.log_history if "eval_loss" in row]
    assert evaluated == [2, 4]  # the trainer itself evaluates at the end
    lines = json_lines(run_dir / "events.jsonl")
    told = [(line["event"], line.get("action"), line["step"]) for line in lines]
    assert told[:3] == [("fired", None, 2), ("action", "evaluate", 2), ("fired", None, 2)]


REFUSED = ["set learning_rate = 0", "pause 5 min", 'notify "ops"', "snapshot"]


@pytest.mark.parametrize("actions", REFUSED)
def test_what_cannot_be_carried_out_is_refused_at_once(actions: str, tmp_path: Path) -> None:
    rules = f"{ROWS} detector d {{ high when gradient > 0 }} policy p {{ on high {{ {actions} }} }}"
    with pytest.raises(PttError) as raised:
        DiagnosticsCallback(packs=[pack(tmp_path, rules)], policy="p")
    (told,) = raised.value.diagnostics
    assert told.code == "PTT506"
    assert actions.split()[0] in told.message


def test_an_evaluation_without_data_is_refused_before_the_first_step(
    train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[pack(tmp_path, EVALUATE)], policy="look"
    )
    with pytest.raises(PttError, match=r"PTT506.*no evaluation"):
        train("sft", callback, steps=4)


@pytest.mark.skipif("ppo" not in algorithms(), reason="this TRL has no PPOTrainer")
def test_a_trainer_that_never_evaluates_is_known(train: Callable[..., Any], tmp_path: Path) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[pack(tmp_path, EVALUATE)], policy="look"
    )
    with pytest.raises(PttError, match=r"PTT506.*never does"):
        train("ppo", callback, steps=4)


FAMILY = """
metric reward_of[func]: score = "rewards/{func}/mean"
detector reward_seen for each reward_of {
  low       when count(reward_of[all]) >= 2 and progress >= 0.5
  message   "{func} at {progress:.0%}"
}
detector quiet { high when step >= 1 shadow }
"""


def test_an_instance_of_a_family_is_judged_live_as_in_a_replay(
    train: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules, run_dir = pack(tmp_path, FAMILY), tmp_path / "run"
    callback = DiagnosticsCallback(run_dir=run_dir, packs=[rules], fail_fast=True)
    train("grpo", callback, steps=4)
    lines = json_lines(run_dir / "events.jsonl")
    judged = replay(load(rules), run_dir)
    assert [event.to_json() for event in judged.events] == lines
    (fired,) = (line for line in lines if line["detector"] == "rules.reward_seen")
    assert fired["instance"] == {"func": "vowels"}
    assert (fired["step"], fired["message"]) == (2, "vowels at 50%")
    printed = capsys.readouterr().err
    assert "rules.reward_seen[vowels]" in printed
    assert "recorded and not told (in shadow or suppressed): rules.quiet 1" in printed
    assert read_log(run_dir).config["max_steps"] == 4
