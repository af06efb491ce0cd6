"""What the callback prints: read once by a person, then kept."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli.main import main
from ptt_rules.observing.console import Console
from ptt_rules.observing.verbosity import LOGGER, Verbosity
from tests.golden.test_golden import check_golden
from tests.run_directories.made import Life, pack_of, rows_of

GOLDEN = Path(__file__).parent / "golden"
LATE = """
pack lab 1.2.0 { title "Rules of the lab" }
metric loss: loss = "loss"
metric entropy: nats = "entropy"
metric kl: nats = "kl"
detector at_once { high when loss > 9 message "m" }
detector soon { high when mean(entropy[60]) > 9 message "m" }
detector late { high when mean(entropy[150]) > 9 message "m" }
detector typo { high when loss > config.lerning_rate message "m" }
detector other { high when kl > 9 or mean(kl[100]) > 3 message "m" }
"""
SPARSE = {"logging_steps": 5}
RUNS: dict[str, tuple[int, dict[int, dict[str, float]], dict[str, Any]]] = {
    "healthy": (60, {}, {}),
    "noted": (60, {20: {"kl": 0.7}, 30: {"kl": 0.1}}, {}),
    "broken": (60, {20: {"kl": 0.7}, 30: {"entropy": 0.1}, 40: {"grad_norm": 0.0}}, {}),
    "late": (40, {}, SPARSE),
}
"""By name the steps, what changes at which of them, and further training arguments."""


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    level = LOGGER.level
    yield
    LOGGER.setLevel(level)


def printed(name: str, verbosity: Verbosity | None = None) -> str:
    """What the console shows of a run."""
    steps, changes, config = RUNS[name]
    if name == "late":
        Path("lab.ptt").write_text(LATE)
    stream = io.StringIO()
    pack = pack_of(Path(), policy="guard" if name == "broken" else None)
    life = Life(
        pack,
        Path("runs") / name,
        max_steps=200,
        config=config,
        console=Console(stream, verbosity),
    )
    life.train(rows_of(steps, changes)).close()
    return stream.getvalue()


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("verbosity", Verbosity)
def test_a_run_is_printed_like_this(name: str, verbosity: Verbosity) -> None:
    text = printed(name, verbosity)
    assert max(map(len, text.splitlines()), default=0) <= 88
    check_golden(text, GOLDEN / f"console-{name}-{verbosity.value}.txt")


def test_what_left_the_console_is_in_the_run_directory(capsys: pytest.CaptureFixture[str]) -> None:
    printed("late")
    assert main(["armed", "runs/late"]) == 0
    check_golden(capsys.readouterr().out, GOLDEN / "armed-late.txt")


# ---- turned up and down --------------------------------------------------------------------


@pytest.mark.parametrize("verbosity", Verbosity)
def test_the_logger_does_what_the_argument_does(verbosity: Verbosity) -> None:
    asked = printed("noted", verbosity)
    LOGGER.setLevel(verbosity.least)
    assert printed("noted") == asked


def test_the_argument_goes_before_the_logger() -> None:
    normal = printed("noted")
    LOGGER.setLevel(logging.CRITICAL)
    assert printed("noted", Verbosity.NORMAL) == normal
    assert printed("noted") == ""


def test_lines_are_records_for_handlers_that_others_attach() -> None:
    records: list[logging.LogRecord] = []

    class _Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = _Kept()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    try:
        printed("broken", Verbosity.QUIET)
    finally:
        LOGGER.removeHandler(handler)
    found = {record.levelname: record.getMessage() for record in records}
    assert found["CRITICAL"].startswith("CRITICAL lab.gradient_lost step 41: The gradient norm")
    assert found["ERROR"].startswith("HIGH lab.entropy_low step 32: Entropy fell")
    assert {"INFO", "WARNING"} <= found.keys()


# ---- lines on a screen ---------------------------------------------------------------------


@pytest.mark.parametrize("columns", [50, 60, 120])
def test_lines_wrap_where_the_terminal_ends(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = printed("broken").splitlines()
    assert max(map(len, lines)) <= columns
    assert columns - 20 < max(map(len, lines))


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream_of", [io.StringIO, _Screen])
def test_no_line_hangs_on_a_progress_bar(
    stream_of: Callable[[], io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    tqdm = pytest.importorskip("tqdm").tqdm
    stream = stream_of()
    monkeypatch.setattr(sys, "stderr", stream)
    console = Console()
    with tqdm(total=3, mininterval=0) as bar:
        for _ in range(3):
            bar.update()
            console.say("one")
            console.say("two")
    before = [line for line in stream.getvalue().split("\n") if "ptt  " in line]
    shown = [line.rpartition("\r")[2] for line in before]
    assert shown == ["ptt  one", "ptt  two"] * 3
    if not stream.isatty():
        assert before == shown
        assert "\n\n" not in stream.getvalue()


def test_tqdm_is_not_imported_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    stream = io.StringIO()
    Console(stream).say("one")
    assert stream.getvalue() == "ptt  one\n"
    assert "tqdm" not in sys.modules
