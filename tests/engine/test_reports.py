"""How often people hear of one detector that comes and goes."""

from __future__ import annotations

import pytest

from ptt_rules import Event, EventKind, Level, Reports
from ptt_rules.evaluation.reports import REPORT_ROWS


def event(kind: str, row: int, level: Level = Level.LOW, who: str = "d") -> Event:
    return Event(EventKind(kind), f"p.{who}", level, row + 1, row, None, "")


def flapping(count: int, every: int = 2) -> list[Event]:
    return [
        event(kind, every * number + later)
        for number in range(count)
        for kind, later in (("fired", 0), ("resolved", 1))
    ]


@pytest.mark.parametrize(("most", "count"), [(1, 5), (3, 9), (10, 200)])
def test_what_comes_too_often_is_counted_and_announced_once(most: int, count: int) -> None:
    reports = Reports(most)
    taken = [reports.take(one) for one in flapping(count)]
    assert sum(one.is_reported for one in taken) == 2 * most
    assert sum(one.is_first_left_out for one in taken) == 1
    assert taken[2 * most].is_first_left_out
    assert reports.left_out == {"p.d": 2 * (count - most)}
    assert sum(one.is_finding for one in taken) == count


def test_the_end_of_what_was_not_reported_is_not() -> None:
    reports = Reports(1)
    kinds = [("fired", 0), ("resolved", 1), ("fired", 2), ("resolved", 3)]
    assert [reports.take(event(*one)).is_reported for one in kinds] == [True, True, False, False]
    assert not Reports().take(event("resolved", 0)).is_reported


def test_what_is_worse_is_reported_in_any_case() -> None:
    reports = Reports(1)
    for one in flapping(4):
        reports.take(one)
    assert reports.take(event("fired", 20, Level.HIGH)).is_reported
    assert not reports.take(event("eased", 21, Level.LOW)).is_reported
    assert not reports.take(event("escalated", 22, Level.HIGH)).is_reported
    assert reports.take(event("escalated", 23, Level.CRITICAL)).is_reported
    assert reports.take(event("broken", 24)).is_reported


def test_after_so_many_rows_it_is_reported_again_and_of_others_all_the_time() -> None:
    reports = Reports(1)
    assert reports.take(event("again", 0)).is_reported
    assert not reports.take(event("again", REPORT_ROWS - 1)).is_reported
    assert reports.take(event("again", REPORT_ROWS - 1, who="e")).is_reported
    assert reports.take(event("again", REPORT_ROWS)).is_reported


def test_a_finding_that_is_first_reported_as_going_on_is_one() -> None:
    reports = Reports()
    found = [reports.take(event(*one)).is_finding for one in [("again", 3), ("again", 9)]]
    assert found == [True, False]
