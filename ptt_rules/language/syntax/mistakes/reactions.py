"""Habits of other tools in reactions to an alert, and the form in a policy."""

from __future__ import annotations

import re

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected

_CHANGE = re.compile(r"(?P<sign>[*/+-])=")
_SPAN = re.compile(r"every\s+(?P<amount>\w[\w.]*)(?:[ \t]+(?P<unit>[A-Za-z]+))?")
_NEXT = re.compile(r"\s*(?P<name>[A-Za-z_][\w.]*)")
_JOINED = {"and": "and", "&&": "and", "or": "or", "||": "or"}
_AT_MOST = re.compile(r"at\s+most\b")
_THEN = re.compile(r"\bthen\s*$")
_ORDERS = frozenset({"<", ">", "<=", ">=", "==", "!="})
_UNKNOWN = {
    "halt": "write `stop`",
    "abort": "write `stop`",
    "save": "write `checkpoint`",
    "alert": "write `notify`, with the name of a channel",
    "send": "write `notify`, with the name of a channel",
    "wait": "write `pause`, with a time",
    "resume": "`ptt resume` goes on with a run that is paused",
}
"""Actions of other tools, by what to do here."""


def _is_head(unexpected: Unexpected) -> bool:
    """Whether it stands between `on` and the brace."""
    return unexpected.declaration == "policy" and "LBRACE" in unexpected.accepted


def several_targets(unexpected: Unexpected) -> Mistake | None:
    """`on a and b { ... }` and `on a or b { ... }`."""
    joined = _JOINED.get(unexpected.found)
    if joined is None or not _is_head(unexpected) or "COMMA" not in unexpected.accepted:
        return None
    if joined == "or":
        at = Span(unexpected.previous.end, unexpected.span.end)
        return unexpected.fix("targets are a list", "write `,` between them", ",", at=at)
    other = unexpected.match(_NEXT, unexpected.span.end)
    named = other["name"] if other else "b"
    message = "`and` joins conditions, a reaction is on detectors"
    hint = f"write `on {unexpected.previous_text} when firing({named})`"
    if other is None:
        return unexpected.report(message, hint)
    at = Span(unexpected.span.start, other.end())
    return unexpected.fix(message, hint, f"when firing({named})", at=at, marks_all=False)


def conditional(unexpected: Unexpected) -> Mistake | None:
    """`on a if loss > 3 { ... }` and `on loss > 3 { ... }`."""
    if not _is_head(unexpected):
        return None
    if unexpected.found == "if" and "_WHEN" in unexpected.accepted:
        return unexpected.fix("a reaction asks with `when`", "write `when`", "when")
    if unexpected.found in _ORDERS and "COMMA" in unexpected.accepted:
        hint = "name one, and state the condition after it: `on high when loss > 3 { ... }`"
        return unexpected.report("a reaction is on a detector or a level", hint)
    return None


def changed(unexpected: Unexpected) -> Mistake | None:
    """`set beta *= 2`."""
    found = unexpected.match(_CHANGE)
    if found is None or unexpected.declaration != "policy" or "EQUAL" not in unexpected.accepted:
        return None
    text = f"= {unexpected.previous_text} {found['sign']}"
    message = f"there is no `{found[0]}`: a formula says what the value becomes"
    return unexpected.fix(message, f"write `{text} ...`", text, at=Span(*found.span()))


def counted(unexpected: Unexpected) -> Mistake | None:
    """`at most 2`."""
    if unexpected.declaration != "policy" or "_TIMES_WORD" not in unexpected.accepted:
        return None
    text = f"{unexpected.previous_text} {'time' if unexpected.previous_text == '1' else 'times'}"
    hint = f"write `at most {text}`"
    return unexpected.rewrite("`at most` counts times", hint, text, unexpected.previous)


def limits(unexpected: Unexpected) -> Mistake | None:
    """`every 20 steps on a { ... }`, `on a { ... } every 20 steps`, `on a { ... } then { ... }`,
    `on a { stop at most 2 times }`."""
    if unexpected.declaration == "policy" and unexpected.match(_AT_MOST) is not None:
        hint = "write it after the braces: `on ... { ... } at most 2 times`"
        return unexpected.report("`at most` comes after what it limits", hint)
    if unexpected.declaration != "policy" or "_ON" not in unexpected.accepted:
        return None
    if unexpected.found == "every":
        return _repeated(unexpected)
    if unexpected.found == "then":
        hint = "say after how many times: `at most 1 time then { ... }`"
        return unexpected.report("this `then` is never reached", hint)
    if unexpected.found == "at":
        hint = "write it after the braces: `on ... { ... } at most 2 times`"
        return unexpected.report("`at` comes after what it limits", hint)
    return None


def _repeated(unexpected: Unexpected) -> Mistake:
    """`every` where it does not belong; after the block of its reaction it is moved."""
    found = unexpected.match(_SPAN)
    message, hint = "`every` comes before the braces", "write `on ... every 20 steps { ... }`"
    text, end = unexpected.source.text, unexpected.previous.end
    brace = _brace_of(text, Span(unexpected.piece.start, end))
    if found is None or brace is None:
        return unexpected.report(message, hint)
    written = f"every {found['amount']} {found['unit'] or 'steps'}"
    moved = f"{written} {text[brace:end]}"
    span = Span(brace, found.end())
    return unexpected.rewrite(message, f"write `{written}` before `{{`", moved, span)


def _brace_of(text: str, within: Span) -> int | None:
    """Where the block of the reaction that has just ended begins; that of a `then` is not it."""
    end = text.rfind("}", within.start, within.end)
    if end < 0:
        return None
    start = text.rfind("{", within.start, end)
    if start >= 0 and _THEN.search(text, within.start, start):
        return _brace_of(text, Span(within.start, start))
    return start if start >= 0 else None


def best(unexpected: Unexpected) -> Mistake | None:
    """`rollback to best eval_loss`."""
    if "BEST_BY" not in unexpected.accepted:
        return None
    hint = "write `to lowest` or `to highest`, and the metric: `rollback to lowest eval_loss`"
    return unexpected.report(f"`{unexpected.shown}`: the lowest or the highest?", hint)


def unknown_action(unexpected: Unexpected) -> Mistake | None:
    """`halt` and the like."""
    hint = _UNKNOWN.get(unexpected.found)
    if (
        hint is None
        or unexpected.declaration != "policy"
        or "PLAIN_ACTION" not in unexpected.accepted
    ):
        return None
    return unexpected.report(f"there is no action `{unexpected.found}`", hint)
