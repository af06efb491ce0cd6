"""The runs that a training is compared with, and what is recorded of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.logs import Siblings
from ptt_runtime import DiagnosticsCallback
from tests.runtime.conftest import json_lines

pytestmark = pytest.mark.runtime

RULES = 'metric loss: loss = "loss"\ndetector worse { high when loss > siblings(loss) }\n'


def test_a_training_is_compared_with_them_and_pins_their_digests(
    train: Callable[..., Any], tmp_path: Path
) -> None:
    pack = tmp_path / "own.ptt"
    pack.write_text(RULES)
    better = [{"step": step, "loss": -1.0} for step in range(99)]
    callback = DiagnosticsCallback(
        packs=[pack], only=True, run_dir=tmp_path / "run", siblings=[better]
    )
    train("sft", callback, steps=3)
    (pinned,) = json.loads((tmp_path / "run" / "run.json").read_text())["siblings"]
    assert pinned == {"path": None, "digest": Siblings.of([better]).runs[0].digest, "rows": 99}
    events = json_lines(tmp_path / "run" / "events.jsonl")
    assert [one["detector"] for one in events if one["event"] == "fired"] == ["own.worse"]
