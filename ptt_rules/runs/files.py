"""The files of a run directory by name, and how the small ones are read and written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

from ptt_rules.border import regular_text
from ptt_rules.language import PttError
from ptt_rules.logs import JOURNAL, METRICS, PROVENANCE, RECORD, JsonLines, Skip

EVENTS = RECORD
STATE = "state.json"
ABANDONED = "abandoned.jsonl"
POSTMORTEM = "postmortem.json"
REACH = "reach.json"
"""How much of the packs could judge, as it was at the end."""
HEARTBEAT = "heartbeat.json"
REPORT = "report.html"
SNAPSHOTS = "snapshots"
DIFFS = "diffs"
PACKS = "packs"
"""Packs that judged the run and are in no file elsewhere."""
CHECKPOINT_STATE = "ptt_state.json"
"""The engine's state in the folder of a checkpoint."""
CHECKPOINT_WEIGHTS = "ptt_weights.json"
"""In the folder of a checkpoint: whether its weights are finite."""

FIRST_LIFE = ".life-1.json"
"""The claim of a process that began a run here; it has what a heartbeat has."""

BEGUN = (PROVENANCE, JOURNAL, METRICS, EVENTS, HEARTBEAT, FIRST_LIFE)
"""Files of which a run leaves at least one, however early it was killed."""

_TAIL_BYTES = 1 << 16


def read_object(path: Path) -> dict[str, Any] | None:
    """The JSON object of a file that is written whole; None if it was not written yet.

    Errors: PTT408 if it is something else
    """
    try:
        data = json.loads(regular_text(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, f"this file cannot be read ({error})") from error
    if not isinstance(data, dict):
        raise _unreadable(path, "this file holds no JSON object")
    return data


def read_objects(path: Path, *, skip: Skip | None = None) -> list[dict[str, Any]]:
    """The objects of a file of lines without a last one that a kill tore.

    Errors: PTT401 for a line that is not a JSON object, unless `skip` takes it; PTT408 if the file
            cannot be read
    """
    if not path.exists():
        return []
    try:
        return list(JsonLines(path, skip=skip))
    except OSError as error:
        raise _unreadable(path, f"this file cannot be read ({error})") from error


def newest_object(path: Path) -> dict[str, Any] | None:
    """The last whole line of a file of objects; None if there is none."""
    return next(_backwards(path), None)


def newest_objects(path: Path, count: int) -> list[dict[str, Any]]:
    """The last whole lines of a file of objects, in their order.

    Cost: reads from the end of the file, so that its length does not matter
    """
    lines = _backwards(path)
    newest = [one for _, one in zip(range(count), lines, strict=False)]
    return newest[::-1]


def _backwards(path: Path) -> Iterator[dict[str, Any]]:
    """Objects from the last line on; one that is torn or no object is passed over."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        position = file.seek(0, os.SEEK_END)
        rest = b""
        while position > 0:
            start = max(0, position - _TAIL_BYTES)
            file.seek(start)
            first, *lines = (file.read(position - start) + rest).split(b"\n")
            yield from _objects(reversed(lines))
            rest, position = first, start
        yield from _objects([rest])


def _objects(lines: Any) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def write_whole(path: Path, text: str, *, lasting: bool = True) -> None:
    """Writes a file so that readers see the old one or the new one, and never a part.

    One that is not `lasting` may be empty after its host was lost, and is written in no time.

    Errors: OSError
    """
    # a name of its own, since another process may write the same file at the same moment
    temporary = path.with_name(f".{path.name}.{token_hex(4)}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # it is there still if this failed


def _unreadable(path: Path, message: str) -> PttError:
    hint = "ptt writes it whole or not at all: move away what is in its place"
    return PttError.of("PTT408", message, file=str(path), hint=hint)
