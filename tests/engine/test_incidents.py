"""Incidents of incidents.md, and what holds of any run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules import Event, EventKind, Level, loads
from ptt_rules.evaluation.incidents import incidents
from ptt_rules.report import incidents_text

BLOCK = re.compile(r"^(?:## ([^\n]*)|```(\w+)\n(.*?)```)$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"(\w+) (\w+) (\w+) at (\d+)(?: since (\d+))?(?: by (\w+))?( shadow)?")


def cases() -> Iterator[tuple[str, str, str, str]]:
    """Heading, who suppresses whom, events, and the text of the incidents."""
    text = Path(__file__).with_name("incidents.md").read_text(encoding="utf-8")
    heading = mutes = events = ""
    for found in BLOCK.finditer(text):
        if found[1]:
            heading, mutes = found[1], ""
        elif found[2] == "suppresses":
            mutes = found[3]
        elif found[2] == "events":
            events = found[3]
        else:
            yield heading, mutes, events, found[3]


def event(line: str) -> Event:
    word, detector, level, step, since, by, shadow = LINE.fullmatch(line).groups()
    return Event(
        event=EventKind(word),
        detector=detector,
        level=Level.of(level),
        step=int(step),
        row=int(step),
        time=None,
        message="",
        since_step=int(since) if since else None,
        suppressed_by=by,
        shadow=bool(shadow),
    )


@pytest.mark.parametrize(("heading", "mutes", "lines", "expected"), [*cases()])
def test_incidents_are_told_by_their_first_cause(heading, mutes, lines, expected):
    suppresses: dict[str, list[str]] = {}
    for who, whom in (line.split(" mutes ") for line in mutes.splitlines()):
        suppresses.setdefault(who, []).append(whom)
    told = incidents(map(event, lines.splitlines()), suppresses)
    assert incidents_text(told).split() == expected.split()


LEVELS = st.sampled_from(list(Level))


@st.composite
def runs(draw: st.DrawFn) -> list[Event]:
    """Firings and ends of a few detectors, in the order of rows."""
    found, firing = [], set()
    for step in sorted(draw(st.lists(st.integers(1, 400), max_size=30))):
        name, level = draw(st.sampled_from("abcdef")), draw(LEVELS)
        kind = "resolved" if name in firing else "fired"
        firing ^= {name}
        since = max(1, step - draw(st.integers(0, 20)))
        by = draw(st.sampled_from(["", "", "", " by a"]))
        found.append(event(f"{kind} {name} {level.word} at {step} since {since}{by}"))
    return found


@given(runs())
@settings(max_examples=200)
def test_each_told_firing_is_in_one_incident(events):
    told = incidents(events, {})
    firings = [one for one in events if one.event is EventKind.FIRED and one.is_visible]
    counted = [one for each in told for one in each.findings if one.is_visible]
    assert sum(one.times for one in counted) == len(firings)
    assert all(each.cause.is_visible for each in told)


@given(runs())
@settings(max_examples=200)
def test_nothing_serious_in_an_incident_began_before_its_first_cause(events):
    for each in incidents(events, {}):
        serious = [one for one in each.findings if one.is_visible and one.level > Level.LOW]
        assert all(one.since_step >= each.cause.since_step for one in serious)


def test_a_pack_knows_which_of_its_detectors_suppress_others():
    pack = loads(
        'metric a: none = "a"\n'
        "detector second { high when a > 1 }\n"
        "detector third { high when a > 1 suppresses second }\n"
    )
    engine = pack.engine()
    (incident,) = pack.incidents(engine.observe({"step": 7, "a": 2}))
    assert incident.cause.detector == "inline.third"
    assert [one.detector for one in incident.evidence] == ["inline.second"]
    assert incident.to_json()["evidence"][0]["suppressed_by"] == "inline.third"
