"""The worked example of docs/sharing.md: labs and a team, each with pip and an environment anew."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

from tests.spec.pages import DOCS, ROOT, Block, rows_of, sections_of

PAGE = (DOCS / "sharing.md").read_text()
PARTIES = ("lab-a", "lab-b", "team")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
SHIPPED = re.compile(r"(?:^\w+ +[\d.]+ +ships with ptt\n)+", re.MULTILINE)
COLUMNS = re.compile(r"(?<=\S) {2,}")
EVENT = re.compile(r'("level": "\w+"|"event": "summary"), .*\}')


class Party:
    """Someone with a folder and an environment, in which pip has installed nothing yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        self.code = 0
        place = folder.parent / "environments" / folder.name
        venv.create(place, with_pip=False, symlinks=True)
        self.python = place / "bin" / "python"
        self.site = next(place.glob("lib/python*/site-packages"))
        # ptt and what it needs are there, as if it had been installed
        (self.site / "ptt.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n")

    def installed(self) -> list[str]:
        """What pip has put into the environment."""
        return sorted(path.stem for path in self.site.glob("*.dist-info"))

    def run(self, line: str) -> str:
        command, *arguments = shlex.split(line)
        if command == "echo":
            return f"{self.code}\n"
        ran = subprocess.run(
            [*self._command(command), *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.code = ran.returncode
        return ran.stdout

    def _command(self, name: str) -> list[str]:
        if name == "ptt":
            return [str(self.python), "-m", "ptt_rules.cli.main"]
        if name == "pip":
            return [sys.executable, "-m", "pip", "--python", str(self.python), "--quiet"]
        return [name]

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON", "PTT_"))}
        index = {"PIP_FIND_LINKS": "../index", "PIP_NO_INDEX": "1"}
        quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
        return {**kept, **index, **quiet, "NO_COLOR": "1"}


def shown(text: str) -> str:
    """What a command printed as the page shows it: less digests, lists, and the ends of events.

    How wide the columns of lists are depends on the packs that ship.
    """
    text = COLUMNS.sub("  ", text)
    return EVENT.sub(r"\1, ...}", SHIPPED.sub("...\n", DIGEST.sub("sha256:...", text)))


def test_the_example_works_from_nothing(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "environments").mkdir()
    parties = {name: Party(tmp_path / name) for name in PARTIES}
    for block in (block for section in sections_of(PAGE, "sharing") for block, _ in section.blocks):
        RUNNERS[block.kind](block, tmp_path, parties)
    installed = {name: party.installed() for name, party in parties.items()}
    assert installed == {
        "lab-a": [],
        "lab-b": ["lab_a-0.1.0"],
        "team": ["lab_a-0.2.0", "lab_b-0.1.0"],
    }


def _write(block: Block, top: Path, parties: dict[str, Party]) -> None:
    path = top / block.words[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text)


def _rows(block: Block, top: Path, parties: dict[str, Party]) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in rows_of(block.text))
    (top / block.words[0]).write_text(lines)


def _console(block: Block, top: Path, parties: dict[str, Party]) -> None:
    commands = [line for line in block.text.splitlines() if line.startswith("$ ")]
    party = parties[block.words[0]]
    ran = "".join(f"{line}\n{shown(party.run(line[2:]))}" for line in commands)
    assert ran == COLUMNS.sub("  ", block.text)


RUNNERS: dict[str, Callable[[Block, Path, dict[str, Party]], None]] = {
    "ptt": _write,
    "rows": _rows,
    "console": _console,
}
