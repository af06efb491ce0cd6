"""Common mistakes: the likely intention where the parser found something else.

Each mistake is a function that returns None for all cases but its own; the first match wins.
Its hint says what to write, and its edit makes the same change.
"""

from __future__ import annotations

from collections.abc import Callable

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes import (
    braces,
    families,
    habits,
    reactions,
    scenes,
    signs,
    words,
)
from ptt_rules.language.syntax.mistakes.expected import expected
from ptt_rules.language.syntax.mistakes.faults import explain_fault
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected, found_at

__all__ = ["Mistake", "Unexpected", "explain", "explain_fault", "found_at"]

_MISTAKES: tuple[Callable[[Unexpected], Mistake | None], ...] = (
    braces.unfinished,
    habits.membership,
    families.texts_as_members,
    families.several_families,
    reactions.several_targets,
    reactions.conditional,
    reactions.changed,
    reactions.counted,
    reactions.limits,
    reactions.best,
    reactions.unknown_action,
    scenes.instance,
    scenes.repeated,
    scenes.changed,
    scenes.counted,
    scenes.step_word,
    habits.judged_on,
    habits.windows,
    habits.outer_let,
    signs.unclosed_string,
    signs.quotes,
    signs.semicolon,
    signs.logic,
    signs.power,
    signs.number,
    signs.percent_sign,
    braces.bracket,
    braces.closing_brace,
    signs.comma,
    words.flag,
    words.condition,
    braces.opening_brace,
    words.version,
    words.missing_unit,
    words.missing_equals,
    signs.comparison,
    words.dashed,
    words.method,
    habits.window_colon,
    words.python_slice,
    words.unit_of_length,
    habits.unit_of_number,
    habits.identity,
    habits.level,
    words.rule_word,
    words.branches,
    words.unquoted,
    words.misspelt,
)


def explain(unexpected: Unexpected) -> Mistake:
    """The mistake at a place, with what to write there."""
    for match in _MISTAKES:
        mistake = match(unexpected)
        if mistake is not None:
            return mistake
    return unexpected.report(unexpected.does_not_fit, f"expected {expected(unexpected.accepted)}")


def nothing_after(unexpected: Unexpected, last: Span) -> Mistake:
    """A clause that breaks off: its last word is marked, the next clause is whole."""
    text = unexpected.source.slice(last)
    return unexpected.report(f"nothing follows this `{text}`", "write the rest of it", span=last)
