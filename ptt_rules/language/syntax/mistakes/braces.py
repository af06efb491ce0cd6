"""Blocks and brackets that are not opened, not closed, or written as in other languages."""

from __future__ import annotations

import re
from dataclasses import replace

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.expected import WORDS_OF, expected
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected
from ptt_rules.language.syntax.sync_points import block_end, last_solid, sync_points

_CLOSING = {"(": ")", "[": "]"}
_CLAUSE_WORDS = frozenset(
    (
        *(word for words in ("LEVEL", "TEXT_WORD", "PLAIN_ACTION") for word in WORDS_OF[words]),
        *("notify", "pause", "set", "reset", "rollback", "let", "on", "title"),
    )
)
_WORDS_AND_BRACE = re.compile(r"\w+(?:[ \t]+\w+)?\s*\{")
_BRACE = re.compile(r"\s*\{")


def opening_brace(unexpected: Unexpected) -> Mistake | None:
    """`detector a:` and an indented block, or clauses without a sign before them."""
    is_colon = unexpected.found == ":"
    if (
        "LBRACE" not in unexpected.accepted
        or unexpected.is_at_end
        or unexpected.found in ("{", "}")
    ):
        return None
    if not is_colon and "RBRACE" in unexpected.accepted:
        return None  # the block of a level may be left out
    if not is_colon and not unexpected.is_first and not _reads_like_a_clause(unexpected):
        return None
    if is_colon and unexpected.match(_BRACE, unexpected.span.end):
        return unexpected.leave_out("`{` alone opens a block", "leave the `:` out")
    behind = unexpected.after if is_colon else Span(unexpected.previous.end, unexpected.piece.end)
    message = "a block is in braces"
    hint = "write `{` for `:`" if is_colon else f"write `{{` after `{unexpected.previous_text}`"
    if unexpected.is_in_block:
        return _reaction(unexpected, message, behind)
    if block_end(unexpected.source.text, behind) is not None:
        return unexpected.fix(message, hint, " {", at=Span(unexpected.previous.end, behind.start))
    return _whole_block(unexpected, message, f"{hint}, and `}}` at the end of the block", behind)


def _reads_like_a_clause(unexpected: Unexpected) -> bool:
    return unexpected.found in _CLAUSE_WORDS and not unexpected.match(_WORDS_AND_BRACE)


def _reaction(unexpected: Unexpected, message: str, behind: Span) -> Mistake:
    """The actions up to the next reaction or the end of the policy."""
    marks = sync_points(unexpected.source.text, behind)
    ends = (m.span.start for m in marks if m.text == "}" or (m.is_first and m.text == "on"))
    end = last_solid(unexpected.source.text, Span(behind.start, next(ends, behind.end)))
    body = unexpected.source.slice(Span(behind.start, end))
    text = f" {{ {body.strip()} }}"
    hint = f"write `{{ {' '.join(body.split())} }}`"
    at = Span(unexpected.previous.end, end)
    return unexpected.fix(message, hint, text, at=at, marks_all=False)


def _whole_block(unexpected: Unexpected, message: str, hint: str, behind: Span) -> Mistake:
    end = last_solid(unexpected.source.text, behind)
    text = f" {{{unexpected.source.slice(Span(behind.start, end))}\n}}"
    at = Span(unexpected.previous.end, end)
    mistake = unexpected.fix(message, hint, text, at=at, marks_all=False)
    return replace(mistake, reads="{", resume=behind.start, closes=True)


def unfinished(unexpected: Unexpected) -> Mistake | None:
    """The declaration ends too early."""
    if not unexpected.is_at_end:
        return None
    last = Span(max(unexpected.piece.start, unexpected.previous.end - 1), unexpected.previous.end)
    if unexpected.opened is not None and "RBRACE" not in unexpected.accepted:
        return _unclosed(unexpected, unexpected.opened)
    if "RBRACE" not in unexpected.accepted:
        hint = f"expected {expected(unexpected.accepted)}"
        message = f"this `{unexpected.declaration or unexpected.previous_text}` is not finished"
        return unexpected.report(message, hint, span=last)
    text = unexpected.source.slice(Span(unexpected.piece.start, last.end))
    brace = "\n}" if "\n" in text else " }"
    edit = Edit(Span(last.end, last.end), brace)
    message = f"the block of this `{unexpected.declaration}` is not closed"
    return unexpected.report(message, "write `}` at its end", span=last, edit=edit)


def closing_brace(unexpected: Unexpected) -> Mistake | None:
    """A clause of the outer block, before the inner one is closed."""
    if "RBRACE" not in unexpected.accepted or not unexpected.leaves_block:
        return None
    message = f"the block before this `{unexpected.shown}` is not closed"
    at = Span(unexpected.previous.end, unexpected.previous.end)
    return unexpected.fix(message, "write `}` before it", " }", at=at)


def bracket(unexpected: Unexpected) -> Mistake | None:
    """A bracket that is not closed, or one that was not opened."""
    opened = unexpected.opened
    is_clause_end = unexpected.found == "}" or unexpected.is_first
    if opened is not None and is_clause_end and unexpected.found not in _CLOSING.values():
        return _unclosed(unexpected, opened)
    if opened is not None and unexpected.found in _CLOSING.values():
        wanted = _CLOSING[unexpected.source.slice(opened)]
        if wanted != unexpected.found:
            open_sign = unexpected.source.slice(opened)
            message = f"this `{open_sign}` is not closed before `{unexpected.found}`"
            return unexpected.insert(message, f"write `{wanted}` before it", wanted)
    if opened is None and unexpected.found in _CLOSING.values():
        return unexpected.leave_out(f"this `{unexpected.found}` closes nothing", "leave it out")
    if unexpected.found == "}" and "_METRIC" in unexpected.accepted:
        return unexpected.leave_out("this `}` closes nothing", "leave it out")
    return None


def _unclosed(unexpected: Unexpected, opened: Span) -> Mistake:
    sign = unexpected.source.slice(opened)
    message = f"this `{sign}` is not closed"
    hint = f"write `{_CLOSING[sign]}` where it ends"
    return unexpected.report(message, hint, span=opened)
