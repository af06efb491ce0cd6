"""JSON lines of log dicts."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ptt_rules.border import open_regular
from ptt_rules.language import PttError

Skip = Callable[[PttError], None]
"""Takes what is wrong with a line that is left out."""

_STEP = re.compile(rb'"step"\s*:\s*(\d{1,15})\s*[,}]')


class JsonLines:
    """The log dicts of a file, one a line, read while they are gone through.

    NaN and Infinity are read, blank lines skipped. A last line without its end is what a killed
    writer leaves: if it is not a whole object, it is left out and counted in `torn`.

    Errors: PTT401 for any other line that is not a JSON object, unless `skip` takes it
    """

    def __init__(self, path: Path, *, skip: Skip | None = None) -> None:
        self.torn = 0
        self.path = path
        self._skip = skip

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._objects(_object)

    def steps(self) -> Iterator[dict[str, Any]]:
        """As the log dicts; only the step of a line is read where the line shows it."""
        return self._objects(_step_alone)

    def _objects(self, read: Callable[[bytes], dict[str, Any] | str]) -> Iterator[dict[str, Any]]:
        self.torn = 0
        with open_regular(self.path) as file:
            for number, line in enumerate(file, start=1):
                text = line.removeprefix(BOM_UTF8) if number == 1 else line
                if not text.strip():
                    continue
                row = read(text)
                if isinstance(row, dict):
                    yield row
                elif text.endswith(b"\n"):
                    skipped(_bad_line(self.path, number, row), self._skip)
                else:
                    self.torn = 1


def skipped(error: PttError, skip: Skip | None) -> None:
    """Leaves a line out where that is wanted. Errors: the one given, where it is not"""
    if skip is None:
        raise error
    skip(error)


def _step_alone(line: bytes) -> dict[str, Any] | str:
    """A line whose only `"step"` is a whole number has this step, or is not a row of a log."""
    found = _STEP.search(line) if line.count(b'"step"') == 1 and line.endswith(b"\n") else None
    return {"step": int(found[1])} if found else _object(line)


def _object(line: bytes) -> dict[str, Any] | str:
    """The log dict of a line, or what is wrong with it."""
    try:
        row = json.loads(line.decode().rstrip())
    except json.JSONDecodeError as error:
        return f"is not JSON ({error.msg.lower()}, column {error.colno})"
    except UnicodeDecodeError:
        return "is not in UTF-8"
    except RecursionError:
        return "is not a log dict (nested too deeply)"
    except ValueError as error:
        return f"is not JSON ({error})"
    return row if isinstance(row, dict) else "is not a JSON object"


def _bad_line(path: Path, number: int, what: str) -> PttError:
    return PttError.of(
        "PTT401",
        f"line {number} {what}",
        file=str(path),
        hint="a log has one JSON object a line; remove or fix this line",
    )
