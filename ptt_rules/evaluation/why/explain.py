"""From a pack, a log and a detector's name to the explanation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from ptt_rules.border import one_line
from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack
from ptt_rules.evaluation.judge import Status
from ptt_rules.evaluation.replay import FrameReplay, Gap
from ptt_rules.evaluation.why.choose import Candidate, candidates, choose
from ptt_rules.evaluation.why.data import Explanation, LevelPart, Part
from ptt_rules.evaluation.why.lived import Past, column_keys, missing_columns
from ptt_rules.evaluation.why.parts import Lets, PartMaker, conditions_of, lets_of, until_of
from ptt_rules.evaluation.why.reasons import keys_text
from ptt_rules.evaluation.why.waits import Waits
from ptt_rules.language import PttError, Source, Who
from ptt_rules.language.check import did_you_mean, listed, spellings, the_one_meant
from ptt_rules.language.ir import Node
from ptt_rules.language.syntax import tree
from ptt_rules.logs import RunContext


def explain(
    pack: CompiledPack,
    frame: pl.DataFrame,
    context: RunContext,
    name: str,
    step: int | None = None,
    gaps: Iterable[Gap] = (),
) -> Explanation:
    """Why a detector fired at a row, or why it did not.

    `name` is `kl_jump`, `grpo.kl_jump`, or one of them with `[instance]`; `gaps` are rows that
    nothing sees, as they come after a `stop`.

    Errors: PTT101 if there is no such detector or instance, or more than one
    """
    qualified = _named(pack, name).qualified
    return explain_in(pack, FrameReplay(pack, frame, context, [qualified], gaps), name, step)


def explain_in(
    pack: CompiledPack, whole: FrameReplay, name: str, step: int | None = None
) -> Explanation:
    """As `explain`, in a log that was judged already: several explanations cost one replay.

    The detector is among those that were judged.

    Errors: PTT101
    """
    detectors = _instances(pack, whole, _named(pack, name))
    choice = choose(whole, candidates(pack, whole, detectors), step)
    if choice.row is not None:
        return explain_at(whole, choice.candidate, choice.row, choice.why)
    compiled = choice.candidate.compiled
    return Explanation(
        compiled.detector.qualified, compiled.instance, None, None, None, choice.why, Status.BLIND
    )


def explain_at(whole: FrameReplay, candidate: Candidate, row: int, chosen: str) -> Explanation:
    """The explanation of one row; `chosen` is why it is this row."""
    compiled, past = candidate.compiled, candidate.past
    lived = past.lived(row)
    maker = PartMaker(whole, lets_of(compiled.detector.declaration), row)
    levels = [LevelPart(level, maker.part(placed)) for level, placed in conditions_of(compiled)]
    until = until_of(compiled)
    event = next((one for one in candidate.events if one.row == row), None)
    return Explanation(
        detector=compiled.detector.qualified,
        instance=compiled.instance,
        row=whole.number(row),
        step=whole.steps[row],
        time=whole.frame["time"][row],
        chosen=chosen,
        status=past.status(lived, row),
        level=lived.life.level,
        since_step=lived.since_step,
        event=event and replace(event, row=whole.number(event.row)),
        unjudged=_unjudged(whole, compiled, past, row),
        missing=tuple(column_keys(whole, c) for c in missing_columns(whole, compiled, row)),
        levels=tuple(levels),
        until=None if until is None else maker.part(until),
        waits=Waits(whole, compiled, past, row).all(lived, candidate.reported_before(row)),
        suppressed_by=event.suppressed_by if event else None,
        shadow=compiled.detector.shadow,
    )


def explain_condition(
    whole: FrameReplay, written: tuple[Source, tree.Expr], node: Node, row: int, block: Lets
) -> Part:
    """A condition by itself, part by part at a row; `block` are the `let`s that it reads."""
    placed = (*written, whole.program.number(node))
    return PartMaker(whole, block, row).part(placed)


def _unjudged(whole: FrameReplay, compiled: CompiledDetector, past: Past, row: int) -> str | None:
    """Why a detector was not judged at a row; None if it was."""
    if row in past.rows:
        return None
    if compiled.is_template:
        assert compiled.family is not None
        keys = keys_text(column_keys(whole, compiled.family))
        return f"there is no instance of it: no key like {keys} was logged"
    if not past.exists(row):
        assert compiled.family is not None
        keys = keys_text(column_keys(whole, compiled.family))
        return f"this instance is not there yet: {keys} was not logged so far"
    calls = compiled.calls
    if calls and all(whole.columns[call][row] is None for call in calls):
        columns = whole.program.columns_in(whole.program.reached_from(calls))
        keys = listed(key for column in columns for key in column_keys(whole, column))
        return f"the row has none of {keys}"
    return "`after` is not over"


# ---- names ---------------------------------------------------------------------------------


def _named(pack: CompiledPack, name: str) -> Who:
    """Who is meant by a name, the instance too if it has one."""
    asked = Who.parse(name)
    known = list(dict.fromkeys(one.detector.qualified for one in pack.detectors))
    own = [one.detector.qualified for one in pack.own]
    found = the_one_meant(asked.qualified, [*known, *own])
    if found is None:
        there = f"there are {listed(known)}" if known else "the packs given have no detector"
        hint = did_you_mean(asked.qualified, spellings(known), there)
        raise PttError.of("PTT101", f"there is no detector `{asked.qualified}`", hint=hint)
    return replace(Who.parse(found), instance=asked.instance)


def _is_called(one: CompiledDetector, word: str) -> bool:
    """Whether an instance is meant by a word, as it was logged or as names show it."""
    return any(word in (each, one_line(each)) for each in one.instance.values())


def _instances(pack: CompiledPack, whole: FrameReplay, asked: Who) -> list[CompiledDetector]:
    """The detector, or those of its instances that are meant; without one what stands for them."""
    qualified, word = asked.qualified, asked.instance
    template = next(one for one in pack.judging if one.detector.qualified == qualified)
    if template.detector.family is None and word:
        hint = f"write `{qualified}`"
        raise PttError.of("PTT101", f"`{qualified}` has no instances", hint=hint)
    there = [one for one in _existing(whole) if one.detector.qualified == qualified]
    if not word:
        return there or [template]
    meant = [one for one in there if _is_called(one, word)]
    if not meant:
        words = [one_line(each) for one in there for each in one.instance.values()]
        otherwise = f"there are {listed(words)}" if words else "it has no instance at all"
        message = f"the log has no instance `{word}` of `{qualified}`"
        raise PttError.of("PTT101", message, hint=did_you_mean(word, words, otherwise))
    return meant


def _existing(whole: FrameReplay) -> Iterable[CompiledDetector]:
    """Detectors, and instances of which a row has a key."""
    for one in whole.detectors:
        if one.family is None or whole.columns[one.family].null_count() < whole.frame.height:
            yield one
