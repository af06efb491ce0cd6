"""Which blocks are open on the parser's stack, and what begins a clause in each of them.

Everything is read from the parse table: a block is where `}` can come next, and its clauses
begin with the other words that can.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lark import Lark, Token
from lark.parsers.lalr_analysis import Shift

from ptt_rules.syntax.landmarks import BLANKS

_BLANKS = re.compile(BLANKS)
_ANY_NAME = frozenset({"NAME", "KEY"})
_PATTERNS = {"EQUAL": re.compile(r"=(?!=)")}


@dataclass(frozen=True)
class BlockTable:
    """The parse table as far as blocks need it."""

    lark: Lark

    @cached_property
    def _states(self) -> Mapping[Any, Mapping[str, tuple[Any, Any]]]:
        state = self.lark.parse_interactive("").parser_state
        return state.parse_conf.parse_table.states

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        built = {t.name: re.compile(t.pattern.to_regexp()) for t in self.lark.terminals}
        return {**built, **_PATTERNS}

    def open_blocks(self, states: Sequence[Any], values: Sequence[Any]) -> list[int]:
        """Sizes of the stack of values at which a clause can begin, the innermost block first."""
        found = []
        closed = 0
        for index in range(len(values) - 1, -1, -1):
            value = values[index]
            if not isinstance(value, Token) or value.type not in ("LBRACE", "RBRACE"):
                continue
            if value.type == "RBRACE":
                closed += 1
            elif closed:
                closed -= 1
            else:
                has_clauses = index + 2 < len(states) and self.shifts(states[index + 2], "RBRACE")
                found.append(index + 2 if has_clauses else index + 1)
        return found

    def between_declarations(self, states: Sequence[Any]) -> int:
        """The size of the stack of values at which a declaration can begin."""
        return 1 if len(states) > 1 and self.shifts(states[1], "_METRIC") else 0

    def shifts(self, state: Any, terminal: str) -> bool:
        return terminal in self._states[state] and self._states[state][terminal][0] is Shift

    def begins(self, state: Any, text: str, at: int, end: int, *, is_first: bool) -> bool:
        """Whether a clause of a block begins at a word.

        The first word on a line only has to be one that begins a clause; elsewhere, and where
        any name can begin one, what comes next has to fit too.
        """
        for terminal, (action, target) in self._states[state].items():
            if action is not Shift or terminal == "RBRACE" or terminal not in self._patterns:
                continue
            word = self._patterns[terminal].match(text, at, end)
            if word is None or (terminal in _ANY_NAME and not is_first):
                continue
            if is_first and terminal not in _ANY_NAME:
                return True
            blanks = _BLANKS.match(text, word.end(), end)
            behind = blanks.end() if blanks else word.end()
            if any(pattern.match(text, behind, end) for pattern in self._followers(target)):
                return True
        return False

    def _followers(self, state: Any) -> Iterator[re.Pattern[str]]:
        return (self._patterns[name] for name in self._states[state] if name in self._patterns)


def starts_line(text: str, offset: int) -> bool:
    """Whether nothing but blanks stands before an offset on its line."""
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip()
