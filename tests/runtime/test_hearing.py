"""What a training raises is heard, in notebooks and in scripts that catch it."""

from __future__ import annotations

import gc
import json
import sys
import weakref
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer
from ptt_runtime.hearing import CELL, Cells, hear

pytestmark = pytest.mark.runtime


class Breaks(TrainerCallback):
    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        if state.global_step == 3:
            raise RuntimeError("the batch is broken")


def trainer_of(folder: Path, callback: DiagnosticsCallback, *, is_added: bool = False) -> Any:
    given = [Breaks()] if is_added else [Breaks(), callback]
    trainer = make_trainer("sft", folder, steps=6, callbacks=given)
    if is_added:
        trainer.add_callback(callback)
    return trainer


def reason(run: Path) -> str:
    return str(json.loads((run / "postmortem.json").read_text())["reason"])


class Shell:
    """The events of IPython's shell, which catches what a cell raises.

    Source: IPython, `EventManager` and `InteractiveShell.run_cell`
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.events = self
        self.heard: dict[str, list[Callable[[Any], None]]] = defaultdict(list)

    def open(self) -> None:
        """From now on this is a notebook: other libraries ask that while they are loaded."""
        module = ModuleType("IPython")
        module.get_ipython = lambda: self  # type: ignore[attr-defined]
        self._monkeypatch.setitem(sys.modules, "IPython", module)

    def register(self, event: str, function: Callable[[Any], None]) -> None:
        self.heard[event].append(function)

    def unregister(self, event: str, function: Callable[[Any], None]) -> None:
        self.heard[event].remove(function)

    def run_cell(self, cell: Callable[[], Any]) -> None:
        result = SimpleNamespace(error_in_exec=None, error_before_exec=None)
        try:
            cell()
        except BaseException as error:
            result.error_in_exec = error
        for function in self.heard[CELL][:]:
            function(result)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    shell = Shell(monkeypatch)
    yield shell
    assert shell.heard[CELL] == []  # what was listened to is given back


@pytest.mark.parametrize("is_added", [False, True])
def test_a_cell_that_raises_ends_the_run(shell: Shell, is_added: bool, tmp_path: Path) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run")
    trainer = trainer_of(tmp_path / "out", callback, is_added=is_added)
    shell.open()
    shell.run_cell(trainer.train)
    assert reason(tmp_path / "run") == "RuntimeError: the batch is broken"
    shell.run_cell(lambda: None)


def test_a_cell_without_a_training_ends_nothing(shell: Shell) -> None:
    ended: list[BaseException | None] = []
    cells = Cells(ended.append)
    shell.open()
    shell.run_cell(lambda: 1 / 0)
    cells.listen()
    cells.listen()
    shell.run_cell(lambda: None)
    cells.stop()
    cells.stop()
    shell.run_cell(lambda: 1 / 0)
    assert ended == [None]


def test_each_training_of_a_script_keeps_its_cause(tmp_path: Path) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run")
    trainer = trainer_of(tmp_path / "out", callback)
    for name in ("run", "run-2"):
        with pytest.raises(RuntimeError, match="the batch is broken"):
            trainer.train()
        assert reason(tmp_path / name) == "RuntimeError: the batch is broken"


def test_one_that_begins_while_the_last_is_handled_knows_why(tmp_path: Path) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run")
    trainer = trainer_of(tmp_path / "out", callback, is_added=True)
    try:
        trainer.train()
    except RuntimeError:
        with pytest.raises(RuntimeError):
            trainer.train()
    assert reason(tmp_path / "run") == "RuntimeError: the batch is broken"


def test_a_trainer_that_is_heard_is_what_it_was(tmp_path: Path) -> None:
    trainer = make_trainer("sft", tmp_path, steps=1)
    kind = type(trainer)
    hear(trainer)
    hear(trainer)
    assert isinstance(trainer, kind)
    names = [(one.__name__, one.__module__, one.__qualname__) for one in (kind, type(trainer))]
    assert names[0] == names[1]
    assert trainer.train.__doc__ == kind.train.__doc__
    gc.collect()
    gc.disable()
    try:
        alive = weakref.ref(trainer)
        del trainer
        assert alive() is None
    finally:
        gc.enable()
