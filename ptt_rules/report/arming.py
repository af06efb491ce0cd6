"""Which detectors are armed, in a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ptt_rules.border import agreeing, plural, visible
from ptt_rules.language.ir import Disabled
from ptt_rules.language.metrics import trainer_name
from ptt_rules.packs import Arming, Unfed

NAMED_KEYS = 2
SHOWN = 4
"""Reasons that are named."""


def armed_text(arming: Arming) -> str:
    """In one sentence how many detectors are armed, and how many of them need more logs."""
    version = f" (TRL {arming.trl_version})" if arming.trl_version else ""
    trainer = arming.whose or trainer_name(arming.algorithm)
    every = plural(arming.detectors, "detector")
    armed = f"{len(arming.armed)} of {every} armed for {trainer}{version}"
    return armed + _short_text(arming)


def _short_text(arming: Arming) -> str:
    """What the run will not give to those that are armed, and what would."""
    count = len(arming.short)
    if not arming.armed and arming.logs == 0:
        return ": the run will write no logs that they could judge"
    if not count or arming.logs is None:
        return ""
    every = len(arming.armed)
    whom = "all of them" if count == every > 1 else f"{count} of them" if every > 1 else "it"
    verb = agreeing(count, "needs", "need")
    logs = plural(arming.logs, "log")
    text = f"; {whom} {verb} more than the {logs} that the run will write"
    if arming.denser is None:
        return text
    steps, fed = arming.denser
    whom = str(fed) if fed < count else "them" if count > 1 else "it"
    return f"{text}: logging_steps={steps} would feed {whom}"


def arming_lines(arming: Arming, *, shown: int | None = SHOWN) -> Iterator[str]:
    """How many detectors are armed; then which are not and why, the commonest reasons first."""
    yield armed_text(arming)
    ordered = sorted(arming.short, key=lambda one: (one.needs or 0, one.detector))
    named = ordered if shown is None else ordered[:shown]
    for one in named:
        yield f"  too few logs: {one.detector} needs {one.needs}, and there will be {one.had}"
    left = len(ordered) - len(named)
    if left:
        yield f"  too few logs: {left} more {agreeing(left, 'needs', 'need')} more logs"
    yield from _part("not armed", arming.not_armed, shown)
    yield from _part("unknown until logged", arming.unknown, shown)


def surprise_lines(surprises: Mapping[tuple[str, ...], Sequence[str]]) -> Iterator[str]:
    """What a run was to log and never did, with the detectors that were armed for it."""
    for keys, detectors in surprises.items():
        named = " or ".join(f"`{visible(key)}`" for key in keys)
        verb = agreeing(len(detectors), "was", "were")
        yield f"{_names(detectors, whole=False)} {verb} armed, but {named} was never logged"


def disabled_lines(disabled: Iterable[Disabled]) -> Iterator[str]:
    """Which detectors packs turn off, those of one reason together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for one in disabled:
        alike.setdefault((one.pack, one.reason), []).append(one.name)
    for (pack, reason), detectors in alike.items():
        verb = agreeing(len(detectors), "is", "are")
        yield f"{_names(detectors, whole=False)} {verb} disabled by {pack}: {visible(reason)}"


def _part(title: str, unfed: Sequence[Unfed], shown: int | None) -> Iterator[str]:
    named = unfed if shown is None else unfed[:shown]
    yield from (f"  {title}: {_line(one, whole=shown is None)}" for one in named)
    rest = {name for one in unfed[len(named) :] for name in one.detectors}
    if rest:
        yield f"  {title}: {len(rest)} more for other reasons"


def _line(one: Unfed, *, whole: bool) -> str:
    if not one.keys:
        return f"{_names(one.detectors, whole=whole)}: {one.reason}"
    verb = agreeing(len(one.detectors), "needs", "need")
    keys = _keys(one.keys, whole=whole)
    return f"{_names(one.detectors, whole=whole)} {verb} {keys}, {one.reason}"


def _keys(keys: Sequence[str], *, whole: bool) -> str:
    quoted = [f"`{visible(key)}`" for key in keys]
    if whole or len(quoted) <= NAMED_KEYS:
        return " or ".join(quoted)
    rest = len(quoted) - NAMED_KEYS
    return f"{', '.join(quoted[:NAMED_KEYS])} or {plural(rest, 'more key')}"


def _names(names: Sequence[str], *, whole: bool) -> str:
    if len(names) == 1 or whole:
        return ", ".join(names)
    others = len(names) - 1
    return f"{names[0]} and {plural(others, 'other')}"
