"""What detectors name, and expressions, as columns over a metric frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack, with_detectors
from ptt_rules.evaluation.families import Families
from ptt_rules.evaluation.polars import NO_INSTANCE, NoForm, PlainProgram
from ptt_rules.evaluation.replay import FrameReplay
from ptt_rules.language.check import Asked
from ptt_rules.language.ir import Detector
from ptt_rules.logs import NOTHING_KNOWN, RunContext

_ASKED = "expression"
"""Stands for a pack: expressions are computed as what a detector names."""


def named_columns(
    compiled: CompiledPack, frame: pl.DataFrame, context: RunContext = NOTHING_KNOWN
) -> pl.DataFrame:
    """All that detectors name: `let`s, conditions of levels and `until`, by qualified names.

    Shape: a row for each row of the frame
    Null:  unknown
    """
    whole = FrameReplay(compiled, frame, context)
    return _table(whole, [column for one in whole.detectors for column in _named(one)])


def asked_columns(
    compiled: CompiledPack,
    asked: Sequence[tuple[str, Asked]],
    frame: pl.DataFrame,
    context: RunContext = NOTHING_KNOWN,
) -> pl.DataFrame:
    """Expressions by their texts; one for each instance of a family has `[instance]` after it.

    Shape: a row for each row of the frame
    Null:  unknown
    """
    detectors = [_as_detector(number, *one) for number, one in enumerate(asked)]
    names = [one.qualified for one in detectors]
    whole = FrameReplay(with_detectors(compiled, detectors), frame, context, names)
    return _table(whole, list(_in_order(whole.detectors, names)))


@dataclass(frozen=True, slots=True)
class PlainExpressions:
    """What detectors name as plain Polars expressions; `left_out` has the reasons by name."""

    expressions: Mapping[str, pl.Expr]
    left_out: Mapping[str, str]


def plain_expressions(
    compiled: CompiledPack, context: RunContext = NOTHING_KNOWN, keys: Iterable[str] = ()
) -> PlainExpressions:
    """All that detectors name; those of instances are of the families that `keys` belong to."""
    program = compiled.program.copy()
    families = Families(compiled)
    detectors = [*compiled.detectors]
    for word in families.new_words(keys, 0):
        detectors += families.instances(program, word)[0]
    plain = PlainProgram(program, context)
    found: dict[str, pl.Expr] = {}
    left_out: dict[str, str] = {}
    there = {one.detector.qualified for one in detectors if not one.is_template}
    for one in detectors:
        if one.is_template:
            if one.detector.qualified not in there:
                left_out |= {name: NO_INSTANCE for name, _ in _named(one)}
            continue
        for name, operation in _named(one):
            try:
                found[name] = plain.expression(operation)
            except NoForm as error:
                left_out[name] = str(error)
    return PlainExpressions(found, left_out)


def _as_detector(number: int, text: str, asked: Asked) -> Detector:
    return Detector(f"_{number}", _ASKED, (), (), (), {text: asked.node}, family=asked.family)


def _named(one: CompiledDetector) -> Iterator[tuple[str, int]]:
    """What a detector names; a `let` goes before a level of the same name."""
    until = {} if one.until is None else {"until": one.until}
    levels = {level.word: truth for level, truth in one.levels}
    for word, operation in {**levels, **until, **dict(one.values)}.items():
        yield f"{one.name}.{word}", operation


def _in_order(
    detectors: Collection[CompiledDetector], names: Sequence[str]
) -> Iterator[tuple[str, int]]:
    for name in names:
        for one in detectors:
            if one.detector.qualified == name:
                instance = f"[{one.who.instance}]" if one.who.instance else ""
                yield from ((f"{text}{instance}", operation) for text, operation in one.values)


def _table(whole: FrameReplay, columns: Sequence[tuple[str, int]]) -> pl.DataFrame:
    found = {name: whole.columns[operation].alias(name) for name, operation in columns}
    steps = {} if "step" in found else {"step": whole.frame["step"]}
    return pl.DataFrame([*steps.values(), *found.values()])
