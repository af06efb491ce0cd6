"""TOML files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ptt_rules.language import PttError
from ptt_rules.packs.reading import read_source

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def read_toml(path: Path, code: str, hint: str) -> dict[str, Any]:
    """The table that a file holds.

    Errors: `code`, with this hint, if it is not TOML; PTT004 and PTT308 if it cannot be read
    """
    text = read_source(path).text
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"this file is not TOML: {_uncapitalised(str(error))}"
        raise PttError.of(code, message, file=str(path), hint=hint) from error
    return table


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]
