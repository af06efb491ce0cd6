"""Declarations as entries: packs, metrics, parameters, and the heads of what has a block."""

from __future__ import annotations

from collections.abc import Iterable

from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format.detectors import detector_clause
from ptt_rules.language.syntax.format.entries import Clause, Entry, clause, declared
from ptt_rules.language.syntax.format.expressions import Around, Printer
from ptt_rules.language.syntax.format.pieces import Piece, column, hanging
from ptt_rules.language.syntax.format.policies import reaction_block
from ptt_rules.language.syntax.format.tests import test_clause

PACK_COLUMN = len("algorithms ")


def entry_of(printer: Printer, item: tree.Item) -> Entry:
    body: Iterable[Entry]
    match item:
        case tree.PackDecl(span=span, name=name, version=version, clauses=clauses):
            body = (_pack_clause(printer, each) for each in clauses)
            return declared(span, f"pack {name.word} {version}", body)
        case tree.DetectorDecl(span=span, name=name, for_each=for_each, clauses=clauses):
            each = _each(printer, for_each)
            body = (detector_clause(printer, each) for each in clauses)
            return declared(span, f"detector {name.word}{each}", body)
        case tree.OverrideDetector(span=span, detector=detector, clauses=clauses):
            body = (detector_clause(printer, each) for each in clauses)
            return declared(span, f"override detector {detector.dotted}", body)
        case tree.PolicyDecl(span=span, name=name, reactions=reactions):
            return declared(
                span, f"policy {name.word}", (reaction_block(printer, each) for each in reactions)
            )
        case tree.OverridePolicy(span=span, policy=policy, reactions=reactions):
            blocks = (reaction_block(printer, each) for each in reactions)
            return declared(span, f"override policy {policy.dotted}", blocks)
        case tree.TestDecl(span=span, name=text, clauses=clauses):
            body = (test_clause(printer, each) for each in clauses)
            return declared(span, f"test {printer.text(text)}", body)
        case tree.OverrideParam(span=span, param=param, value=value):
            return clause(span, f"override param {param.dotted} = {printer.number(value)}")
        case tree.DisableDecl(span=span, targets=targets, reason=reason):
            named = ", ".join(printer.target(one) for one in targets)
            return clause(span, f"disable {named} because {printer.text(reason)}")
        case tree.MetricDecl() | tree.MetricListDecl() | tree.DeriveDecl() | tree.ParamDecl():
            return _quantity(printer, item)


_Quantity = tree.MetricDecl | tree.MetricListDecl | tree.DeriveDecl | tree.ParamDecl


def _quantity(printer: Printer, item: _Quantity) -> Clause:
    """A declaration, with its description on a separate line."""
    match item:
        case tree.MetricDecl():
            piece = _metric(printer, item)
        case tree.MetricListDecl(name=name, label=label, members=members):
            at = Span(item.span.start, label.span.end + 1)
            head = f"metric {name.word}{_of(label)} ="
            piece = column((at, head), printer.names(members), indent=4)
        case tree.DeriveDecl(name=name, label=label, unit=unit, formula=formula):
            head = f"derive {name.word}{_of(label)}{f': {unit.word}' if unit else ''} = "
            piece = printer.divided(formula, Around(head))
        case tree.ParamDecl(name=name, unit=unit, default=default, range=range_):
            end = range_ or default
            named = f"{name.word}: {unit.word}" if unit else name.word
            text = f"param {named} = {printer.number(default)}{_in(printer, range_)}"
            piece = Piece(Span(item.span.start, end.span.end), text)
    if item.description is None:
        return Clause(item.span, (piece,))
    described = Piece(item.description.span, printer.text(item.description), 2)
    return Clause(item.span, (piece, described))


def _metric(printer: Printer, metric: tree.MetricDecl) -> Piece:
    name = f"{metric.name.word}{_of(metric.label)}"
    text = f"metric {name}: {metric.unit.word}{_in(printer, metric.range)} ="
    end = (metric.range or metric.unit).span.end
    head = (Span(metric.span.start, end), text)
    return column(head, printer.texts(metric.keys), indent=4)


def _each(printer: Printer, for_each: tree.ForEach | None) -> str:
    if for_each is None:
        return ""
    excluded = for_each.excluded
    patterns = ", ".join(map(printer.text, excluded.items)) if excluded else ""
    return f" for each {for_each.family.word}{f' except {patterns}' if patterns else ''}"


def _of(label: tree.Name | None) -> str:
    return f"[{label.word}]" if label else ""


def _in(printer: Printer, range_: tree.Range | None) -> str:
    return f" in {printer.range(range_)}" if range_ else ""


def _pack_clause(printer: Printer, each: tree.PackClause) -> Clause:
    match each:
        case tree.PackTitle(text=title):
            return _padded(each.span, "title", printer.text(title))
        case tree.PackAlgorithms(names=names):
            words = [(name.span, name.word) for name in names]
            return Clause(each.span, (hanging("algorithms ", words),))
        case tree.PackRequires(what=what, constraint=constraint):
            return _padded(each.span, "requires", f"{what.word} {printer.text(constraint)}")
        case tree.PackExtends(pack=pack, constraint=constraint):
            versions = f" {printer.text(constraint)}" if constraint else ""
            return _padded(each.span, "extends", pack.word + versions)


def _padded(span: Span, word: str, text: str) -> Clause:
    return clause(span, word.ljust(PACK_COLUMN) + text)
