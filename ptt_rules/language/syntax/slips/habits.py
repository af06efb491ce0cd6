"""What other languages have in conditions, and is said in another way here."""

from __future__ import annotations

import re
from dataclasses import replace

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.slips.misfit import Misfit, Mistake

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
_IN_BRACKETS = re.compile(r"(?P<word>[A-Za-z_]\w*)[ \t]*\]")
_WORD = re.compile(r"[A-Za-z_]\w*")
_LENGTHS = frozenset({"_FOR", "_KEEP", "_AFTER", "_EVERY", "_PAUSE", "_BEFORE", "_FIRST"})
_LINE = 200  # characters before a misfit that are looked at


def level(misfit: Misfit) -> Mistake | None:
    """`warning when` and the like."""
    word = _LEVELS.get(misfit.found.lower())
    if word is None or "LEVEL" not in misfit.accepted or misfit.match(_WHEN) is None:
        return None
    message = f"`{misfit.found}` is no level"
    hint = f"write `{word}`; the levels are `critical`, `high`, `medium` and `low`"
    return misfit.mend(message, hint, word)


def unit_of_number(misfit: Misfit) -> Mistake | None:
    """`step_time > 2 min`: numbers in conditions are in the unit of their metric."""
    if misfit.previous_type != "NUMBER" or misfit.is_first or "COMPARE_OP" not in misfit.accepted:
        return None
    if misfit.match(_PLAIN_END, misfit.span.end) is None:
        return None
    factor = _SECONDS.get(misfit.found, _BYTES.get(misfit.found))
    is_count = misfit.found in _COUNTS
    if factor is None and not is_count:
        return None
    message = f"a number in a condition has no unit, and `{misfit.found}` is one"
    number = misfit.previous_text
    if is_count:
        return misfit.leave_out(message, f"write `{number}`")
    base = "seconds" if misfit.found in _SECONDS else "bytes"
    start = max(misfit.piece.start, misfit.previous.start - _LINE)
    if _IN_STEPS.search(misfit.source.slice(Span(start, misfit.previous.start))):
        return misfit.tell(message, "what it is compared with is counted, not timed")
    text = f"{float(number) * (factor or 1):.12g}"
    at = Span(misfit.previous.start, misfit.span.end)
    told = misfit.rewrite(message, f"write `{text}`, in {base}", text, at)
    # the number was read already: as a product it is the same
    return replace(told, goes_on=True, reads=f"* {factor!r}", resume=misfit.span.end)


def membership(misfit: Misfit) -> Mistake | None:
    """`x in [0, 1]` and `x in {1, 2}`."""
    if misfit.previous_type != "_IN" or misfit.found not in ("[", "(", "{"):
        return None
    ends = misfit.match(_ENDS)
    if ends is not None:
        text = f"{ends['low']}..{ends['high']}"
        message = "a range is written with two dots"
        return misfit.mend(message, f"write `{text}`", text, at=Span(*ends.span()))
    listed = misfit.match(_SET)
    span = Span(*listed.span()) if listed else misfit.span
    hint = "name a range such as `0..1`, or join comparisons: `x == 1 or x == 2`"
    return misfit.tell("`in` takes a range, not a set", hint, span=span)


def identity(misfit: Misfit) -> Mistake | None:
    """`x is nan` and `x is not None`."""
    found = misfit.match(_IDENTITY)
    if found is None or "COMPARE_OP" not in misfit.accepted or misfit.is_first:
        return None
    word = found["word"].lower()
    asks = {"nan": "isnan(x)", "inf": "isinf(x)", "none": "observed(x)", "null": "observed(x)"}
    asked = asks.get(word)
    if asked is None:
        sign = "!=" if found["negated"] else "=="
        return misfit.tell("there is no `is`", f"compare with `{sign}`")
    is_denied = bool(found["negated"]) is (asked != "observed(x)")
    hint = f"write `{'not ' if is_denied else ''}{asked}` of what stands before it"
    return misfit.tell("there is no `is`", hint, span=Span(*found.span()))


def window_colon(misfit: Misfit) -> Mistake | None:
    """`x[5:20]`."""
    if misfit.found != ":" or "DOTS" not in misfit.accepted or misfit.previous_type != "NUMBER":
        return None
    rest = misfit.match(_COLON)
    if rest is None or float(misfit.previous_text) > float(rest["count"]):
        return None
    text = f"..{rest['count']}"
    shown = f"{misfit.previous_text}{text}"
    hint = f"write `[{shown}]`: the last {rest['count']}, known from {misfit.previous_text} on"
    return misfit.mend("a window is not a slice", hint, text, at=Span(*rest.span()))


def windows(misfit: Misfit) -> Mistake | None:
    """`[5 before 20 before 1]`, `[first 30 before 5]`, `[5..]` and `[each]`."""
    if misfit.found == "before" and "RSQB" in misfit.accepted:
        if "_AFTER" in misfit.accepted:
            hint = "`[first 30 after 5]` skips the first 5, `[30 before 5]` leaves out the last 5"
            return misfit.tell("`first` counts from the beginning, and never moves", hint)
        return misfit.tell("a window has one `before`", "add the two numbers behind it up")
    if misfit.found == "]" and misfit.previous_type == "DOTS":
        hint = "write how many it is of at most: `[5..20]` are the last 20, known from 5 on"
        return misfit.tell("a window has both ends", hint)
    if misfit.found == "each" and misfit.previous_type == "LSQB":
        hint = 'name one instance, `["format"]`, or judge each of them: `detector x for each ...`'
        return misfit.tell("no function takes all instances of a family", hint)
    return None


def bracketed(misfit: Misfit) -> Mistake | None:
    """`x[n]`: a parameter for a number, or an instance without quotes."""
    if misfit.previous_type != "LSQB" or not misfit.accepted >= {"_FIRST", "STRING"}:
        return None
    found = misfit.match(_IN_BRACKETS)
    if found is None:
        return None
    word = found["word"]
    hint = f'a window is a number, `[20]`, and an instance of a family a text, `["{word}"]`'
    return misfit.tell("no name stands in brackets", hint)


def length(misfit: Misfit) -> Mistake | None:
    """`for n`: a parameter for a number."""
    if misfit.accepted & {"NUMBER", "NAME"} != {"NUMBER"} or misfit.match(_WORD) is None:
        return None
    if misfit.previous_type not in _LENGTHS:
        return None
    message = f"a length is a number, and `{misfit.shown}` is none"
    example = "30 min" if misfit.previous_type == "_PAUSE" else "3"
    return misfit.tell(message, f"write one such as `{misfit.previous_text} {example}`")


def outer_let(misfit: Misfit) -> Mistake | None:
    """`let` outside of a detector."""
    if misfit.found != "let" or "_METRIC" not in misfit.accepted:
        return None
    hint = "put it into the detector, or declare `derive NAME: none = ...` for all of them"
    return misfit.tell("a `let` stands in a detector", hint)


def level_block(misfit: Misfit) -> Mistake | None:
    """`high when x > 1 { for 30 }`."""
    if misfit.declaration != "detector" or misfit.found != "{" or misfit.is_first:
        return None
    if "COMPARE_OP" not in misfit.accepted or "RBRACE" not in misfit.accepted:
        return None
    hint = "write its clauses without braces: they are the detector's, for all of its levels"
    return misfit.tell("a level has no block", hint)


def judged_on(misfit: Misfit) -> Mistake | None:
    """`judged on x`."""
    if misfit.found != "judged" or misfit.declaration != "detector":
        return None
    hint = "leave it out: a rule is judged at each row that has all that it reads"
    return misfit.tell("there is no `judged on`", hint)
