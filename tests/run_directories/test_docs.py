"""docs/runs.md shows what the commands print, of the runs that the tests make."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.run_directories.test_show import SCENES, shown
from tests.spec.pages import DOCS

PAGE = DOCS / "runs.md"
CONSOLE = re.compile(r"^```console\n\$ ptt (.+)\n((?:.*\n)*?)^```$", re.MULTILINE)


@pytest.mark.parametrize("command", [found[1] for found in CONSOLE.finditer(PAGE.read_text())])
def test_the_page_shows_what_is_printed(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    word, path = command.split()
    runs = Path("runs")
    for name in SCENES if word == "runs" else [Path(path).name]:
        SCENES[name](runs)
    capsys.readouterr()
    printed = re.sub(r"\n\[exit \d\]\n$", "", shown(capsys, word, path))
    wanted = f"```console\n{printed}\n```"
    text = PAGE.read_text()
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        block = re.compile(rf"^```console\n\$ ptt {re.escape(command)}\n((?:.*\n)*?)^```$", re.M)
        PAGE.write_text(block.sub(lambda _: wanted, text))
    assert wanted in PAGE.read_text()
