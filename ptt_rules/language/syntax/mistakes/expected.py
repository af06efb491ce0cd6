"""The words that the parser expected, as people type them."""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.language.types import MEASURES

_OPERAND = frozenset({"NUMBER", "NAME", "LPAR"})
_OPERATOR = frozenset({"COMPARE_OP", "ADD_OP", "MULTIPLY_OP"})
_AFTER_OPERAND = frozenset({*_OPERATOR, "_AND", "_OR", "_IN", "LSQB", "DOT", "MEASURE"})
_SIGNED = frozenset({"MINUS", "PERCENT", "TIMES", "NUMBER"})
_CLAUSES = {
    "_UNTIL": "a clause such as `high when ...`",
    "_ON": "`on`",
    "PLAIN_ACTION": "an action such as `stop`",
    "_EXPECT": "a clause such as `expect ...`",
    "_TITLE": "a clause such as `title`",
}
_DECLARATION = "a declaration such as `metric` or `detector`"
_WORDS = {
    "EQUAL": "`=`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "DOT": "`.`",
    "DOTS": "`..`",
    "ADD_OP": "an operator such as `+`",
    "MULTIPLY_OP": "an operator such as `*`",
    "COMPARE_OP": "an operator such as `>`",
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": 'a text in `"`',
    "KEY": "a key in backticks",
    "LEVEL": "a level such as `high`",
    "VERSION": "a version such as `1.0.0`",
    "SPAN_UNIT": "a unit such as `steps`",
    "SPECIAL": "`nan` or `inf`",
    "BEST_BY": "`lowest` or `highest`",
    "_TIMES_WORD": "`times`",
    "MEASURE": "a unit such as `s`",
    "TILDE": "`~`",
    "__ANON_0": "`->`",
    "UNDERSCORE": "`_`",
}
_MOST = 4

WORDS_OF = {
    "LEVEL": ("critical", "high", "medium", "low"),
    "TEXT_WORD": ("summary", "message", "why", "remedy", "reference"),
    "PLAIN_ACTION": ("stop", "invalidate", "checkpoint", "evaluate", "snapshot"),
    "SPAN_UNIT": ("steps", "epochs", "min", "h", "s"),
    "SPECIAL": ("nan", "inf"),
    "BEST_BY": ("lowest", "highest"),
    "MEASURE": tuple(MEASURES),
}


def expected(accepted: frozenset[str]) -> str:
    """A short list of fitting words, the most helpful first."""
    *head, last = list(dict.fromkeys(_phrases(accepted)))[:_MOST]
    return f"{', '.join(head)} or {last}" if head else last


def keywords(accepted: frozenset[str]) -> Iterator[str]:
    """The words that fit, as they are written."""
    for terminal in sorted(accepted):
        if terminal in WORDS_OF:
            yield from WORDS_OF[terminal]
        elif terminal.startswith("_") and not terminal.startswith("__"):
            yield terminal[1:].lower()


def _phrases(accepted: frozenset[str]) -> Iterator[str]:
    rest = set(accepted)
    if accepted >= _OPERATOR:
        yield "an operator such as `>` or `and`"
        rest -= _AFTER_OPERAND
    if accepted >= _OPERAND:
        yield "a number, a metric or a function"
        rest -= {*_OPERAND, *_SIGNED, "STRING", "KEY", "_NOT"}
    elif accepted >= {"NUMBER", "PERCENT"}:
        yield "a number"
        rest -= _SIGNED
    elif accepted >= {"NUMBER", "NAME"}:
        yield "a number or a parameter"
        rest -= {"NUMBER", "NAME"}
    if "_METRIC" in accepted:
        yield _DECLARATION
        return
    if "RBRACE" in accepted:
        yield from (phrase for terminal, phrase in _CLAUSES.items() if terminal in accepted)
        rest &= {"RBRACE", "LBRACE", "STRING", "COMMA", "SPAN_UNIT", "_AT", "_EVERY"}
    for terminal in sorted(rest - {"$END"}):
        yield _WORDS.get(terminal, f"`{terminal.strip('_').lower()}`")
