"""Makes the syntax tree from lark's reductions: a production becomes the class of its name."""

from __future__ import annotations

import ast
import math
import warnings
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from lark import Token, v_args
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from ptt_rules.border import with_plain_ends
from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import MEASURES


class FaultKind(Enum):
    LARGE_NUMBER = "a number too large for a float"
    BAD_ESCAPE = "a string whose escapes Python does not know"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the grammar takes but that means nothing."""

    kind: FaultKind
    span: Span


def _span(meta: Meta) -> Span:
    return Span(0, 0) if meta.empty else Span(meta.start_pos, meta.end_pos)


def _token_span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def _class_name(production: str) -> str:
    return "".join(part.capitalize() for part in production.split("_"))


@v_args(meta=True)
class TreeBuilder(Transformer_NonRecursive[Token, tree.Module]):
    """Bottom-up builder; a production without a method has the fields of its class in order.

    Not recursive, since hostile input nests deeper than Python's stack. `faults` are what
    means nothing; something harmless stands in the tree for it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[Fault] = []

    def __default__(self, data: Any, children: list[Any], meta: Meta) -> Any:
        node_class = getattr(tree, _class_name(str(data)))
        return node_class(_span(meta), *map(self._plain, children))

    def _plain(self, child: Any) -> Any:
        """Tokens that productions keep: numbers become `Number`, words become strings."""
        if not isinstance(child, Token):
            return child
        if child.type == "NUMBER":
            return self._number(child, _token_span(child))
        return str(child)

    def _number(self, token: Token, span: Span) -> tree.Number:
        form = token[-1] if token.type in ("PERCENT", "TIMES") else ""
        value = float(token[: len(token) - len(form)]) / (100 if form == "%" else 1)
        if not math.isfinite(value):
            self.faults.append(Fault(FaultKind.LARGE_NUMBER, span))
            value = 1.0
        return tree.Number(span, value, form)

    # ---- small parts -----------------------------------------------------------------------

    def name(self, meta: Meta, children: list[Token]) -> tree.Name:
        return tree.Name(_span(meta), str(children[0]))

    def key(self, meta: Meta, children: list[Token]) -> tree.Key:
        return tree.Key(_span(meta), children[0][1:-1])

    def text(self, meta: Meta, children: list[Token]) -> tree.Text:
        token, span = children[0], _span(meta)
        quotes = 3 if token.startswith('"""') and len(token) >= 6 else 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                value = ast.literal_eval(with_plain_ends(str(token)))
            except (SyntaxError, ValueError, Warning):
                self.faults.append(Fault(FaultKind.BAD_ESCAPE, span))
                value = str(token)[quotes:-quotes]
        return tree.Text(span, value, span.start + quotes)

    def texts(self, meta: Meta, children: list[tree.Text]) -> tree.Texts:
        return tree.Texts(_span(meta), tuple(children))

    def number(self, meta: Meta, children: list[Token]) -> tree.Number:
        return self._number(children[0], _span(meta))

    def signed(self, meta: Meta, children: list[Any]) -> tree.Number:
        number: tree.Number = children[1]
        return replace(number, span=_span(meta), value=-number.value)

    def quantity(self, meta: Meta, children: list[Token]) -> tree.Number:
        """A number with its unit, in seconds or bytes."""
        number, measure = self._number(children[0], _span(meta)), str(children[1])
        times, parts = MEASURES[measure]
        return replace(number, value=number.value * times / parts, measure=measure)

    def special(self, meta: Meta, children: list[Any]) -> tree.Special:
        sign = -1.0 if children[0] else 1.0
        return tree.Special(_span(meta), sign * float(children[1]))

    def reference(self, meta: Meta, children: list[Token]) -> tree.Reference:
        return tree.Reference(_span(meta), tuple(map(str, children)))

    def span(self, meta: Meta, children: list[Any]) -> tree.SpanOf:
        return tree.SpanOf(_span(meta), *map(self._plain, children))

    def range(self, meta: Meta, children: list[Any]) -> tree.Range:
        low, high = None, None
        for index, child in enumerate(children):
            if isinstance(child, tree.Number):
                low, high = (child, high) if index == 0 else (low, child)
        return tree.Range(_span(meta), low, high)

    def steps(self, meta: Meta, children: list[Any]) -> tree.Steps:
        start, dots, end = map(self._plain, children)
        return tree.Steps(_span(meta), start, dots is not None, end)

    # ---- expressions -----------------------------------------------------------------------

    def negative(self, meta: Meta, children: list[Any]) -> tree.Negative:
        return tree.Negative(_span(meta), children[1])

    def call(self, meta: Meta, children: list[Any]) -> tree.Call:
        arguments = tuple(child for child in children[1:] if child is not None)
        return tree.Call(_span(meta), children[0], arguments)

    def add(self, meta: Meta, children: list[Any]) -> tree.Arithmetic:
        left, operator, right = children
        return tree.Arithmetic(_span(meta), str(operator), _token_span(operator), left, right)

    multiply = add

    def compare(self, meta: Meta, children: list[Any]) -> tree.Expr:
        left, operator, right = children
        return tree.Compare(_span(meta), str(operator), _token_span(operator), left, right)

    def between(self, meta: Meta, children: list[Any]) -> tree.Between:
        low, _, high = children
        return tree.Between(_span(meta), low, high)

    def choices(self, meta: Meta, children: list[Any]) -> tree.Choices:
        return tree.Choices(_span(meta), tuple(children))

    def both(self, meta: Meta, children: list[Any]) -> tree.Logic:
        return tree.Logic(_span(meta), "and", *children)

    def either(self, meta: Meta, children: list[Any]) -> tree.Logic:
        return tree.Logic(_span(meta), "or", *children)

    def first_window(self, meta: Meta, children: list[Any]) -> tree.FirstWindow:
        count, *after = map(self._plain, children)
        return tree.FirstWindow(_span(meta), count, after[0] if after else None)

    def recent_window(self, meta: Meta, children: list[Any]) -> tree.RecentWindow:
        *least, extent, before = map(self._plain, children)
        known_from = least[0] if len(least) > 1 else None  # with the dots after it
        return tree.RecentWindow(_span(meta), known_from, extent, before)

    # ---- declarations with a list ----------------------------------------------------------

    def module(self, meta: Meta, children: list[Any]) -> tree.Module:
        return tree.Module(_span(meta), tuple(children))

    def pack_decl(self, meta: Meta, children: list[Any]) -> tree.PackDecl:
        name, version, *clauses = children
        place = _token_span(version)
        return tree.PackDecl(_span(meta), name, str(version), place, tuple(clauses))

    def pack_algorithms(self, meta: Meta, children: list[Any]) -> tree.PackAlgorithms:
        return tree.PackAlgorithms(_span(meta), tuple(children))

    def detector_decl(self, meta: Meta, children: list[Any]) -> tree.DetectorDecl:
        name, for_each, *clauses = children
        return tree.DetectorDecl(_span(meta), name, for_each, tuple(clauses))

    def override_detector(self, meta: Meta, children: list[Any]) -> tree.OverrideDetector:
        return tree.OverrideDetector(_span(meta), children[0], tuple(children[1:]))

    def level_clause(self, meta: Meta, children: list[Any]) -> tree.LevelClause:
        word, condition, block = children
        return tree.LevelClause(_span(meta), str(word), _token_span(word), condition, block)

    def level_block(self, meta: Meta, children: list[Any]) -> tree.LevelBlock:
        return tree.LevelBlock(_span(meta), tuple(children))

    def names(self, meta: Meta, children: list[Any]) -> tree.Names:
        return tree.Names(_span(meta), tuple(children))

    def suppresses_clause(self, meta: Meta, children: list[Any]) -> tree.SuppressesClause:
        return tree.SuppressesClause(_span(meta), tuple(children))

    def policy_decl(self, meta: Meta, children: list[Any]) -> tree.PolicyDecl:
        return tree.PolicyDecl(_span(meta), children[0], tuple(children[1:]))

    def override_policy(self, meta: Meta, children: list[Any]) -> tree.OverridePolicy:
        return tree.OverridePolicy(_span(meta), children[0], tuple(children[1:]))

    def reaction(self, meta: Meta, children: list[Any]) -> tree.Reaction:
        trigger, when, hold, every, *actions, at_most, then = children
        limits = (at_most, then)
        return tree.Reaction(_span(meta), trigger, when, hold, every, tuple(actions), *limits)

    def when(self, meta: Meta, children: list[Any]) -> tree.Expr:
        condition: tree.Expr = children[0]
        return condition

    def then(self, meta: Meta, children: list[Any]) -> tree.Then:
        return tree.Then(_span(meta), tuple(children))

    def targets(self, meta: Meta, children: list[Any]) -> tree.Targets:
        return tree.Targets(_span(meta), tuple(children))

    def disable_decl(self, meta: Meta, children: list[Any]) -> tree.DisableDecl:
        *targets, reason = children
        return tree.DisableDecl(_span(meta), tuple(targets), reason)

    def test_decl(self, meta: Meta, children: list[Any]) -> tree.TestDecl:
        return tree.TestDecl(_span(meta), children[0], tuple(children[1:]))

    def group_piece(self, meta: Meta, children: list[Any]) -> tree.GroupPiece:
        *pieces, times = map(self._plain, children)
        return tree.GroupPiece(_span(meta), tuple(pieces), times)

    def series_clause(self, meta: Meta, children: list[Any]) -> tree.SeriesClause:
        return tree.SeriesClause(_span(meta), children[0], tuple(children[1:]))

    def sibling_clause(self, meta: Meta, children: list[Any]) -> tree.SiblingClause:
        return tree.SiblingClause(_span(meta), children[0], tuple(children[1:]))
