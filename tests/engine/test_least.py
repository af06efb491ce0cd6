"""The fewest logs with which a level can fire: no fewer, and as many where the first shows it."""

from __future__ import annotations

import pytest

from ptt_rules import Level, load, loads, shipped_packs
from ptt_rules.authoring.tests import traces
from ptt_rules.evaluation import least_logs
from ptt_rules.packs import load_tested

RULES = """
metric kl: nats = "kl"
metric loss: nats = "loss"
derive far = kl - median(kl[5])
"""


def least_of(clauses: str) -> dict[str, int]:
    (levels,) = least_logs(loads(f"{RULES} detector x {{ {clauses} }}").compiled).values()
    return {level.word: logs for level, logs in levels.items()}


@pytest.mark.parametrize(
    ("clauses", "least"),
    [
        ("high when kl > 1", 1),
        ("high when kl > 1 for 3", 3),
        ("high when kl > 1 after 4", 4),
        ("high when kl > 1 after 4 for 3", 6),
        ("high when median(kl[5]) > 1", 5),
        ("high when median(kl[3..9]) > 1", 3),
        ("high when median(kl[5 before 4]) > 1", 9),
        ("high when median(kl[first 5 after 2]) > 1", 7),
        ("high when median(kl[5]) > 1 and median(loss[20]) > 1 for 2", 21),
        ("high when median(kl[5]) > 1 or median(loss[20]) > 1", 5),
        ("high when coalesce(median(kl[20]), median(kl[5])) > 1", 5),
        ("high when streak(kl > 1) >= 6", 6),
        ("high when count((kl > 1)[10]) > 3", 4),
        ("high when mean(far[10]) > -1", 14),
        ("high when any((kl > 1)[10])", 1),
        ("high when all((kl > 1)[10])", 10),
    ],
)
def test_a_level_fires_at_its_least_logs_where_the_first_shows_the_fault(
    clauses: str, least: int
) -> None:
    assert least_of(clauses) == {"high": least}
    engine = loads(f"{RULES} detector x {{ {clauses} }}").engine()
    fired = [bool(engine.observe({"step": n, "kl": 2.0, "loss": 2.0})) for n in range(1, 30)]
    assert fired.index(True) + 1 == least


def test_levels_have_their_own_least() -> None:
    levels = "high when median(kl[20]) > 1 for 5\n medium when kl > 1"
    assert least_of(levels) == {"high": 24, "medium": 5}


def test_what_needs_sibling_runs_has_none() -> None:
    siblings = loads(f"{RULES} detector x {{ high when kl > siblings(kl) }}")
    assert least_logs(siblings.compiled) == {}


@pytest.mark.parametrize("name", shipped_packs())
def test_no_test_of_a_shipped_pack_fires_with_fewer(name: str) -> None:
    least = least_logs(load(name).compiled)
    for detector, trace in traces(load_tested(name)).items():
        fired = next((one for one in trace.events if one.event.is_finding), None)
        if fired is not None and fired.level in least[detector]:
            assert fired.row + 1 >= least[detector][fired.level], detector


def test_levels_of_the_shipped_packs_are_counted() -> None:
    least = least_logs(load("sft").compiled)
    assert least["sft.all_masked"] == {Level.CRITICAL: 3}
