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

from ptt_rules.language.syntax.sync_points import BLANKS

_BLANKS = re.compile(BLANKS)
_ANY_NAME = frozenset({"NAME", "KEY"})
_AFTER_NAME = re.compile(r'=(?!=)|\[[ \t]*"')


@dataclass(frozen=True)
class BlockTable:
    """The parse table as far as blocks need it."""

    lark: Lark

    @cached_property
    def _configuration(self) -> Any:
        return self.lark.parse_interactive("").parser_state.parse_conf

    @cached_property
    def _states(self) -> Mapping[Any, Mapping[str, tuple[Any, Any]]]:
        return self._configuration.states  # type: ignore[no-any-return]

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {t.name: re.compile(t.pattern.to_regexp()) for t in self.lark.terminals}

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

    def accepted(self, states: Sequence[Any]) -> frozenset[str]:
        """The terminals that can come next on a stack."""
        return frozenset(
            t for t in self._states[states[-1]] if t.isupper() and self.fits(states, t)
        )

    def fits(self, states: Sequence[Any], terminal: str) -> bool:
        """Whether a terminal can come next.

        The parser itself finds that out only while it changes its stack, since the states of an
        LALR table are shared by contexts in which different words can follow.
        """
        kept, above = len(states), list[Any]()
        while True:
            top = above[-1] if above else states[kept - 1]
            action, target = self._states[top].get(terminal, (None, None))
            if action is None or action is Shift:
                return action is Shift
            size = len(target.expansion)
            kept -= max(0, size - len(above))
            del above[max(0, len(above) - size) :]
            top = above[-1] if above else states[kept - 1]
            above.append(self._states[top][target.origin.name][1])
            if above[-1] == self._configuration.end_state:
                return True

    def shifts(self, state: Any, terminal: str) -> bool:
        return terminal in self._states[state] and self._states[state][terminal][0] is Shift

    def begins(self, state: Any, text: str, at: int, end: int, *, is_first: bool) -> bool:
        """Whether a clause of a block begins at a word.

        The first word on a line only has to be one that begins a clause; elsewhere, and where
        any name can begin one, what comes next has to fit too.
        """
        for terminal, (action, target) in self._states[state].items():
            if action is not Shift or terminal not in self._patterns or terminal == "RBRACE":
                continue
            word = self._patterns[terminal].match(text, at, end)
            if word is None or (terminal in _ANY_NAME and not is_first):
                continue
            if is_first and terminal not in _ANY_NAME:
                return True
            blanks = _BLANKS.match(text, word.end(), end)
            behind = blanks.end() if blanks else word.end()
            if any(one.match(text, behind, end) for one in self._followers(terminal, target)):
                return True
        return False

    def _followers(self, terminal: str, state: Any) -> Iterator[re.Pattern[str]]:
        if terminal in _ANY_NAME:
            return iter((_AFTER_NAME,))
        return (self._patterns[name] for name in self._states[state] if name in self._patterns)


def starts_line(text: str, offset: int) -> bool:
    """Whether nothing but blanks stands before an offset on its line."""
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip()
