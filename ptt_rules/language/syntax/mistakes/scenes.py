"""Habits of other tools in tests, and the form in a `test` block."""

from __future__ import annotations

import re
from dataclasses import replace

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected

_INSTANCE = re.compile(
    r"(?P<no>\bno[ \t]+)?(?P<owner>[A-Za-z_][\w.]*)"
    r'\[[ \t]*(?P<quote>"?)(?P<label>[^"`\'\[\]\n]+?)(?P=quote)[ \t]*\]'
    r"(?:[ \t]*(?P<dot>\.?)[ \t]*(?P<level>critical|high|medium|low)\b)?"
)
_REPEAT = re.compile(
    r"(?<![\w.])(?P<value>-?[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?%?)[ \t]*"
    r"(?P<sign>[x*])[ \t]*(?P<count>[0-9]+)(?![\w.])"
)
_CHANGES = {
    **dict.fromkeys(("fire", "fired", "triggers", "triggered", "alerts"), "fires"),
    **dict.fromkeys(("escalate", "escalated", "worsens"), "escalates"),
    **dict.fromkeys(("ease", "eased"), "eases"),
    **dict.fromkeys(("resolve", "resolved", "ends", "clears"), "resolves"),
}
_COUNT_SIGN = re.compile(r"[x*]")
_AT_STEP = re.compile(r"(?:steps?|row|log)[ \t]+(?=[0-9])")
_BESIDE = 200  # characters around a unexpected token in which the whole of it is looked for


def instance(unexpected: Unexpected) -> Mistake | None:
    """`expect x[format]` and `expect x["format"] high`."""
    found = _around(unexpected, _INSTANCE, unexpected.span.start)
    if found is None or "EQUAL" in unexpected.accepted:
        return None
    span = Span(found.start("owner"), found.end())
    level = f".{found['level']}" if found["level"] else ""
    text = f'{found["owner"]}["{found["label"]}"]{level}'
    if text == unexpected.source.slice(span) or found["label"][0].isdecimal():
        return None
    message = "an instance stands in quotes"
    if found["quote"]:
        message = "a dot joins an instance and a level"
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


def changed(unexpected: Unexpected) -> Mistake | None:
    """`expect x fired`, which is read as the beginning of a series."""
    word = _CHANGES.get(unexpected.previous_text)
    if unexpected.declaration != "test" or word is None or "EQUAL" not in unexpected.accepted:
        return None
    if unexpected.found == "=":
        return None
    message = f"there is no `{unexpected.previous_text}`: a detector `{word}`"
    return unexpected.rewrite(message, f"write `{word}`", word, unexpected.previous)


def counted(unexpected: Unexpected) -> Mistake | None:
    """`expect x fires 1` and `expect x fires 2x`."""
    if "_TIMES_WORD" not in unexpected.accepted or unexpected.declaration != "test":
        return None
    times = "time" if unexpected.previous_text == "1" else "times"
    text = f"{unexpected.previous_text} {times}"
    sign = unexpected.match(_COUNT_SIGN)
    end = sign.end() if sign else unexpected.previous.end
    message, hint = f"a count is followed by `{times}`", f"write `{text}`"
    place = Span(unexpected.previous.end, end)
    mistake = unexpected.fix(message, hint, f" {times}", at=place)
    marked = Span(unexpected.previous.start, end)
    return replace(mistake, diagnostic=replace(mistake.diagnostic, span=marked))


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
