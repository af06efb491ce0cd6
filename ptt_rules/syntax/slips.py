"""What a newcomer probably meant where the parser found something else."""

from __future__ import annotations

from ptt_rules.diagnostics import Diagnostic
from ptt_rules.source import Source, Span

_CHARACTERS = {
    "'": ("strings are in double quotes", "write `\"` for `'`"),
    "&": ("`&` begins nothing here", "write `and`"),
    "|": ("`|` begins nothing here", "write `or`"),
    "!": ("`!` begins nothing here", "write `not`"),
    ";": ("`;` begins nothing here", "leave it out: line ends and `;` carry no meaning"),
    "%": ("`%` stands only behind a number", "write a share as `50%`"),
    "^": ("`^` begins nothing here", "multiply, or use `exp` and `log`"),
}

_TOKENS = {
    "EQUAL": "`=`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": 'a text in `"`',
    "KEY": "a key in backticks",
    "COMPARE_OP": "a comparison",
    "LEVEL": "a level (`critical`, `high`, `medium`, `low`)",
    "VERSION": "a version such as `1.0.0`",
    "SPAN_UNIT": "`steps`, `min`, `h` or `s`",
    "DOTS": "`..`",
    "_WHEN": "`when`",
    "TEXT_WORD": "`message`, `summary`, `why`, `remedy` or `reference`",
    "PLAIN_ACTION": "an action such as `stop`",
    "_DETECTOR": "`detector`",
    "_POLICY": "`policy`",
    "_METRIC": "`metric`",
    "_ON": "`on`",
}
_OPERAND_TOKENS = frozenset({"NUMBER", "NAME", "KEY", "LPAR", "MINUS"})
_MOST_NAMED = 6


def explain_character(source: Source, offset: int) -> Diagnostic:
    """A character that begins no word of the language."""
    char = source.text[offset]
    if char == '"':
        return _unclosed_string(source, offset)
    message, hint = _CHARACTERS.get(char, (f"`{char}` begins nothing in a `.ptt` file", None))
    width = 2 if source.text[offset : offset + 2] in ("&&", "||") else 1
    return Diagnostic("PTT002", message, source, Span(offset, offset + width), hint=hint)


def _unclosed_string(source: Source, offset: int) -> Diagnostic:
    end = source.text.find("\n", offset)
    return Diagnostic(
        "PTT003",
        "this string is not closed on its line",
        source,
        Span(offset, len(source.text) if end < 0 else end),
        hint='close it with `"`, or use `"""` for a text over several lines',
    )


def explain_token(
    source: Source, span: Span, token_type: str, accepted: frozenset[str]
) -> Diagnostic:
    """A word or sign that does not fit where it stands."""
    found = source.slice(span)
    hint = _slip(found, token_type, accepted)
    message = f"`{found}` does not fit here"
    expected = _expected(accepted)
    if hint is None and expected:
        hint = f"expected {expected}"
    return Diagnostic("PTT001", message, source, span, hint=hint)


def _slip(found: str, token_type: str, accepted: frozenset[str]) -> str | None:
    if token_type == "EQUAL" and "COMPARE_OP" in accepted:
        return "write `==` to compare; `=` names a value after `let`"
    if found == "when" and "LEVEL" in accepted:
        return "say which level: `high when ...` (or `critical`, `medium`, `low`)"
    if found in ("if", "alert", "rule") and "_WHEN" not in accepted:
        return "a rule is `detector NAME { high when ... }`"
    if token_type == "COLON" and "LBRACE" in accepted:
        return "blocks are in braces: write `{` for `:` and `}` at the end"
    if token_type == "SPAN_UNIT":
        return "spans are `50 steps`, `10 min`, `2 h` or `30 s`"
    return None


def _expected(accepted: frozenset[str]) -> str:
    if accepted >= _OPERAND_TOKENS:
        return "an expression"
    named = [words for token, words in _TOKENS.items() if token in accepted]
    named += sorted(f"`{t[1:].lower()}`" for t in accepted if t[0] == "_" and t not in _TOKENS)
    if len(named) > _MOST_NAMED:
        named = [*named[:_MOST_NAMED], "..."]
    return ", ".join(named)
