"""Files and folders of prompts."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ptt_rules import PttError
from ptt_rules.runs import regular_text

_HINT = (
    "write a `.txt` file with a prompt a line, a `.jsonl` file with one JSON object a line, a "
    "`.json` file with a list, or a `.csv` file with a column `prompt`"
)


def read_prompts(given: str | os.PathLike[str]) -> list[Any]:
    """What a file lists as prompts; of a folder each file is one conversation.

    Errors: PTT521
    """
    path = Path(given).expanduser()
    if path.is_dir():
        return _folder(path)
    kind = path.suffix.lower()
    reader = _READERS.get(kind)
    if reader is None:
        raise _unreadable(path, f"`{path.name}` is of no kind that has prompts")
    try:
        return reader(_text(path))
    except (ValueError, csv.Error) as error:
        raise _unreadable(
            path, f"the prompts are not {_NAMES[path.suffix.lower()]}: {error}"
        ) from None


def _folder(path: Path) -> list[Any]:
    """One prompt a file, in the order of names: a `.txt` whole, a `.json` a conversation."""
    found: list[Any] = []
    for file in sorted(path.iterdir()):
        kind = file.suffix.lower()
        if kind == ".txt":
            found.append({"prompt": _text(file).strip(), "id": file.stem})
        elif kind in (".json", ".jsonl"):
            found.append(_conversation(file))
    if not found:
        raise _unreadable(path, f"the folder `{path}` has no `.txt` or `.json` file")
    return found


def _conversation(file: Path) -> Any:
    """Errors: PTT521"""
    try:
        text = _text(file)
        data = json.loads(text) if file.suffix.lower() == ".json" else _json_lines(text)
    except ValueError as error:
        raise _unreadable(file, f"the prompts are not JSON: {error}") from None
    about = data if isinstance(data, Mapping) else {"messages": data}
    return {"id": file.stem, **about}


def _text(path: Path) -> str:
    """Without the mark that some editors put at the beginning. Errors: PTT521"""
    try:
        return regular_text(path).removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"the prompts cannot be read: {error}") from None


def _lines(text: str) -> list[str]:
    """The lines of a file: a text may have other characters that end a line for Python."""
    return [line.removesuffix("\r") for line in text.split("\n") if line.strip()]


def _json_lines(text: str) -> list[Any]:
    return [json.loads(line) for line in _lines(text)]


def _json(text: str) -> list[Any]:
    data = json.loads(text)
    if isinstance(data, Mapping) and isinstance(data.get("prompts"), list):
        return list(data["prompts"])
    if isinstance(data, Mapping):
        return [data]
    if isinstance(data, list):
        return data
    raise ValueError("it is neither a list nor an object")


def _table(text: str) -> list[Any]:
    rows = list(csv.DictReader(StringIO(text), strict=True))
    if rows and "prompt" not in rows[0]:
        raise ValueError("there is no column `prompt`")
    return [{name: value for name, value in row.items() if value} for row in rows]


_READERS: dict[str, Callable[[str], list[Any]]] = {
    ".txt": _lines,
    ".json": _json,
    ".jsonl": _json_lines,
    ".csv": _table,
}
_NAMES = {".txt": "text", ".json": "JSON", ".jsonl": "JSON", ".csv": "a table"}


def _unreadable(path: Path, message: str) -> PttError:
    return PttError.of("PTT521", message, file=str(path), hint=_HINT)
