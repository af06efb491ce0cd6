"""Words that are missing, misspelt, or from other languages."""

from __future__ import annotations

import re
from difflib import get_close_matches

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.expected import WORDS_OF, keywords
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected

_NAME = re.compile(r"[^\W\d]\w*")
_OPERAND = re.compile(r"[\w`(\"-]")
_KEY = re.compile(r"[A-Za-z_][\w/.\-]*")
_DASHED = re.compile(r"[A-Za-z_]\w*(?:-\w+)+")
_UNITS = {
    "step": "steps",
    **dict.fromkeys(("m", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
}
_COUNTED = frozenset(
    "log logs row rows time times judgement judgements observation observations".split()
)
_FLAG = re.compile(r"[ \t]*(?:[:=][ \t]*)?(?:[Tt]rue|yes|on|1)\b|[:=]")
_IF_LINE = re.compile(r"(?:if|elif)\b[ \t]*(?P<condition>[^\n{}:]*[^\s{}:])[ \t]*:?[ \t]*")
_METHOD = re.compile(
    r"(?P<owner>[A-Za-z_]\w*)(?P<window>\[[^][\n]*\])?\.(?P<method>[A-Za-z_]\w*)\([ \t]*\)"
)
_SLICE = re.compile(r"-[ \t]*(?P<count>[0-9]+)[ \t]*:")
_HEAD_SLICE = re.compile(r"(?:0[ \t]*)?:[ \t]*(?P<count>[0-9]+)[ \t]*(?=\])")
_NEWEST = re.compile(r"(?P<owner>[A-Za-z_]\w*)\[[ \t]*-[ \t]*1[ \t]*\]")
_RULE_WORDS = frozenset("rule alert detect check monitor def class function".split())
_DECLARED = re.compile(r"\w+(?:\[[^\]\n]*\])?")
_NEAR = 100  # characters before a unexpected token in which what it belongs to is looked for
_LONGEST = 20
_CLOSE = 0.75


def condition(unexpected: Unexpected) -> Mistake | None:
    """A level without `when`, or `when` without a level."""
    if unexpected.found == "when" and "LEVEL" in unexpected.accepted:
        hint = "say which level: `high when ...` (or `critical`, `medium`, `low`)"
        return unexpected.insert(unexpected.does_not_fit, hint, "high ")
    is_level = "_WHEN" in unexpected.accepted and unexpected.declaration != "policy"
    if not is_level or unexpected.is_at_end:
        return None
    level = unexpected.previous_text
    message = f"`when` is missing after `{level}`"
    if unexpected.found in ("if", ":", "="):
        hint = f"write `when` for `{unexpected.found}`"
        return unexpected.fix(message, hint, unexpected.apart("when"))
    if unexpected.match(_OPERAND) is None:
        return None
    return unexpected.insert(message, f"write `{level} when ...`", "when ")


def branches(unexpected: Unexpected) -> Mistake | None:
    """`if` and `else` of other languages."""
    if "LEVEL" not in unexpected.accepted or unexpected.found not in ("if", "elif", "else"):
        return None
    message = f"there is no `{unexpected.found}`: each level has its own condition"
    line = unexpected.match(_IF_LINE)
    if line is not None:
        text = f"high when {line['condition']}"
        return unexpected.report(message, f"write `{text}`", edit=Edit(Span(*line.span()), text))
    if unexpected.found == "else":
        hint = "leave it out: the worst level whose condition is true counts"
        return unexpected.leave_out(message, hint)
    return unexpected.report(message, "write `high when ...`")


def rule_word(unexpected: Unexpected) -> Mistake | None:
    """`rule x {` and the like, for `detector x {`."""
    if "_DETECTOR" not in unexpected.accepted or unexpected.found not in _RULE_WORDS:
        return None
    hint = f"write `detector` for `{unexpected.found}`"
    return unexpected.fix(unexpected.does_not_fit, hint, "detector")


def missing_equals(unexpected: Unexpected) -> Mistake | None:
    """`param x 3` and `param x: 3`."""
    if unexpected.declaration == "param" and unexpected.previous_type == "COLON":
        return _colon_for_equals(unexpected)
    if "EQUAL" not in unexpected.accepted:
        return None
    name = unexpected.previous_text
    if unexpected.found in (":", ":="):
        return unexpected.fix(f"`{name}` takes its value by `=`", "write `=` for `:`", " =")
    if unexpected.is_at_end or unexpected.is_first or unexpected.match(_OPERAND) is None:
        return None
    if unexpected.found.startswith("-") and unexpected.previous.end == unexpected.span.start:
        return None
    return unexpected.insert(f"`=` is missing after `{name}`", f"write `=` after `{name}`", "= ")


def _colon_for_equals(unexpected: Unexpected) -> Mistake | None:
    """A value where the unit of a parameter would stand: the colon was read already."""
    if unexpected.match(_OPERAND) is None:
        return None
    name = _DECLARED.findall(
        unexpected.source.slice(Span(unexpected.piece.start, unexpected.previous.start))
    )[-1]
    message = f"`{name}` takes its value by `=`"
    return unexpected.rewrite(message, "write `=` for `:`", " =", unexpected.previous)


def missing_unit(unexpected: Unexpected) -> Mistake | None:
    """`metric kl = "kl"`."""
    if (
        unexpected.found != "="
        or "COLON" not in unexpected.accepted
        or unexpected.declaration == "test"
    ):
        return None
    head = unexpected.source.slice(Span(unexpected.piece.start, unexpected.previous.end))
    name = _DECLARED.findall(head)[-1]
    message = f"`{name}` has no unit"
    hint = f"write `{name}: none = ...`, or the unit that it is in for `none`"
    at = Span(unexpected.previous.end, unexpected.previous.end)
    return unexpected.fix(message, hint, ": none", at=at)


def unquoted(unexpected: Unexpected) -> Mistake | None:
    """A key or a text without quotes."""
    if (
        "STRING" not in unexpected.accepted
        or "NUMBER" in unexpected.accepted
        or unexpected.is_at_end
    ):
        return None
    if unexpected.previous_type in ("TEXT_WORD", "_TITLE", "_BECAUSE"):
        line = unexpected.rest_of_line
        text = unexpected.source.slice(line).rstrip("} \t")
        span = Span(line.start, line.start + len(text))
        if not text or unexpected.is_first or '"' in text or "\\" in text:
            return None
    else:
        key = unexpected.match(_KEY)
        if key is None or unexpected.is_first or unexpected.follows_something_whole:
            return None
        if "RBRACE" in unexpected.accepted or "_METRIC" in unexpected.accepted:
            return None
        text, span = key.group(), Span(*key.span())
    return unexpected.fix("texts and keys are in quotes", f'write `"{text}"`', f'"{text}"', at=span)


def dashed(unexpected: Unexpected) -> Mistake | None:
    """A name with `-` in it."""
    if unexpected.found[:1] != "-" or not unexpected.accepted.isdisjoint({"MINUS", "ADD_OP"}):
        return None
    name = unexpected.match(_DASHED, unexpected.previous.start)
    if name is None or name.end() <= unexpected.span.start:
        return None
    text = name.group().replace("-", "_")
    message = f"a name has no `-`: `{name.group()}`"
    return unexpected.rewrite(message, f"write `{text}`", text, Span(*name.span()))


def version(unexpected: Unexpected) -> Mistake | None:
    if "VERSION" not in unexpected.accepted or unexpected.found not in ("{", '"'):
        return None
    name = unexpected.previous_text
    return unexpected.insert(
        f"the pack `{name}` has no version", f"write `pack {name} 0.1.0 {{`", "0.1.0 "
    )


def unit_of_length(unexpected: Unexpected) -> Mistake | None:
    """`for 50 step` and `for 3 logs`."""
    if (
        "SPAN_UNIT" not in unexpected.accepted
        or unexpected.match(_NAME) is None
        or unexpected.is_first
    ):
        return None
    if unexpected.previous_text == "each" and unexpected.declaration == "detector":
        hint = f"write it after the name: `detector NAME for each {unexpected.shown} {{ ... }}`"
        return unexpected.report(
            "`for each` is not a clause, it belongs to the detector's name", hint
        )
    word = unexpected.found.lower()
    message = f"`{unexpected.shown}` is not a unit of length"
    if word in _COUNTED:
        return unexpected.leave_out(message, "leave it out: a plain number counts them")
    close = get_close_matches(
        word[:_LONGEST], [*_UNITS, *WORDS_OF["SPAN_UNIT"]], n=1, cutoff=_CLOSE
    )
    if not close:
        return unexpected.report(message, "lengths are `50 steps`, `10 min`, `2 h` or `30 s`")
    unit = _UNITS.get(close[0], close[0])
    return unexpected.fix(message, f"write `{unit}`", unit)


def misspelt(unexpected: Unexpected) -> Mistake | None:
    """A word that is nearly one that fits, or one in capitals."""
    if unexpected.match(_NAME) is None or len(unexpected.found) > _LONGEST:
        return None
    words = list(keywords(unexpected.accepted))
    if unexpected.found.lower() in words:
        word = unexpected.found.lower()
        return unexpected.fix(
            unexpected.does_not_fit, f"write `{word}`: words are in small letters", word
        )
    close = get_close_matches(unexpected.found.lower(), words, n=1, cutoff=_CLOSE)
    if not close:
        return None
    return unexpected.fix(unexpected.does_not_fit, f"did you mean `{close[0]}`?", close[0])


def method(unexpected: Unexpected) -> Mistake | None:
    """`x.mean()` for `mean(x[20])`."""
    if unexpected.found not in ("(", "."):
        return None
    near = max(unexpected.piece.start, unexpected.span.start - _NEAR)
    calls = _METHOD.finditer(
        unexpected.source.text, near, min(unexpected.piece.end, near + 2 * _NEAR)
    )
    call = next((one for one in calls if one.start() < unexpected.span.start < one.end()), None)
    if call is None:
        return None
    text = f"{call['method']}({call['owner']}{call['window'] or '[20]'})"
    message = "metrics have no methods"
    return unexpected.rewrite(message, f"write `{text}`", text, Span(*call.span()))


def python_slice(unexpected: Unexpected) -> Mistake | None:
    """`x[-20:]`, `x[:20]` and `x[-1]`."""
    if not unexpected.accepted >= {"_FIRST", "_DECAY"} and unexpected.found != ":":
        return None
    last = unexpected.match(_SLICE)
    if last is not None:
        count = last["count"]
        message = "a window is not a slice"
        hint = f"write `[{count}]` for the last {count}"
        return unexpected.fix(message, hint, count, at=Span(*last.span()))
    head = unexpected.match(_HEAD_SLICE) if unexpected.previous_type == "LSQB" else None
    if head is not None:
        text = f"first {head['count']}"
        message = "a window is not a slice"
        return unexpected.fix(message, f"write `[{text}]`", text, at=Span(*head.span()))
    return _newest(unexpected)


def _newest(unexpected: Unexpected) -> Mistake | None:
    near = max(unexpected.piece.start, unexpected.span.start - _NEAR)
    places = _NEWEST.finditer(
        unexpected.source.text, near, min(unexpected.piece.end, near + 2 * _NEAR)
    )
    place = next((one for one in places if one.start() < unexpected.span.start < one.end()), None)
    if place is None:
        return None
    owner = place["owner"]
    message = "a metric without a window is its newest value"
    return unexpected.rewrite(message, f"write `{owner}`", owner, Span(*place.span()))


def flag(unexpected: Unexpected) -> Mistake | None:
    """`shadow true` and `shadow = true`."""
    if unexpected.previous_text != "shadow" or unexpected.previous_type != "_SHADOW":
        return None
    match = unexpected.match(_FLAG)
    if match is None:
        return None
    hint = "leave the rest out"
    return unexpected.fix("`shadow` stands alone", hint, "", at=Span(*match.span()))
