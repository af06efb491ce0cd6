"""JSON that can always be written: a value that has no place in it costs no more than itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ptt_rules.evaluation import json_number

_DEEPEST = 50
_LONGEST_BITS = 14_000
"""Of whole numbers: longer ones (4,300 digits) Python neither writes as text nor reads."""
_NO_JSON = (TypeError, ValueError, RecursionError)
"""Raised for odd keys, circular values and values that are nested too deeply."""
_FOREIGN = (
    ArithmeticError, AttributeError, LookupError, NotImplementedError, OSError, RecursionError,
    RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""Raised by objects of other libraries that have no number, or no text."""
_ODD = re.compile("[\u0085\u2028\u2029\ud800-\udfff]")
"""Ends of a line for many readers of lines, though not for JSON, and halves of a character."""


def line_text(data: Mapping[str, Any]) -> str:
    """Strict JSON on one line; what JSON does not know is written as its text."""
    try:
        text = json.dumps(data, ensure_ascii=False, default=_text, allow_nan=False)
    except _NO_JSON:
        text = json.dumps(_storable(data, json_number), ensure_ascii=False, allow_nan=False)
    return escaped(text)


def logged_text(logs: Mapping[str, Any]) -> str:
    """A log event as it was logged, NaN and Infinity as Python's JSON writes them."""
    try:
        text = json.dumps(logs, ensure_ascii=False, default=_logged_value)
    except _NO_JSON:
        text = json.dumps(_storable(logs, _same), ensure_ascii=False)
    return escaped(text)


def document_text(data: Mapping[str, Any]) -> str:
    """A JSON object as people read it too: strict JSON over several lines."""
    return escaped(json.dumps(strict(data), indent=2, ensure_ascii=False, allow_nan=False)) + "\n"


def strict(data: Any) -> Any:
    """Data as strict JSON has it: NaN and infinities as strings, other things as their text."""
    return _storable(data, json_number)


def escaped(text: str) -> str:
    """JSON text that every reader splits at the ends of its lines alone, and that UTF-8 can hold.

    Halves of a character, which file names and broken completions have, become their escape as
    text: `\\udce9` is read as six characters.
    """
    return text if text.isascii() else _ODD.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = f"\\u{ord(found[0]):04x}"
    return f"\\{code}" if "\ud800" <= found[0] <= "\udfff" else code


def key_text(key: Any) -> str:
    """A key of a mapping as text that UTF-8 can hold."""
    text = key.decode(errors="backslashreplace") if isinstance(key, bytes) else _text(key)
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def with_text_keys(row: Mapping[Any, Any]) -> Mapping[str, Any]:
    """A log event whose keys are texts; one that is a text already goes before its namesake."""
    if all(type(key) is str and key.isascii() for key in row):
        return row
    named = {key_text(key): value for key, value in row.items()}
    return {**named, **{key_text(key): value for key, value in row.items() if _is_text(key)}}


def _is_text(key: Any) -> bool:
    return isinstance(key, str)


def _same(value: float) -> float:
    return value


def _logged_value(value: Any) -> Any:
    """Scalars of other libraries are numbers, all else its text."""
    try:
        return float(value)
    except _FOREIGN:
        return _text(value)


def _storable(value: Any, number: Callable[[float], Any], inside: tuple[int, ...] = ()) -> Any:
    """A value as JSON can hold it; words replace values that are circular or nested too deeply."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        is_long = value.bit_length() > _LONGEST_BITS
        return f"a whole number of {value.bit_length()} bits" if is_long else int(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (Mapping, list, tuple)):
        if id(value) in inside or len(inside) >= _DEEPEST:
            return f"a {type(value).__name__} that does not end"
        within = (*inside, id(value))
        if isinstance(value, Mapping):
            return {key_text(key): _storable(one, number, within) for key, one in value.items()}
        return [_storable(one, number, within) for one in value]
    found = float(value) if isinstance(value, float) else _logged_value(value)
    return number(found) if isinstance(found, float) else found


def _text(value: Any) -> str:
    """A foreign object as text, whatever its own text raises."""
    try:
        return str(value)
    except _FOREIGN:
        return f"a {type(value).__name__} without a text"
