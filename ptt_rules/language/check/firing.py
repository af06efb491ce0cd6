"""`firing(detector)`: questions to other detectors, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ptt_rules.language.check.block import Block
from ptt_rules.language.check.miscalls import has_arity
from ptt_rules.language.check.names import reference_of
from ptt_rules.language.check.scope import Question, Reports, Scope, listed
from ptt_rules.language.diagnostics import Label
from ptt_rules.language.functions import OF_DETECTORS
from ptt_rules.language.ir import Detector, asked_by, nodes
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import LEVEL_WORDS, Level, Shape


def check_firing(checker: Block, call: tree.Call, place: Shape) -> nodes.Node | None:
    if not has_arity(checker, call, 1, OF_DETECTORS.example):
        return None
    if checker.asker is None or place is Shape.SERIES:
        message = "whether a detector fires is known at the judged row alone"
        hint = "ask in a condition, in `until`, or in a policy's `when`"
        checker.report.add("PTT113", call.span, message, hint=hint)
        return None
    argument = call.arguments[0]
    parts, instance = reference_of(argument)
    found = None if parts is None else _named(checker.scope, parts)
    if found is None:
        _unknown_detector(checker, argument, parts)
        return None
    detector, level = found
    family = checker.scope.family_of.get(detector)
    is_same = instance is None and family is not None and family == checker.asker.family
    if is_same and checker.word is not None:
        instance, is_same = checker.word, False
    node = nodes.Firing(call.span, detector, instance, is_same, level)
    source = checker.report.source
    checker.scope.questions.append(Question(source, argument.span, checker.asker, node))
    return node


def _named(scope: Scope, parts: tuple[str, ...]) -> tuple[str, Level | None] | None:
    """The detector of a name, with the level if the name ends with one."""
    *head, last = parts
    if ".".join(parts) in scope.detectors:
        return scope.detectors[".".join(parts)], None
    if last in LEVEL_WORDS and ".".join(head) in scope.detectors:
        return scope.detectors[".".join(head)], Level.of(last)
    return None


def _unknown_detector(checker: Block, argument: tree.Expr, parts: tuple[str, ...] | None) -> None:
    text = checker.report.source.slice(argument.span)
    names = [name for name in checker.scope.detectors if "." not in name]
    there = f"there are {listed(sorted(names))}" if names else "declare one"
    if parts is None:
        message = f"`{text}` is not the name of a detector"
        checker.report.add("PTT101", argument.span, message, hint=there)
        return
    word = ".".join(parts)
    message = f"there is no detector `{word}`"
    if word in checker.scope or word in checker.lets:
        message = f"`{word}` is not a detector"
        checker.report.add("PTT101", argument.span, message, hint=there)
        return
    checker.report.misspelt("PTT101", argument.span, message, word, names, there)


# ---- once all detectors are known ----------------------------------------------------------


def check_questions(
    reports: Reports,
    questions: Iterable[Question],
    detectors: Mapping[str, Detector],
    own: Iterable[str],
) -> None:
    """What can be said of questions only once all detectors are known.

    `own` are the names of the sources that can be reported on: others have been checked before.
    """
    sources = frozenset(own)
    questions = [one for one in questions if one.source.name in sources]
    for one in questions:
        asked = detectors.get(one.node.detector)
        if asked is not None:
            _check_question(reports, one, asked, detectors.get(one.asker.name))
    _report_circles(reports, questions, detectors)


def _check_question(
    reports: Reports, question: Question, asked: Detector, asker: Detector | None
) -> None:
    report, node = reports.of(question.source), question.node
    levels = [one.level for one in asked.levels]
    if node.level is not None and node.level not in levels:
        message = f"`{asked.name}` has no level `{node.level.word}`"
        hint = f"it has {listed(one.word for one in levels)}"
        report.add("PTT101", question.span, message, hint=hint)
    if node.instance is not None and asked.family is None:
        message = "only a detector `for each` family has instances"
        report.add("PTT109", question.span, message, hint="leave out the text in brackets")
    is_shadow = asker is not None and asker.shadow and not question.asker.is_policy
    if asked.shadow and not is_shadow:
        message = f"`{asked.name}` is in shadow, where nothing follows from it"
        hint = f"take `{asked.name}` out of the shadow, or put what asks for it there too"
        report.add("PTT113", question.span, message, hint=hint)


def _report_circles(
    reports: Reports, questions: Iterable[Question], detectors: Mapping[str, Detector]
) -> None:
    """A detector that asks, through others too, for itself could never be judged first."""
    asks = {name: sorted(asked_by(one)) for name, one in detectors.items()}
    places = {(one.asker.name, one.node.detector): one for one in questions}
    reported: set[str] = set()
    for name in sorted(asks):
        circle = circle_from(name, asks)
        steps = [*zip(circle, [*circle[1:], *circle[:1]], strict=True)]
        found = [places[step] for step in steps if step in places]
        if not found or not reported.isdisjoint(circle):
            continue
        reported.update(circle)
        first, *others = found
        chain = " asks for ".join(f"`{one}`" for one in [*circle, circle[0]])
        labels = tuple(Label(one.span, "and this one", one.source) for one in others)
        report = reports.of(first.source)
        report.add(
            "PTT105", first.span, chain, hint="leave one of the questions out", labels=labels
        )


def circle_from(start: str, follows: Mapping[str, Iterable[str]]) -> list[str]:
    """The shortest way from a name back to itself, if there is one."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in follows.get(way[-1], ()):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []
