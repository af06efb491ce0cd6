"""JSON objects that tell by themselves whether they were damaged on their way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ptt_rules.runs import line_text

_SEAL = "sha256"


class Damaged(ValueError):
    """Not what was written: cut, or changed."""


def sealed(document: Mapping[str, Any]) -> str:
    """The text of an object, with a digest of it."""
    plain = json.loads(line_text(document))
    return json.dumps({**plain, _SEAL: _digest(plain)}) + "\n"


def unsealed(data: bytes) -> dict[str, Any]:
    """The object that was sealed. Errors: Damaged"""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"it is damaged ({error})") from error
    if not isinstance(found, dict):
        raise Damaged("it is damaged: it holds no JSON object")
    seal = found.pop(_SEAL, None)
    if seal != _digest(found):
        raise Damaged("it is damaged: it is not what was written")
    return found


def _digest(plain: Mapping[str, Any]) -> str:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
