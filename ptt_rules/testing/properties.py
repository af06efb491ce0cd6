"""Properties of one's own rules, for tests written in Python.

They take the rows of a run, such as hypothesis makes them, and raise an AssertionError that
shows what `ptt why` shows: the condition part by part, at the row that matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ptt_rules.evaluation import Event
from ptt_rules.language import Level, PttError
from ptt_rules.language.check import did_you_mean, listed, spellings, the_one_meant
from ptt_rules.packs import Pack
from ptt_rules.replaying import why
from ptt_rules.report import why_text

Rows = Sequence[Mapping[str, Any]]


def firings(
    pack: Pack,
    detector: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    config: Mapping[str, Any] | None = None,
) -> list[Event]:
    """When a detector fires or gets worse on the rows of a run, suppressed or not.

    Errors: PTT101 if the pack has no such detector
    """
    qualified = _qualified(pack, detector)
    engine = pack.engine(config)
    events = [event for row in rows for event in engine.observe(row)]
    return [one for one in events if one.event.is_finding and one.detector == qualified]


def assert_never_fires(
    pack: Pack, detector: str, rows: Rows, *, config: Mapping[str, Any] | None = None
) -> None:
    """The detector fires nowhere on these rows."""
    fired = firings(pack, detector, rows, config=config)
    if fired:
        first = fired[0]
        head = f"{first.who} fired {first.level.word} at step {first.step}: {first.message}"
        raise AssertionError(_explained(head, pack, first.who, rows, first.step, config))


def assert_fires_within(
    pack: Pack,
    detector: str,
    rows: Rows,
    *,
    steps: int,
    of: int = 0,
    level: Level | None = None,
    config: Mapping[str, Any] | None = None,
) -> None:
    """The detector fires (at that level, if one is given) in the `steps` steps after step `of`."""
    fired = firings(pack, detector, rows, config=config)
    if any(of < one.step <= of + steps and level in (None, one.level) for one in fired):
        return
    told = ", ".join(f"{one.level.word} at step {one.step}" for one in fired) or "nowhere"
    head = f"{detector} should fire in steps {of + 1}..{of + steps}; it fires {told}"
    last = max((row["step"] for row in rows if row["step"] <= of + steps), default=None)
    raise AssertionError(_explained(head, pack, detector, rows, last, config))


def _qualified(pack: Pack, name: str) -> str:
    known = [info.name for info in pack.detectors]
    found = the_one_meant(name, known, "several packs have a detector")
    if found is None:
        hint = did_you_mean(name, spellings(known), f"there are {listed(known)}")
        raise PttError.of("PTT101", f"there is no detector `{name}`", hint=hint)
    return found


def _explained(
    head: str,
    pack: Pack,
    detector: str,
    rows: Rows,
    step: int | None,
    config: Mapping[str, Any] | None,
) -> str:
    return f"{head}\n\n{why_text(why(pack, rows, detector, step=step, config=config))}"
