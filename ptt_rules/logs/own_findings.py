"""Findings of people's own checks, as a run records them.

A row has `finding/<word>`: the level as a number, 0 once it is over. A log has only numbers, so
what a finding says is a line of `events.jsonl` beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORD = "events.jsonl"
OWN_KEY = "finding/"
REPORTED = "reported"
"""The kind of line that says what an own finding is."""

Texts = Mapping[tuple[str, int, int], str]
"""What own findings say, by word, step and level."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class OwnFinding:
    """One report of a check: its title as it was given, its level (0: over) and what it says."""

    title: str
    level: int
    text: str = ""

    @property
    def word(self) -> str:
        """The title as an instance is called: `Reward is hacked` is `reward_is_hacked`."""
        return "_".join(_WORD.findall(self.title.lower()))

    @property
    def key(self) -> str:
        return OWN_KEY + self.word

    def to_json(self) -> dict[str, Any]:
        said = {"title": self.title, "level": self.level, "text": self.text or self.title}
        return {"event": REPORTED, "finding": self.word, **said}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> OwnFinding:
        return cls(str(data["title"]), int(data["level"]), str(data.get("text", "")))


def texts_of(folder: Path) -> dict[tuple[str, int, int], str]:
    """What the own findings of a run directory say; of a step that was run again the newest."""
    path = folder / RECORD
    found: dict[tuple[str, int, int], str] = {}
    if not path.is_file():
        return found
    for line in path.read_bytes().splitlines():
        if REPORTED.encode() in line:
            found.update(_said(line))
    return found


def _said(line: bytes) -> dict[tuple[str, int, int], str]:
    """What one line says; nothing for one of another kind, or that a kill tore."""
    try:
        data = json.loads(line)
        if data["event"] == REPORTED:
            return {(data["finding"], data["step"], data["level"]): str(data["text"])}
    except (ValueError, KeyError, TypeError):
        pass  # `ptt show` names the lines of a run that cannot be read
    return {}
