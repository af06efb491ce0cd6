"""The watchman outlives everything that he looks at and everybody whom he tells."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.cli import watch as command
from ptt_rules.cli.main import main
from ptt_rules.runs import State, read_run, state_of
from ptt_rules.runs.story import story_of
from ptt_rules.runs.watching import Alarm, Condition, Look, Watch, alarm, run_command, send
from tests.run_directories.test_watch import START, Run


def told(detector: str, step: Any, **other: Any) -> str:
    """A line of `events.jsonl`."""
    event = {"event": "fired", "detector": detector, "level": "high", "instance": {}, "row": 1}
    event |= {
        "row": step,
        "step": step,
        "time": 1.0,
        "message": "KL is 3.",
        "values": {},
        "since_step": step,
    }
    event |= {"suppressed_by": None, "shadow": False, **other}
    return json.dumps(event) + "\n"


def add(path: Path, *lines: str) -> None:
    with (path / "events.jsonl").open("a", errors="surrogatepass") as file:
        file.writelines(lines)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "a")


# ---- whom he tells -------------------------------------------------------------------------


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that gives one answer to whatever it is asked."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1 << 16)
            self.request.sendall(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/x"
        server.shutdown()
        thread.join()


BROKEN_ANSWERS = {
    "no http": b"\x16\x03\x01\x02\x00\x01",
    "nothing": b"",
    "a status that is none": b"HTTP/1.1 abc\r\n\r\n",
    "a line without end": b"HTTP/1.1 200 " + b"a" * 70_000,
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    "a redirect to nowhere": b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n",
    "a refusal": b"HTTP/1.1 500 \x1b[2J\r\n\r\n",
}


@pytest.mark.parametrize("answer", BROKEN_ANSWERS.values(), ids=BROKEN_ANSWERS)
def test_a_broken_answer_is_told(answer: bytes) -> None:
    with answering(answer) as url:
        assert send(url)({"text": "it hangs"}).startswith("the webhook was not reached: ")


@pytest.mark.parametrize(
    "url", ["http://a b/", "http://a\n/", "http://[", "ftp://", "", "http://\udce9/", "http://\0/"]
)
def test_a_broken_address_is_told(url: str) -> None:
    assert send(url)({"text": "it hangs"}).startswith("the webhook was not reached: ")


def test_an_answer_that_comes_byte_by_byte_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alarm, "LIMIT_S", 0.2)
    ended = threading.Event()
    monkeypatch.setattr(alarm, "_post", lambda *_: str(ended.wait(30)))
    assert send("http://a/")({"text": ""}) == "the webhook took longer than 0 s"
    ended.set()


MESSAGES = ["a\0b", "x" * 300_000, "bad \udce9", "two\nlines\r", "\x1b[2J\u202e", "é" * 100_000]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda text: ascii(text)[:12])
def test_any_message_is_told_by_a_command(message: str, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "told"
    tellers = [run_command(f'cat > {out}.json; printf %s "$PTT_TEXT" > {out}')]
    watchman, watch = Alarm(tellers), run.watch()
    watchman.hear(watch.look())
    add(run.path, told("lab.kl", 1, message=message))
    assert watchman.hear(watch.look()) == []
    assert json.loads(Path(f"{out}.json").read_text())["message"] == message
    text = out.read_text()
    assert text.startswith(f"{run.path} high lab.kl at step 1: ")
    assert text.isprintable()


def test_one_who_cannot_be_told_hinders_no_other() -> None:
    heard: list[str] = []

    def broken(notice: object) -> str:
        raise RuntimeError("he is ill")

    tellers = [broken, lambda notice: heard.append(str(notice["text"])) or ""]  # type: ignore[func-returns-value,list-item]
    failures = Alarm(tellers).hear(Look("a", Condition.HUNG, "silent", 3))
    assert failures == ["a notice could not be sent: RuntimeError: he is ill"]
    assert heard == ["a is hung at step 3: silent"]


def test_a_command_that_speaks_in_another_encoding_is_heard() -> None:
    assert "ended with 3" in run_command("printf '\\351' >&2; exit 3")({"text": ""})


# ---- what he looks at ----------------------------------------------------------------------


BROKEN_LINES = [
    "{\n",
    "no json\n",
    "[1]\n",
    "null\n",
    '{"event": "fired"}\n',
    told("lab.kl", 1, level="worst"),
    told("lab.kl", 1, message=5),
    told("lab.kl", 1, instance={"a": 1}),
    told("lab.kl", "one"),
    told("lab.kl", 1, values=3),
    "[" * 100_000 + "\n",
    "\udce9\n",
]


@pytest.mark.parametrize("line", BROKEN_LINES, ids=lambda text: ascii(text)[:20])
def test_a_broken_line_is_said_once_and_left_out(line: str, run: Run) -> None:
    watch = run.watch()
    watch.look()
    add(run.path, told("lab.before", 1))
    with (run.path / "events.jsonl").open("ab") as file:
        file.write(line.encode(errors="surrogateescape"))
    add(run.path, told("lab.after", 1))
    looks = [watch.look(), watch.look()]
    assert [one.detector for one in looks[0].new] == ["lab.before", "lab.after"]
    assert [len(look.troubles) for look in looks] == [1, 0]
    assert "line 2" in looks[0].troubles[0]
    assert looks[1].new == ()


@pytest.mark.parametrize("name", ["run.json", "postmortem.json", "events.jsonl", "metrics.jsonl"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"training_arguments": 3}'])
def test_a_broken_file_ends_no_watch(name: str, content: bytes, run: Run) -> None:
    run.steps(5, 1.0)
    watch = run.watch()
    assert watch.look().condition is Condition.RUNNING
    (run.path / name).write_bytes(content)
    broken = [watch.look(), watch.look()]
    assert {look.condition for look in broken} == {Condition.RUNNING}
    assert broken[1].troubles == ()


def test_a_folder_that_is_gone_is_a_hang_after_a_while(run: Run, tmp_path: Path) -> None:
    run.steps(5, 1.0)
    watch = run.watch(hang_after_s=60)
    watch.look()
    run.path.rename(tmp_path / "b")
    gone = watch.look()
    assert (gone.condition, len(gone.troubles)) == (Condition.RUNNING, 1)
    assert gone.reason.startswith("nothing of it can be read: there is no such run")
    run.now += 61
    assert watch.look().condition is Condition.HUNG
    (tmp_path / "b").rename(run.path)
    run.steps(1, 1.0)
    assert watch.look().condition is Condition.RUNNING


# ---- no finding is missed ------------------------------------------------------------------


def resumed(row: int) -> str:
    return json.dumps({"event": "resumed", "step": row, "row": row, "abandoned": 9}) + "\n"


def test_findings_of_a_resume_between_two_looks_are_all_told(run: Run) -> None:
    watch = run.watch()
    add(run.path, *(told(f"lab.a{step}", step) for step in (1, 6, 7, 8)))
    watch.look()
    new = [told(f"lab.b{step}", step) for step in (6, 7, 8, 9)]
    add(run.path, told("lab.lost", 9), resumed(5), *new)
    found = [one.detector for one in watch.look().new]
    assert found == ["lab.lost", "lab.b6", "lab.b7", "lab.b8", "lab.b9"]
    assert watch.look().new == ()


def test_the_same_finding_after_a_resume_is_told_again(run: Run) -> None:
    watch = run.watch()
    add(run.path, told("lab.a", 6))
    watch.look()
    add(run.path, resumed(5), told("lab.a", 6))
    assert [one.detector for one in watch.look().new] == ["lab.a"]
    assert watch.look().new == ()


def test_what_is_away_for_a_moment_is_not_told_again(run: Run) -> None:
    watch = run.watch()
    watch.look()
    add(run.path, told("lab.a", 6), told("lab.b", 7))
    whole = (run.path / "events.jsonl").read_text()
    assert len(watch.look().new) == 2
    (run.path / "events.jsonl").write_text(told("lab.a", 6))
    assert watch.look().new == ()
    (run.path / "events.jsonl").write_text(whole + told("lab.c", 8))
    assert [one.detector for one in watch.look().new] == ["lab.c"]


# ---- before the run is there ---------------------------------------------------------------


def test_a_watch_that_began_first_misses_nothing(tmp_path: Path) -> None:
    watch = Watch(tmp_path / "a", clock=lambda: START)
    waiting = watch.look()
    assert (waiting.condition, waiting.reason) == (Condition.WAITING, "there is no run here yet")
    (tmp_path / "a").mkdir()
    assert watch.look().condition is Condition.WAITING
    (tmp_path / "a").rmdir()
    run = Run(tmp_path / "a")
    add(run.path, told("lab.first", 1))
    look = watch.look()
    assert (look.condition, [one.detector for one in look.new]) == (
        Condition.RUNNING,
        ["lab.first"],
    )


def test_the_command_waits_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Run] = []

    def begin() -> None:
        run = Run(tmp_path / "a")
        run.now = time.time()
        run.beat()
        made.append(run)

    deeds: list[Callable[[], None]] = [
        begin,
        lambda: add(made[0].path, "broken\n", told("lab.kl", 1)),
        lambda: made[0].steps(200, 0.1),
        lambda: made[0].beat("ended"),
    ]
    monkeypatch.setattr(command.time, "sleep", lambda _: deeds.pop(0)())
    assert main(["watch", str(tmp_path / "a"), "--webhook", "http://a b/"]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0] == "waiting: step 0; there is no run here yet"
    assert lines[1].startswith("running: step 0 of 200")
    assert sum("line 1 is not JSON" in line for line in lines) == 1
    assert "HIGH     lab.kl fired at step 1: KL is 3." in lines
    assert lines[-1].startswith("finished: step 200 of 200")
    assert "ptt: the webhook was not reached: InvalidURL" in printed.err


def test_one_look_at_nothing_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", str(tmp_path / "none"), "--once"]) == 2
    assert "PTT402" in capsys.readouterr().err


# ---- one judgement -------------------------------------------------------------------------


def test_a_stopped_process_hangs_in_every_command(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run.steps(20, 1.0)
    run.now = time.time() - 211
    run.beat()
    texts = []
    for arguments in (["watch", "--once"], ["show"], ["runs"]):
        what = run.path.parent if arguments == ["runs"] else run.path
        main([*arguments, str(what)])
        texts.append(capsys.readouterr().out)
    watched, shown, listed = texts
    assert watched.startswith(f"hung  {run.path}\n  nothing for 3 min 31 s, where 3 min are long")
    assert shown.startswith(
        f"{run.path}  hung: nothing for 3 min 31 s, where 3 min are long for it"
    )
    assert "Nothing: it goes on" not in shown
    assert " hung " in listed
    assert state_of(read_run(run.path)).state is State.HUNG


def test_what_hangs_is_looked_at_and_ended(run: Run) -> None:
    run.steps(20, 1.0)
    run.now = time.time() - 211
    run.beat()
    story = story_of(read_run(run.path))
    assert story.wrong[0] == "It hangs: it has said nothing for longer than it ever took for a log."
    assert story.lost[0].startswith("If it must be ended: going on from the start, 20 steps")
    assert "py-spy dump" in story.todo[0]
    assert story.todo[1].startswith("If it does not go on, end it")
