"""The `.wandb` file of a Weights & Biases run, also of one that never went on line.

After a header of 7 bytes it is a log of LevelDB: blocks of 32,768 bytes, each record with its
checksum (4 bytes), length (2, little endian) and type (1: whole, 2 first, 3 middle, 4 last part).
What a record holds is known to wandb's own library.

Source: wandb 0.31.0, `core/pkg/leveldb/record.go`, `wandb/proto/wandb_internal.proto`
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ptt_rules.border import open_regular
from ptt_rules.language import PttError
from ptt_rules.logs.context import RunContext
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.stream import LogStream
from ptt_rules.logs.wandb_history import stream_of

_RECORDS = "wandb.proto.wandb_internal_pb2"
_START = b":W&B"
_HEADER, _BLOCK, _HEAD = 7, 1 << 15, 7
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


def _open(path: Path) -> LogStream:
    """Errors: PTT401, PTT404 where wandb is not installed"""
    kind = _record_type(path)
    rows: list[dict[str, Any]] = []
    config: dict[str, Any] = {}
    with open_regular(path) as file:
        data = file.read()
    for payload in _payloads(data):
        record = kind()
        try:
            record.ParseFromString(payload)
        except Exception as error:  # the library's own type is known to it alone
            raise _damaged(path) from error
        rows += [_row(record.history.item)] if record.HasField("history") else []
        config.update(_arguments(record))
    if not rows:
        message = "this file has no history: nothing was logged, or it is damaged"
        raise PttError.of("PTT401", message, file=str(path), hint=_HINT)
    return replace(stream_of(rows, path), context=RunContext(config))


_HINT = "give the history of the run as JSON lines, CSV or Parquet"


def _damaged(path: Path) -> PttError:
    return PttError.of("PTT401", "a record of this file is damaged", file=str(path), hint=_HINT)


def _record_type(path: Path) -> Any:
    """Errors: PTT404"""
    try:
        return importlib.import_module(_RECORDS).Record
    except ImportError as error:
        message = "a `.wandb` file is read by wandb's own library, which is not installed"
        hint = f"install `wandb`, or {_HINT}"
        raise PttError.of("PTT404", message, file=str(path), hint=hint) from error


def _payloads(data: bytes) -> Iterator[bytes]:
    """Whole records; a last one that its writer did not finish is left out."""
    place, parts = _HEADER, b""
    while place + _HEAD <= len(data):
        left = _BLOCK - place % _BLOCK
        length = int.from_bytes(data[place + 4 : place + 6], "little")
        kind = data[place + 6]
        if left < _HEAD or kind not in (_WHOLE, _FIRST, _MIDDLE, _LAST):
            place += left
            continue
        body = data[place + _HEAD : place + _HEAD + length]
        place += _HEAD + length
        parts = body if kind in (_WHOLE, _FIRST) else parts + body
        if kind in (_WHOLE, _LAST) and len(body) == length:
            yield parts


def _row(items: Iterable[Any]) -> dict[str, Any]:
    return {_name(item): _value(item.value_json) for item in items}


def _name(item: Any) -> str:
    return item.key or "/".join(item.nested_key)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _arguments(record: Any) -> dict[str, Any]:
    """Training arguments in a record: those that a run began with, or that were set later."""
    begun = record.run.config.update if record.HasField("run") else ()
    later = record.config.update if record.HasField("config") else ()
    found = ((_name(item), _value(item.value_json)) for item in (*begun, *later))
    return {key: value for key, value in found if key and not key.startswith("_")}


WANDB_FILE = LogFormat(
    "a `.wandb` file", _open, is_file=lambda path, line: line.startswith(_START), is_binary=True
)
