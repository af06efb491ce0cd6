"""Clauses of tests as entries."""

from __future__ import annotations

import re

from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format.entries import Clause, clause
from ptt_rules.language.syntax.format.expressions import Around, Printer
from ptt_rules.language.syntax.format.pieces import column

_EXPECTATION_WORD = re.compile(r"(silence|no|action|message)\b")


def test_clause(printer: Printer, each: tree.TestClause) -> Clause:
    match each:
        case tree.WithClause(param=param, value=value):
            return clause(each.span, f"with {param.word} = {printer.number(value)}")
        case tree.WithPolicy(policy=policy):
            return clause(each.span, f"with policy {policy.dotted}")
        case tree.ConfigClause(name=name, value=value):
            return clause(each.span, f"config {name.word} = {_config(printer, value)}")
        case tree.FactClause(name=name, value=value):
            return clause(each.span, f"run {name.word} = {_config(printer, value)}")
        case tree.ResumeClause(step=step):
            return clause(each.span, f"resume at {printer.number(step)}")
        case tree.RowsClause(every=every, start=start):
            text = f"every {printer.span(every)} from {printer.number(start)}"
            return clause(each.span, text)
        case (
            tree.SeriesClause(target=target, pieces=pieces)
            | tree.SiblingClause(target=target, pieces=pieces)
        ):
            word = "siblings " if isinstance(each, tree.SiblingClause) else ""
            head = (Span(each.span.start, target.span.end), f"{word}{_target(printer, target)} =")
            items = [(piece.span, _piece(printer, piece)) for piece in pieces]
            return Clause(each.span, (column(head, items, indent=4),))
        case tree.ReplayClause(path=path):
            return clause(each.span, f"replay {printer.text(path)}")
        case tree.ExpectClause(expectation=expectation, at=at):
            return _expect(printer, each.span, expectation, _at(printer, at))


def _config(printer: Printer, value: tree.Number | tree.Text | tree.Name) -> str:
    match value:
        case tree.Number():
            return printer.number(value)
        case tree.Text():
            return printer.text(value)
        case tree.Name(word=word):
            return word


def _target(printer: Printer, target: tree.Name | tree.Key | tree.FamilyInstance) -> str:
    if isinstance(target, tree.FamilyInstance):
        return f"{target.family.word}[{printer.text(target.label)}]"
    return printer.expression(target)


# ---- series --------------------------------------------------------------------------------


def _piece(printer: Printer, piece: tree.Piece) -> str:
    match piece:
        case tree.RepeatPiece(value=value, times=times):
            return _sample(printer, value) + _times(printer, times)
        case tree.RampPiece(start=start, end=end, count=count):
            ramp = f"{_sample(printer, start)} -> {_sample(printer, end)}"
            return f"{ramp} over {printer.number(count)}"
        case tree.NoisePiece(mean=mean, std=std, times=times):
            noise = f"{_sample(printer, mean)} ~ {_sample(printer, std)}"
            return noise + _times(printer, times)
        case tree.GapPiece(times=times):
            return "_" + _times(printer, times)
        case tree.GroupPiece(pieces=pieces, times=times):
            inside = ", ".join(_piece(printer, one) for one in pieces)
            return f"({inside}){_times(printer, times)}"


def _sample(printer: Printer, sample: tree.Sample) -> str:
    return printer.special(sample) if isinstance(sample, tree.Special) else printer.number(sample)


def _times(printer: Printer, times: tree.Number | None) -> str:
    return f" x {printer.number(times)}" if times else ""


# ---- expectations --------------------------------------------------------------------------


def _expect(printer: Printer, span: Span, expectation: tree.Expectation, at: str) -> Clause:
    match expectation:
        case tree.ExpectSilence():
            return clause(span, f"expect silence{at}")
        case tree.ExpectNo(what=unwanted):
            return clause(span, f"expect no {_unwanted(printer, unwanted)}{at}")
        case tree.ExpectAction() | tree.ExpectSet():
            return clause(span, f"expect {_action(printer, expectation)}{at}")
        case tree.ExpectMessage(detector=detector, part=part):
            text = f"expect message {printer.target(detector)} {printer.text(part)}{at}"
            return clause(span, text)
        case tree.ExpectIs(detector=detector, status=status):
            return _expression(printer, span, detector, f" is {status.word}{at}")
        case tree.ExpectChange(detector=detector, change=change, times=times):
            often = "" if times is None else f" {printer.times(times)}"
            return _expression(printer, span, detector, f" {change}{often}{at}")
        case tree.ExpectThat(what=what):
            return _expression(printer, span, what, at)


def _unwanted(printer: Printer, what: tree.Target | tree.ExpectAction | tree.ExpectSet) -> str:
    return printer.target(what) if isinstance(what, tree.Target) else _action(printer, what)


def _action(printer: Printer, action: tree.ExpectAction | tree.ExpectSet) -> str:
    if isinstance(action, tree.ExpectSet):
        within = "" if action.range is None else f" in {printer.range(action.range)}"
        return f"action set {action.hyperparameter.word}{within}"
    channel = "" if action.channel is None else f" {printer.text(action.channel)}"
    return f"action {action.action.word}{channel}"


def _expression(printer: Printer, span: Span, expression: tree.Expr, behind: str) -> Clause:
    """In parentheses where its first name would be read as a word of `expect`."""
    around = Around("expect ", behind)
    if _EXPECTATION_WORD.match(printer.expression(expression)):
        around = Around("expect (", f"){behind}")
    return Clause(span, (printer.divided(expression, around),))


def _at(printer: Printer, at: tree.Steps | None) -> str:
    if at is None:
        return ""
    end = printer.number(at.end) if at.end else ""
    return f" at {printer.number(at.start)}{'..' if at.is_range else ''}{end}"
