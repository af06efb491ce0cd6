"""Blocks and brackets that are not opened, not closed, or written as in other languages."""

from __future__ import annotations

import re
from dataclasses import replace

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.landmarks import block_end, landmarks, last_solid
from ptt_rules.language.syntax.slips.expected import WORDS_OF, expected
from ptt_rules.language.syntax.slips.misfit import Misfit, Mistake

_CLOSING = {"(": ")", "[": "]"}
_CLAUSE_WORDS = frozenset(
    (
        *(word for words in ("LEVEL", "TEXT_WORD", "PLAIN_ACTION") for word in WORDS_OF[words]),
        *("notify", "pause", "set", "let", "on", "title"),
    )
)
_WORDS_AND_BRACE = re.compile(r"\w+(?:[ \t]+\w+)?\s*\{")
_BRACE = re.compile(r"\s*\{")


def opening_brace(misfit: Misfit) -> Mistake | None:
    """`detector a:` and an indented block, or clauses without a sign before them."""
    is_colon = misfit.found == ":"
    if "LBRACE" not in misfit.accepted or misfit.is_at_end or misfit.found in ("{", "}"):
        return None
    if not is_colon and not misfit.is_first and not _reads_like_a_clause(misfit):
        return None
    if is_colon and misfit.match(_BRACE, misfit.span.end):
        return misfit.leave_out("`{` alone opens a block", "leave the `:` out")
    behind = misfit.after if is_colon else Span(misfit.previous.end, misfit.piece.end)
    message = "a block is in braces"
    hint = "write `{` for `:`" if is_colon else f"write `{{` behind `{misfit.previous_text}`"
    if misfit.is_in_block:
        return _reaction(misfit, message, behind)
    if block_end(misfit.source.text, behind) is not None:
        return misfit.mend(message, hint, " {", at=Span(misfit.previous.end, behind.start))
    return _whole_block(misfit, message, f"{hint}, and `}}` at the end of the block", behind)


def _reads_like_a_clause(misfit: Misfit) -> bool:
    return misfit.found in _CLAUSE_WORDS and not misfit.match(_WORDS_AND_BRACE)


def _reaction(misfit: Misfit, message: str, behind: Span) -> Mistake:
    """The actions up to the next reaction or the end of the policy."""
    marks = landmarks(misfit.source.text, behind)
    ends = (m.span.start for m in marks if m.text == "}" or (m.is_first and m.text == "on"))
    end = last_solid(misfit.source.text, Span(behind.start, next(ends, behind.end)))
    body = misfit.source.slice(Span(behind.start, end))
    text = f" {{ {body.strip()} }}"
    hint = f"write `{{ {' '.join(body.split())} }}`"
    at = Span(misfit.previous.end, end)
    return misfit.mend(message, hint, text, at=at, marks_all=False)


def _whole_block(misfit: Misfit, message: str, hint: str, behind: Span) -> Mistake:
    end = last_solid(misfit.source.text, behind)
    text = f" {{{misfit.source.slice(Span(behind.start, end))}\n}}"
    at = Span(misfit.previous.end, end)
    told = misfit.mend(message, hint, text, at=at, marks_all=False)
    return replace(told, reads="{", resume=behind.start, closes=True)


def unfinished(misfit: Misfit) -> Mistake | None:
    """The declaration ends too early."""
    if not misfit.is_at_end:
        return None
    last = Span(max(misfit.piece.start, misfit.previous.end - 1), misfit.previous.end)
    if misfit.opened is not None and "RBRACE" not in misfit.accepted:
        return _unclosed(misfit, misfit.opened)
    if "RBRACE" not in misfit.accepted:
        hint = f"expected {expected(misfit.accepted)}"
        message = f"this `{misfit.declaration or misfit.previous_text}` is not finished"
        return misfit.tell(message, hint, span=last)
    text = misfit.source.slice(Span(misfit.piece.start, last.end))
    brace = "\n}" if "\n" in text else " }"
    edit = Edit(Span(last.end, last.end), brace)
    message = f"the block of this `{misfit.declaration}` is not closed"
    return misfit.tell(message, "write `}` at its end", span=last, edit=edit)


def closing_brace(misfit: Misfit) -> Mistake | None:
    """A clause of the outer block, before the inner one is closed."""
    if "RBRACE" not in misfit.accepted or not misfit.leaves_block:
        return None
    message = f"the block before this `{misfit.shown}` is not closed"
    at = Span(misfit.previous.end, misfit.previous.end)
    return misfit.mend(message, "write `}` before it", " }", at=at)


def bracket(misfit: Misfit) -> Mistake | None:
    """A bracket that is not closed, or one that was not opened."""
    opened = misfit.opened
    is_clause_end = misfit.found == "}" or misfit.is_first
    if opened is not None and is_clause_end and misfit.found not in _CLOSING.values():
        return _unclosed(misfit, opened)
    if opened is not None and misfit.found in _CLOSING.values():
        wanted = _CLOSING[misfit.source.slice(opened)]
        if wanted != misfit.found:
            message = f"this `{misfit.source.slice(opened)}` is not closed before `{misfit.found}`"
            return misfit.insert(message, f"write `{wanted}` before it", wanted)
    if opened is None and misfit.found in _CLOSING.values():
        return misfit.leave_out(f"this `{misfit.found}` closes nothing", "leave it out")
    if misfit.found == "}" and "_METRIC" in misfit.accepted:
        return misfit.leave_out("this `}` closes nothing", "leave it out")
    return None


def _unclosed(misfit: Misfit, opened: Span) -> Mistake:
    sign = misfit.source.slice(opened)
    message = f"this `{sign}` is not closed"
    hint = f"write `{_CLOSING[sign]}` where it ends"
    return misfit.tell(message, hint, span=opened)
