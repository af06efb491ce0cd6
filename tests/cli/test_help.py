"""The help: commands in groups, each in one file that says what it is; nothing loaded for it.

`PTT_REWRITE_GOLDEN=1 pytest tests/cli/test_help.py` writes the texts anew.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from ptt_rules.cli import registry
from ptt_rules.cli.main import command_parser, main
from ptt_rules.cli.registry import About, Group, commands
from tests.cli.test_examples import commands as parsers_of

GOLDEN = Path(__file__).parents[1] / "golden" / "help"
Capture = pytest.CaptureFixture[str]


def help_of(*words: str, capsys: Capture) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["pack"]], ids=["ptt", "pack"])
def test_the_overview_is_as_a_person_has_read_it(
    words: list[str], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    file = GOLDEN / f"{'-'.join(['ptt', *words])}.txt"
    text = help_of(*words, capsys=capsys)
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()


@pytest.mark.parametrize("columns", [60, 80, 120, 300])
def test_help_fits_the_terminal(
    columns: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists and examples stay as they are written, which is for 80 columns."""
    monkeypatch.setenv("COLUMNS", str(columns))
    widest = min(max(columns, 80), 100)
    for parser in parsers_of(command_parser()):
        lines = parser.format_help().splitlines()
        assert [line for line in lines if len(line) > widest] == []


def test_every_group_has_its_commands() -> None:
    by_group = {group: [c.name for c in commands() if c.about.group is group] for group in Group}
    assert by_group == {
        Group.TRY: ["demo", "doctor"],
        Group.WRITE: "new check fmt lint test explain docs convert lsp".split(),
        Group.JUDGE: "replay why values armed".split(),
        Group.RUNS: "runs show report checkpoints postmortem watch diff resume ack".split(),
        Group.PACKS: [f"pack {word}" for word in "new build lock verify list diff show".split()],
    }


def test_what_the_help_reads_is_what_a_command_says() -> None:
    files = {path.stem for path in Path(registry.__file__).parent.glob("*.py")}
    modules = {name: import_module(f"ptt_rules.cli.{name}") for name in files - {"registry"}}
    said = {name: one.ABOUT for name, one in modules.items() if hasattr(one, "ABOUT")}
    assert all(isinstance(about, About) for about in said.values())
    assert {command.module: command.about for command in commands()} == said


def test_a_command_is_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (tmp_path / "hello.py").write_text(
        "from ptt_rules.cli.registry import About, Group\n\n"
        'ABOUT = About(Group.JUDGE, 99, "say \\"hello\\"")\n\n\n'
        "def add_parser(commands):\n"
        '    return commands.add_parser("hello")\n\n\n'
        "def run(options):\n"
        '    print("hello")\n'
        "    return 0\n"
    )
    cli = import_module("ptt_rules.cli")
    monkeypatch.setattr(cli, "__path__", [*cli.__path__, str(tmp_path)])
    monkeypatch.setattr(registry, "FOLDERS", cli.__path__)
    assert '  hello        say "hello"\n' in help_of(capsys=capsys)
    assert main(["hello"]) == 0
    assert capsys.readouterr().out == "hello\n"
    sys.modules.pop("ptt_rules.cli.hello")


def test_the_help_loads_no_command() -> None:
    """Some of them load Polars, which takes as long as all else."""
    code = (
        "import contextlib, io, sys\n"
        "from ptt_rules.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main(['--help'])\n"
        "from ptt_rules.cli.registry import commands\n"
        "print([c.name for c in commands() if f'ptt_rules.cli.{c.module}' in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["chek"], "there is no command `ptt chek`; did you mean `check`?"),
        (["pack", "bild"], "there is no command `ptt pack bild`; did you mean `build`?"),
        (["xyzzy"], "there is no command `ptt xyzzy`; `ptt --help` lists them"),
        (["show", "pack"], "`ptt show pack` is now `ptt pack show`"),
        (["show", "pack", "grpo", "--policy", "guard"], "is now `ptt pack show`"),
        (["lint", "--fixx", "a"], "there is no option `--fixx`; did you mean `--fix`?"),
        (["show", "a", "b"], "`b` is one argument too many"),
        (["lint"], "the following arguments are required: PATH"),
    ],
)
def test_what_is_misspelt_is_exit_2_with_what_to_write(
    given: list[str], told: str, capsys: Capture
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(given)
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err


@pytest.mark.parametrize("given", [[], ["pack"]])
def test_without_a_command_the_overview_is_shown(given: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(given)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: ptt")


@pytest.mark.parametrize(
    "words",
    [
        ["why", "LOG", "--pack", "P", "DETECTOR", "--step", "3"],
        ["why", "--pack", "P", "LOG", "--step", "3", "DETECTOR"],
        ["why", "LOG", "DETECTOR", "--step", "3", "--pack", "P"],
    ],
)
def test_options_stand_anywhere(words: list[str]) -> None:
    options: argparse.Namespace = command_parser(words).parse_args(words)
    read = (options.log, options.detector, options.pack, options.step)
    assert read == ("LOG", "DETECTOR", ["P"], 3)
