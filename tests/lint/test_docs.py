"""`docs/linter.md`: its table is that of the rules, and its examples are what ptt says.

`PTT_REWRITE_GOLDEN=1 pytest tests/lint/test_docs.py` writes the table anew.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest

from ptt_rules.authoring.lint import RULES
from ptt_rules.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "linter.md"
MARK = "<!-- the table is written by tests/lint/test_docs.py from the rules -->\n"
EXAMPLE = re.compile(r"```ptt\n((?:(?!```).)*)```\n\n```console\n\$ (.*?)\n(.*?)```", re.DOTALL)


def table() -> str:
    lines = ["| code | rule | finds | sure | edit |", "|---|---|---|---|---|"]
    for name, rule in RULES.items():
        sure, edit = "likely" if rule.page.doubt else "sure", "yes" if rule.is_fixable else ""
        lines.append(f"| {rule.code} | `{name}` | {rule.page.title} | {sure} | {edit} |")
    return "\n".join(lines) + "\n"


def test_the_table_is_that_of_the_rules() -> None:
    head, mark, found = PAGE.read_text().partition(MARK)
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        PAGE.write_text(f"{head}{mark}\n{table()}")
        found = f"\n{table()}"
    assert found == f"\n{table()}"


EXAMPLES = EXAMPLE.findall(PAGE.read_text())


@pytest.mark.parametrize(("rules", "command", "expected"), EXAMPLES)
def test_an_example_says_what_ptt_says(
    rules: str,
    command: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.ptt").write_text(rules)
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().err == expected


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3
