"""A detector in words: what it compares, when each level fires, and what else it says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.border import agreeing
from ptt_rules.language import Level, Measure
from ptt_rules.language.ir import Detector, nodes
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
        yield f"Each `{detector.family.name}` is judged by itself."
    after = detector.after
    if after is not None and after.measure is Measure.JUDGEMENTS and detector.metrics:
        times = span_words(after.amount, after.measure, of="times")
        yield f"It judges once each of its metrics was logged {times}."
    elif after is not None and after.measure is not Measure.JUDGEMENTS:
        yield f"It judges after {span_words(after.amount, after.measure)} of the run."
    hold = detector.hold
    if hold.measure is not Measure.JUDGEMENTS:
        yield f"A level fires once it has held for {span_words(hold.amount, hold.measure)}."
    elif hold.amount > 1:
        yield f"A level fires once it has held at {hold.amount:g} judgements in a row."
    if detector.until is not None:
        yield f"It ends once {words.say(detector.until)}."
    if detector.keep is not None:
        yield f"It fires for at least {span_words(detector.keep.amount, detector.keep.measure)}."
    if detector.again is not None:
        again = span_words(detector.again.amount, detector.again.measure)
        yield f"While it fires it is reported again every {again}."
    if detector.suppresses:
        verb = agreeing(len(detector.suppresses), "is", "are")
        yield f"While it fires, {_quoted(detector.suppresses)} {verb} recorded and not reported."
    if detector.shadow:
        yield "It is in shadow: recorded, but neither reported nor acted on."


def _quoted(names: tuple[str, ...]) -> str:
    return listed([f"`{name}`" for name in names], "and")
