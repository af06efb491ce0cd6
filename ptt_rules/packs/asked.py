"""Expressions that a user asks a pack for: any of its quantities, and what its detectors name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ptt_rules.language import PttError
from ptt_rules.language.check import Asked, check_expression
from ptt_rules.language.ir import CheckedPack
from ptt_rules.language.syntax import parse_expression, shown_alone


def asked_of(packs: Sequence[CheckedPack], texts: Iterable[str]) -> list[tuple[str, Asked]]:
    """Each text once, as an expression that is checked.

    Errors: raises one PttError with all that is wrong in all of them
    """
    wrong = []
    found = []
    for text in dict.fromkeys(texts):
        source, expression, diagnostics = parse_expression(text)
        asked = None
        if expression is not None:
            asked, checked = check_expression(source, expression, packs)
            diagnostics += map(shown_alone, checked)
        if asked is not None and not diagnostics:
            found.append((text, asked))
        wrong += diagnostics
    if wrong:
        raise PttError(wrong)
    return found
