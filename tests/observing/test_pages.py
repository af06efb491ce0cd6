"""The lines of docs/loops.md to paste run, with stand-ins for frameworks that are not here."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from ptt_rules.runs import find_runs, read_run
from tests.observing import loops

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "loops.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python\n# ([^\n]*)\n(.*?)```", PAGE, re.DOTALL))


def run(name: str, **known: Any) -> dict[str, Any]:
    """The names that a block of the page leaves."""
    names: dict[str, Any] = dict(known)
    exec(compile(BLOCKS[name], f"docs/loops.md: {name}", "exec"), names)
    return names


@pytest.mark.parametrize("name", BLOCKS)
def test_each_block_is_python(name: str) -> None:
    compile(BLOCKS[name], name, "exec")


@pytest.mark.parametrize("name", BLOCKS)
def test_each_block_is_short_enough_to_paste(name: str) -> None:
    assert len(BLOCKS[name].strip().splitlines()) <= 22


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_plain_loop_stops_at_a_loss_that_is_not_finite(here: Path) -> None:
    saved: list[int] = []
    given = [1.0, 0.9, float("nan"), 0.8]
    run("a plain loop", batches=given, train=float, save=saved.append)
    assert saved == [3]
    assert read_run(here / "runs/a").log.frame["step"].to_list() == [1, 2, 3]


def test_lightning_is_asked_to_stop(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = ModuleType("lightning")
    stand_in.Callback = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lightning", stand_in)
    rules = run("Lightning")["Rules"]()
    alone = SimpleNamespace(broadcast=lambda stop: stop)
    trainer = SimpleNamespace(is_global_zero=True, should_stop=False, global_step=0, strategy=alone)
    rules.on_train_start(trainer, None)
    for loss in (1.0, 0.9, float("nan")):
        assert not trainer.should_stop
        trainer.global_step += 1
        trainer.logged_metrics = {"loss": loss, "grad_norm": loss}
        rules.on_train_batch_end(trainer, None, None, None, 0)
    rules.on_train_end(trainer, None)
    assert trainer.should_stop


def test_verl_ends_by_an_exception(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    class Tracking:
        def log(self, data: Any, step: int, backend: Any = None) -> None:
            written.append(step)

    module = ModuleType("verl.utils.tracking")
    module.Tracking = Tracking  # type: ignore[attr-defined]
    for name in ("verl", "verl.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "verl.utils.tracking", module)
    run("verl")
    tracking, rows = Tracking(), loops.verl(broken=False)[:5]
    rows[4] = {**rows[4], "actor/grad_norm": float("nan")}
    for step, row in enumerate(rows[:4], 1):
        tracking.log(row, step)
    with pytest.raises(RuntimeError, match="a policy of ptt stopped the run"):
        tracking.log(rows[4], 5)
    assert written == [1, 2, 3, 4, 5]


def test_prime_rl_is_stopped_from_outside(here: Path) -> None:
    stopped: list[bool] = []
    lines = [json.dumps(one) for one in loops.prime_rl(broken=True)]
    run("prime-rl")["follow"](lines, lambda: stopped.append(True))
    assert stopped == [True]  # its logger leaves out a gradient that is not finite
    found = read_run(here / "runs/prime")
    assert found.last_step == loops.STEPS
    assert found.provenance["stack"] == "prime_rl"


def test_runs_without_a_folder_are_found_by_time(here: Path) -> None:
    run("a plain loop", batches=[1.0], train=float, save=print)
    assert [one.path.name for one in find_runs(here / "runs")] == ["a"]
