"""A live run seen from outside: it goes on, slows down, hangs, dies, ends."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli import watch as command
from ptt_rules.cli.main import main
from ptt_rules.report.watching import block, line
from ptt_rules.runs.pace import FIRST_SILENCE_S, LEAST_SILENCE_S
from ptt_rules.runs.watching import Alarm, Condition, Look, Pace, Watch, run_command, send

START = 1_000_000.0


class Run:
    """A run directory as the callback leaves it, and the clock of whoever watches."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = START
        self.step = 0
        path.mkdir()
        about = {"algorithm": "sft", "max_steps": 200, "training_arguments": {}}
        (path / "run.json").write_text(json.dumps(about))
        self.beat()

    def beat(self, pulse: str = "running", process: int | None = None) -> None:
        given = {"pulse": pulse, "step": self.step, "time": self.now, "until": None}
        given |= {"host": socket.gethostname(), "process": process or os.getpid()}
        (self.path / "heartbeat.json").write_text(json.dumps(given))

    def steps(self, count: int, seconds: float) -> None:
        with (self.path / "metrics.jsonl").open("a") as file:
            for _ in range(count):
                self.step += 1
                self.now += seconds
                row = {"step": self.step, "time": self.now - START, "loss": 2.0, "reward": None}
                file.write(json.dumps(row) + "\n")
        self.beat()

    def tell(self, level: str, event: str = "fired") -> None:
        told = {"event": event, "detector": "lab.kl", "level": level, "instance": {}, "row": 1}
        told |= {"step": self.step, "time": 1.0, "message": "KL is 3.", "values": {}}
        told |= {"suppressed_by": None, "since_step": 1, "shadow": False}
        with (self.path / "events.jsonl").open("a") as file:
            file.write(json.dumps(told) + "\n")

    def watch(self, **options: Any) -> Watch:
        return Watch(self.path, clock=lambda: self.now, **options)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "a")


# ---- the pace ------------------------------------------------------------------------------


def test_a_hang_is_five_times_the_longest_that_was_seen() -> None:
    pace = Pace()
    assert pace.silence_s == FIRST_SILENCE_S
    for step, time_s in enumerate([0, 10, 20, 130, 140]):
        pace.add(step, time_s)
    assert pace.silence_s == 5 * 110
    assert pace.usual_s == 10


def test_rows_of_one_step_and_of_before_a_resume_tell_nothing_of_the_pace() -> None:
    pace = Pace()
    for step, time_s in [(10, 1.0), (10, 500.0), (20, 11.0), (5, 900.0), (15, 910.0), (25, 920.0)]:
        pace.add(step, time_s)
    assert pace.usual_s == pytest.approx(1.0)
    assert pace.silence_s == LEAST_SILENCE_S


# ---- looks ---------------------------------------------------------------------------------


def test_a_run_that_goes_on(run: Run) -> None:
    watch = run.watch()
    run.steps(20, 2.0)
    look = watch.look()
    assert (look.condition, look.step, look.max_steps) == (Condition.RUNNING, 20, 200)
    assert (look.step_s, look.left_s) == (pytest.approx(2.0), pytest.approx(360.0))
    assert look.metrics["loss"] == 2.0


def test_silence_is_a_hang_and_the_next_sign_ends_it(run: Run) -> None:
    watch = run.watch()
    run.steps(20, 60.0)
    assert watch.look().condition is Condition.RUNNING
    run.now += 299
    assert watch.look().condition is Condition.RUNNING
    run.now += 2
    look = watch.look()
    assert look.condition is Condition.HUNG
    assert "nothing for 5 min 1 s, where 5 min are long for it" in look.reason
    run.beat()
    assert watch.look().condition is Condition.RUNNING


def test_what_is_a_hang_can_be_said(run: Run) -> None:
    watch = run.watch(hang_after_s=10)
    run.steps(20, 60.0)
    run.now += 11
    assert watch.look().condition is Condition.HUNG


def test_a_clock_of_the_host_that_is_behind_makes_no_hang(run: Run) -> None:
    run.steps(20, 1.0)
    watch, ahead = run.watch(), 3600.0
    run.now += ahead
    watch.look()
    run.now -= ahead - 1
    run.beat()
    run.now += ahead
    assert watch.look().silence_s == 0


def test_steps_that_take_three_times_as_long_are_slow(run: Run) -> None:
    watch = run.watch()
    run.steps(40, 2.0)
    watch.look()
    run.steps(10, 6.0)
    look = watch.look()
    assert (look.condition, look.reason) == (Condition.SLOW, "a step takes 6 s, 2 s usually")


def test_milliseconds_are_not_slow(run: Run) -> None:
    watch = run.watch()
    run.steps(40, 0.002)
    run.steps(10, 0.02)
    assert watch.look().condition is Condition.RUNNING


def test_a_process_that_is_gone_died(run: Run) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    run.steps(5, 1.0)
    run.beat(process=ended.pid)
    look = run.watch().look()
    assert (look.condition, look.condition.is_over) == (Condition.DEAD, True)


def test_a_pause_is_no_hang(run: Run) -> None:
    run.steps(5, 1.0)
    run.beat("paused")
    watch = run.watch(hang_after_s=1)
    watch.look()
    run.now += 300
    assert watch.look().condition is Condition.PAUSED


def test_what_was_told_since_the_last_look_is_new(run: Run) -> None:
    run.steps(5, 1.0)
    run.tell("low")
    watch = run.watch()
    first = watch.look()
    assert (first.firing, first.new) == (("low lab.kl",), ())
    run.tell("high", "escalated")
    second = watch.look()
    assert (second.firing, [event.level.word for event in second.new]) == (
        ("high lab.kl",),
        ["high"],
    )
    run.tell("high", "resolved")
    assert watch.look().firing == ()


def test_a_torn_line_is_read_once_it_is_whole_and_a_cut_journal_anew(run: Run) -> None:
    run.steps(5, 1.0)
    watch, journal = run.watch(), run.path / "metrics.jsonl"
    with journal.open("a") as file:
        file.write('{"step": 6, "time": 6.0, "loss"')
    assert watch.look().metrics["loss"] == 2.0
    with journal.open("a") as file:
        file.write(": 7.0}\n")
    assert watch.look().metrics["loss"] == 7.0
    journal.write_text('{"step": 3, "time": 3.0, "loss": 5.0}\n')
    assert watch.look().metrics["loss"] == 5.0


# ---- telling others ------------------------------------------------------------------------


def look(condition: Condition, **other: Any) -> Look:
    return Look(run="runs/a", condition=condition, reason="so it is", step=7, **other)


def test_each_change_for_the_worse_is_told_once_and_the_return_to_health() -> None:
    told: list[str] = []
    alarm = Alarm([lambda notice: str(told.append(str(notice["text"])) or "")])
    seen = [
        *(Condition.RUNNING, Condition.HUNG, Condition.HUNG, Condition.RUNNING),
        *(Condition.SLOW, Condition.RUNNING, Condition.PAUSED, Condition.RUNNING, Condition.DEAD),
    ]
    for condition in seen:
        alarm.hear(look(condition))
    assert told == [
        "runs/a is hung at step 7: so it is",
        "runs/a goes on (was hung) at step 7: so it is",
        "runs/a is slow at step 7: so it is",
        "runs/a goes on (was slow) at step 7: so it is",
        "runs/a is paused at step 7: so it is",
        "runs/a is dead at step 7: so it is",
    ]


def test_findings_that_are_high_are_told(run: Run) -> None:
    told: list[Any] = []
    alarm, watch = Alarm([lambda notice: str(told.append(notice) or "")]), run.watch()
    run.steps(5, 1.0)
    alarm.hear(watch.look())
    run.tell("medium")
    run.tell("high", "escalated")
    alarm.hear(watch.look())
    assert [notice["text"] for notice in told] == [f"{run.path} high lab.kl at step 5: KL is 3."]


def test_a_command_gets_the_notice_and_one_that_fails_is_told(tmp_path: Path) -> None:
    out = tmp_path / "told"
    tell = run_command(f'cat > {out}; echo "$PTT_TEXT" >> {out}')
    assert tell({"text": "it hangs", "step": 7}) == ""
    assert out.read_text() == '{"text": "it hangs", "step": 7}it hangs\n'
    assert run_command("echo broken >&2; exit 3")({"text": ""}).endswith("ended with 3: broken")


@contextmanager
def listening() -> Iterator[tuple[str, list[Any]]]:
    heard: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/x", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_webhook_gets_the_notice_and_one_that_is_not_there_is_told() -> None:
    with listening() as (url, heard):
        assert send(url)({"text": "it hangs"}) == ""
    assert heard == [{"text": "it hangs"}]
    assert send(url)({"text": "it hangs"}).startswith("the webhook was not reached")
    assert send("no address")({"text": ""}).startswith("the webhook was not reached")


# ---- the command ---------------------------------------------------------------------------


def test_one_look_as_text_and_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.steps(50, 2.0)
    run.tell("high")
    run.now = time.time()
    run.beat()
    assert main(["watch", str(run.path), "--once"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == f"running  {run.path}"
    bar = f"[{'#' * 8}{'.' * 22}]"
    assert shown[2] == f"  {bar} step 50 of 200, 2 s a step (2 s usually), 5 min to go"
    assert shown[-1] == "  firing: high lab.kl"
    assert main(["watch", str(run.path), "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["condition"] == "running"


def test_a_run_is_followed_to_its_end(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deeds: list[Callable[[], None]] = [
        lambda: run.tell("critical"),
        lambda: run.steps(150, 0.1),
        lambda: run.beat("ended"),
    ]
    run.steps(50, 0.1)
    run.now = time.time()
    run.beat()
    monkeypatch.setattr(command.time, "sleep", lambda _: deeds.pop(0)())
    assert main(["watch", str(run.path)]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("running: step 50 of 200, 0.1 s a step")
    assert shown[1] == "CRITICAL lab.kl fired at step 50: KL is 3."
    assert shown[-1].startswith("finished: step 200 of 200")


def test_a_run_that_died_is_exit_1(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.beat(process=2**22 - 7)
    assert main(["watch", str(run.path), "--exec", "exit 5"]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("dead: step 0 of 200")
    assert "`exit 5` ended with 5" in printed.err


@pytest.mark.parametrize("wrong", [["--every", "0"], ["--hang-after", "soon"]])
def test_a_number_that_is_none_is_told(
    wrong: list[str], run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["watch", str(run.path), *wrong])
    assert "is not a number of seconds above 0" in capsys.readouterr().err


def test_what_is_no_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["watch", str(tmp_path)]) == 2
    assert "PTT408" in capsys.readouterr().err


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1


def test_on_a_terminal_the_block_is_drawn_in_its_place(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", terminal := _Terminal())
    monkeypatch.setattr(command.os, "get_terminal_size", lambda _: os.terminal_size((40, 20)))
    screen = command._Screen(as_json=False, once=False)
    run.steps(5, 1.0)
    watch = run.watch()
    screen.show(watch.look())
    run.tell("low")
    screen.show(watch.look())
    first, second = terminal.getvalue().split("\x1b[5F\x1b[J")
    assert len(first.splitlines()) == 5
    assert max(map(len, first.splitlines())) <= 40
    assert second.splitlines()[0].startswith("LOW      lab.kl fired at step 5")


def test_a_run_that_has_shown_nothing_yet() -> None:
    young = look(Condition.RUNNING)
    assert line(young) == "running: step 7; so it is"
    assert block(young)[2:] == ["  step 7", "  nothing fires"]
