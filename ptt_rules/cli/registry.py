"""Which commands there are: each is one file of this folder that says at its top what it is.

The help of `ptt` reads that line of each file and imports none, as some of them load Polars.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

FOLDERS = [str(Path(__file__).parent)]
"""Where commands are."""
_ABOUT = re.compile(r'^ABOUT = About\(Group\.(?P<group>\w+), (?P<place>\d+), (?P<summary>".*")\)$')


class Group(Enum):
    """Headings of the help, in its order."""

    TRY = "try it"
    WRITE = "write rules"
    JUDGE = "judge logs"
    RUNS = "look after runs"
    PACKS = "share packs"


@dataclass(frozen=True, slots=True)
class About:
    """What the help says of a command; in its file it stands on one line of its own."""

    group: Group
    place: int
    """Within the group, the lowest first."""
    summary: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command and the module of it, whose name is that of the command: `pack_list`."""

    module: str
    about: About

    @property
    def words(self) -> tuple[str, ...]:
        """What a user writes: `("check",)` or `("pack", "list")`."""
        return tuple(self.module.split("_"))

    @property
    def name(self) -> str:
        return " ".join(self.words)


def commands() -> list[Command]:
    """All commands in the order of the help."""
    order = list(Group)
    files = [path for folder in FOLDERS for path in Path(folder).glob("*.py")]
    found = [made for path in files if (made := _command(path)) is not None]
    return sorted(found, key=lambda one: (order.index(one.about.group), one.about.place))


def _command(path: Path) -> Command | None:
    """The command of a file; None for what commands share."""
    for line in path.read_text(encoding="utf-8").splitlines():
        found = _ABOUT.match(line)
        if found is not None:
            summary = ast.literal_eval(found["summary"])
            about = About(Group[found["group"]], int(found["place"]), summary)
            return Command(path.stem, about)
    return None
