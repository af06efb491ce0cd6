"""Every code has a page, and every example on a page does what the page says."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ptt_rules import PttError, loads
from ptt_rules.cli.main import main
from ptt_rules.language.codes import CODES, Code, Example, Rules, Script, Session

ERRORS = Path(__file__).parents[1] / "errors"
TOLD = re.compile(r"\[(PTT\d{3})\]")
GROUPS = {"0": "syntax", "1": "names", "2": "types", "3": "packs", "4": "logs", "5": "runtime"}

# Codes that no `.ptt` file alone can show: they need a million characters, or several files,
# or are about what is chosen on the loading side, converted or made anew.
NOT_OF_ONE_FILE = {"PTT004", "PTT303", "PTT304", "PTT308", "PTT310"} | {
    "PTT312",
    "PTT313",
    "PTT314",
    "PTT315",
    "PTT316",
    "PTT317",
    "PTT321",
    "PTT322",
    "PTT323",
    "PTT324",
    "PTT325",
    "PTT326",
    "PTT327",
    "PTT340",
    "PTT341",
}

CASES = [
    pytest.param(page.code, example, expected, id=f"{page.code}-{name}")
    for page in CODES.values()
    for name, example, expected in (
        ("failing", page.failing, {page.code}),
        ("fixed", page.fixed, set[str]()),
    )
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


@pytest.mark.parametrize(("code", "example", "expected"), CASES)
def test_an_example_gives_its_code_alone_and_the_fixed_one_none(
    code: str,
    example: Example,
    expected: set[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    match example:
        case Rules(text):
            assert _codes_of_rules(text) == expected
        case Session(command, files, without):
            _write(folder, files)
            if without:
                _take_away(without, monkeypatch)
            exit_code = main(shlex.split(command)[1:])
            printed = "".join(capsys.readouterr())
            assert set(TOLD.findall(printed)) == expected, printed
            assert (exit_code != 0) == bool(expected)
        case Script(text, files):
            _write(folder, files)
            raised = _run(text)
            assert raised | set(TOLD.findall(capsys.readouterr().err)) == expected


def _codes_of_rules(text: str) -> set[str]:
    try:
        loads(text, name="mine.ptt")
    except PttError as error:
        return {diagnostic.code for diagnostic in error.diagnostics}
    return set()


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _take_away(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)


def _run(script: str) -> set[str]:
    """Runs Python, with a trainer at hand if it uses one; the codes of what it raised."""
    names: dict[str, object] = {}
    if "SFTTrainer" in script:
        names["SFTTrainer"] = pytest.importorskip("tests.language.trainer").SFTTrainer
    try:
        exec(compile(script, "example.py", "exec"), names)
    except PttError as error:
        return {diagnostic.code for diagnostic in error.diagnostics}
    return set()


@pytest.mark.parametrize("page", CODES.values(), ids=CODES)
def test_a_page_says_what_and_why_in_few_sentences(page: Code) -> None:
    for text in (page.what, page.why):
        assert text.strip() == text
        assert text.endswith(".")
        assert "  " not in text
        assert 1 <= len(re.findall(r"[.:](?: |$)", text)) <= 5
    assert page.failing != page.fixed


def test_pages_stand_in_order_in_the_module_of_their_group() -> None:
    assert list(CODES) == sorted(CODES)
    modules = {
        digit: sys.modules[f"ptt_rules.language.codes.{name}"] for digit, name in GROUPS.items()
    }
    for code, page in CODES.items():
        assert page in modules[code[3]].PAGES, code


def test_every_code_of_one_file_is_among_the_errors() -> None:
    shown = {
        code
        for path in ERRORS.glob("*.ptt")
        for code in re.findall(r"### (PTT\d{3}) ", path.read_text())
    }
    wanted = {code for code in CODES if code[3] in "0123"} - NOT_OF_ONE_FILE
    assert wanted <= shown
    assert shown.isdisjoint(NOT_OF_ONE_FILE)
