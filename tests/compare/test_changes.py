"""Each case of `changes.md`: two packs, and what is told of them.

`python -m tests.compare.test_changes` writes what is told now; a person reads the difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from ptt_rules.authoring.compare import check_bump, compare, required_bump
from ptt_rules.language.source import Source
from ptt_rules.packs.files import PackFiles
from ptt_rules.packs.loading import CheckedFiles, check_files
from ptt_rules.report.difference import difference_text

CASES = Path(__file__).parent / "changes.md"
PRELUDE = re.compile(r"^```ptt prelude\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CASE = re.compile(
    r"^## ([^\n]+)\n```ptt old\n(.*?)^```\n```ptt new\n(.*?)^```\n(?:```text\n(.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Case:
    name: str
    old: CheckedFiles
    new: CheckedFiles
    told: str

    def now(self) -> str:
        wrong = [one.message for one in check_bump(self.old, self.new)]
        text = difference_text(compare(self.old, self.new))
        return "\n".join([text, *(f"PTT341: {message}" for message in wrong)]) + "\n"


def cases() -> list[Case]:
    text = CASES.read_text()
    prelude = PRELUDE.search(text)[1]
    return [
        Case(name, _checked(prelude + old), _checked(prelude + new), told)
        for name, old, new, told in CASE.findall(text)
    ]


def _checked(text: str) -> CheckedFiles:
    files = check_files(PackFiles("lab", "lab", (Source("lab.ptt", text),)))
    assert files.diagnostics == (), text
    return files


ALL = cases()


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_case_is_told_as_written(case: Case) -> None:
    assert case.now() == case.told


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_pack_does_not_differ_from_itself(case: Case) -> None:
    for side in (case.old, case.new):
        assert compare(side, side).changes == ()
        assert required_bump(side, side).value == "none"


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_going_back_turns_each_change_around(case: Case) -> None:
    turned = {"added": "gone", "gone": "added", "stricter": "laxer", "laxer": "stricter"}
    there, back = compare(case.old, case.new).changes, compare(case.new, case.old).changes
    turns = sorted(turned.get(one.turn.value, one.turn.value) for one in there)
    assert turns == sorted(one.turn.value for one in back)


def _rewrite() -> None:
    told = {case.name: case.now() for case in ALL}

    def written(match: re.Match[str]) -> str:
        name, old, new, _ = match.groups()
        head = f"## {name}\n```ptt old\n{old}```\n```ptt new\n{new}```\n"
        return f"{head}```text\n{told[name]}```\n"

    CASES.write_text(CASE.sub(written, CASES.read_text()))


if __name__ == "__main__":
    _rewrite()
