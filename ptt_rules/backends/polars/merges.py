"""Blocks and their merges as Polars expressions; see `ptt_rules.backends.merges`."""

from __future__ import annotations

import polars as pl

from ptt_rules.backends.merges import (
    Merge,
    MergeKind,
    Parts,
    decay_factor,
    merge_comoments,
    merge_decay,
    merge_moments,
)


def leaf_parts(merge: Merge, values: Parts, step: pl.Expr) -> Parts:
    """The parts of the blocks of single observations, of one channel or of two."""
    zero = values[0].abs() * 0.0  # without a sign, as row by row
    match merge.kind:
        case MergeKind.SUM | MergeKind.MIN | MergeKind.MAX:
            return values
        case MergeKind.MOMENTS:
            return values[0], zero
        case MergeKind.COMOMENTS:
            pair = values if len(values) > 1 else (step.cast(pl.Float64), values[0])
            return (*pair, zero, zero, zero)
        case MergeKind.DECAY:
            return zero + 1.0, zero + 1.0, values[0], zero
        case MergeKind.CUSUM:
            return zero, values[0] - merge.argument


def merge_parts(merge: Merge, older: Parts, newer: Parts, done: pl.Expr, size: float) -> Parts:
    """The block of two adjacent ones, of `done` and of `size` observations."""
    sizes = (done, pl.lit(size))
    match merge.kind:
        case MergeKind.SUM:
            return (older[0] + newer[0],)
        case MergeKind.MIN:
            return (pl.when(newer[0] < older[0]).then(newer[0]).otherwise(older[0]),)
        case MergeKind.MAX:
            return (greater(older[0], newer[0]),)
        case MergeKind.MOMENTS:
            return merge_moments(older, newer, sizes)
        case MergeKind.COMOMENTS:
            return merge_comoments(older, newer, sizes)
        case MergeKind.DECAY:
            return merge_decay(older, newer, pl.lit(decay_factor(merge.argument, size)))
        case MergeKind.CUSUM:
            return greater(newer[0], older[0] + newer[1]), older[1] + newer[1]


def greater(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """The greater of two numbers, the first of equal ones."""
    return pl.when((other > one) & other.is_not_nan()).then(other).otherwise(one)
