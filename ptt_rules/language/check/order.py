"""The order of a test: what it gives comes first, what it expects last."""

from __future__ import annotations

from itertools import pairwise

from ptt_rules.language.check.scope import Report
from ptt_rules.language.diagnostics import Edit, Label
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree


def report_order(report: Report, test: tree.TestDecl) -> None:
    """Reports the first clause that stands after an expectation; its edit moves all of them.

    Errors: PTT405
    """
    clauses = test.clauses
    first = next((n for n, one in enumerate(clauses) if _expects(one)), len(clauses))
    late = [number for number in range(first, len(clauses)) if not _expects(clauses[number])]
    if not late:
        return
    message = "series first: what a test gives stands before what it expects"
    labels = (Label(clauses[first].span, "the first expectation"),)
    hint = "move it above the expectations"
    edit = _moved(report.source, clauses[first : late[-1] + 1])
    place = clauses[late[0]].span
    report.add("PTT405", place, message, hint=hint, labels=labels, edit=edit)


def _expects(clause: tree.TestClause) -> bool:
    return isinstance(clause, tree.ExpectClause)


def _moved(source: Source, clauses: tuple[tree.TestClause, ...]) -> Edit:
    """The clauses in their order, expectations last; what stands after each goes with it."""
    text = source.text
    last = clauses[-1].span
    line_start = text.rfind("\n", 0, last.start) + 1
    indent = text[line_start : last.start]
    between = "\n" + indent if not indent.strip() else " "
    parts = [text[one.span.start : following.span.start] for one, following in pairwise(clauses)]
    parts.append(source.slice(last) + between)
    given = [part for part, one in zip(parts, clauses, strict=True) if not _expects(one)]
    expected = [part for part, one in zip(parts, clauses, strict=True) if _expects(one)]
    moved = "".join([*given, *expected]).rstrip()
    rest = text[last.end :].partition("\n")[0].strip()
    if "#" in moved.rpartition("\n")[2] and rest and not rest.startswith("#"):
        moved += "\n" + indent  # a comment goes on to the end of its line
    return Edit(Span(clauses[0].span.start, last.end), moved)
