"""Signs of other languages, and signs in the wrong place."""

from __future__ import annotations

import re
from dataclasses import replace

from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.source import Span
from ptt_rules.language.syntax.slips.misfit import Misfit, Mistake

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


def quotes(misfit: Misfit) -> Mistake | None:
    """Strings in other quotes than the language's."""
    if misfit.found[:1] not in _QUOTES or not misfit.found:
        return None
    message = "strings are in double quotes"
    match = misfit.match(_QUOTED)
    if match is None:
        return misfit.tell(message, f'write `"` for `{misfit.found}`')
    text = f'"{match["text"]}"'.replace("\\", "\\\\")
    return misfit.mend(message, f"write `{text}`", text, at=Span(*match.span()))


def unclosed_string(misfit: Misfit) -> Mistake | None:
    if misfit.found == '"""':
        message = 'this text is not closed with `"""`'
        return misfit.tell(message, 'write `"""` where the text ends', code="PTT003")
    if misfit.found != '"':
        return None
    line = misfit.rest_of_line
    message = "this string is not closed on its line"
    hint = 'close it with `"`, or use `"""` for a text over several lines'
    text = misfit.source.slice(line)
    if text.count("}") > text.count("{"):  # one of them may close the block
        return misfit.tell(message, hint, span=line, code="PTT003")
    edit = Edit(Span(line.end, line.end), '"')
    told = misfit.tell(message, hint, span=line, edit=edit, code="PTT003")
    return replace(told, goes_on=True, reads=f'{text}"')


def logic(misfit: Misfit) -> Mistake | None:
    """`&&`, `||` and `!`."""
    word = _LOGIC.get(misfit.found)
    if word is None or f"_{word.upper()}" not in misfit.accepted:
        return None
    text = f"{word} " if word == "not" else misfit.apart(word)
    return misfit.mend(misfit.does_not_fit, f"write `{word}`", text)


def comparison(misfit: Misfit) -> Mistake | None:
    """`=` for `==`, and comparisons whose two signs are the wrong way round."""
    match = misfit.match(_REVERSED)
    pair = Span(misfit.previous.start, misfit.span.end)
    shown = misfit.source.slice(pair)
    if shown in _PAIRS:
        text = _PAIRS[shown]
        return misfit.rewrite(f"there is no comparison `{shown}`", f"write `{text}`", text, pair)
    if match is None or "COMPARE_OP" not in misfit.accepted:
        return None
    sign = _COMPARISONS[match.group()]
    hint = f"write `{sign}`"
    if sign == "==":
        hint += " to compare; `=` names a value after `let`"
    return misfit.mend(f"`{match.group()}` does not fit here", hint, sign, at=Span(*match.span()))


def semicolon(misfit: Misfit) -> Mistake | None:
    if misfit.found != ";":
        return None
    return misfit.leave_out(misfit.does_not_fit, "leave it out: line ends and `;` mean nothing")


def comma(misfit: Misfit) -> Mistake | None:
    """A comma behind a clause, or inside of a number."""
    if misfit.found != ",":
        return None
    grouped = misfit.match(_GROUPED, misfit.previous.start)
    if grouped is not None and misfit.previous.end == misfit.span.start:
        return _plain_number(misfit, grouped)
    if misfit.accepted.isdisjoint({"RBRACE", "_METRIC"}):
        return None
    return misfit.leave_out(misfit.does_not_fit, "leave it out: clauses stand side by side")


def number(misfit: Misfit) -> Mistake | None:
    """Numbers as they are written elsewhere: `.5`, `5.`, `1_000`, `50 %`."""
    fraction = misfit.match(_FRACTION)
    if fraction is not None and "NUMBER" in misfit.accepted:
        text = f"0{fraction.group()}"
        message = "a number begins with a digit"
        return misfit.mend(message, f"write `{text}`", text, at=Span(*fraction.span()))
    if misfit.previous_type not in ("NUMBER", "VERSION"):
        return None
    underscored = misfit.match(_UNDERSCORED, misfit.previous.start)
    if underscored is not None and underscored.end() >= misfit.span.end:
        return _plain_number(misfit, underscored)
    percent = misfit.match(_PERCENT, misfit.previous.start)
    if percent is not None and percent.end() == misfit.span.end:
        text = f"{percent['number']}%"
        message = "`%` stands right behind its number"
        return misfit.rewrite(message, f"write `{text}`", text, Span(*percent.span()))
    if misfit.found == "." and misfit.previous.end == misfit.span.start:
        return misfit.leave_out("a number does not end with a dot", "leave the dot out")
    return None


def _plain_number(misfit: Misfit, match: re.Match[str]) -> Mistake:
    text = re.sub(r"[,_]", "", match.group())
    message = "a number has nothing between its digits"
    return misfit.rewrite(message, f"write `{text}`", text, Span(*match.span()))


def power(misfit: Misfit) -> Mistake | None:
    """`x ** 2` and `x ^ 2`."""
    text = misfit.source.text
    stars = misfit.found == "*" and text[misfit.previous.start : misfit.span.end] == "**"
    if not stars and misfit.found != "^":
        return None
    sign = Span(misfit.previous.start if stars else misfit.span.start, misfit.span.end)
    shown = misfit.source.slice(sign)
    message = f"there is no power operator `{shown}`"
    near = max(misfit.piece.start, text.rfind("\n", 0, sign.start) + 1, sign.start - _NEAR)
    squares = _POWER.finditer(text, near, min(misfit.piece.end, sign.end + _NEAR))
    square = next((one for one in squares if one.start() < sign.start < one.end()), None)
    if square is None:
        return misfit.tell(message, "write `x * x`, `sqrt(x)` or `exp(p * log(x))`", span=sign)
    product = f"{square['base']} * {square['base']}"
    edit = Edit(Span(*square.span()), product)
    return misfit.tell(message, f"write `{product}`", span=sign, edit=edit)


def percent_sign(misfit: Misfit) -> Mistake | None:
    if misfit.found != "%":
        return None
    return misfit.tell("`%` stands only behind a number", "write a share as `50%`")
