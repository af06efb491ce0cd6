"""Expressions and small parts as text: one space around operators, the fewest parentheses.

Numbers and texts are taken from the source as their author wrote them: `50%` and `1e-4` say
more than 0.5 and 0.0001.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ptt_rules.border import with_plain_ends
from ptt_rules.language.source import Source
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format.pieces import Item, Piece

_COMMENT = re.compile(r"#[^\n]*")
_DIGITS = re.compile(r"[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?[%x]?$")

_EITHER, _BOTH, _NOT, _COMPARE, _ADD, _MULTIPLY, _UNARY, _POSTFIX = range(1, 9)
"""How tightly each kind binds, the weakest first, as in the grammar."""


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints nodes of one source."""

    source: Source

    # ---- small parts -----------------------------------------------------------------------

    def number(self, number: tree.Number) -> str:
        written = _COMMENT.sub("", self.source.slice(number.span))
        written = written.removesuffix(number.measure).rstrip()
        digits = _DIGITS.search(written)
        assert digits is not None
        sign = "-" if written.startswith("-") else ""
        return f"{sign}{digits[0]} {number.measure}".rstrip()

    def text(self, text: tree.Text) -> str:
        return with_plain_ends(self.source.slice(text.span))

    def texts(self, texts: tree.Texts) -> list[Item]:
        return [(text.span, self.text(text)) for text in texts.items]

    def names(self, names: tree.Names) -> list[Item]:
        return [(name.span, self.expression(name)) for name in names.items]

    def special(self, special: tree.Special) -> str:
        written = self.source.slice(special.span)
        return f"-{written[-3:]}" if written.startswith("-") else written

    def amount(self, amount: tree.Amount) -> str:
        return amount.word if isinstance(amount, tree.Name) else self.number(amount)

    def span(self, span: tree.SpanOf) -> str:
        amount = self.amount(span.amount)
        return f"{amount} {span.unit}" if span.unit else amount

    def target(self, target: tree.Target) -> str:
        label = f"[{self.text(target.label)}]" if target.label else ""
        level = f".{target.level}" if target.level else ""
        return f"{target.reference.dotted}{label}{level}"

    def times(self, count: tree.Amount) -> str:
        is_one = isinstance(count, tree.Number) and count.value == 1
        return f"{self.amount(count)} {'time' if is_one else 'times'}"

    def range(self, declared: tree.Range) -> str:
        low, high = (self.number(end) if end else "" for end in (declared.low, declared.high))
        return f"{low}..{high}"

    def window(self, window: tree.Window) -> str:
        match window:
            case tree.EachWindow():
                return "[each]"
            case tree.RecentWindow(known_from=known_from, extent=extent, before=before):
                least = f"{self.amount(known_from)}.." if known_from else ""
                behind = f" before {self.span(before)}" if before else ""
                return f"[{least}{self._extent(extent)}{behind}]"
            case tree.FirstWindow(count=count, after=after):
                behind = f" after {self.amount(after)}" if after else ""
                return f"[first {self.amount(count)}{behind}]"

    def _extent(self, extent: tree.SpanOf | tree.All | tree.Decay) -> str:
        match extent:
            case tree.SpanOf():
                return self.span(extent)
            case tree.All():
                return "all"
            case tree.Decay(half_life=half_life):
                return f"decay {self.amount(half_life)}"

    # ---- expressions -----------------------------------------------------------------------

    def expression(self, expression: tree.Expr, least: int = 0) -> str:
        """The expression, in parentheses if it binds weaker than `least`."""
        text = self._expression(expression)
        return f"({text})" if _binding(expression) < least else text

    def _expression(self, expression: tree.Expr) -> str:
        match expression:
            case tree.Number():
                return self.number(expression)
            case tree.Text():
                return self.text(expression)
            case tree.Name(word=word):
                return word
            case tree.Key(key=key):
                return f"`{key}`"
            case tree.Member(owner=owner, member=member):
                return f"{self.expression(owner, _POSTFIX)}.{member.word}"
            case tree.Instance(family=family, label=label):
                return f"{self.expression(family, _POSTFIX)}[{self.text(label)}]"
            case tree.Windowed(series=series, window=window):
                return self.expression(series, _POSTFIX) + self.window(window)
            case tree.Call(function=function, arguments=arguments):
                return f"{function.word}({', '.join(map(self.expression, arguments))})"
            case tree.Within(operand=operand, within=within):
                return f"{self.expression(operand, _COMPARE)} in {self._in(within)}"
            case tree.Negative(operand=operand):
                return f"-{self.expression(operand, _UNARY)}"
            case tree.Not(operand=operand):
                return f"not {self.expression(operand, _NOT)}"
            case tree.Arithmetic() | tree.Compare() | tree.Logic():
                return self._of_two(expression)

    def _in(self, within: tree.Between | tree.Choices) -> str:
        if isinstance(within, tree.Choices):
            return f"{{{', '.join(map(self.expression, within.items))}}}"
        return f"{self.expression(within.low, _ADD)}..{self.expression(within.high, _ADD)}"

    def _of_two(self, expression: tree.Arithmetic | tree.Compare | tree.Logic) -> str:
        binding = _binding(expression)
        left = self.expression(expression.left, binding)
        right = self.expression(expression.right, binding + 1)
        return f"{left} {expression.operator} {right}"

    # ---- over several lines ----------------------------------------------------------------

    def divided(self, expression: tree.Expr, around: Around, binding: int = _EITHER) -> Piece:
        """An expression that is broken before `and`, `or`, `+` and `-`, the weakest first."""
        text = around.before + self.expression(expression, binding) + around.behind
        chain, opening, closing = _opened(expression, binding)
        before, behind = around.before + opening, closing + around.behind
        hang = around.indent + len(before) if closing else around.hang
        links = _links(chain)
        parts = []
        for number, (operator, operand) in enumerate(links):
            is_first, is_last = number == 0, number == len(links) - 1
            place = Around(
                before if is_first else f"{operator} ",
                behind if is_last else "",
                around.indent if is_first else hang,
                hang + 2,
            )
            parts.append(self.divided(operand, place, _binding(chain) + (not is_first)))
        return Piece(expression.span, text, around.indent, tuple(parts))


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of an expression: texts, its column, and the column of its further lines."""

    before: str
    behind: str = ""
    indent: int = 0
    hang: int = 4


def _opened(expression: tree.Expr, binding: int) -> tuple[tree.Expr, str, str]:
    """The operand inside `not` and parentheses, with the signs before and after it."""
    opening, closing = "", ""
    while True:
        if _binding(expression) < binding:
            opening, closing, binding = f"{opening}(", f"{closing})", _EITHER
        if not isinstance(expression, tree.Not):
            return expression, opening, closing
        expression, opening, binding = expression.operand, f"{opening}not ", _NOT


def _links(expression: tree.Expr) -> list[tuple[str, tree.Expr]]:
    """The operands of a chain of `and`, of `or`, or of `+` and `-`, with what is before each."""
    binding = _binding(expression)
    if binding not in (_EITHER, _BOTH, _ADD):
        return []
    links = []
    while isinstance(expression, tree.Logic | tree.Arithmetic) and _binding(expression) == binding:
        links.append((expression.operator, expression.right))
        expression = expression.left
    return [("", expression), *reversed(links)]


def _binding(expression: tree.Expr) -> int:
    match expression:
        case tree.Logic(operator=operator):
            return _EITHER if operator == "or" else _BOTH
        case tree.Not():
            return _NOT
        case tree.Compare() | tree.Within():
            return _COMPARE
        case tree.Arithmetic(operator=operator):
            return _ADD if operator in "+-" else _MULTIPLY
        case tree.Negative():
            return _UNARY
    return _POSTFIX
