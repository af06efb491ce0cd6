"""What a policy may want of a trainer: what is carried out, and what is refused before the run."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback

from ptt_rules import PttError, load, read_log, replay
from ptt_rules.observing.channels import FileChannel
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import algorithms
from tests.runtime.conftest import json_lines, unwrapped

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
        run_dir=run_dir, packs=[pack(tmp_path, EVALUATE)], only=True, policy="look", fail_fast=True
    )
    trainer = train(algorithm, callback, steps=4, eval_strategy="steps", eval_steps=100)
    evaluated = [row["step"] for row in trainer.state.log_history if "eval_loss" in row]
    assert evaluated == [2, 4]  # the trainer itself evaluates at the end
    lines = json_lines(run_dir / "events.jsonl")
    told = [(line["event"], line.get("action"), line["step"]) for line in lines]
    assert told[:3] == [("fired", None, 2), ("action", "evaluate", 2), ("fired", None, 2)]


REFUSED = {
    'notify "ops"': r'`notify "ops"`, but no such channel was given',
    "snapshot": "snapshots are off",
}


@pytest.mark.parametrize("actions", REFUSED)
def test_what_the_callback_was_not_given_is_refused_when_it_is_made(
    actions: str, tmp_path: Path
) -> None:
    rules = f"{ROWS} detector d {{ high when gradient > 0 }} policy p {{ on high {{ {actions} }} }}"
    with pytest.raises(PttError, match=REFUSED[actions]) as raised:
        DiagnosticsCallback(packs=[pack(tmp_path, rules)], only=True, policy="p")
    (told,) = raised.value.diagnostics
    assert told.code == "PTT506"
    assert told.hint


def test_an_evaluation_without_data_is_refused_before_the_first_step(
    train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[pack(tmp_path, EVALUATE)], only=True, policy="look"
    )
    with pytest.raises(PttError, match=r"PTT506.*no evaluation"):
        train("sft", callback, steps=4)


@pytest.mark.skipif("ppo" not in algorithms(), reason="this TRL has no PPOTrainer")
def test_a_trainer_that_never_evaluates_is_known(train: Callable[..., Any], tmp_path: Path) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[pack(tmp_path, EVALUATE)], only=True, policy="look"
    )
    with pytest.raises(PttError, match=r"PTT506.*never evaluates"):
        train("ppo", callback, steps=4)


ALL_AT_ONCE = (
    ROWS
    + "detector second { critical when count(gradient[all]) >= 2 keep 100 }\n"
    + "policy all { on second {\n"
    + '  stop pause 1 s invalidate checkpoint evaluate notify "people"\n'
    + "  set learning_rate = learning_rate / 2\n"
    + "} }\n"
)


@pytest.mark.parametrize("algorithm", ["sft", "dpo"])
def test_all_actions_of_a_row_are_done_in_their_order_and_a_replay_decides_the_same(
    algorithm: str, train: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ptt_rules.observing.actions.pause.POLL_S", 0.1)
    rules, run_dir = pack(tmp_path, ALL_AT_ONCE), tmp_path / "run"
    callback = DiagnosticsCallback(
        run_dir=run_dir,
        packs=[rules],
        only=True,
        policy="all",
        channels={"people": FileChannel(tmp_path / "notices.jsonl")},
        fail_fast=True,
    )
    heard = _Heard()
    trainer = train(
        algorithm, callback, steps=5, eval_strategy="steps", eval_steps=100, callbacks=[heard]
    )
    assert trainer.state.global_step == 2
    assert heard.events == ["evaluate", "save"]
    assert 1 <= heard.held_s < 10
    lines = json_lines(run_dir / "events.jsonl")
    actions = [line["action"] for line in lines if line["event"] == "action"]
    assert actions == ["evaluate", "checkpoint", "set", "invalidate", "notify", "pause", "stop"]
    done = [line["event"] for line in lines if line["event"] not in ("fired", "action")]
    assert done == ["set", "paused", "went_on"]
    judged = replay(load(rules, policy="all"), run_dir)
    assert [one.to_json() for one in judged.actions] == [
        line for line in lines if line["event"] == "action"
    ]
    (notice,) = json_lines(tmp_path / "notices.jsonl")
    assert (notice["step"], notice["level"]) == (2, "critical")
    assert (tmp_path / "out" / "checkpoint-2" / "ptt_state.json").is_file()


class _Heard(TrainerCallback):
    """What the trainer did after the row, and how long it took until its end."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.held_s = 0.0
        self._saved = 0.0

    def on_evaluate(self, *_: Any, **__: Any) -> None:
        self.events.append("evaluate")

    def on_save(self, *_: Any, **__: Any) -> None:
        self.events.append("save")
        self._saved = time.monotonic()

    def on_train_end(self, *_: Any, **__: Any) -> None:
        self.held_s = time.monotonic() - self._saved


def test_a_checkpoint_that_the_trainer_drops_is_told(
    train: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `save_strategy="best"`, an evaluation that is not the best undoes the flag."""
    rules = (
        ROWS
        + "detector worse { high when count(eval_loss[all]) >= 2 }\n"
        + "policy p { on worse { checkpoint } }\n"
    )
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[pack(tmp_path, rules)], only=True, policy="p"
    )
    best = {"save_strategy": "best", "metric_for_best_model": "eval_loss"}
    options = {"eval_strategy": "steps", "eval_steps": 1, "greater_is_better": True, **best}
    train("sft", callback, steps=4, learning_rate=1e-2, **options)
    printed = unwrapped(capsys.readouterr().err)
    assert "`checkpoint` was not carried out: the trainer saved none at step 2" in printed


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
    callback = DiagnosticsCallback(run_dir=run_dir, packs=[rules], only=True, fail_fast=True)
    train("grpo", callback, steps=4)
    lines = json_lines(run_dir / "events.jsonl")
    judged = replay(load(rules), run_dir)
    assert [event.to_json() for event in judged.events] == lines
    (fired,) = (line for line in lines if line["detector"] == "rules.reward_seen")
    assert fired["instance"] == {"func": "vowels"}
    assert (fired["step"], fired["message"]) == (2, "vowels at 50%")
    printed = unwrapped(capsys.readouterr().err)
    assert "rules.reward_seen[vowels]" in printed
    assert "recorded and not reported: rules.quiet (in shadow)" in printed
    assert read_log(run_dir).context.config["max_steps"] == 4
