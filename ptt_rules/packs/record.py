"""The record of a wheel: each of its files with its digest, as pip keeps it when it installs."""

from __future__ import annotations

import base64
import csv
import hashlib
from collections.abc import Iterable, Mapping

Record = Mapping[str, str]
"""The digest of each file by its path from where the wheel is unpacked; empty where none is."""

ALGORITHM = "sha256"


def read_record(text: str) -> dict[str, str]:
    """The rows of a `RECORD` file; invalid rows are left out."""
    rows = (row for row in csv.reader(text.splitlines()) if len(row) >= 2)
    return {row[0].replace("\\", "/"): row[1] for row in rows}


def record_text(files: Iterable[tuple[str, bytes]], own: str) -> str:
    """The `RECORD` file of these files; it lists itself, `own`, without a digest."""
    rows = [f"{_quoted(name)},{digest_of(data)},{len(data)}\n" for name, data in files]
    return "".join([*rows, f"{_quoted(own)},,\n"])


def digest_of(data: bytes) -> str:
    """A digest as records write it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{ALGORITHM}={digest}"


def fits(recorded: str, data: bytes) -> bool:
    """Whether a file is as it was recorded; one with another kind of digest is not."""
    return recorded == digest_of(data)


def _quoted(name: str) -> str:
    return f'"{name}"' if "," in name or '"' in name else name
