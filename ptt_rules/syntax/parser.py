"""Text to syntax tree, with every syntax error of a file: the only user of lark's parser.

A file that does not parse whole is cut where a declaration begins, and each piece is parsed
by itself, so that a slip in one declaration neither hides nor invents errors in the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from lark import Lark, TextSlice
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from ptt_rules.diagnostics import Diagnostic
from ptt_rules.resources import grammar_path
from ptt_rules.source import Source, Span
from ptt_rules.syntax import tree
from ptt_rules.syntax.build import BadNumber, BadString, TreeBuilder
from ptt_rules.syntax.slips import explain_character, explain_token

MAX_SOURCE_CHARS = 1_000_000
MAX_DEPTH = 60

_ITEM_WORDS = "pack|metric|derive|param|detector|policy|test|override|disable"
_LANDMARK = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`|\#[^\n]*'
    rf"|(?P<brace>[{{}}])|(?P<item>(?<![\w.])(?:{_ITEM_WORDS})(?!\w))",
    re.DOTALL,
)


@cache
def _parser() -> Lark:
    return Lark(
        (grammar_path() / "ptt.lark").read_text(encoding="utf-8"),
        parser="lalr",
        lexer="contextual",
        start="module",
        propagate_positions=True,
        maybe_placeholders=True,
    )


def parse(source: Source) -> tuple[tree.Module, list[Diagnostic]]:
    """The tree of what could be parsed, and what could not.

    Errors: PTT001 to PTT005
    """
    if len(source.text) > MAX_SOURCE_CHARS:
        return tree.Module(Span(0, 0), ()), [_too_large(source)]
    try:
        module = _parse_piece(source, Span(0, len(source.text)))
    except (UnexpectedInput, BadString, BadNumber):
        module, diagnostics = _parse_pieces(source)
    else:
        diagnostics = []
    deep = _first_too_deep(module)
    if deep is not None:
        return tree.Module(module.span, ()), [*diagnostics, _too_deep(source, deep)]
    return module, diagnostics


def _parse_piece(source: Source, piece: Span) -> tree.Module:
    text = TextSlice(source.text, piece.start, piece.end)
    try:
        return TreeBuilder().transform(_parser().parse(text))
    except VisitError as error:
        raise error.orig_exc from None


def _parse_pieces(source: Source) -> tuple[tree.Module, list[Diagnostic]]:
    items: list[tree.Item] = []
    diagnostics = []
    for piece in _pieces(source.text):
        try:
            items.extend(_parse_piece(source, piece).items)
        except BadString as error:
            diagnostics.append(_bad_string(source, error))
        except BadNumber as error:
            diagnostics.append(_bad_number(source, error))
        except UnexpectedInput as error:
            diagnostics.append(_syntax_error(source, piece, error))
    return tree.Module(Span(0, len(source.text)), tuple(items)), diagnostics


def _pieces(text: str) -> Iterator[Span]:
    """Pieces that begin with a declaration: outside of braces, or at the start of a line."""
    starts = [0]
    depth = 0
    previous = ""
    for match in _LANDMARK.finditer(text):
        if match["brace"]:
            depth = max(0, depth + (1 if match["brace"] == "{" else -1))
        elif match["item"] and previous != "override":
            at_line_start = match.start() == 0 or text[match.start() - 1] == "\n"
            if depth == 0 or at_line_start:
                starts.append(match.start())
                depth = 0
        previous = match.group()
    return (
        Span(start, end)
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True)
        if text[start:end].strip()
    )


def _syntax_error(source: Source, piece: Span, error: UnexpectedInput) -> Diagnostic:
    if isinstance(error, UnexpectedCharacters):
        return explain_character(source, error.pos_in_stream or piece.start)
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        accepted = frozenset(error.accepts or error.expected)
        start, end = error.token.start_pos or 0, error.token.end_pos or 0
        return explain_token(source, Span(start, end), error.token.type, accepted)
    return _unfinished(source, piece)


def _unfinished(source: Source, piece: Span) -> Diagnostic:
    end = piece.start + len(source.text[piece.start : piece.end].rstrip())
    word = source.text[piece.start : end].split(maxsplit=1)[0]
    return Diagnostic(
        "PTT001",
        f"this `{word}` is not finished",
        source,
        Span(max(piece.start, end - 1), end),
        hint="add the rest of the declaration, or the `}` that closes its block",
        note="ends here",
    )


def _bad_string(source: Source, error: BadString) -> Diagnostic:
    return Diagnostic(
        "PTT003",
        "this string has an escape that does not exist",
        source,
        error.span,
        hint=r"write a backslash as `\\`",
    )


def _bad_number(source: Source, error: BadNumber) -> Diagnostic:
    return Diagnostic(
        "PTT206",
        "this number is too large",
        source,
        error.span,
        hint="numbers go up to about `1.7e308`",
    )


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
