"""Each slip of `slips.md` gives one diagnostic, and following its hint fixes the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from ptt_rules import Diagnostic, PttError, loads

CASE = re.compile(
    r"^### (?P<name>.+)\n```ptt\n(?P<broken>[\s\S]*?)```\n"
    r"(?P<code>PTT\d{3}) `(?P<marked>.+?)`: (?P<message>.+)\n(?P<by>edit|hint): (?P<hint>.+)\n"
    r"```ptt\n(?P<mended>[\s\S]*?)```$",
    re.MULTILINE,
)
TEXT = Path(__file__).with_name("slips.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Slip:
    name: str
    broken: str
    code: str
    marked: str
    message: str
    by: str
    hint: str
    mended: str


SLIPS = [Slip(**match.groupdict()) for match in CASE.finditer(TEXT)]


def told_of(text: str) -> tuple[Diagnostic, ...]:
    try:
        loads(text)
    except PttError as error:
        return error.diagnostics
    return ()


def test_every_case_is_read() -> None:
    assert len(SLIPS) == TEXT.count("\n### ") >= 40


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_one_thing_is_told(slip: Slip) -> None:
    (told,) = told_of(slip.broken)
    assert (told.code, told.message, told.hint) == (slip.code, slip.message, slip.hint)
    assert slip.broken[told.span.start : told.span.end] == slip.marked


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_the_hint_mends_the_file(slip: Slip) -> None:
    (told,) = told_of(slip.broken)
    assert told.edit is not None or slip.by == "hint"
    if told.edit is not None:
        before, after = slip.broken[: told.edit.span.start], slip.broken[told.edit.span.end :]
        assert before + told.edit.text + after == slip.mended
    assert told_of(slip.mended) == ()
