"""A detector in words: what it compares, when each level fires, and what else it says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.border import agreeing
from ptt_rules.language import Level, Measure
from ptt_rules.language.ir import Detector, Length, nodes
from ptt_rules.language.syntax import tree
from ptt_rules.report.words import Words, listed, span_words


@dataclass(frozen=True, slots=True)
class RuleWords:
    """`names` tell what the quantities are that conditions name; `levels` go from the worst on."""

    names: tuple[tuple[str, str], ...]
    levels: tuple[tuple[Level, str], ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "levels": {level.word: text for level, text in self.levels},
            "names": dict(self.names),
            "notes": list(self.notes),
        }


def rule_words(detector: Detector, params: Mapping[str, float]) -> RuleWords:
    """A detector as it is judged; `params` are values by qualified name."""
    words = Words.of(detector, params)
    conditions = [one.condition for one in detector.levels]
    roots = [*conditions, *([detector.until] if detector.until is not None else [])]
    return RuleWords(
        names=tuple(_names(detector, words, roots)),
        levels=tuple((one.level, words.say(one.condition)) for one in detector.levels),
        notes=tuple(_notes(detector, words)),
    )


def _names(detector: Detector, words: Words, roots: list[nodes.Node]) -> Iterator[tuple[str, str]]:
    """The named quantities that conditions read, less those that are metrics by themselves."""
    read = {id(node) for node in nodes.walk(roots)}
    metrics = {metric.name for metric in detector.metrics}
    for name, node in detector.values.items():
        if id(node) in read and name not in metrics:
            yield name, words.defined(node)


def _notes(detector: Detector, words: Words) -> Iterator[str]:
    if detector.family is not None:
        yield f"Each `{detector.family}` is judged by itself."
    yield from _judged(detector, words)
    after = detector.after
    if after is not None and after.measure is not Measure.JUDGEMENTS:
        yield f"It judges after {span_words(after.amount, after.measure)} of the run."
    elif after is not None and after.amount > 1:
        rows = "row" if after.amount == 2 else f"{after.amount - 1:g} rows"
        yield f"It leaves out the first {rows} at which it would be judged."
    yield from _holds(detector)
    if detector.until is not None:
        yield f"It ends once {words.say(detector.until)}."
    if detector.keep is not None:
        keep = span_words(detector.keep.amount, detector.keep.measure)
        yield f"It fires on for at least {keep} after it fired or got worse."
    if detector.again is not None:
        again = span_words(detector.again.amount, detector.again.measure)
        yield f"While it fires it is reported again every {again}."
    if detector.suppresses:
        verb = agreeing(len(detector.suppresses), "is", "are")
        yield f"While it fires, {_quoted(detector.suppresses)} {verb} recorded and not reported."
    if detector.shadow:
        yield "It is in shadow: recorded, but neither reported nor acted on."


def _judged(detector: Detector, words: Words) -> Iterator[str]:
    """Where it is judged, if that is not where its conditions have something new."""
    placed = detector.declaration.clauses if detector.declaration is not None else ()
    if any(isinstance(one.clause, tree.JudgedClause) for one in placed):
        named = [words.say(call) for call in detector.calls]
        where = f"where {listed(named, 'or')} is logged" if named else "at every row"
        yield f"It is judged {where}."


def _holds(detector: Detector) -> Iterator[str]:
    """How long levels must hold: in one sentence if it is the same for all."""
    holds = {one.level: one.hold for one in detector.levels}
    if len(set(holds.values())) == 1:
        holds = {}
        yield from _hold("A level", detector.levels[0].hold)
    for level, hold in holds.items():
        yield from _hold(f"`{level.word}`", hold)


def _hold(what: str, hold: Length) -> Iterator[str]:
    if hold.measure is not Measure.JUDGEMENTS:
        yield f"{what} fires once it has held for {span_words(hold.amount, hold.measure)}."
    elif hold.amount > 1:
        yield f"{what} fires once it has held at {hold.amount:g} judgements in a row."


def _quoted(names: tuple[str, ...]) -> str:
    return listed([f"`{name}`" for name in names], "and")
