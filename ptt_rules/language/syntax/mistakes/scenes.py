"""Habits of other tools in tests, and the form in a `test` block."""

from __future__ import annotations

import re

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected

_INSTANCE = re.compile(
    r"(?P<no>\bno[ \t]+)?(?P<owner>[A-Za-z_][\w.]*)"
    r'\[[ \t]*(?P<quote>"?)(?P<label>[^"`\'\[\]\n]+?)(?P=quote)[ \t]*\]'
    r"(?:[ \t]*\.?[ \t]*(?P<level>critical|high|medium|low)\b)?"
)
_REPEAT = re.compile(
    r"(?<![\w.])(?P<value>-?[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?%?)[ \t]*"
    r"(?P<sign>[x*])[ \t]*(?P<count>[0-9]+)(?![\w.])"
)
_FIRES = frozenset({"fire", "fires", "fired", "triggers", "triggered", "alerts"})
_EXPECTED = re.compile(r"\bexpect[ \t]+([\w.]+)")
_COUNT = re.compile(r"\s*[0-9]+(?:[ \t]*(?:times?|x)\b)?")
_AT_STEP = re.compile(r"(?:steps?|row|log)[ \t]+(?=[0-9])")
_BESIDE = 200  # characters around a unexpected token in which the whole of it is looked for


def instance(unexpected: Unexpected) -> Mistake | None:
    """`expect x[format]` and `expect x["format"].high`."""
    found = _around(unexpected, _INSTANCE, unexpected.span.start)
    if found is None or "EQUAL" in unexpected.accepted:
        return None
    span = Span(found.start("owner"), found.end())
    if found["no"]:
        hint = f"write `no {found['owner']}`, for none of its instances fires"
        return unexpected.report("`no` takes no instance", hint, span=span)
    level = f".{found['level']}" if found["level"] else ""
    text = f'{found["owner"]}{level}["{found["label"]}"]'
    if text == unexpected.source.slice(span) or found["label"][0].isdecimal():
        return None
    message = "the instance stands last, in quotes" if level else "an instance stands in quotes"
    return unexpected.rewrite(message, f"write `{text}`", text, span)


def repeated(unexpected: Unexpected) -> Mistake | None:
    """`2x60`, `2.0x 60` and `2 * 60` in a series."""
    found = _around(unexpected, _REPEAT, unexpected.previous.start)
    if found is None or unexpected.declaration != "test" or _is_whole(found):
        return None
    if found.end() < unexpected.previous.end:
        return None
    line = Span(
        found.start(), _end_of_line(unexpected.source.text, found.end(), unexpected.piece.end)
    )
    text = _REPEAT.sub(_repeat, unexpected.source.slice(line))
    message = f"`x` stands alone between a value and how often it comes: `{found[0]}`"
    span = Span(*found.span())
    return unexpected.report(message, f"write `{_repeat(found)}`", span=span, edit=Edit(line, text))


def _end_of_line(text: str, start: int, end: int) -> int:
    found = [place for sign in "\n#}" if (place := text.find(sign, start, end)) >= 0]
    return min(found, default=end)


def _repeat(found: re.Match[str]) -> str:
    return f"{found['value'].rstrip('.')} x {found['count']}"


def _is_whole(found: re.Match[str]) -> bool:
    """Whether it is as it has to be, so that something else is wrong."""
    return found["sign"] == "x" and bool(re.search(r"\sx\s", found[0]))


def fires(unexpected: Unexpected) -> Mistake | None:
    """`expect x fires` and `expect x fires 1`."""
    if unexpected.declaration != "test" or unexpected.previous_text not in _FIRES:
        return None
    if "EQUAL" not in unexpected.accepted or unexpected.found == "=":
        return None
    count = unexpected.match(_COUNT)
    if count is not None:
        span = Span(unexpected.previous.start, count.end())
        name = _EXPECTED.findall(
            unexpected.source.text, unexpected.piece.start, unexpected.previous.start
        )
        who = name[-1] if name else "NAME"
        hint = f"say where: `expect {who} at 120`, and `expect no {who} at 121..` for never again"
        return unexpected.report("an expectation has no count", hint, span=span)
    message = (
        f"there is no `{unexpected.previous_text}`: what is expected of a detector is that it fires"
    )
    before = unexpected.source.text[: unexpected.previous.start].rstrip(" \t")
    edit = Edit(Span(len(before), unexpected.previous.end), "")
    return unexpected.report(message, "leave it out", span=unexpected.previous, edit=edit)


def step_word(unexpected: Unexpected) -> Mistake | None:
    """`at step 30`."""
    found = unexpected.match(_AT_STEP)
    if found is None or unexpected.previous_type != "_AT":
        return None
    hint = "leave it out: a step follows `at`"
    return unexpected.fix(
        f"there is no `{unexpected.found}` here", hint, "", at=Span(*found.span())
    )


def _around(unexpected: Unexpected, pattern: re.Pattern[str], place: int) -> re.Match[str] | None:
    """The match of a pattern around a place in a test."""
    if unexpected.declaration != "test":
        return None
    start, end = (
        max(unexpected.piece.start, place - _BESIDE),
        min(unexpected.piece.end, place + _BESIDE),
    )
    found = pattern.finditer(unexpected.source.text, start, end)
    return next((one for one in found if one.start() <= place < one.end()), None)
