"""The scene of a failure: the series that matter, and why it came out so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ptt_rules.authoring.tests.outcome import Failure, Outcome, Run
from ptt_rules.authoring.tests.series import Sample
from ptt_rules.evaluation import CompiledPack, FrameReplay
from ptt_rules.evaluation.why import Explanation, Part, explain, explain_condition, lets_of
from ptt_rules.language import PttError, Who
from ptt_rules.language.ir import Holds, columns_of, nodes
from ptt_rules.logs import POSITION_KEYS, frame_of
from ptt_rules.replaying import rows_after_stops

MAX_LINES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """The values of one key, row by row; None where a row has no such key."""

    key: str
    values: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """The rows around a failure.

    `left_out` counts keys for which there is no line. `explanation` is that of the detector in
    question, `condition` the parts of an expected condition; `remark` says why there is neither.
    """

    steps: tuple[int, ...]
    lines: tuple[Line, ...]
    left_out: int = 0
    explanation: Explanation | None = None
    condition: Part | None = None
    remark: str = ""


def scene_of(outcome: Outcome, failure: Failure) -> Scene:
    """The scene of a failure of a test that was run."""
    run = outcome.run
    assert run is not None  # it is kept of a test that failed
    logged = list(dict.fromkeys(key for row in run.rows for key in row if key not in POSITION_KEYS))
    asked = [key for key in _asked(run.compiled, failure, logged) if key in logged] or logged
    lines = tuple(Line(key, tuple(row.get(key) for row in run.rows)) for key in asked[:MAX_LINES])
    seen = (tuple(run.steps), lines, len(asked) - len(lines))
    if isinstance(failure.expectation.claim, Holds):
        return Scene(*seen, condition=_condition(outcome, run, failure))
    if failure.detector is None:
        return Scene(*seen)
    try:
        log = frame_of(run.rows)
        gaps = rows_after_stops(run.compiled, log, run.context)
        explanation = explain(
            run.compiled, log.frame, run.context, failure.detector, failure.step, gaps
        )
    except PttError as error:  # such as an instance that no row has
        return Scene(*seen, remark=error.diagnostics[0].message)
    return Scene(*seen, explanation=explanation)


def _condition(outcome: Outcome, run: Run, failure: Failure) -> Part:
    claim = failure.expectation.claim
    assert isinstance(claim, Holds)
    log = frame_of(run.rows)
    gaps = rows_after_stops(run.compiled, log, run.context)
    whole = FrameReplay(run.compiled, log.frame, run.context, gaps=gaps)
    row = max(row for row, step in enumerate(whole.steps) if step == failure.step)
    block = {} if claim.block is None else lets_of(claim.block)
    written = (outcome.test.source, claim.expression)
    return explain_condition(whole, written, claim.condition, row, block)


# ---- which keys matter ---------------------------------------------------------------------


def _asked(compiled: CompiledPack, failure: Failure, logged: Sequence[str]) -> list[str]:
    """The keys that the detector, or the condition, reads."""
    claim = failure.expectation.claim
    if isinstance(claim, Holds):
        return [key for keys in sorted(columns_of([claim.condition])) for key in keys]
    asked = Who.parse(failure.detector or "")
    for one in compiled.detectors:
        if one.detector.qualified == asked.qualified:
            columns = [metric.column(metric.span) for metric in one.detector.metrics]
            return list(dict.fromkeys(_keys(columns, asked.instance, logged)))
    return []


def _keys(
    columns: Iterable[nodes.Column | nodes.FamilyColumn | nodes.AnyOf],
    word: str,
    logged: Sequence[str],
) -> Iterator[str]:
    """The keys of columns; of a family those of one instance, or of all that were logged."""
    for column in columns:
        if isinstance(column, nodes.Column):
            yield from column.keys
        elif word and isinstance(column, nodes.FamilyColumn):
            yield from nodes.filled(column.patterns, column.label, word)
        else:
            yield from (key for key in logged if _is_of(column, key))


def _is_of(column: nodes.FamilyColumn | nodes.AnyOf, key: str) -> bool:
    """Whether a key is one that a pattern of a family stands for."""
    sign = "{" + column.label + "}"
    ends = [pattern.split(sign, 1) for pattern in column.patterns]
    return any(
        key.startswith(head) and key.endswith(tail) and len(key) > len(head) + len(tail)
        for head, tail in ends
    )
