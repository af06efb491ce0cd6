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
    "ms": 0.001,
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
}
_BYTES = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_COUNTS = frozenset("step steps row rows log logs token tokens nats times".split())
_PLAIN_END = re.compile(r"\s*(?:[})#]|and\b|or\b|[a-z]+\b|\Z)")
_IN_STEPS = re.compile(r"\b(?:age\([^()\n]*\)|step|epoch|progress)\s*[<>=!]+\s*\Z")
_ENDS = re.compile(r"[\[(]\s*(?P<low>-?[\d.]+%?)\s*,\s*(?P<high>-?[\d.]+%?)\s*[\])]")
_SET = re.compile(r"\{[^{}\n]*\}")
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
    """`step_time > 2 min`: numbers in conditions are in the unit of their metric."""
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
    message = f"a number in a condition has no unit, and `{unexpected.found}` is one"
    number = unexpected.previous_text
    if is_count:
        return unexpected.leave_out(message, f"write `{number}`")
    base = "seconds" if unexpected.found in _SECONDS else "bytes"
    start = max(unexpected.piece.start, unexpected.previous.start - _LINE)
    if _IN_STEPS.search(unexpected.source.slice(Span(start, unexpected.previous.start))):
        return unexpected.report(message, "what it is compared with is counted, not timed")
    text = f"{float(number) * (factor or 1):.12g}"
    at = Span(unexpected.previous.start, unexpected.span.end)
    mistake = unexpected.rewrite(message, f"write `{text}`, in {base}", text, at)
    # the number was read already: as a product it is the same
    return replace(mistake, goes_on=True, reads=f"* {factor!r}", resume=unexpected.span.end)


def membership(unexpected: Unexpected) -> Mistake | None:
    """`x in [0, 1]` and `x in {1, 2}`."""
    if unexpected.previous_type != "_IN" or unexpected.found not in ("[", "(", "{"):
        return None
    ends = unexpected.match(_ENDS)
    if ends is not None:
        text = f"{ends['low']}..{ends['high']}"
        message = "a range is written with two dots"
        return unexpected.fix(message, f"write `{text}`", text, at=Span(*ends.span()))
    listed = unexpected.match(_SET)
    span = Span(*listed.span()) if listed else unexpected.span
    hint = "name a range such as `0..1`, or join comparisons: `x == 1 or x == 2`"
    return unexpected.report("`in` takes a range, not a set", hint, span=span)


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
    """`[5 before 20 before 1]`, `[first 30 before 5]` and `[5..]`."""
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
