"""Detectors: clauses to a checked detector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.lets import check_lets
from ptt_rules.language.check.scope import Report, Reports, Scope
from ptt_rules.language.check.texts import check_template
from ptt_rules.language.check.windows import check_length
from ptt_rules.language.diagnostics import Label
from ptt_rules.language.ir import (
    Declaration,
    Detector,
    Length,
    LevelCondition,
    Metric,
    Node,
    PlacedClause,
    Placeholder,
    Position,
    Template,
    columns_of,
)
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Level, Measure

PLAIN_TEXTS = frozenset({"reference"})
"""Texts whose braces mean nothing: a reference may be an address."""


@dataclass
class _Draft:
    """The clauses of a detector that were read so far."""

    levels: dict[Level, Node | None] = field(default_factory=dict)
    lengths: dict[str, Length | None] = field(default_factory=dict)
    texts: dict[str, Template] = field(default_factory=dict)
    until: Node | None = None
    tags: tuple[str, ...] = ()
    suppresses: tuple[str, ...] = ()
    shadow: bool = False
    places: dict[str, tuple[Source, Span]] = field(default_factory=dict)


@dataclass(frozen=True)
class DetectorNames:
    """Detectors that can be referred to, plain and as `pack.detector`, by qualified name."""

    qualified: Mapping[str, str]

    def find(self, report: Report, reference: tree.Reference) -> str | None:
        found = self.qualified.get(reference.dotted)
        if found is None:
            plain = [name for name in self.qualified if "." not in name]
            word = reference.dotted
            message = f"there is no detector `{word}`"
            report.misspelt("PTT101", reference.span, message, word, plain or self.qualified)
        return found


_LENGTH_WORDS: dict[type, str] = {
    tree.AfterClause: "after",
    tree.ForClause: "for",
    tree.KeepClause: "keep",
    tree.AgainClause: "again every",
}


def declaration_of(source: Source, item: tree.DetectorDecl) -> Declaration:
    """A detector as it is written in one file."""
    clauses = tuple(PlacedClause(source, clause) for clause in item.clauses)
    return Declaration(source, item.name, item.family, clauses, item.span)


def check_detector(
    reports: Reports, scope: Scope, names: DetectorNames, pack: str, declaration: Declaration
) -> Detector | None:
    """The detector, or None if something in it is wrong."""
    before = len(reports)
    head = reports.of(declaration.source)
    family = _family(head, scope, declaration)
    checker = ExpressionChecker(head, scope, label=_label(scope, declaration))
    draft = _Draft()
    check_lets(checker, reports, declaration.clauses)
    for placed in declaration.clauses:
        checker.report = reports.of(placed.source)
        _check_clause(checker, names, draft, placed.clause)
    is_partial = declaration.name.word in scope.partial
    has_level = any(isinstance(placed.clause, tree.LevelClause) for placed in declaration.clauses)
    if not has_level and not is_partial:
        hint = "add a condition, such as `high when kl > 0.3`"
        message = f"`{declaration.name.word}` has no level"
        head.add("PTT106", declaration.name.span, message, hint=hint)
    if len(reports) > before or is_partial or None in draft.levels.values():
        return None  # wrong here, or built on a declaration that is wrong
    return _finish(pack, declaration, checker, draft, family)


def _family(report: Report, scope: Scope, declaration: Declaration) -> Metric | None:
    name = declaration.family
    if name is None or name.word in scope.broken:
        return None
    metric = scope.metrics.get(name.word)
    if metric is not None and metric.label is not None:
        return metric
    families = [known.name for known in scope.metrics.values() if known.label is not None]
    example = 'metric reward_of[func]: score = "rewards/{func}/mean"'
    code, message = "PTT101", f"there is no family `{name.word}`"
    if metric is not None:
        code, message = "PTT109", f"`{name.word}` is one metric, not a family of them"
    report.misspelt(code, name.span, message, name.word, families, f"declare one: `{example}`")
    return None


def _positions(texts: Mapping[str, Template]) -> dict[str, Node]:
    """Times, epochs and the like that texts name: events carry them too, and the step anyway."""
    return {
        part.name: part.node
        for template in texts.values()
        for part in template
        if isinstance(part, Placeholder) and isinstance(part.node, Position) and part.name != "step"
    }


def _label(scope: Scope, declaration: Declaration) -> str | None:
    metric = scope.metrics.get(declaration.family.word) if declaration.family else None
    return metric.label if metric else None


def _check_clause(
    checker: ExpressionChecker, names: DetectorNames, draft: _Draft, clause: tree.DetectorClause
) -> None:
    report = checker.report
    match clause:
        case tree.LevelClause():
            if report.source.slice(clause.level_span) != clause.level:
                checker.truth(clause.condition)  # a level that recovery put in: no second one
            elif _first(report, draft, clause.level, clause.level_span):
                draft.levels[Level.of(clause.level)] = checker.truth(clause.condition)
        case tree.AfterClause() | tree.ForClause() | tree.KeepClause() | tree.AgainClause():
            word = _LENGTH_WORDS[type(clause)]
            if _first(report, draft, word, clause.span):
                draft.lengths[word] = check_length(report, clause.length, word)
        case tree.UntilClause():
            if _first(report, draft, "until", clause.span):
                draft.until = checker.truth(clause.condition)
        case tree.TextClause():
            if _first(report, draft, clause.word, clause.span):
                draft.texts[clause.word] = _text(checker, clause)
        case tree.TagsClause():
            if _first(report, draft, "tags", clause.span):
                draft.tags = tuple(tag.value for tag in clause.tags.items)
        case tree.SuppressesClause():
            if _first(report, draft, "suppresses", clause.span):
                found = [names.find(report, reference) for reference in clause.detectors]
                draft.suppresses = tuple(name for name in found if name is not None)
        case tree.ShadowClause():
            if _first(report, draft, "shadow", clause.span):
                draft.shadow = True
        case tree.LetClause():
            pass  # checked before all others: a `let` may stand below its use in a text


def _text(checker: ExpressionChecker, clause: tree.TextClause) -> Template:
    if clause.word in PLAIN_TEXTS:
        return (clause.text.value,)
    return check_template(checker, clause.text)


def _first(report: Report, draft: _Draft, word: str, span: Span) -> bool:
    first = draft.places.setdefault(word, (report.source, span))
    if first == (report.source, span):
        return True
    labels = (Label(first[1], "first here"),) if first[0] == report.source else ()
    message = f"`{word}` is given twice"
    report.add("PTT102", span, message, hint="keep one of the two", labels=labels)
    return False


def _finish(
    pack: str,
    declaration: Declaration,
    checker: ExpressionChecker,
    draft: _Draft,
    family: Metric | None,
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
        values={**checker.latest, **lets, **_positions(draft.texts)},
        after=draft.lengths.get("after"),
        hold=draft.lengths.get("for") or Length(1, Measure.JUDGEMENTS),
        until=draft.until,
        keep=draft.lengths.get("keep"),
        again=draft.lengths.get("again every"),
        family=family,
        suppresses=draft.suppresses,
        shadow=draft.shadow,
        texts=draft.texts,
        tags=draft.tags,
        declaration=declaration,
    )
