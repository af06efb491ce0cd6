"""How much of a pack could judge, in one line; then which detectors could not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ptt_rules.border import agreeing, first_few, plural, visible
from ptt_rules.evaluation import Reach, Reason, Unjudged
from ptt_rules.language import Measure

SHOWN = 4
"""Detectors that are named where not all of them are."""

_WORDS = {
    Measure.JUDGEMENTS: "logs",
    Measure.STEPS: "steps",
    Measure.EPOCHS: "epochs",
    Measure.SECONDS: "seconds",
}


def reach_text(reach: Reach) -> str:
    """How many detectors could judge, such as `39 of 58 detectors could judge, 3 in part`."""
    part = f", {reach.in_part} in part" if reach.in_part else ""
    return f"{reach.judged} of {plural(reach.detectors, 'detector')} could judge{part}"


def lacks_text(reach: Reach) -> str:
    """Why the others could not, in a few words; empty if all could."""
    counts = Counter(one.reason for one in reach.idle)
    return ", ".join(
        f"{counts[reason]} {agreeing(counts[reason], *_VERBS[reason])}"
        for reason in _ORDER
        if counts[reason]
    )


_ORDER = (Reason.BROKEN, *(reason for reason in Reason if reason is not Reason.BROKEN))
_VERBS = {
    Reason.WARMING: ("needs more logs", "need more logs"),
    Reason.UNKNOWN: ("reads what is unknown", "read what is unknown"),
    Reason.BLIND: ("lacks a metric", "lack a metric"),
    Reason.BROKEN: ("is off, as its rule failed", "are off, as their rules failed"),
}


def unjudged_lines(unjudged: Iterable[Unjudged], *, shown: int | None = SHOWN) -> Iterator[str]:
    """Which detectors could not judge, by what they lack; without `shown` all are named."""
    every = list(unjudged)
    for in_part in (False, True):
        these = [one for one in every if one.in_part is in_part]
        head = "judged in part" if in_part else "could not judge"
        for reason in _ORDER:
            yield from _of_reason(head, [one for one in these if one.reason is reason], shown)


def _of_reason(head: str, alike: Sequence[Unjudged], shown: int | None) -> Iterator[str]:
    if not alike:
        return
    if alike[0].reason is Reason.WARMING:
        ordered = sorted(alike, key=lambda one: (one.needs or 0, one.detector))
        names = first_few([_waits(one) for one in ordered], shown)
        yield f"{head}, as they need more than there was: {names}"
        return
    groups = list(_by_text(alike).items())
    for text, detectors in groups[:shown]:
        yield f"{head}, as {text}: {first_few(detectors, shown)}"
    rest = {name for _, detectors in groups[len(groups[:shown]) :] for name in detectors}
    if rest:
        yield f"{head}, for other reasons of this kind: {len(rest)} more"


def _waits(one: Unjudged) -> str:
    return f"{one.detector} ({one.had} of {one.needs} {_WORDS[one.measure]})"


def _by_text(alike: Iterable[Unjudged]) -> dict[str, list[str]]:
    """The missing inputs, with the detectors that lack them; the most frequent first."""
    found: dict[str, list[str]] = {}
    for one in alike:
        found.setdefault(lack_text(one), []).append(one.detector)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))


def lack_text(one: Unjudged) -> str:
    """The inputs that a detector would lack even with more rows."""
    if one.reason is Reason.BROKEN:
        return f"the rule failed with {visible(one.text)}"
    if one.reason is Reason.BLIND:
        keys = "; ".join(" or ".join(f"`{visible(key)}`" for key in each) for each in one.keys)
        return f"{keys} was never logged"
    named = " and ".join(f"`{visible(keys[0])}`" for keys in one.keys if keys)
    return f"{named}: {one.text}" if named else one.text
