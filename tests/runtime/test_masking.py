"""Secrets of training arguments are in no artifact, at whatever depth; what is none stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from transformers import TrainingArguments

from ptt_rules.observing.masking import MASK, masked
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.training import training_arguments
from tests.runtime.driver import RULES, Driver

pytestmark = pytest.mark.runtime

SECRET = "s3cr3t-0f-the-house"


@pytest.mark.parametrize(
    "value",
    [
        {"token": SECRET},
        {"deep": [{"er": ({"api_key": SECRET},)}]},
        {"API_KEY": SECRET},
        {"apiKey": SECRET},
        {"hub_token": SECRET},
        {"secret": {"any": [SECRET]}},
        {"client_secret_value": SECRET},
        {"db_password": SECRET},
        {"passwd": SECRET},
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"tokens": [SECRET]},
        {"aws_secret_access_key": SECRET},
        {"aws_access_key_id": SECRET},
        {"credentials": {"user": SECRET}},
        {"endpoint": f"https://me:{SECRET}@host/path"},
        {"endpoint": f"https://host/path?n=3&api_key={SECRET}&x=1"},
        {"endpoint": f"https://host/blob?sig={SECRET}"},
        {"options": f"{{'dtype': torch.bfloat16, 'token': '{SECRET}'}}"},
        {"env": [f"WANDB_API_KEY={SECRET}"]},
        {"anything": "hf_abcdefghijklmnopqrstuvwx"},
        {"anything": "use sk-abcdefghijklmnopqrstuvwx please"},
    ],
    ids=str,
)
def test_a_secret_is_masked(value: dict[str, Any]) -> None:
    text = str(masked(value))
    assert MASK in text
    for secret in (SECRET, "abcdefghijklmnop"):
        assert secret not in text


@pytest.mark.parametrize(
    "value",
    [
        {"pad_token": "<pad>", "eos_token": "EOS", "image_token": "<image>", "bos_token": None},
        {"max_new_tokens": 12, "num_tokens": 3, "token_count": "4"},
        {"tokenizer_name_or_path": "gpt2", "keyword": "a", "token_type": "b"},
        {"stop_tokens": ["</s>"], "special_tokens": {"a": "b"}},
        {"text_key": "text", "use_auth_token": True, "token": None, "api_key": ""},
        {"endpoint": "https://host/path?n=3", "path": "a/b@c"},
        {"options": "{'pad_token': 'PADDING', 'n': 3}"},
        {"eos_token_id": 2, "optim": "adamw_torch", "run_name": "token-level loss"},
    ],
    ids=str,
)
def test_what_is_no_secret_stays(value: dict[str, Any]) -> None:
    assert masked(value) == value


def test_no_artifact_of_a_run_has_a_secret(tmp_path: Path) -> None:
    (tmp_path / "thirds.ptt").write_text(RULES)
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[tmp_path / "thirds.ptt"], only=True
    )
    driver = Driver(callback, tmp_path / "out")
    driver.args.optim_args = f"token={SECRET}"
    driver.args.accelerator_config = {"deep": {"api_key": SECRET}}
    driver.args.lr_scheduler_kwargs = {"object": object(), "token": SECRET}
    driver.train()
    artifacts = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    artifacts += (tmp_path / "out").rglob("ptt_*.json")
    assert len(artifacts) > 6
    for path in artifacts:
        assert SECRET.encode() not in path.read_bytes(), path


def test_arguments_are_told_without_their_secrets() -> None:
    args = TrainingArguments(output_dir="out", report_to=[], hub_token=SECRET)
    assert SECRET not in str(training_arguments(args))
