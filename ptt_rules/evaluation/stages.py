"""A chunk of a log judged in stages: first what asks for no other detector, then what does.

Whether a detector fires after each row is a column, made of its judgements over the chunk. The
operations that ask for it are computed after that, and the detectors that need them are judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from ptt_rules.evaluation.chunks import Chunk, DetectorRun, Judged, Seen, judge_all
from ptt_rules.evaluation.polars import FrameProgram
from ptt_rules.language import Level
from ptt_rules.language.ir import Firing, OfDetector
from ptt_rules.language.passes import Program

_Paths = list[tuple[DetectorRun, pl.Series]]
"""Detectors that were judged over a chunk, with the columns of their levels."""


def judge_chunk(
    program: FrameProgram,
    operations: Program,
    frame: pl.DataFrame,
    runs: Sequence[DetectorRun],
    at: tuple[int, Seen],
) -> tuple[Chunk, list[Judged]]:
    """Takes the next rows of a log; what detectors told, and which fire, in the order of rows.

    `at` is the number of the first row, and how often columns were observed before it.
    """
    first, seen = at
    chunk = Chunk(first, program.advance(frame))
    now = [run for run in runs if run.compiled.stage == 0]
    judged, levels = judge_all(now, chunk, seen, program.failures)
    paths = [*zip(now, levels, strict=True)]
    for stage in range(1, operations.last_stage + 1):
        answers = _answers(operations, stage, paths, frame.height)
        chunk = Chunk(first, program.go_on(chunk.columns, stage, answers))
        now = [run for run in runs if run.compiled.stage == stage]
        more, levels = judge_all(now, chunk, seen, program.failures)
        judged += more
        paths += zip(now, levels, strict=True)
    judged.sort(key=lambda one: one.place)
    return chunk, judged


def _answers(
    operations: Program, stage: int, paths: _Paths, height: int
) -> Iterator[tuple[int, pl.Series]]:
    """What a stage asks, by operation: the columns of the answers."""
    for one in operations.of_stage(stage):
        node = one.node
        if isinstance(node, OfDetector) and not node.is_same:
            asked = [(run, levels) for run, levels in paths if _is_asked(run, node)]
            if isinstance(node, Firing):
                columns = [_fires(run, node.level, height) for run, _ in asked]
                answer = _any(columns, height)
            else:
                there = _any([levels.is_not_null() for _, levels in asked], height)
                answer = there.replace_strict({True: True}, default=None, return_dtype=pl.Boolean)
            yield one.number, answer


def _is_asked(run: DetectorRun, node: OfDetector) -> bool:
    compiled = run.compiled
    if compiled.detector.qualified != node.detector:
        return False
    return node.instance is None or node.instance in compiled.instance.values()


def _any(columns: Iterable[pl.Series], height: int) -> pl.Series:
    found = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    for column in columns:
        found = found | column
    return found


def _fires(run: DetectorRun, level: Level | None, height: int) -> pl.Series:
    """Whether a detector fires after each row of a chunk, at a level or worse."""
    ends = [*(place for place, _ in run.changes[1:]), height]
    found: list[bool] = []
    for (_, now), end in zip(run.changes, ends, strict=True):
        fires = now is not None and (level is None or now >= level)
        found += [fires] * (end - len(found))
    return pl.Series(found, dtype=pl.Boolean)
