"""What the callback, channels and snapshots are given: taken as it is meant, or refused at once."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ptt_rules import Diagnostic, PttError
from ptt_rules.observing.channels import FileChannel, LogChannel, SlackWebhook, Webhook
from ptt_rules.runs import read_run, rules_of
from ptt_runtime import DiagnosticsCallback, Snapshots

pytestmark = pytest.mark.runtime

LAB = """
metric loss: loss = "loss"
param limit = 2 in 1..10
detector high { critical when loss > limit }
policy page { on critical { notify "ops" } }
policy look { on critical { snapshot } }
"""
ALERT = "dpo: margin < 0.1 for 2 steps -> high: Margin collapsed"
SLACK = "https://hooks.slack.com/services/T0/B0/secret"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("lab.ptt").write_text(LAB)
    Path("run.yaml").write_text("params: {gradient_growth: 30}\n")
    Path("a file").write_text("")
    return tmp_path


def refused(make: Callable[..., Any], *args: Any, **given: Any) -> tuple[Diagnostic, ...]:
    with pytest.raises(PttError) as raised:
        make(*args, **given)
    assert all(one.hint or one.file_name for one in raised.value.diagnostics)
    return raised.value.diagnostics


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"snapshots": 3}, "PTT530", "`snapshots` takes .*Snapshots.* not 3"),
    ({"snapshots": "p.txt"}, "PTT530", r'write `snapshots=Snapshots\(prompts="..."\)`'),
    ({"snapshots": Snapshots}, "PTT530", r"the class `Snapshots` itself.*make one"),
    ({"snapshots": {"every": 3}}, "PTT530", "`snapshots` takes"),
    ({"channels": SLACK}, "PTT530", "channels by name, not an address"),
    ({"channels": [SLACK]}, "PTT530", "channels by name"),
    ({"channels": {"x": "ops"}}, "PTT530", r'`channels\["x"\]` takes a channel or an address'),
    ({"channels": {"x": Webhook}}, "PTT530", "the class `Webhook` itself"),
    ({"channels": {"x": None}}, "PTT530", "a channel or an address, not None"),
    ({"channels": {"x": logging.getLogger()}}, "PTT530", "a channel or an address"),
    ({"packs": 3}, "PTT530", "names of packs and paths, not 3"),
    ({"packs": {"grpo": 1}}, "PTT530", "names of packs and paths"),
    ({"packs": ["grpo", None]}, "PTT530", "names of packs and paths, not None"),
    ({"packs": "grop"}, "PTT301", "did you mean `grpo`"),
    ({"only": True}, "PTT301", "leaves no rules"),
    ({"only": "no", "packs": "grpo"}, "PTT530", "True or False, not the text 'no'"),
    ({"params": 3}, "PTT530", "numbers by name, not 3"),
    ({"params": [("a", 1)]}, "PTT530", "numbers by name"),
    ({"params": {3: 3}}, "PTT530", "numbers by name"),
    ({"params": {"gradient_growth": "3"}}, "PTT303", "not a number"),
    ({"params": {"gradient_growth": None}}, "PTT303", "not a number"),
    ({"params": {"gradient_grwth": 3}}, "PTT303", "did you mean `gradient_growth`"),
    ({"params": {"distributed.nothing": 3}}, "PTT303", "no pack has a parameter"),
    ({"params": {"gradient_growth": 1}}, "PTT206", "outside its range 2..1000"),
    ({"params": {"entropy_floor": 50}}, "PTT206", "outside its range"),
    ({"params": {"limt": 5}, "packs": "lab.ptt"}, "PTT303", "did you mean `limit`"),
    ({"policy": "gaurd"}, "PTT304", "did you mean `guard`"),
    ({"policy": True}, "PTT530", "`policy` takes a text, not True"),
    ({"policy": ""}, "PTT530", "`policy` takes a text"),
    ({"policy": "observe", "stop_on_critical": True}, "PTT304", "give one of the two"),
    ({"policy": "page", "packs": "lab.ptt"}, "PTT506", 'notify "ops".*write `channels='),
    ({"policy": "look", "packs": "lab.ptt"}, "PTT506", "snapshot"),
    ({"settings": "none.yaml"}, "PTT308", "cannot be read"),
    ({"settings": {"policy": "guard"}}, "PTT530", "`settings` takes a path"),
    ({"trackers": "wandbb"}, "PTT530", 'did you mean "wandb"'),
    ({"trackers": True}, "PTT530", "words of wandb, mlflow"),
    ({"algorithm": "dop"}, "PTT530", "one of sft, dpo"),
    ({"algorithm": 3}, "PTT530", "one of sft, dpo"),
    ({"rank_metrics_every": 0}, "PTT530", "a whole number from 1 on, not 0"),
    ({"rank_metrics_every": "10"}, "PTT530", "a whole number"),
    ({"rank_metrics_every": 2.5}, "PTT530", "a whole number"),
    ({"rank_metrics_every": True}, "PTT530", "a whole number from 1 on, not True"),
    ({"rank_metrics_every": float("nan")}, "PTT530", "a whole number"),
    ({"rank_metrics_every": float("inf")}, "PTT530", "a whole number"),
    ({"on_resume_mismatch": "fial"}, "PTT530", 'did you mean `on_resume_mismatch="fail"`'),
    ({"on_resume_mismatch": True}, "PTT530", '"warn" or "fail", not True'),
    ({"custom_heuristics_dir": "nowhere"}, "PTT530", "a folder that is there"),
    ({"custom_heuristics_dir": "a file"}, "PTT530", "a folder that is there"),
    ({"custom_alerts": 3}, "PTT530", "`custom_alerts` takes a text, not 3"),
    ({"custom_alerts": "collapsed?"}, "PTT313", "this is not an alert"),
    ({"stop_on_critical": "false"}, "PTT530", "True or False, not the text 'false'"),
    ({"stop_on_critical": 1}, "PTT530", "True or False, not 1"),
    ({"fail_fast": None}, "PTT530", "True or False, not None"),
    ({"skip_nonfinite_steps": "yes"}, "PTT530", "write `skip_nonfinite_steps=True`"),
    ({"run_dir": 3}, "PTT530", "`run_dir` takes a path, not 3"),
    ({"run_dir": ""}, "PTT530", "`run_dir` takes a path"),
    ({"run_dir": b"runs"}, "PTT530", "`run_dir` takes a path"),
    ({"run_dir": "a file"}, "PTT530", "there is a file of that name"),
    ({"stop_on_criticals": True}, "PTT530", "did you mean `stop_on_critical`"),
    ({"snapshot": True}, "PTT530", "did you mean `snapshots`"),
    ({"xyz": 1}, "PTT530", "has no argument `xyz`.*there are `algorithm`"),
]


@pytest.mark.parametrize(("given", "code", "told"), WRONG, ids=lambda one: str(one)[:40])
def test_an_argument_that_means_nothing_is_refused(
    given: Mapping[str, Any], code: str, told: str
) -> None:
    found = refused(DiagnosticsCallback, **given)
    assert {one.code for one in found} == {code}
    assert re.search(told, f"{found[0].message} {found[0].hint}")


def test_all_that_is_wrong_is_told_at_once_and_no_secret() -> None:
    found = refused(DiagnosticsCallback, snapshot=True, fail_fast="x", channels=SLACK, policy=3)
    assert len(found) == 4
    assert "secret" not in str(PttError(found))


def test_arguments_have_names() -> None:
    (only,) = refused(DiagnosticsCallback, "runs/a")
    assert only.hint == "give each by its name, such as `DiagnosticsCallback(run_dir=...)`"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"snapshots": None},
        {"snapshots": False},
        {"channels": None, "trackers": None, "params": None, "custom_alerts": None},
        {"packs": [], "settings": None, "trackers": "none", "custom_alerts": ALERT},
        {"packs": Path("lab.ptt"), "only": True},
        {"packs": ("grpo", "lab.ptt", "grpo"), "params": {"lab.limit": np.int64(3)}},
        {"params": {"gradient_growth": Decimal(30), "entropy_floor": torch.tensor(0.2)}},
        {"params": {"refusal_rise": np.float32(0.05)}},
        {"rank_metrics_every": torch.tensor(5), "fail_fast": np.bool_(True)},
        {"rank_metrics_every": np.float64(5.0), "settings": Path("run.yaml")},
        {"policy": "page", "packs": "lab.ptt", "channels": {"ops": SLACK}},
        {"policy": "look", "packs": "lab.ptt", "snapshots": True},
        {"policy": "guard", "stop_on_critical": True},
    ],
    ids=str,
)
def test_what_is_meant_is_taken(given: Mapping[str, Any]) -> None:
    DiagnosticsCallback(**given)


MAKING: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str, str]] = [
    (Webhook, (), {}, "PTT530", "`Webhook` needs `url`"),
    (Webhook, (3,), {}, "PTT530", "`url` takes an address, not 3"),
    (Webhook, (SLACK,), {"timeout_s": "5"}, "PTT530", "`timeout_s` takes a number"),
    (Webhook, (SLACK,), {"timeout_s": 0}, "PTT530", "`timeout_s` takes a number"),
    (Webhook, (SLACK,), {"retries": -1}, "PTT530", "`retries` takes a whole number from 0"),
    (Webhook, (SLACK,), {"headers": {"a": 1}}, "PTT530", r'`headers\["a"\]` takes a text'),
    (SlackWebhook, (SLACK,), {"retires": 1}, "PTT530", "did you mean `retries`"),
    (FileChannel, (3,), {}, "PTT530", "`path` takes a path"),
    (FileChannel, (".",), {}, "PTT530", "name a file in that folder"),
    (LogChannel, (3,), {}, "PTT530", "`logger` takes a text"),
    (Snapshots, (), {"every": "200"}, "PTT521", "`every` takes a whole number from 1"),
    (Snapshots, (), {"max_new_tokens": None}, "PTT521", "`max_new_tokens` takes"),
    (Snapshots, (), {"temperature": True}, "PTT521", "`temperature` takes a number"),
    (Snapshots, (), {"evry": 3}, "PTT521", "did you mean `every`"),
    (Snapshots, (), {"prompts": 5}, "PTT521", "`prompts` takes a list of prompts or a path"),
    (Snapshots, (), {"prompts": {"a": 1}}, "PTT521", "`prompts` takes a list"),
    (Snapshots, (5,), {}, "PTT521", "by its name, such as `Snapshots"),
]


@pytest.mark.parametrize(("make", "args", "given", "code", "told"), MAKING, ids=str)
def test_so_is_one_of_what_it_is_made_of(
    make: Callable[..., Any], args: tuple[Any, ...], given: dict[str, Any], code: str, told: str
) -> None:
    (only,) = refused(make, *args, **given)
    assert only.code == code
    assert re.search(told, f"{only.message} {only.hint}")


def test_numbers_of_other_libraries_are_plain_in_snapshots() -> None:
    made = Snapshots(every=np.int64(5), temperature=np.float32(0.5), seed=torch.tensor(3))
    assert [type(made.every), type(made.temperature), type(made.seed)] == [int, float, int]


def test_snapshots_that_are_true_are_those_of_the_defaults(
    train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(run_dir="run", snapshots=True, fail_fast=True)
    train("sft", callback, steps=2)
    assert (tmp_path / "run" / "snapshots").is_dir()


def test_an_address_is_a_webhook_that_a_policy_reaches(
    train: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    monkeypatch.setattr(SlackWebhook, "send", lambda self, notice: sent.append(notice.step))
    options = {"packs": "lab.ptt", "policy": "page", "params": {"limit": np.float64(1.5)}}
    train("sft", DiagnosticsCallback(**options, channels={"ops": SLACK}, fail_fast=True), steps=2)
    assert sent == [1]


def test_a_parameter_of_another_algorithm_is_told_before_the_first_step(
    train: Callable[..., Any],
) -> None:
    callback = DiagnosticsCallback(params={"clip_limit": 0.5})
    with pytest.raises(PttError, match="PTT303 no pack has a parameter `clip_limit`"):
        train("sft", callback, steps=1)


@pytest.mark.parametrize(
    ("packs", "only", "names"),
    [
        (["lab.ptt"], False, ["common", "sft", "lab"]),
        (["lab.ptt"], True, ["lab"]),
        (["sft", "lab.ptt"], False, ["common", "sft", "lab"]),
        (["mine.ptt"], False, ["common", "sft", "mine"]),
    ],
)
def test_packs_judge_beside_those_of_the_algorithm(
    packs: list[str], only: bool, names: list[str], train: Callable[..., Any], here: Path
) -> None:
    Path("mine.ptt").write_text("pack mine 1.0.0 { extends sft }\n" + LAB.split("param")[0])
    callback = DiagnosticsCallback(run_dir="run", packs=packs, only=only, fail_fast=True)
    train("sft", callback, steps=1)
    told = json.loads((here / "run" / "run.json").read_text())
    assert [pack["name"] for pack in told["packs"]] == names


def test_so_do_those_of_settings(train: Callable[..., Any], here: Path) -> None:
    for text, names in (("", ["common", "sft", "lab"]), ("only: true\n", ["lab"])):
        Path("ptt.yaml").write_text(f"packs: [./lab.ptt]\n{text}")
        callback = DiagnosticsCallback(run_dir=f"run{len(text)}", fail_fast=True)
        train("sft", callback, steps=1, folder=here / f"out{len(text)}")
        told = json.loads((here / f"run{len(text)}" / "run.json").read_text())
        assert [pack["name"] for pack in told["packs"]] == names


GUARDS = """
metric loss: loss = "loss"
detector high { critical when loss > 0 }
policy guard { on critical { notify "ops" } }
"""


@pytest.mark.parametrize(
    "given",
    [{"stop_on_critical": True}, {"policy": "common.guard"}],
    ids=["stop_on_critical", "common.guard"],
)
@pytest.mark.parametrize("word", ["policy", "override policy"])
def test_stop_on_critical_stops_whatever_a_pack_calls_guard(
    given: dict[str, Any], word: str, train: Callable[..., Any], here: Path
) -> None:
    Path("own.ptt").write_text(GUARDS.replace("policy", word))
    callback = DiagnosticsCallback(run_dir="run", packs="own.ptt", fail_fast=True, **given)
    trainer = train("sft", callback, steps=4)
    assert trainer.state.global_step == 1
    run = read_run(here / "run")
    assert run.policy == "common.guard"
    assert rules_of(run).policy == "common.guard"


def test_a_name_of_two_policies_is_refused() -> None:
    Path("own.ptt").write_text(GUARDS)
    (only,) = refused(DiagnosticsCallback, packs="own.ptt", policy="guard")
    assert only.code == "PTT317"
