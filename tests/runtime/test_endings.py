"""Trainings that end badly leave a postmortem, whatever ended them; real runs, real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.observing.endings import Endings, ending_of
from ptt_rules.runs import Ending, Verdict
from ptt_runtime import DiagnosticsCallback

pytestmark = pytest.mark.runtime

RULES = """
metric gradient: norm = "grad_norm"
detector seen { critical when count(gradient[all]) >= 3 message "three rows" remedy "Rest." }
policy note { on critical { invalidate } }
"""

SCRIPT = """
import signal, sys
from pathlib import Path
from transformers import TrainerCallback
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer

signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
out, how, policy = Path(sys.argv[1]), sys.argv[2], sys.argv[3] or None

class Ends(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step < 6:
            return
        if how in ("raise", "caught", "unheard"):
            raise RuntimeError("the optimizer broke\\nin two lines")

rules = [out / "rules.ptt"]
callback = DiagnosticsCallback(run_dir=out / "run", packs=rules, only=True, policy=policy)
given = [Ends()] if how == "unheard" else [Ends(), callback]
trainer = make_trainer("sft", out / "training", steps=100_000, callbacks=given,
                       save_strategy="steps", save_steps=2)
if how == "unheard":
    trainer.add_callback(callback)
if how in ("caught", "unheard"):
    try:
        trainer.train()
    except RuntimeError:
        pass
else:
    trainer.train()
"""


def ended(
    folder: Path, how: str, *, policy: str = "", number: signal.Signals | None = None
) -> tuple[int, dict[str, Any], str]:
    """Runs the script to its bad end: its exit code, its postmortem, and what it printed."""
    (folder / "rules.ptt").write_text(RULES)
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), how, policy],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if number is not None:
        _wait_for_rows(folder / "run" / "metrics.jsonl", process)
        assert process.poll() is None, process.communicate()
        process.send_signal(number)
    _, printed = process.communicate(timeout=120)
    document = json.loads((folder / "run" / "postmortem.json").read_text())
    return process.returncode, document, printed


def _wait_for_rows(journal: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if journal.exists() and journal.read_text().count("\n") >= 6:
            return
        time.sleep(0.02)


def test_an_exception_leaves_its_stack_and_what_to_do(tmp_path: Path) -> None:
    code, document, printed = ended(tmp_path, "raise")
    assert code == 1
    assert "\nRuntimeError: the optimizer broke\nin two lines" in printed  # Python's own traceback
    assert document["verdict"] == "exception"
    assert document["reason"] == "RuntimeError: the optimizer broke\nin two lines"
    assert document["step"] == 5  # the last one that was finished
    assert any("on_step_end" in line for line in document["stack"])
    assert [one["detector"] for one in document["events"]] == ["rules.seen"]
    assert document["why"][0]["detector"] == "rules.seen"
    assert document["last_rows"][-1]["step"] == 5
    assert document["last_good_step"] == 2
    assert document["last_good_checkpoint"].endswith("checkpoint-2")
    assert document["environment"]["libraries"]["trl"]
    assert any("Rest." in line for line in document["next"])
    assert "run ended badly at step 5, exception: RuntimeError: the optimizer broke" in printed


def test_sigterm_is_told_and_still_ends_the_process(tmp_path: Path) -> None:
    code, document, printed = ended(tmp_path, "wait", number=signal.SIGTERM)
    assert code == -signal.SIGTERM, printed
    assert (document["verdict"], document["reason"]) == ("terminated", "SIGTERM")
    assert any("in train" in line for line in document["stack"])


def test_ctrl_c_is_told_and_still_a_keyboard_interrupt(tmp_path: Path) -> None:
    code, document, printed = ended(tmp_path, "wait", number=signal.SIGINT)
    assert code == -signal.SIGINT
    assert document["verdict"] == "interrupted"
    assert "KeyboardInterrupt" in printed


def test_an_exception_that_the_script_catches_is_heard_before(tmp_path: Path) -> None:
    code, document, _ = ended(tmp_path, "caught")
    assert code == 0
    assert document["reason"] == "RuntimeError: the optimizer broke\nin two lines"
    assert any("on_step_end" in line for line in document["stack"])


def test_an_end_that_nobody_hears_is_seen_by_what_is_missing(tmp_path: Path) -> None:
    code, document, _ = ended(tmp_path, "unheard")
    assert code == 0
    assert document["verdict"] == "exception"
    assert "did not come to its end" in document["reason"]
    assert (tmp_path / "run" / "metrics.parquet").is_file()


def test_an_invalidated_run_that_breaks_stays_invalidated(tmp_path: Path) -> None:
    _, document, _ = ended(tmp_path, "raise", policy="note")
    assert document["verdict"] == "invalidated"
    assert document["policy"] == "note"
    assert document["reason"].startswith("RuntimeError: the optimizer broke")
    assert document["stack"]


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (KeyboardInterrupt(), Verdict.INTERRUPTED),
        (MemoryError(), Verdict.OUT_OF_MEMORY),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA"), Verdict.OUT_OF_MEMORY),
        (RuntimeError("CUDA out of memory"), Verdict.OUT_OF_MEMORY),
        (ValueError("x"), Verdict.EXCEPTION),
    ],
)
def test_what_an_exception_means(error: BaseException, verdict: Verdict) -> None:
    assert ending_of(error, 1).verdict is verdict


def test_what_it_listens_to_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda *_: told.append("before"))
    before = sys.excepthook, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def tell(ending: Ending) -> None:
        told.append(ending.reason)
        endings.stop()  # as the end of a run does

    endings = Endings(tell, lambda: 0)
    endings.listen()
    sys.excepthook(ValueError, ValueError("x"), None)
    assert told == ["ValueError: x", "before"]
    after = sys.excepthook, signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    assert after == before


def test_a_handler_of_somebody_else_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        endings = Endings(lambda ending: pytest.fail("the process does not end"), lambda: 0)
        endings.listen()
        signal.raise_signal(signal.SIGTERM)
        endings.stop()
        assert heard == [signal.SIGTERM]
        assert endings.heard is not None
        assert endings.heard.verdict is Verdict.TERMINATED
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_callback_hears_nothing_before_and_after_a_run() -> None:
    before = signal.getsignal(signal.SIGTERM), sys.excepthook
    DiagnosticsCallback(packs=["sft"], only=True)
    assert (signal.getsignal(signal.SIGTERM), sys.excepthook) == before


@pytest.fixture
def usual_handlers() -> Iterator[None]:
    """Those of a process that nobody has told otherwise, whatever this one was started with."""
    usual: dict[signal.Signals, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
    }
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def held(endings: Endings, done: list[str], *numbers: int) -> None:
    with endings.hold():
        for number in numbers:
            signal.raise_signal(number)
            done.append("judged")


@pytest.mark.usefixtures("usual_handlers")
def test_a_row_is_judged_to_its_end_before_ctrl_c_has_its_effect() -> None:
    endings, done = Endings(lambda ending: None, lambda: 0), list[str]()
    endings.listen()
    try:
        with pytest.raises(KeyboardInterrupt):
            held(endings, done, signal.SIGINT)
    finally:
        endings.stop()
    assert done == ["judged"]


@pytest.mark.usefixtures("usual_handlers")
def test_a_row_is_judged_to_its_end_before_a_run_is_terminated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(os, "kill", lambda *_: done.append("killed"))
    endings = Endings(lambda ending: done.append(ending.verdict.value), lambda: 0)
    endings.listen()
    try:
        held(endings, done, signal.SIGTERM)
    finally:
        endings.stop()
    assert done == ["judged", "terminated", "killed"]


@pytest.mark.usefixtures("usual_handlers")
def test_a_second_ctrl_c_is_not_put_off() -> None:
    endings, done = Endings(lambda ending: None, lambda: 0), list[str]()
    endings.listen()
    try:
        with pytest.raises(KeyboardInterrupt):
            held(endings, done, signal.SIGINT, signal.SIGINT)
    finally:
        endings.stop()
    assert done == ["judged"]


@pytest.mark.usefixtures("usual_handlers")
def test_last_words_that_fail_do_not_keep_a_process_alive(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _, number: killed.append(number))

    def fail(ending: Ending) -> None:
        raise RuntimeError(f"no words for {ending.reason}")

    endings = Endings(fail, lambda: 0)
    endings.listen()
    try:
        signal.raise_signal(signal.SIGTERM)
    finally:
        endings.stop()
    assert killed == [signal.SIGTERM]
    assert "RuntimeError: no words for SIGTERM" in capsys.readouterr().err
