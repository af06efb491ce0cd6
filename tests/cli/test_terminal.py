"""What others wrote never reaches a terminal raw, whatever command shows it."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules import load
from ptt_rules.border.visible import one_line, visible, visible_json
from ptt_rules.cli.main import main
from ptt_rules.observing.console import Console
from ptt_rules.report import Colour
from ptt_rules.report.terminal import Terminal, terminal_text
from ptt_rules.runs.commands import Command, CommandKind
from ptt_rules.snapshots import Completion, FixedPrompt, Snapshot
from ptt_rules.snapshots.folder import step_name
from tests.run_directories.made import Life

CONTROLS = "\x1b[2J\x1b]0;title\x07\x9b31m\u202e\u2066\r\x7f"
"""Clears the screen, renames the window, colours, turns the direction, goes back."""
HOSTILE = f"a{CONTROLS}\nFORGED"
DANGEROUS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)

RULES = """
pack lab 1.0.0 { title "T@" }

metric loss: none = "loss"
  "Loss @."
metric reward[of]: none = "rewards/{of}"
  "Reward @."
metric absent: none = "absent@"
  "Absent @."

param limit = 3 in 0..10
  "Limit @."

detector jump {
  summary   "Jump @"
  critical  when loss > limit
  for       2
  message   "Loss @ is {loss:.2f}."
  why       "Why @."
  remedy    "Remedy @."
  reference "Reference @."
}

detector stuck for each reward {
  summary   "Stuck @"
  high      when reward == 0
  keep      1000
  message   "Reward {of} @ is zero."
  why       "Why {of} @."
  remedy    "Remedy {of} @."
}

detector blind_one { low when absent > 1 message "Absent @" }

override policy guard { on critical { checkpoint invalidate stop } on high { notify "ops@" } }
"""

TESTS = """
test "jumps @" {
  loss = 1 x 30, 9 x 30
  expect jump.critical at 32
}
"""


def escaped(text: str) -> str:
    """A text as a string of a pack holds it."""
    return "".join(c if " " <= c < "\x7f" and c not in '"\\' else f"\\u{ord(c):04x}" for c in text)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "pack.ptt").write_text(RULES.replace("@", escaped(HOSTILE)))
    return folder


@pytest.fixture
def run(tmp_path: Path, pack: Path) -> Path:
    """A run that fired, with keys, texts, commands, completions and an end of a stranger."""
    folder = tmp_path / "run"
    life = Life(load(pack, policy="guard"), folder, output_dir=tmp_path / "out")
    for step in range(1, 31):
        rewards = {f"rewards/x{HOSTILE}": 0.0, f"odd{HOSTILE}": 1.0, f"text{HOSTILE}": HOSTILE}
        loss = 1.0 if step < 20 else 9.0
        life.log({"step": step, "time": float(step), "loss": loss, **rewards})
        if step == 10:
            life.save()
    life.ask(Command(CommandKind.ACK, 0.0, HOSTILE, detector=HOSTILE))
    life.close()
    document = json.loads((folder / "postmortem.json").read_text())
    document |= {"reason": HOSTILE, "stack": [f"  File {HOSTILE}\n"]}
    (folder / "postmortem.json").write_text(json.dumps(document))
    for step in (0, 10):
        _snapshot(folder, step)
    return folder


def _snapshot(run: Path, step: int) -> None:
    asked = FixedPrompt(f"p{HOSTILE}", id=HOSTILE, label=HOSTILE)
    completion = Completion(asked, f"{step} {HOSTILE}", tokens=9, is_truncated=False)
    text = json.dumps(Snapshot.of(step, [completion]).to_json())
    (run / "snapshots").mkdir(exist_ok=True)
    (run / "snapshots" / f"{step_name(step)}.json").write_text(text)


COMMANDS: list[Callable[[Path, Path], list[object]]] = [
    lambda run, pack: ["show", run],
    lambda run, pack: ["show", run, "--json"],
    lambda run, pack: ["pack", "show", pack],
    lambda run, pack: ["pack", "show", pack, "--json"],
    lambda run, pack: ["runs", run.parent],
    lambda run, pack: ["runs", run.parent, "--json"],
    lambda run, pack: ["checkpoints", run],
    lambda run, pack: ["postmortem", run],
    lambda run, pack: ["postmortem", run, "--json"],
    lambda run, pack: ["report", run],
    lambda run, pack: ["watch", run, "--once"],
    lambda run, pack: ["watch", run, "--once", "--json"],
    lambda run, pack: ["diff", run],
    lambda run, pack: ["diff", run, "--json"],
    lambda run, pack: ["replay", run, "--pack", pack, "--policy", "guard"],
    lambda run, pack: ["replay", run, "--pack", pack, "--json"],
    lambda run, pack: ["why", run, "lab.jump", "--pack", pack],
    lambda run, pack: ["why", run, "lab.stuck", "--pack", pack],
    lambda run, pack: ["why", run, "--pack", pack],
    lambda run, pack: ["why", run, "--pack", pack, "--json"],
    lambda run, pack: ["values", run, "--pack", pack],
    lambda run, pack: ["values", run, "--pack", pack, "--json", HOSTILE],
    lambda run, pack: ["explain", "lab.jump", "--pack", pack],
    lambda run, pack: ["explain", "lab.stuck", "--pack", pack],
    lambda run, pack: ["armed", "grpo", "--pack", pack],
    lambda run, pack: ["lint", pack],
    lambda run, pack: ["check", "--show", pack],
    lambda run, pack: ["lint", "--format", "github", pack],
    lambda run, pack: ["lint", "--format", "sarif", pack],
    lambda run, pack: ["fmt", "--diff", pack / "pack.ptt"],
    lambda run, pack: ["test", "--coverage", pack],
    lambda run, pack: ["pack", "diff", pack, pack],
    lambda run, pack: ["pack", "build", pack, "-o", run.parent / "dist"],
    lambda run, pack: ["resume", run],
    lambda run, pack: ["ack", run, HOSTILE],
    lambda run, pack: ["replay", run.parent / f"no{HOSTILE}", "--pack", pack],
    lambda run, pack: ["show", f"no{HOSTILE}"],
    lambda run, pack: ["show", run, f"more{CONTROLS}"],
]


def printed(arguments: list[object], capsys: pytest.CaptureFixture[str]) -> str:
    with contextlib.suppress(SystemExit):  # how argparse ends
        main([str(one) for one in arguments])
    caught = capsys.readouterr()
    return caught.out + caught.err


@pytest.mark.parametrize("number", range(len(COMMANDS)))
def test_no_command_shows_a_stranger_raw(
    number: int, run: Path, pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pack / "lab_test.ptt").write_text(TESTS.replace("@", escaped(CONTROLS)))
    arguments = COMMANDS[number](run, pack)
    text = printed(arguments, capsys)
    assert "internal error" not in text
    assert DANGEROUS.findall(text) == []
    if arguments[0] != "postmortem":  # a stack has lines of its own
        assert [line for line in text.splitlines() if line.startswith("FORGED")] == []


def test_pages_of_a_pack_hide_nothing(pack: Path, tmp_path: Path) -> None:
    (pack / "lab_test.ptt").write_text(TESTS.replace("@", escaped(CONTROLS)))
    assert main(["docs", str(pack), "-o", str(tmp_path / "pages")]) == 0
    pages = [one.read_text(encoding="utf-8") for one in (tmp_path / "pages").glob("*.md")]
    assert len(pages) == 2
    assert [DANGEROUS.findall(page) for page in pages] == [[], []]


def test_json_says_what_the_run_says(
    run: Path, pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(["replay", run, "--pack", pack, "--json"], capsys).splitlines()
    told = [json.loads(line) for line in lines]
    assert {"of": f"x{HOSTILE}"} in [one.get("instance") for one in told]


# ---- the callback's console ----------------------------------------------------------------


def test_the_console_of_a_training_shows_no_stranger_raw(tmp_path: Path, pack: Path) -> None:
    stream = io.StringIO()
    console = Console(stream)
    folder = tmp_path / f"run{CONTROLS}"
    life = Life(load(pack, policy="guard"), folder, output_dir=tmp_path, console=console)
    for step in range(1, 12):
        life.log({"step": step, "time": 1.0, "loss": 9.0, f"rewards/x{HOSTILE}": 0.0})
    life.recorder.reporter.unreadable([HOSTILE])
    life.ask(Command(CommandKind.ACK, 0.0, HOSTILE, detector=HOSTILE))
    console.say(HOSTILE)
    life.close()
    text = stream.getvalue()
    assert "CRITICAL" in text
    assert DANGEROUS.findall(text) == []
    assert [line for line in text.splitlines() if line.startswith("FORGED")] == []


def test_a_surrogate_does_not_silence_the_console() -> None:
    class Strict(io.StringIO):
        def write(self, text: str) -> int:
            text.encode()
            return super().write(text)

    stream = Strict()
    console = Console(stream)
    console.say("bad \udce9")
    console.say("and on")
    assert stream.getvalue().splitlines() == ["ptt  bad \ufffd", "ptt  and on"]


# ---- one place -----------------------------------------------------------------------------


class Screen(io.StringIO):
    """What says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@given(st.text() | st.text(alphabet="\x1b[]0123;mJHK\x9b\r\n\u202ea"))
def test_no_text_steers_a_terminal(text: str) -> None:
    for shown in (terminal_text(text, Colour()), visible(text)):
        assert DANGEROUS.findall(shown) == []
        shown.encode()
    coloured = terminal_text(text, Colour(is_on=True))
    assert DANGEROUS.findall(re.sub("\x1b\\[[0-9;]*m", "", coloured)) == []
    assert terminal_text(text, Colour()).count("\n") == text.count("\n")
    assert json.loads(visible_json(json.dumps(text, ensure_ascii=False))) == text
    assert DANGEROUS.findall(visible_json(json.dumps(text, ensure_ascii=False))) == []


def test_our_own_colours_reach_a_terminal_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen()
    Terminal(screen).write(Colour(is_on=True)("bad\x1b[2J", "bold", "red"))
    assert screen.getvalue() == "\x1b[1;31mbad␛[2J\x1b[0m"


def test_what_an_encoding_lacks_is_escaped() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Terminal(stream).write("naïve ␛")
    stream.flush()
    assert stream.buffer.getvalue() == b"na\\xefve \\u241b"  # type: ignore[attr-defined]


def test_names_that_differ_in_their_line_ends_differ() -> None:
    names = ["a b", "a\nb", "a\rb", "a\u2028b"]
    assert len(set(map(one_line, names))) == len(names)
    assert [len(one_line(name).splitlines()) for name in names] == [1] * 4
