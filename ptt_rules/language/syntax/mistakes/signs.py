"""Signs of other languages, and signs in the wrong place."""

from __future__ import annotations

import re
from dataclasses import replace

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected

_QUOTES = "'\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
_QUOTED = re.compile(rf'[{_QUOTES}](?P<text>[^{_QUOTES}"\n]*)[{_QUOTES}]')
_LOGIC = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}
_COMPARISONS = {"=<": "<=", "=>": ">=", "=": "=="}
_PAIRS = {"<>": "!=", "===": "==", "!==": "!="}
_REVERSED = re.compile(r"=<|=>|=")
_POWER = re.compile(
    r"(?P<base>[A-Za-z_]\w*(?:\([^()\n]*\)|\[[^][\n]*\])?)\s*(?:\*\*|\^)\s*2\b(?!\.)"
)
_NEAR = 100  # characters around a sign in which its operands are looked for
_FRACTION = re.compile(r"\.[0-9]+%?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,_][0-9]{3})+(?![0-9])")
_UNDERSCORED = re.compile(r"[0-9]+(?:_[0-9]+)+")
_PERCENT = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)[ \t]+%")


def quotes(unexpected: Unexpected) -> Mistake | None:
    """Strings in other quotes than the language's."""
    if unexpected.found[:1] not in _QUOTES or not unexpected.found:
        return None
    message = "strings are in double quotes"
    match = unexpected.match(_QUOTED)
    if match is None:
        return unexpected.report(message, f'write `"` for `{unexpected.found}`')
    text = f'"{match["text"]}"'.replace("\\", "\\\\")
    return unexpected.fix(message, f"write `{text}`", text, at=Span(*match.span()))


def unclosed_string(unexpected: Unexpected) -> Mistake | None:
    if unexpected.found == '"""':
        message = 'this text is not closed with `"""`'
        return unexpected.report(message, 'write `"""` where the text ends', code="PTT003")
    if unexpected.found != '"':
        return None
    line = unexpected.rest_of_line
    message = "this string is not closed on its line"
    hint = 'close it with `"`, or use `"""` for a text over several lines'
    text = unexpected.source.slice(line)
    if text.count("}") > text.count("{"):  # one of them may close the block
        return unexpected.report(message, hint, span=line, code="PTT003")
    edit = Edit(Span(line.end, line.end), '"')
    mistake = unexpected.report(message, hint, span=line, edit=edit, code="PTT003")
    return replace(mistake, goes_on=True, reads=f'{text}"')


def logic(unexpected: Unexpected) -> Mistake | None:
    """`&&`, `||` and `!`."""
    word = _LOGIC.get(unexpected.found)
    if word is None or f"_{word.upper()}" not in unexpected.accepted:
        return None
    text = f"{word} " if word == "not" else unexpected.apart(word)
    return unexpected.fix(unexpected.does_not_fit, f"write `{word}`", text)


def comparison(unexpected: Unexpected) -> Mistake | None:
    """`=` for `==`, and comparisons whose two signs are the wrong way round."""
    match = unexpected.match(_REVERSED)
    pair = Span(unexpected.previous.start, unexpected.span.end)
    shown = unexpected.source.slice(pair)
    if shown in _PAIRS:
        text = _PAIRS[shown]
        return unexpected.rewrite(
            f"there is no comparison `{shown}`", f"write `{text}`", text, pair
        )
    if match is None or "COMPARE_OP" not in unexpected.accepted:
        return None
    sign = _COMPARISONS[match.group()]
    hint = f"write `{sign}`"
    if sign == "==":
        hint += " to compare; `=` names a value after `let`"
    return unexpected.fix(
        f"`{match.group()}` does not fit here", hint, sign, at=Span(*match.span())
    )


def semicolon(unexpected: Unexpected) -> Mistake | None:
    if unexpected.found != ";":
        return None
    return unexpected.leave_out(
        unexpected.does_not_fit, "leave it out: line ends and `;` have no meaning"
    )


def comma(unexpected: Unexpected) -> Mistake | None:
    """A comma after a clause, or inside a number."""
    if unexpected.found != ",":
        return None
    grouped = unexpected.match(_GROUPED, unexpected.previous.start)
    if grouped is not None and unexpected.previous.end == unexpected.span.start:
        return _plain_number(unexpected, grouped)
    if unexpected.accepted.isdisjoint({"RBRACE", "_METRIC"}):
        return None
    return unexpected.leave_out(unexpected.does_not_fit, "leave it out: clauses stand side by side")


def number(unexpected: Unexpected) -> Mistake | None:
    """Numbers as they are written elsewhere: `.5`, `5.`, `1_000`, `50 %`."""
    fraction = unexpected.match(_FRACTION)
    if fraction is not None and "NUMBER" in unexpected.accepted:
        text = f"0{fraction.group()}"
        message = "a number begins with a digit"
        return unexpected.fix(message, f"write `{text}`", text, at=Span(*fraction.span()))
    if unexpected.previous_type not in ("NUMBER", "VERSION"):
        return None
    underscored = unexpected.match(_UNDERSCORED, unexpected.previous.start)
    if underscored is not None and underscored.end() >= unexpected.span.end:
        return _plain_number(unexpected, underscored)
    percent = unexpected.match(_PERCENT, unexpected.previous.start)
    if percent is not None and percent.end() == unexpected.span.end:
        text = f"{percent['number']}%"
        message = "`%` comes right after its number"
        return unexpected.rewrite(message, f"write `{text}`", text, Span(*percent.span()))
    if unexpected.found == "." and unexpected.previous.end == unexpected.span.start:
        return unexpected.leave_out("a number does not end with a dot", "leave the dot out")
    return None


def _plain_number(unexpected: Unexpected, match: re.Match[str]) -> Mistake:
    text = re.sub(r"[,_]", "", match.group())
    message = "a number has nothing between its digits"
    return unexpected.rewrite(message, f"write `{text}`", text, Span(*match.span()))


def power(unexpected: Unexpected) -> Mistake | None:
    """`x ** 2` and `x ^ 2`."""
    text = unexpected.source.text
    stars = (
        unexpected.found == "*" and text[unexpected.previous.start : unexpected.span.end] == "**"
    )
    if not stars and unexpected.found != "^":
        return None
    sign = Span(unexpected.previous.start if stars else unexpected.span.start, unexpected.span.end)
    shown = unexpected.source.slice(sign)
    message = f"there is no power operator `{shown}`"
    near = max(unexpected.piece.start, text.rfind("\n", 0, sign.start) + 1, sign.start - _NEAR)
    squares = _POWER.finditer(text, near, min(unexpected.piece.end, sign.end + _NEAR))
    square = next((one for one in squares if one.start() < sign.start < one.end()), None)
    if square is None:
        return unexpected.report(
            message, "write `x * x`, `sqrt(x)` or `exp(p * log(x))`", span=sign
        )
    product = f"{square['base']} * {square['base']}"
    edit = Edit(Span(*square.span()), product)
    return unexpected.report(message, f"write `{product}`", span=sign, edit=edit)


def percent_sign(unexpected: Unexpected) -> Mistake | None:
    if unexpected.found != "%":
        return None
    return unexpected.report("`%` comes only after a number", "write a share as `50%`")
