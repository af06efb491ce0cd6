"""Detectors: clauses to a checked detector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ptt_rules.language.check.amounts import check_length
from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.lets import check_lets
from ptt_rules.language.check.lists import family_of_keys
from ptt_rules.language.check.scope import Asker, Report, Reports, Scope, listed
from ptt_rules.language.check.texts import check_template
from ptt_rules.language.diagnostics import Edit, Label
from ptt_rules.language.ir import (
    Declaration,
    Detector,
    Family,
    Firing,
    Judged,
    Length,
    LevelCondition,
    Node,
    PlacedClause,
    Placeholder,
    Position,
    Template,
    columns_among,
    columns_of,
    outside_questions,
)
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Level, Measure

PLAIN_TEXTS = frozenset({"reference"})
"""Texts whose braces mean nothing: a reference may be an address."""
OF_A_LEVEL = ("for", "message", "why", "remedy")
"""What a level can have of its own, in braces."""


@dataclass
class _Draft:
    """The clauses of a detector that were read so far; `words` are those of all its texts."""

    words: set[str]
    levels: dict[Level, Node | None] = field(default_factory=dict)
    holds: dict[Level, Length | None] = field(default_factory=dict)
    own_texts: dict[Level, dict[str, Template]] = field(default_factory=dict)
    """By level, what has a `for` and texts of its own."""
    lengths: dict[str, Length | None] = field(default_factory=dict)
    texts: dict[str, Template] = field(default_factory=dict)
    until: Node | None = None
    judged_on: tuple[Node, ...] | None = None
    """The series that `judged on` names, none for every row."""
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
    excluded = item.for_each.excluded if item.for_each else None
    return Declaration(
        source, item.name, item.family, clauses, item.span, excluded.items if excluded else ()
    )


def check_detector(
    reports: Reports, scope: Scope, names: DetectorNames, pack: str, declaration: Declaration
) -> Detector | None:
    """The detector, or None if something in it is wrong; of a list that of its first member."""
    family = _family(reports.of(declaration.source), scope, declaration)
    if family is None or not family.words:
        return _check(reports, scope, names, pack, declaration, family)
    words = [word for word in family.words if family.takes(word)]
    members = [_check(reports, scope, names, pack, declaration, family, word) for word in words]
    whole = [member for member in members if member is not None]
    if len(whole) < len(members):
        return None
    metrics = {metric.name: metric for member in whole for metric in member.metrics}
    return replace(whole[0], members=tuple(whole), metrics=tuple(metrics.values()))


def _check(
    reports: Reports,
    scope: Scope,
    names: DetectorNames,
    pack: str,
    declaration: Declaration,
    family: Family | None,
    word: str | None = None,
) -> Detector | None:
    before = len(reports)
    head = reports.of(declaration.source)
    each = declaration.family.word if declaration.family else None
    asker = Asker(f"{pack}.{declaration.name.word}", each)
    label = scope.label_of(each) if each else None
    checker = ExpressionChecker(head, scope, label, word=word, asker=asker)
    placed_texts = [one.clause for one in declaration.clauses]
    draft = _Draft({one.word for one in placed_texts if isinstance(one, tree.TextClause)})
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


def _family(report: Report, scope: Scope, declaration: Declaration) -> Family | None:
    name = declaration.family
    if name is None or name.word in scope.broken:
        return None
    excluded = tuple(text.value for text in declaration.excluded)
    of_keys = family_of_keys(scope, name.word, excluded)
    if of_keys is not None:
        return of_keys
    if name.word in scope.lists:
        of_list = scope.lists[name.word]
        found = Family(name.word, of_list.label, (), tuple(of_list.members), excluded)
        if any(map(found.takes, found.words)):
            return found
        message = f"these leave no instance of `{name.word}`"
        hint = f"leave one of {listed(of_list.members)}"
        report.add("PTT109", declaration.excluded[0].span, message, hint=hint)
        return replace(found, excluded=())
    known = [word for word in scope.names() if scope.label_of(word) is not None]
    otherwise = 'declare one: `metric reward_of[func]: score = "rewards/{func}/mean"`'
    code, message = "PTT101", f"there is no family `{name.word}`"
    if name.word in scope.metrics or name.word in scope.derived:
        code, message = "PTT109", f"`{name.word}` is one metric, not a family of them"
    if declaration.name.word not in scope.partial:
        report.misspelt(code, name.span, message, name.word, known, otherwise)
    return None


def _positions(groups: Sequence[Mapping[str, Template]]) -> dict[str, Node]:
    """Times, epochs and the like that texts name: events carry them too, and the step anyway."""
    return {
        part.name: part.node
        for texts in groups
        for template in texts.values()
        for part in template
        if isinstance(part, Placeholder) and isinstance(part.node, Position) and part.name != "step"
    }


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
                _check_block(checker, draft, clause)
        case tree.AfterClause() | tree.ForClause() | tree.KeepClause() | tree.AgainClause():
            word = _LENGTH_WORDS[type(clause)]
            if _first(report, draft, word, clause.span):
                draft.lengths[word] = check_length(report, checker.scope, clause.length, word)
        case tree.UntilClause():
            if _first(report, draft, "until", clause.span):
                draft.until = checker.truth(clause.condition)
        case tree.TextClause():
            if _first(report, draft, clause.word, clause.span):
                draft.texts[clause.word] = _text(checker, clause)
        case tree.JudgedClause():
            if _first(report, draft, "judged on", clause.span):
                draft.judged_on = _judged_on(checker, clause.where)
        case tree.SuppressesClause():
            if _first(report, draft, "suppresses", clause.span):
                found = [names.find(report, reference) for reference in clause.detectors]
                draft.suppresses = tuple(name for name in found if name is not None)
        case tree.ShadowClause():
            if _first(report, draft, "shadow", clause.span):
                draft.shadow = True
        case tree.LetClause():
            pass  # checked before all others: a `let` may stand below its use in a text


def _rows_of_others(roots: Sequence[Node]) -> Iterator[Node]:
    """The rows at which those are judged of which a detector asks whether they fire."""
    asked = {
        (one.detector, one.instance, one.is_same): one
        for one in outside_questions(roots)
        if isinstance(one, Firing)
    }
    for key in sorted(asked, key=str):
        yield Judged(asked[key].span, *key)


def _judged_on(checker: ExpressionChecker, where: tree.Names | tree.EveryRow) -> tuple[Node, ...]:
    """The series of metrics, or of formulas of them."""
    names = where.items if isinstance(where, tree.Names) else ()
    found = [(name, checker.series(name)) for name in names]
    for name, node in found:
        if node is not None and not columns_of([node]):
            text = checker.report.source.slice(name.span)
            message = f"`{text}` is not a metric, so that no row has it"
            hint = "name metrics, or write `judged on every row`"
            checker.report.add("PTT204", name.span, message, hint=hint)
    return tuple(node for _, node in found if node is not None)


def _check_block(checker: ExpressionChecker, draft: _Draft, clause: tree.LevelClause) -> None:
    """What a level has in braces: a `for` and texts of its own."""
    report, level = checker.report, Level.of(clause.level)
    for part in clause.parts:
        word = part.word if isinstance(part, tree.TextClause) else "for"
        if word not in OF_A_LEVEL:
            message = f"a level has `{' '.join(OF_A_LEVEL)}`; `{word}` is the detector's"
            hint = f"put `{word}` after the level's block"
            edit = None if word in draft.words else _moved_out(report.source, part, clause)
            report.add("PTT112", part.span, message, hint=hint, edit=edit)
        elif _first(report, draft, f"{clause.level} {word}", part.span):
            if isinstance(part, tree.ForClause):
                draft.holds[level] = check_length(report, checker.scope, part.length, word)
            else:
                draft.own_texts.setdefault(level, {})[word] = _text(checker, part)


def _moved_out(source: Source, part: tree.LevelPart, clause: tree.LevelClause) -> Edit:
    """A part of a level's block, put after it."""
    end = clause.span.end
    behind = source.slice(Span(part.span.end, end))
    return Edit(Span(part.span.start, end), f"{behind.lstrip()}\n  {source.slice(part.span)}")


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
    family: Family | None,
) -> Detector:
    hold = draft.lengths.get("for") or Length(1, Measure.JUDGEMENTS)
    levels = [
        LevelCondition(level, node, draft.holds.get(level) or hold, draft.own_texts.get(level, {}))
        for level in sorted(draft.levels, reverse=True)
        if (node := draft.levels[level]) is not None
    ]
    conditions = [level.condition for level in levels]
    roots = [*conditions, *([draft.until] if draft.until else [])]
    read = columns_of([*roots, *(draft.judged_on or ())])
    metrics = tuple(m for m in checker.metrics.values() if m.keys in read)
    calling = columns_among(outside_questions(roots))
    calls = tuple(m.column(m.span) for m in metrics if m.keys in calling)
    lets = {word: let.value for word, let in checker.lets.items() if let.value is not None}
    return Detector(
        name=declaration.name.word,
        pack=pack,
        levels=tuple(levels),
        metrics=metrics,
        calls=(*calls, *_rows_of_others(roots)) if draft.judged_on is None else draft.judged_on,
        values={**checker.latest, **lets, **_positions([draft.texts, *draft.own_texts.values()])},
        after=draft.lengths.get("after"),
        hold=hold,
        until=draft.until,
        keep=draft.lengths.get("keep"),
        again=draft.lengths.get("again every"),
        family=family,
        word=checker.word,
        suppresses=draft.suppresses,
        shadow=draft.shadow,
        texts=draft.texts,
        declaration=declaration,
    )
