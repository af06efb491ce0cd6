"""A text that is one expression, as tools take it outside of a file."""

from __future__ import annotations

from dataclasses import replace

from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.parser import parse

_BEFORE, _AFTER = "detector _ { let _ = ", "\n}"


def parse_expression(text: str) -> tuple[Source, tree.Expr | None, list[Diagnostic]]:
    """The expression, with the source that its spans are of, and what is wrong in the text.

    Errors: PTT001 to PTT005
    """
    around = Source("expression", f"{_BEFORE}{text}{_AFTER}")
    module, found = parse(around)
    diagnostics = [_inside(one, text) for one in found]
    items = module.items
    if not diagnostics and not (len(items) == 1 and _is_one_let(items[0])):
        hint = "write one expression, such as `mean(kl[20])`"
        message, span = "this is more than an expression", Span(len(_BEFORE), len(_BEFORE) + 1)
        diagnostics = [_inside(Diagnostic("PTT001", message, around, span, hint=hint), text)]
    if diagnostics:
        return around, None, diagnostics
    (detector,) = items
    assert isinstance(detector, tree.DetectorDecl)
    (let,) = detector.clauses
    assert isinstance(let, tree.LetClause)
    return around, let.value, []


def _is_one_let(item: tree.Item) -> bool:
    if not isinstance(item, tree.DetectorDecl) or len(item.clauses) != 1:
        return False
    return isinstance(item.clauses[0], tree.LetClause)


def _inside(one: Diagnostic, text: str) -> Diagnostic:
    """A diagnostic as it is shown: on the text alone."""
    ends = (one.span.start - len(_BEFORE), one.span.end - len(_BEFORE))
    start, end = (min(max(at, 0), len(text)) for at in ends)
    return replace(
        one,
        message="this is not one whole expression" if ends[0] >= len(text) else one.message,
        source=Source("expression", text),
        span=Span(min(start, max(len(text) - 1, 0)), max(end, min(start + 1, len(text)))),
        labels=(),
        edit=None,
    )


def shown_alone(one: Diagnostic) -> Diagnostic:
    """A diagnostic of an expression's source, as it is shown."""
    prefix = len(_BEFORE)
    assert one.source is not None
    return _inside(one, one.source.text[prefix : len(one.source.text) - len(_AFTER)])
