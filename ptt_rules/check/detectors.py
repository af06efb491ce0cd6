"""Detectors: clauses to a checked detector."""

from __future__ import annotations

from dataclasses import dataclass, field

from ptt_rules.check.expressions import ExpressionChecker, Let, is_value
from ptt_rules.check.scope import Report, Scope
from ptt_rules.check.texts import check_template
from ptt_rules.check.windows import check_length
from ptt_rules.diagnostics import Label
from ptt_rules.ir.nodes import Node, columns_of
from ptt_rules.ir.pack import Declaration, Detector, Length, LevelCondition, PlacedClause, Template
from ptt_rules.source import Span
from ptt_rules.syntax import tree
from ptt_rules.types import Level, Measure


@dataclass
class _Draft:
    """What the clauses of a detector have said so far."""

    levels: dict[Level, Node | None] = field(default_factory=dict)
    lengths: dict[str, Length | None] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    message: Template = ()
    until: Node | None = None
    tags: tuple[str, ...] = ()
    places: dict[str, Span] = field(default_factory=dict)


_LENGTH_WORDS: dict[type, str] = {
    tree.AfterClause: "after",
    tree.ForClause: "for",
    tree.KeepClause: "keep",
    tree.AgainClause: "again every",
}


def check_detector(
    report: Report, scope: Scope, pack: str, declaration: tree.DetectorDecl
) -> Detector | None:
    """The detector, or None if something in it is wrong."""
    before = len(report.diagnostics)
    if declaration.family is not None:
        report.later(declaration.family.span, "detectors `for each` of a family are")
    checker = ExpressionChecker(report, scope, has_labels=declaration.family is not None)
    draft = _Draft()
    _check_lets(checker, declaration)
    for clause in declaration.clauses:
        _check_clause(checker, draft, clause)
    if not any(isinstance(clause, tree.LevelClause) for clause in declaration.clauses):
        hint = "add a condition, such as `high when kl > 0.3`"
        message = f"`{declaration.name.word}` has no level"
        report.add("PTT106", declaration.name.span, message, hint=hint)
    if len(report.diagnostics) > before or None in draft.levels.values():
        return None  # wrong here, or built on a declaration that is wrong
    return _finish(report, pack, declaration, checker, draft)


def _check_lets(checker: ExpressionChecker, declaration: tree.DetectorDecl) -> None:
    """Names of the block, in order; each may use those above it."""
    clauses = [clause for clause in declaration.clauses if isinstance(clause, tree.LetClause)]
    places: dict[str, Span] = {}
    below = {clause.name.word for clause in clauses}
    for clause in clauses:
        word = clause.name.word
        if word in places:
            _twice(checker.report, f"`{word}`", clause.name.span, places[word])
            continue
        places[word] = clause.name.span
        if _names_itself(checker, clause, below):
            continue
        let = Let(clause.value, is_value(clause.value, checker.lets))
        let.value = checker.value(clause.value)
        checker.lets[word] = let
        below.discard(word)


def _names_itself(checker: ExpressionChecker, clause: tree.LetClause, below: set[str]) -> bool:
    """Whether a `let` uses itself or one that comes later, which may use it in turn."""
    for name in _names_in(clause.value):
        if name.word in below and name.word not in checker.lets:
            if name.word == clause.name.word:
                message = f"`{name.word}` is defined by itself"
            else:
                message = f"`{name.word}` is named further down"
            hint = "a `let` uses metrics, parameters and the `let`s above it"
            checker.report.add("PTT105", name.span, message, hint=hint)
            checker.lets[clause.name.word] = Let(clause.value, is_value=False)
            below.discard(clause.name.word)
            return True
    return False


def _names_in(expression: tree.Expr) -> list[tree.Name]:
    match expression:
        case tree.Name():
            return [expression]
        case tree.Call(arguments=arguments):
            return [name for argument in arguments for name in _names_in(argument)]
        case tree.Windowed(series=part) | tree.Negative(operand=part):
            return _names_in(part)
        case tree.Inverse(operand=part) | tree.Within(operand=part) | tree.Instance(family=part):
            return _names_in(part)
        case (
            tree.Arithmetic(left=left, right=right)
            | tree.Compare(left=left, right=right)
            | tree.Logic(left=left, right=right)
        ):
            return [*_names_in(left), *_names_in(right)]
    return []


def _check_clause(checker: ExpressionChecker, draft: _Draft, clause: tree.DetectorClause) -> None:
    match clause:
        case tree.LevelClause():
            if _first(checker.report, draft, clause.level, clause.level_span):
                draft.levels[Level.of(clause.level)] = checker.truth(clause.condition)
        case tree.AfterClause() | tree.ForClause() | tree.KeepClause() | tree.AgainClause():
            word = _LENGTH_WORDS[type(clause)]
            if _first(checker.report, draft, word, clause.span):
                draft.lengths[word] = check_length(checker.report, clause.length, word)
        case tree.UntilClause():
            if _first(checker.report, draft, "until", clause.span):
                draft.until = checker.truth(clause.condition)
        case tree.TextClause():
            _check_text(checker, draft, clause)
        case tree.TagsClause():
            if _first(checker.report, draft, "tags", clause.span):
                draft.tags = tuple(tag.value for tag in clause.tags.items)
        case tree.SuppressesClause():
            checker.report.later(clause.span, "`suppresses` is")
        case tree.ShadowClause():
            checker.report.later(clause.span, "`shadow` is")
        case tree.LetClause():
            pass  # checked before all others: a `let` may stand below its use in a text


def _check_text(checker: ExpressionChecker, draft: _Draft, clause: tree.TextClause) -> None:
    if not _first(checker.report, draft, clause.word, clause.span):
        return
    if clause.word == "message":
        draft.message = check_template(checker, clause.text)
    else:
        draft.texts[clause.word] = clause.text.value


def _first(report: Report, draft: _Draft, word: str, span: Span) -> bool:
    if word in draft.places:
        _twice(report, f"`{word}`", span, draft.places[word])
        return False
    draft.places[word] = span
    return True


def _twice(report: Report, what: str, span: Span, first: Span) -> None:
    labels = (Label(first, "first here"),)
    hint = "keep one of the two"
    report.add("PTT102", span, f"{what} is given twice", hint=hint, labels=labels)


def _finish(
    report: Report,
    pack: str,
    declaration: tree.DetectorDecl,
    checker: ExpressionChecker,
    draft: _Draft,
) -> Detector:
    levels = [
        LevelCondition(level, node)
        for level in sorted(draft.levels, reverse=True)
        if (node := draft.levels[level]) is not None
    ]
    conditions = [level.condition for level in levels]
    judged_on = columns_of([*conditions, *([draft.until] if draft.until else [])])
    lets = {word: let.value for word, let in checker.lets.items() if let.value is not None}
    return Detector(
        name=declaration.name.word,
        pack=pack,
        levels=tuple(levels),
        metrics=tuple(m for m in checker.metrics.values() if m.keys in judged_on),
        values={**checker.latest, **lets},
        after=draft.lengths.get("after"),
        hold=draft.lengths.get("for") or Length(1, Measure.JUDGEMENTS),
        until=draft.until,
        keep=draft.lengths.get("keep"),
        again=draft.lengths.get("again every"),
        message=draft.message,
        summary=draft.texts.get("summary", ""),
        why=draft.texts.get("why", ""),
        remedy=draft.texts.get("remedy", ""),
        reference=draft.texts.get("reference", ""),
        tags=draft.tags,
        file=report.source.name,
        span=declaration.span,
        declaration=Declaration(
            report.source,
            declaration.name,
            declaration.family,
            tuple(PlacedClause(report.source, clause) for clause in declaration.clauses),
            declaration.span,
        ),
    )
