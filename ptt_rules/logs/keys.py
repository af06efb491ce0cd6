"""Keys as trainers log them, where a tracker has its own way to write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_PREFIXES = (("train/", ""), ("eval/", "eval_"), ("test/", "test_"))
"""How trackers write the keys of the trainer of transformers: `loss`, `eval_loss`, `test_loss`."""


def logged_key(tag: str) -> str:
    """The key that a tracker writes as `tag`."""
    for prefix, written in _PREFIXES:
        if tag.startswith(prefix):
            return written + tag.removeprefix(prefix)
    return tag


def logged_keys(tags: Iterable[str]) -> dict[str, str]:
    """By tag its key; a tag keeps its name where another one has its key already."""
    every = dict.fromkeys(tags)
    return {tag: tag if logged_key(tag) in every else logged_key(tag) for tag in every}


def has_prefixes(row: Mapping[str, Any]) -> bool:
    """Whether a log dict has keys as trackers write them."""
    return any(key.startswith(prefix) for key in row for prefix, _ in _PREFIXES)


def with_logged_keys(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Log dicts by the keys of the trainer."""
    found = list(rows)
    names = logged_keys(key for row in found for key in row)
    return [{names[key]: value for key, value in row.items()} for row in found]


def is_nested(row: Mapping[str, Any]) -> bool:
    """Whether a log dict holds another one."""
    return any(map(_is_inner, row.values()))


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A log dict without one level of nesting.

    `{"step": 3, "data": {"loss": 1}}` has the key `loss`: a single inner dict is the row itself.
    Of several, `{"train": {"loss": 1}, "eval": {…}}`, each gives its name: `train/loss`.
    """
    inner = {key: value for key, value in row.items() if _is_inner(value)}
    if not inner:
        return dict(row)
    outer = {key: value for key, value in row.items() if key not in inner}
    if len(inner) == 1 and next(iter(inner)) not in ("train", "eval", "test"):
        return {**next(iter(inner.values())), **outer}
    parts = {f"{name}/{key}": v for name, values in inner.items() for key, v in values.items()}
    return {**outer, **parts}


def _is_inner(value: Any) -> bool:
    """Whether a value is a log dict, and not an object of a tracker, such as a histogram."""
    return type(value) is dict and "_type" not in value
