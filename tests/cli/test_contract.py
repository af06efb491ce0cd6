"""`docs/commands.md` is what commands do: groups, exit codes, JSON, and one meaning per flag."""

from __future__ import annotations

import argparse
import io
import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from ptt_rules.cli.main import command_parser, main
from ptt_rules.cli.registry import Group, commands
from ptt_rules.runs import RunState, State
from tests.cli.commands import CASES, INPUT, make_folder
from tests.cli.test_examples import commands_of

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()
CELL = re.compile(r"`([^`]+)`")
SAME_ARGUMENT = {"--output"}
"""Its argument is a file or a folder, as the command makes one or the other."""
Capture = pytest.CaptureFixture[str]


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    """The rows of the tables of a section, without their heads."""
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if "`" in row[0]]


@cache
def parsers() -> dict[str, argparse.ArgumentParser]:
    parser, found = command_parser(), {}
    for command in commands():
        one = parser
        for word in command.words:
            one = next(inner for inner in commands_of(one))[word]
        found[command.name] = one
    return found


def options_of(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    return {
        action.option_strings[-1]: action
        for action in parser._actions
        if action.option_strings and action.help != argparse.SUPPRESS
    }


def name_in(cell: str) -> str:
    found = CELL.match(cell)
    assert found, cell
    return found[1].removeprefix("ptt ")


@pytest.mark.parametrize("group", Group, ids=lambda group: group.name)
def test_the_page_lists_the_commands_of_each_group(group: Group) -> None:
    listed = [name_in(row[0]) for row in rows(group.value.capitalize())]
    assert listed == [c.name for c in commands() if c.about.group is group]


EXITS = {name_in(row[0]): row[2] for group in Group for row in rows(group.value.capitalize())}


@pytest.mark.parametrize("name", [command.name for command in commands()])
def test_help_and_page_name_the_same_exit_codes(name: str) -> None:
    said = (parsers()[name].epilog or "").split("\n\n")[0]
    assert said.startswith("exit: "), "the help of a command tells its exit codes"
    wanted = set(re.findall(r"(?<![\w%.])[0-3](?!\w)", said))
    assert set(re.findall(r"(?<![\w%.])[0-3](?!\w)", EXITS[name])) == wanted


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    make_folder(tmp_path)
    return tmp_path


KEYS = {name_in(row[0]): set(CELL.findall(row[2])) for row in rows("JSON")}
JSON_COMMANDS = [name for name, one in parsers().items() if "--json" in options_of(one)]


def test_every_command_that_says_something_has_json() -> None:
    assert set(parsers()) - set(JSON_COMMANDS) == {"demo", "lsp"}
    assert list(KEYS) == JSON_COMMANDS


def called(line: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(INPUT.encode())))
    return main(line.split())


def test_each_command_exits_as_documented(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {line: called(line, monkeypatch) for line, _ in CASES}
    assert found == dict(CASES)
    for line, code in CASES:
        assert str(code) in EXITS[command_of(line)], line
    assert {command_of(line) for line, _ in CASES} == set(parsers()) - {"demo", "lsp"}


def command_of(line: str) -> str:
    words = line.split()
    return next(name for name in (" ".join(words[:2]), words[0]) if name in parsers())


def test_json_is_objects_with_the_documented_keys(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else is on standard output; what is wrong is JSON on standard error."""
    keys: dict[str, set[str]] = defaultdict(set)
    for line, code in [*CASES, *STEERED]:
        if (line, code) == STEERED[0]:
            monkeypatch.setattr("ptt_rules.cli.steering.state_of", lambda run: PAUSED)
        assert called(f"{line} --json", monkeypatch) == code, line
        printed = capsys.readouterr()
        for told in printed.out.splitlines():
            keys[command_of(line)] |= set(json.loads(told))
        if code == 2:
            assert [json.loads(told)["code"] for told in printed.err.splitlines()], line
    assert dict(keys) == KEYS


PAUSED = RunState(State.PAUSED, "a policy holds it")
STEERED = [("resume run", 0), ("ack run kl_high", 0), ("ack run kl_high --undo", 0)]


# ---- flags ---------------------------------------------------------------------------------


def test_a_flag_is_one_row_of_the_page() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for name, parser in parsers().items():
        for option in options_of(parser):
            found[option].append(name)
    del found["--help"], found["--json"]
    listed = {name_in(row[0]).split()[0].strip(","): CELL.findall(row[2]) for row in rows("Flags")}
    assert listed == dict(sorted(found.items(), key=lambda pair: pair[0].lstrip("-")))


def test_a_flag_takes_the_same_everywhere() -> None:
    """The same short form, the same kind of argument, may be given as often."""
    shapes: dict[str, set[object]] = defaultdict(set)
    for parser in parsers().values():
        for option, action in options_of(parser).items():
            argument = None if option in SAME_ARGUMENT else action.metavar
            shapes[option].add((*action.option_strings, argument, type(action), action.nargs))
    assert {option: found for option, found in shapes.items() if len(found) > 1} == {}
