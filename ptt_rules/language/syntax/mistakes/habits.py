"""Habits of other languages in conditions, and the form in ptt."""

from __future__ import annotations

import re
from dataclasses import replace

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected

_LEVELS = {
    **dict.fromkeys(("warning", "warn", "moderate"), "medium"),
    **dict.fromkeys(("error", "severe", "alert", "major"), "high"),
    **dict.fromkeys(("fatal", "emergency", "panic", "blocker"), "critical"),
    **dict.fromkeys(("info", "notice", "minor", "debug"), "low"),
}
_WHEN = re.compile(r"\w+\s+when\b")
_SECONDS = {
    **dict.fromkeys(("sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
}
_BYTES = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_TIME_UNITS = ((3600.0, "h"), (60.0, "min"), (1.0, "s"))
_BYTE_UNITS = ((1e9, "GB"), (1e6, "MB"))
_COUNTS = frozenset("step steps row rows log logs token tokens nats times".split())
_PLAIN_END = re.compile(r"\s*(?:[})#]|and\b|or\b|[a-z]+\b|\Z)")
_IN_BEFORE = re.compile(r"\bin\s*\Z")
_IN_STEPS = re.compile(r"\b(?:age\([^()\n]*\)|step|epoch|progress)\s*[<>=!]+\s*\Z")
_ENDS = re.compile(r"[\[(]\s*(?P<low>-?[\d.]+%?)\s*,\s*(?P<high>-?[\d.]+%?)\s*[\])]")
_ABOVE = re.compile(r"\bin\s+(?P<end>[^\s.]+(?:\.\d+)?)\s*\.\.")
_BELOW = re.compile(r"in\s*\.\.\s*(?P<end>-?[\w.%]+)")
_IDENTITY = re.compile(r"is(?P<negated>\s+not)?\s+(?P<word>[A-Za-z]\w*)")
_COLON = re.compile(r":[ \t]*(?P<count>[0-9]+)[ \t]*(?=\])")
_JUDGED_ON = re.compile(r"\bjudged\s+on\s[^#\"]*\Z")
_AFTER_NAMES = re.compile(r"[<>=!+*/(\[-]|(?:and|or|in)\b")
_LINE = 200  # characters before a unexpected token that are looked at


def level(unexpected: Unexpected) -> Mistake | None:
    """`warning when` and the like."""
    word = _LEVELS.get(unexpected.found.lower())
    if word is None or "LEVEL" not in unexpected.accepted or unexpected.match(_WHEN) is None:
        return None
    message = f"`{unexpected.found}` is not a level"
    hint = f"write `{word}`; the levels are `critical`, `high`, `medium` and `low`"
    return unexpected.fix(message, hint, word)


def unit_of_number(unexpected: Unexpected) -> Mistake | None:
    """`step_time > 2 minutes`: units that are written otherwise, and what no number is in."""
    if (
        unexpected.previous_type != "NUMBER"
        or unexpected.is_first
        or "COMPARE_OP" not in unexpected.accepted
    ):
        return None
    if unexpected.match(_PLAIN_END, unexpected.span.end) is None:
        return None
    factor = _SECONDS.get(unexpected.found, _BYTES.get(unexpected.found))
    is_count = unexpected.found in _COUNTS
    if factor is None and not is_count:
        return None
    number = unexpected.previous_text
    message = f"`{unexpected.found}` is not a unit of a number"
    if is_count:
        return unexpected.leave_out(message, f"write `{number}`")
    start = max(unexpected.piece.start, unexpected.previous.start - _LINE)
    if _IN_STEPS.search(unexpected.source.slice(Span(start, unexpected.previous.start))):
        return unexpected.report(message, "what it is compared with is counted, not timed")
    text = _with_unit(float(number) * (factor or 1), unexpected.found)
    at = Span(unexpected.previous.start, unexpected.span.end)
    mistake = unexpected.rewrite(message, f"write `{text}`", text, at)
    # the number was read already: as a product it is the same
    return replace(mistake, goes_on=True, reads=f"* {factor!r}", resume=unexpected.span.end)


def _with_unit(amount: float, found: str) -> str:
    """Seconds or bytes as the language writes them, in the unit that is nearest."""
    units = _BYTE_UNITS if found in _BYTES else _TIME_UNITS
    size, word = next((one for one in units if amount >= one[0]), units[-1])
    return f"{amount / size:.12g} {word}"


def membership(unexpected: Unexpected) -> Mistake | None:
    """`x in [0, 1]`, `x in 0..` and `x in ..1`."""
    if unexpected.declaration != "metric" and unexpected.declaration != "param":
        half_open = _half_open(unexpected)
        if half_open is not None:
            return half_open
    message = "a range is written with two dots"
    if unexpected.found == "," and unexpected.opened is not None:
        return _tuple(unexpected, unexpected.opened.start, message)
    if unexpected.previous_type != "_IN" or unexpected.found not in ("[", "("):
        return None
    ends = unexpected.match(_ENDS)
    if ends is not None:
        text = f"{ends['low']}..{ends['high']}"
        return unexpected.fix(message, f"write `{text}`", text, at=Span(*ends.span()))
    hint = "name a range such as `0..1`, or join comparisons: `x == 1 or x == 2`"
    return unexpected.report("`in` takes a range, not a list", hint)


def _tuple(unexpected: Unexpected, opened: int, message: str) -> Mistake | None:
    """`x in (0, 1)`, of which the bracket could begin an expression."""
    start = max(unexpected.piece.start, opened - _LINE)
    ends = unexpected.match(_ENDS, opened)
    if ends is None or _IN_BEFORE.search(unexpected.source.slice(Span(start, opened))) is None:
        return None
    text = f"{ends['low']}..{ends['high']}"
    return unexpected.rewrite(message, f"write `{text}`", text, Span(*ends.span()))


def _half_open(unexpected: Unexpected) -> Mistake | None:
    """A range in a condition with one end: a comparison says the same."""
    start = max(unexpected.piece.start, unexpected.span.start - _LINE)
    if unexpected.previous_type == "_IN" and unexpected.found == "..":
        found = _BELOW.match(
            unexpected.source.text, unexpected.previous.start, unexpected.piece.end
        )
        sign = "<="
    elif unexpected.previous_type == "DOTS":
        before = unexpected.source.slice(Span(start, unexpected.previous.end))
        last = [*_ABOVE.finditer(before)]
        found = last[-1] if last and last[-1].end() == len(before) else None
        if found is not None:
            found = unexpected.match(_ABOVE, start + found.start())
        if found is None:
            return None
        sign = ">="
    else:
        return None
    message = "a range in a condition has both ends"
    if found is None:
        return unexpected.report(message, "compare with the one end: `x >= 0`")
    text = f"{sign} {found['end']}"
    return unexpected.rewrite(message, f"write `{text}`", text, Span(*found.span()))


def identity(unexpected: Unexpected) -> Mistake | None:
    """`x is nan` and `x is not None`."""
    found = unexpected.match(_IDENTITY)
    if found is None or "COMPARE_OP" not in unexpected.accepted or unexpected.is_first:
        return None
    word = found["word"].lower()
    asks = {"nan": "isnan(x)", "inf": "isinf(x)", "none": "observed(x)", "null": "observed(x)"}
    asked = asks.get(word)
    if asked is None:
        sign = "!=" if found["negated"] else "=="
        return unexpected.report("there is no `is`", f"compare with `{sign}`")
    is_denied = bool(found["negated"]) is (asked != "observed(x)")
    hint = f"write `{'not ' if is_denied else ''}{asked}` of what stands before it"
    return unexpected.report("there is no `is`", hint, span=Span(*found.span()))


def window_colon(unexpected: Unexpected) -> Mistake | None:
    """`x[5:20]`."""
    if (
        unexpected.found != ":"
        or "DOTS" not in unexpected.accepted
        or unexpected.previous_type != "NUMBER"
    ):
        return None
    rest = unexpected.match(_COLON)
    if rest is None or float(unexpected.previous_text) > float(rest["count"]):
        return None
    text = f"..{rest['count']}"
    shown = f"{unexpected.previous_text}{text}"
    hint = f"write `[{shown}]`: the last {rest['count']}, known from {unexpected.previous_text} on"
    return unexpected.fix("a window is not a slice", hint, text, at=Span(*rest.span()))


def windows(unexpected: Unexpected) -> Mistake | None:
    """`[5 before 20 before 1]`, `[first 30 before 5]`, `[before 4]` and `[5..]`."""
    if unexpected.previous_text == "before" and "RSQB" in unexpected.accepted:
        message = "a window says how many come before"
        span = unexpected.previous
        hint = f"write `[all before {unexpected.shown}]`, or `[20 before {unexpected.shown}]`"
        return unexpected.report(message, hint, span=span)
    if unexpected.found == "before" and "RSQB" in unexpected.accepted:
        if "_AFTER" in unexpected.accepted:
            hint = "write `after`, which skips them; `[30 before 5]` leaves out the last 5"
            message = "`first` counts from the beginning, and never moves"
            return unexpected.fix(message, hint, "after")
        return unexpected.report("a window has one `before`", "add up the two numbers after it")
    if unexpected.found == "]" and unexpected.previous_type == "DOTS":
        hint = "write how many it is of at most: `[5..20]` are the last 20, known from 5 on"
        return unexpected.report("a window has both ends", hint)
    return None


def outer_let(unexpected: Unexpected) -> Mistake | None:
    """`let` outside of a detector."""
    if unexpected.found != "let" or "_METRIC" not in unexpected.accepted:
        return None
    hint = "put it into the detector, or declare `derive NAME: none = ...` for all of them"
    return unexpected.report("a `let` stands in a detector", hint)


def judged_on(unexpected: Unexpected) -> Mistake | None:
    """`judged on x > 3`."""
    if unexpected.declaration != "detector" or "COMMA" not in unexpected.accepted:
        return None
    line = unexpected.source.text[: unexpected.span.start].rpartition("\n")[2]
    if _JUDGED_ON.search(line) is None or unexpected.match(_AFTER_NAMES) is None:
        return None
    hint = "name metrics: it is judged at the rows that have one of them"
    return unexpected.report("names of metrics stand here, not a condition", hint)
