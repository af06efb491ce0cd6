"""A journal that grows, read as far as it is written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path

from ptt_rules.border import number, open_regular


class Tail:
    """The new whole lines of a file that grows; begins anew if it was cut."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0

    def lines(self) -> Iterable[dict[str, object]]:
        try:
            with open_regular(self._path) as file:
                if file.seek(0, 2) < self._at:
                    self._at = 0
                file.seek(self._at)
                text = file.read()
        except OSError:
            return []
        whole = text[: text.rfind(b"\n") + 1]
        self._at += len(whole)
        return [found for line in whole.split(b"\n") if (found := _object(line)) is not None]


def _object(line: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def position(row: dict[str, object]) -> tuple[int, float] | None:
    """Step and time of a row; None where it has none."""
    step, time_s = (number(row[key]) if key in row else None for key in ("step", "time"))
    if step is None or time_s is None or not (math.isfinite(step) and math.isfinite(time_s)):
        return None
    return int(step), time_s
