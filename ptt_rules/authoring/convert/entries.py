"""An alert as read, before its fields are interpreted: fields and their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.language import Diagnostic, Source, Span

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Field:
    """A value and where it stands; `value` is a tuple of fields where it is a list.

    `key` is where its name stands.
    """

    value: Scalar | tuple[Field, ...]
    span: Span
    key: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert. `span` is its first word, to point at where something is missing.

    `folder` is the one of a trainer that its file lies in, which makes it a rule for that
    trainer alone; empty if it is in none.
    """

    source: Source
    span: Span
    fields: Mapping[str, Field]
    folder: str = ""


CODE_UNUSABLE = "PTT312"
CODE_ALERT = "PTT313"


def inconvertible(source: Source, span: Span, message: str, **more: Any) -> Diagnostic:
    """Something of an alert that cannot be converted."""
    return Diagnostic(CODE_ALERT, message, source, span, **more)
