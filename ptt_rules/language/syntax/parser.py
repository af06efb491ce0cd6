"""Text to syntax tree, with every syntax error of a file.

A file that does not parse whole is cut where a declaration begins, and each piece is parsed
by itself, so that a mistake in one declaration neither hides nor causes errors in the next; see
`recovery` for what happens inside of a piece.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass
from dataclasses import field as with_default
from functools import cache
from itertools import pairwise
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.language.resources import grammar_path
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.blocks import BlockTable
from ptt_rules.language.syntax.build import TreeBuilder
from ptt_rules.language.syntax.mistakes import explain_fault
from ptt_rules.language.syntax.reading import TooDeep, feed, start_of, where
from ptt_rules.language.syntax.recovery import Recovery
from ptt_rules.language.syntax.sync_points import declaration_starts, declared_names

MAX_SOURCE_CHARS = 1_000_000
MAX_DEPTH = 60
MAX_SYNTAX_ERRORS = 100


@cache
def grammar() -> tuple[Lark, BlockTable]:
    """The parser, and the blocks that its states show."""
    lark = Lark(
        (grammar_path() / "ptt.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="contextual",
        start="module",
        propagate_positions=True,
        maybe_placeholders=True,
    )
    return lark, BlockTable(lark)


def parse(source: Source) -> tuple[tree.Module, list[Diagnostic]]:
    """The tree of what could be parsed, and what could not.

    Errors: PTT001 to PTT005, PTT206
    """
    if len(source.text) > MAX_SOURCE_CHARS:
        return tree.Module(Span(0, 0), ()), [_too_large(source)]
    parse = _Parse(source)
    whole = Span(0, len(source.text))
    try:
        parse.run()
    except TooDeep as error:
        return tree.Module(whole, ()), [*parse.diagnostics, _too_deep(source, error.span)]
    module = tree.Module(whole, tuple(parse.items), tuple(parse.broken))
    deep = _first_too_deep(module)
    if deep is not None:
        return tree.Module(whole, ()), [*parse.diagnostics, _too_deep(source, deep)]
    return module, parse.diagnostics


@dataclass
class _Parse:
    """The parsed parts of a source."""

    source: Source
    items: list[tree.Item] = with_default(default_factory=list)
    broken: list[tree.BrokenDecl] = with_default(default_factory=list)
    diagnostics: list[Diagnostic] = with_default(default_factory=list)

    def run(self) -> None:
        end = len(self.source.text)
        stopped = self._read_faultless()
        if stopped is None:
            return
        starts = declaration_starts(self.source.text, Span(stopped, end))
        for start, stop in pairwise(sorted({stopped, *starts, end})):
            gave_up_at = self._read_piece(Span(start, stop))
            if gave_up_at is not None:
                self._leave_out(Span(gave_up_at, end))
                return

    def _read_faultless(self) -> int | None:
        """Takes the declarations up to the first error; gives the start of the one that has it."""
        lark, table = grammar()
        parser = lark.parse_interactive(self.source.text)
        state = parser.parser_state
        try:
            for token in parser.lexer_thread.lex(state):  # type: ignore[no-untyped-call]
                feed(state, token)
            self._take(state.feed_token(Token("$END", ""), True).children)
        except UnexpectedInput as error:
            size = table.between_declarations(state.state_stack)
            if size:
                self._take(state.value_stack[0].children)
            open_values = state.value_stack[size:]
            return start_of(open_values[0]) if open_values else where(error)
        return None

    def _read_piece(self, piece: Span) -> int | None:
        """Takes the good parts of a piece; returns the offset from which on nothing is reported."""
        recovery = Recovery(*grammar(), self.source, piece)
        module = recovery.parse(MAX_SYNTAX_ERRORS - len(self.diagnostics))
        self._take(module.children, recovery.nameless)
        self.diagnostics += recovery.diagnostics
        self.broken += recovery.broken
        return recovery.gave_up_at

    def _take(self, declarations: list[Any], without: Collection[int] = ()) -> None:
        builder = TreeBuilder()
        items = builder.transform(Tree("module", declarations)).items
        self.items += (item for item in items if item.span.start not in without)
        self.diagnostics += (explain_fault(self.source, fault) for fault in builder.faults)

    def _leave_out(self, rest: Span) -> None:
        at = min(rest.start, rest.end - 1)
        message = f"there are more than {MAX_SYNTAX_ERRORS} syntax errors, the rest is left out"
        hint = "fix the ones above first"
        place = Span(at, at + 1)
        self.diagnostics.append(Diagnostic("PTT001", message, self.source, place, hint=hint))
        for head in declared_names(self.source.text, rest):
            self.broken.append(tree.BrokenDecl(head.name.span, head.sort, head.name, ()))


def _too_large(source: Source) -> Diagnostic:
    return Diagnostic(
        "PTT004",
        f"the file has {len(source.text):,} characters, the limit is {MAX_SOURCE_CHARS:,}",
        source,
        hint="split the pack into several files in one folder",
    )


def _too_deep(source: Source, span: Span) -> Diagnostic:
    return Diagnostic(
        "PTT005",
        f"this is nested more than {MAX_DEPTH} levels deep",
        source,
        span,
        hint="name parts of it with `let`",
    )


def _first_too_deep(module: tree.Module) -> Span | None:
    """Span of the first node below the depth limit; a loop, since the tree may be deep."""
    stack: list[tuple[Any, int]] = [(module, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            return node.span  # type: ignore[no-any-return]
        stack.extend((child, depth + 1) for child in _children(node))
    return None


def _children(node: Any) -> Iterator[Any]:
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, tree.Node) and is_dataclass(child):
                yield child
