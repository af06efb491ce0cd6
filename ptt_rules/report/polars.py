"""Polars expressions of a pack as text."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.evaluation import PlainExpressions


def polars_text(found: PlainExpressions) -> str:
    """Each expression under its name, then what is left out, with the reason."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: PlainExpressions) -> Iterator[str]:
    for name, expression in found.expressions.items():
        yield name
        yield from (f"  {line}" for line in str(expression).splitlines())
    for name, reason in found.left_out.items():
        yield f"{name} is left out: {reason}"
