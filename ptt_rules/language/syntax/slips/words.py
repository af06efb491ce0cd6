"""Words that are missing, misspelt, or from other languages."""

from __future__ import annotations

import re
from difflib import get_close_matches

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.slips.expected import WORDS_OF, keywords
from ptt_rules.language.syntax.slips.misfit import Misfit, Mistake

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
_NEAR = 100  # characters before a misfit in which what it belongs to is looked for
_LONGEST = 20
_CLOSE = 0.75


def condition(misfit: Misfit) -> Mistake | None:
    """A level without `when`, or `when` without a level."""
    if misfit.found == "when" and "LEVEL" in misfit.accepted:
        hint = "say which level: `high when ...` (or `critical`, `medium`, `low`)"
        return misfit.insert(misfit.does_not_fit, hint, "high ")
    if "_WHEN" not in misfit.accepted or misfit.is_at_end:
        return None
    level = misfit.previous_text
    message = f"`when` is missing behind `{level}`"
    if misfit.found in ("if", ":", "="):
        hint = f"write `when` for `{misfit.found}`"
        return misfit.mend(message, hint, misfit.apart("when"))
    if misfit.match(_OPERAND) is None:
        return None
    return misfit.insert(message, f"write `{level} when ...`", "when ")


def branches(misfit: Misfit) -> Mistake | None:
    """`if` and `else` of other languages."""
    if "LEVEL" not in misfit.accepted or misfit.found not in ("if", "elif", "else"):
        return None
    message = f"there is no `{misfit.found}`: each level has its own condition"
    line = misfit.match(_IF_LINE)
    if line is not None:
        text = f"high when {line['condition']}"
        return misfit.tell(message, f"write `{text}`", edit=Edit(Span(*line.span()), text))
    if misfit.found == "else":
        hint = "leave it out: the worst level whose condition is true counts"
        return misfit.leave_out(message, hint)
    return misfit.tell(message, "write `high when ...`")


def rule_word(misfit: Misfit) -> Mistake | None:
    """`rule x {` and the like, for `detector x {`."""
    if "_DETECTOR" not in misfit.accepted or misfit.found not in _RULE_WORDS:
        return None
    hint = f"write `detector` for `{misfit.found}`"
    return misfit.mend(misfit.does_not_fit, hint, "detector")


def missing_equals(misfit: Misfit) -> Mistake | None:
    """`param x 3` and `param x: 3`."""
    if "EQUAL" not in misfit.accepted:
        return None
    name = misfit.previous_text
    if misfit.found in (":", ":="):
        return misfit.mend(f"`{name}` takes its value by `=`", "write `=` for `:`", " =")
    if misfit.is_at_end or misfit.is_first or misfit.match(_OPERAND) is None:
        return None
    if misfit.found.startswith("-") and misfit.previous.end == misfit.span.start:
        return None
    return misfit.insert(f"`=` is missing behind `{name}`", f"write `=` behind `{name}`", "= ")


def missing_unit(misfit: Misfit) -> Mistake | None:
    """`metric kl = "kl"`."""
    if misfit.found != "=" or "COLON" not in misfit.accepted or misfit.declaration == "test":
        return None
    head = misfit.source.slice(Span(misfit.piece.start, misfit.previous.end))
    name = _DECLARED.findall(head)[-1]
    message = f"`{name}` has no unit"
    hint = f"write `{name}: none = ...`, or the unit that it is in for `none`"
    at = Span(misfit.previous.end, misfit.previous.end)
    return misfit.mend(message, hint, ": none", at=at)


def unquoted(misfit: Misfit) -> Mistake | None:
    """A key or a text without quotes."""
    if "STRING" not in misfit.accepted or "NUMBER" in misfit.accepted or misfit.is_at_end:
        return None
    if misfit.previous_type in ("TEXT_WORD", "_TITLE", "_BECAUSE"):
        line = misfit.rest_of_line
        text = misfit.source.slice(line).rstrip("} \t")
        span = Span(line.start, line.start + len(text))
        if not text or misfit.is_first or '"' in text or "\\" in text:
            return None
    else:
        key = misfit.match(_KEY)
        if key is None or misfit.is_first or misfit.is_behind_something_whole:
            return None
        if "RBRACE" in misfit.accepted or "_METRIC" in misfit.accepted:
            return None
        text, span = key.group(), Span(*key.span())
    return misfit.mend("texts and keys are in quotes", f'write `"{text}"`', f'"{text}"', at=span)


def dashed(misfit: Misfit) -> Mistake | None:
    """A name with `-` in it."""
    if misfit.found[:1] != "-" or not misfit.accepted.isdisjoint({"MINUS", "ADD_OP"}):
        return None
    name = misfit.match(_DASHED, misfit.previous.start)
    if name is None or name.end() <= misfit.span.start:
        return None
    text = name.group().replace("-", "_")
    message = f"a name has no `-`: `{name.group()}`"
    return misfit.rewrite(message, f"write `{text}`", text, Span(*name.span()))


def version(misfit: Misfit) -> Mistake | None:
    if "VERSION" not in misfit.accepted or misfit.found not in ("{", '"'):
        return None
    name = misfit.previous_text
    return misfit.insert(
        f"the pack `{name}` has no version", f"write `pack {name} 0.1.0 {{`", "0.1.0 "
    )


def unit_of_length(misfit: Misfit) -> Mistake | None:
    """`for 50 step` and `for 3 logs`."""
    if "SPAN_UNIT" not in misfit.accepted or misfit.match(_NAME) is None or misfit.is_first:
        return None
    word = misfit.found.lower()
    message = f"`{misfit.shown}` is no unit of a length"
    if word in _COUNTED:
        return misfit.leave_out(message, "leave it out: a plain number counts them")
    close = get_close_matches(
        word[:_LONGEST], [*_UNITS, *WORDS_OF["SPAN_UNIT"]], n=1, cutoff=_CLOSE
    )
    if not close:
        return misfit.tell(message, "lengths are `50 steps`, `10 min`, `2 h` or `30 s`")
    unit = _UNITS.get(close[0], close[0])
    return misfit.mend(message, f"write `{unit}`", unit)


def misspelt(misfit: Misfit) -> Mistake | None:
    """A word that is nearly one that fits, or one in capitals."""
    if misfit.match(_NAME) is None or len(misfit.found) > _LONGEST:
        return None
    words = list(keywords(misfit.accepted))
    if misfit.found.lower() in words:
        word = misfit.found.lower()
        return misfit.mend(misfit.does_not_fit, f"write `{word}`: words are in small letters", word)
    close = get_close_matches(misfit.found.lower(), words, n=1, cutoff=_CLOSE)
    if not close:
        return None
    return misfit.mend(misfit.does_not_fit, f"did you mean `{close[0]}`?", close[0])


def method(misfit: Misfit) -> Mistake | None:
    """`x.mean()` for `mean(x[20])`."""
    if misfit.found not in ("(", "."):
        return None
    near = max(misfit.piece.start, misfit.span.start - _NEAR)
    calls = _METHOD.finditer(misfit.source.text, near, min(misfit.piece.end, near + 2 * _NEAR))
    call = next((one for one in calls if one.start() < misfit.span.start < one.end()), None)
    if call is None:
        return None
    text = f"{call['method']}({call['owner']}{call['window'] or '[20]'})"
    message = "metrics have no methods"
    return misfit.rewrite(message, f"write `{text}`", text, Span(*call.span()))


def python_slice(misfit: Misfit) -> Mistake | None:
    """`x[-20:]`, `x[:20]` and `x[-1]`."""
    if not misfit.accepted >= {"_FIRST", "_DECAY"} and misfit.found != ":":
        return None
    last = misfit.match(_SLICE)
    if last is not None:
        count = last["count"]
        message = "a window is not a slice"
        hint = f"write `[{count}]` for the last {count}"
        return misfit.mend(message, hint, count, at=Span(*last.span()))
    head = misfit.match(_HEAD_SLICE) if misfit.previous_type == "LSQB" else None
    if head is not None:
        text = f"first {head['count']}"
        message = "a window is not a slice"
        return misfit.mend(message, f"write `[{text}]`", text, at=Span(*head.span()))
    return _newest(misfit)


def _newest(misfit: Misfit) -> Mistake | None:
    near = max(misfit.piece.start, misfit.span.start - _NEAR)
    places = _NEWEST.finditer(misfit.source.text, near, min(misfit.piece.end, near + 2 * _NEAR))
    place = next((one for one in places if one.start() < misfit.span.start < one.end()), None)
    if place is None:
        return None
    owner = place["owner"]
    message = "a metric without a window is its newest value"
    return misfit.rewrite(message, f"write `{owner}`", owner, Span(*place.span()))


def flag(misfit: Misfit) -> Mistake | None:
    """`shadow true` and `shadow = true`."""
    if misfit.previous_text != "shadow" or misfit.previous_type != "_SHADOW":
        return None
    match = misfit.match(_FLAG)
    if match is None:
        return None
    hint = "leave the rest out"
    return misfit.mend("`shadow` stands alone", hint, "", at=Span(*match.span()))
