"""Every block of docs/language and the pages beside it runs; a failure names page and heading.

| fence | what must hold |
|---|---|
| `ptt` | checks clean. `metrics`: the page's metrics, put before each `ptt continues` |
| `ptt tests` | a file of tests beside rules of the page, which a `console` runs |
| `ptt error` | gives the errors of its `### PTT203` comments, or of the `text` that follows |
| `rows`, `config` | what the rules above are judged on: steps and keys; training arguments, JSON |
| `events` | what is told and done, live, interrupted at every row, and at once; names a policy |
| `values` | `expression = value at step`; `0.33...` is the beginning of the number |
| `statuses` | `detector is status at step` |
| `yaml`, `alerts` | a file with the name of the fence |
| `console` | commands and what they print, less the times of pytest; files are named by fences |
| `pycon` | Python with what it prints, in the same folder |
| `python` | a part of a script: it can be parsed, and names what ptt has |
"""

from __future__ import annotations

import doctest
import io
import math
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from ptt_rules import Event, PttError, loads
from ptt_rules.cli.main import main
from ptt_rules.report import diagnostic_text
from tests.judges import JUDGES, lines
from tests.spec.pages import ROOT, Block, Section, Setting, rows_of, sections
from tests.spec.snippets import faults_of

MARK = re.compile(r"###((?: PTT\d{3})+)")
VALUE = re.compile(r"(.*\S)\s+=\s+(\S+)\s+at\s+(\d+)")
STATUS = re.compile(r"(\S+) is (\w+) at (\d+)")
POLICY = re.compile(r"^policy (\w+)", re.MULTILINE)


def run_rules(block: Block, setting: Setting) -> None:
    if "tests" in block.words:
        assert block.name("_test.ptt"), "a file of tests is named so"
    elif "error" not in block.words:
        loads(setting.rules_of(block), name=block.name(".ptt") or "inline")
    elif marks := _marks(setting.rules_of(block)):
        assert [(d.to_json()["line"], d.code) for d in _errors(block, setting)] == marks
    else:
        assert _errors(block, setting)


def _marks(text: str) -> list[tuple[int, str]]:
    """The errors that comments announce, by line."""
    return [
        (number, code)
        for number, line in enumerate(text.splitlines(), start=1)
        if (found := MARK.search(line))
        for code in found[1].split()
    ]


def _errors(block: Block, setting: Setting) -> list:
    with pytest.raises(PttError) as caught:
        loads(setting.rules_of(block), name=block.name(".ptt") or "rule.ptt")
    return list(caught.value.diagnostics)


def run_text(block: Block, setting: Setting, before: Block) -> None:
    assert "error" in before.words, "a `text` block shows the errors of the block above it"
    told = "\n\n".join(diagnostic_text(error) for error in _errors(before, setting))
    assert told == block.text.rstrip("\n")


def run_rows(block: Block, setting: Setting) -> None:
    assert list(rows_of(block.text))


def run_config(block: Block, setting: Setting) -> None:
    assert setting.after(block).config


def run_facts(block: Block, setting: Setting) -> None:
    assert setting.after(block).facts


def run_file(block: Block, setting: Setting) -> None:
    assert block.text in setting.after(block).files.values(), "the fence names no file"


def run_events(block: Block, setting: Setting) -> None:
    policies = [*block.words, *POLICY.findall(setting.rules)]
    pack = loads(setting.rules, policy=policies[0] if policies else None)
    expected = block.text.splitlines()
    for judge in JUDGES:
        assert lines(judge(pack, setting.rows, setting.context), expected) == expected, judge


def run_values(block: Block, setting: Setting) -> None:
    """Each expression is a `let` of a detector that tells its values at every row."""
    wanted = [found.groups() for line in block.text.splitlines() if (found := VALUE.match(line))]
    assert len(wanted) == len(block.text.splitlines()), block.text
    lets = "".join(f"let value_{i} = {text}\n" for i, (text, _, _) in enumerate(wanted))
    probe = f"detector probe {{ {lets} low when 1 > 0 again every 1 }}"
    pack = loads(setting.rules + probe)
    for judge in JUDGES:
        told = judge(pack, setting.rows, setting.context)
        values = {
            line.step: line.to_json()["values"]
            for line in told
            if isinstance(line, Event) and line.detector.endswith(".probe")
        }
        for i, (text, value, step) in enumerate(wanted):
            got = values[int(step)][f"value_{i}"]
            assert _is_shown_as(got, value), f"{text} is {got} at {step}, not {value}"


def _is_shown_as(got: float | bool | str | None, shown: str) -> bool:
    words = {None: "unknown", True: "true", False: "false"}
    if got is None or isinstance(got, bool):
        return shown == words[got]
    number = float(got)
    if not shown.endswith("..."):
        return shown not in words.values() and _same(number, float(shown))
    digits = shown[:-3]
    places = len(digits.partition(".")[2])
    return f"{math.trunc(number * 10**places) / 10**places:.{places}f}" == digits


def _same(one: float, other: float) -> bool:
    return one == other or (one != one and other != other) or math.isclose(one, other)


def run_statuses(block: Block, setting: Setting) -> None:
    engine = loads(setting.rules).engine(setting.config, facts=setting.facts)
    at = {}
    for row in setting.rows:
        engine.observe(row)
        at[row["step"]] = engine.statuses()
    for line in block.text.splitlines():
        found = STATUS.fullmatch(line)
        assert found, line
        assert at[int(found[3])][f"inline.{found[1]}"].value == found[2], line


def _write_files(setting: Setting) -> None:
    for name, text in setting.files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def run_pycon(block: Block, setting: Setting) -> None:
    _write_files(setting)
    test = doctest.DocTestParser().get_doctest(block.text, {}, "pycon", None, None)
    assert test.examples
    try:
        doctest.DebugRunner(optionflags=doctest.ELLIPSIS).run(test)
    except doctest.UnexpectedException as error:
        raise error.exc_info[1] from None
    except doctest.DocTestFailure as error:
        pytest.fail(f"{error.example.source}printed\n{error.got}not\n{error.example.want}")


def run_python(block: Block, setting: Setting) -> None:
    assert faults_of(block.text) == []


def run_console(block: Block, setting: Setting) -> None:
    """Commands run in a folder with the page's files; both streams show as in a terminal."""
    _write_files(setting)
    shown, code = "", 0
    for line in block.text.splitlines():
        if not line.startswith("$ "):
            continue
        shown += f"{line}\n"
        if line == "$ echo $?":
            shown += f"{code}\n"
            continue
        command, *arguments = shlex.split(line.removeprefix("$ "))
        code, printed = COMMANDS[command](arguments)
        shown += printed
    assert shown.rstrip("\n") == block.text.rstrip("\n")


def _ptt(arguments: list[str]) -> tuple[int, str]:
    stream = io.StringIO()
    with redirect_stdout(stream), redirect_stderr(stream):
        code = main(arguments)
    return code, stream.getvalue()


def _pytest(arguments: list[str]) -> tuple[int, str]:
    plugins = ("-p", "ptt_rules.testing.pytest_plugin", "-p", "no:cacheprovider")
    environment = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", *plugins, *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True)
    return ran.returncode, re.sub(r" in \d+\.\d+s", "", ran.stdout)


def _cat(arguments: list[str]) -> tuple[int, str]:
    return 0, "".join(Path(name).read_text() for name in arguments)


COMMANDS: dict[str, Callable[[list[str]], tuple[int, str]]] = {
    "cat": _cat,
    "ptt": _ptt,
    "pytest": _pytest,
}

RUNNERS: dict[str, Callable[[Block, Setting], None]] = {
    "ptt": run_rules,
    "rows": run_rows,
    "config": run_config,
    "facts": run_facts,
    "yaml": run_file,
    "alerts": run_file,
    "events": run_events,
    "values": run_values,
    "statuses": run_statuses,
    "console": run_console,
    "pycon": run_pycon,
    "python": run_python,
}


def run_section(section: Section) -> None:
    before = None
    for block, setting in section.blocks:
        if block.kind == "text" and before is not None:
            run_text(block, setting, before)
        else:
            assert block.kind in RUNNERS, f"no such block: {block.kind!r}"
            RUNNERS[block.kind](block, setting)
        before = block


@pytest.mark.parametrize("section", list(sections()), ids=lambda section: section.place)
def test_the_blocks_of_a_heading_run(
    section: Section, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    run_section(section)
