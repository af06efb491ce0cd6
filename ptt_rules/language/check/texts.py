"""Texts with placeholders: `{name:.3f}` takes Python's format specification."""

from __future__ import annotations

import re
from string import Formatter

from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.ir import Node, Placeholder, Template
from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Shape

MAX_FORMAT_NUMBER = 100


def check_template(checker: ExpressionChecker, text: tree.Text) -> Template:
    """The text as literal parts and placeholders, each name found in scope."""
    try:
        parts = list(Formatter().parse(text.value))
    except ValueError as error:
        hint = "write `{name}` or `{name:.3f}`, and a literal brace as `{{` or `}}`"
        message = f"the braces of this text do not fit: {str(error).lower()}"
        checker.report.add("PTT103", text.span, message, hint=hint)
        return ()
    template: list[str | Placeholder] = []
    for literal, name, spec, conversion in parts:
        if literal:
            template.append(literal)
        if name is not None:
            found = _placeholder(checker, text, (name, spec or "", conversion))
            template += [] if found is None else [found]
    return tuple(template)


def _placeholder(
    checker: ExpressionChecker, text: tree.Text, part: tuple[str, str, str | None]
) -> Placeholder | None:
    name, spec, conversion = part
    span = _place(checker, text, name)
    if conversion is not None:
        message = f"`!{conversion}` has no meaning in a text of a rule"
        _bad_format(checker, span, message)
        return None
    if name == checker.label:
        if spec:
            _bad_format(checker, span, f"`{name}` is a word and takes no format")
            return None
        return Placeholder(name, "", None)
    if not is_number_format(spec):
        _bad_format(checker, span, f"`{name}` cannot be written as `:{spec}`")
        return None
    node = _value(checker, name, span)
    return None if node is None else Placeholder(name, spec, node)


def _bad_format(checker: ExpressionChecker, span: Span, message: str) -> None:
    hint = "use a format of numbers, such as `{now:.3f}` or `{share:.0%}`"
    checker.report.add("PTT208", span, message, hint=hint)


def _value(checker: ExpressionChecker, name: str, span: Span) -> Node | None:
    if name in checker.scope or name in checker.lets:
        return checker.check(tree.Name(span, name), Shape.VALUE)
    if re.search(r"[^\w.]", name):
        message = f"a text takes names, and `{name}` is an expression"
        hint = f"name it before: `let it = {name}`, and write `{{it}}`"
        checker.report.add("PTT103", span, message, hint=hint)
    elif name not in checker.scope.broken:
        known = [*checker.lets, *checker.scope.names(), *([checker.label] if checker.label else [])]
        message = f"nothing is called `{name}`"
        otherwise = "name the quantity with `let` first"
        checker.report.misspelt("PTT103", span, message, name, known, otherwise)
    return None


def _place(checker: ExpressionChecker, text: tree.Text, name: str) -> Span:
    """The placeholder in the source; the whole text where escapes hide it."""
    raw = checker.report.source.slice(text.span)
    found = re.search(r"\{" + re.escape(name) + r"(?=[}:!])", raw)
    if found is None:
        return text.span
    start = text.span.start + found.start() + 1
    return Span(start, start + max(len(name), 1))


def is_number_format(spec: str) -> bool:
    """Whether a number can be written so, and in little space."""
    if any(int(digits) > MAX_FORMAT_NUMBER for digits in re.findall(r"\d+", spec)):
        return False
    try:
        format(1.0, spec)
    except ValueError:
        return False
    return True
