"""How often people hear of one detector: events are recorded one by one, reports are not.

A detector that comes and goes says the same thing again and again. So of one detector, or one
instance of it, at most so many events are reported in so many rows, and what follows is counted.
What is worse than all that was reported of it in these rows is reported in any case.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from ptt_rules.evaluation.events import Event, EventKind
from ptt_rules.language import Level

MOST_REPORTS = 10
REPORT_ROWS = 10_000
"""In so many rows at most `MOST_REPORTS` events of one detector are reported."""


@dataclass(frozen=True, slots=True)
class Report:
    """What becomes of one event on its way to people."""

    is_reported: bool = False
    is_finding: bool = False
    """Whether it says that a finding begins, or is worse than was said of it."""
    is_first_left_out: bool = False
    """Whether it comes too often, and the one before it did not."""


@dataclass(slots=True)
class _Heard:
    """What people heard of one detector lately."""

    reports: deque[tuple[int, Level]] = field(default_factory=deque)
    """Rows and levels, the oldest first."""
    is_damped: bool = False
    is_open: bool = False
    """Whether the finding that goes on was reported."""

    def has_room(self, event: Event, most: int) -> bool:
        while self.reports and self.reports[0][0] <= event.row - REPORT_ROWS:
            self.reports.popleft()
        if len(self.reports) < most:
            return True
        return event.level > max(level for _, level in self.reports)


class Reports:
    """Decides which events that could be reported are."""

    def __init__(self, most: int = MOST_REPORTS) -> None:
        self.left_out: Counter[str] = Counter()
        """Events that came too often, by detector."""
        self._most = most
        self._levels: dict[str, Level] = {}
        """Of findings that go on: the level that they could be known at."""
        self._heard: dict[str, _Heard] = {}

    def take(self, event: Event) -> Report:
        """An event that nothing but its number speaks against."""
        is_finding = self._is_finding(event)
        if event.event is EventKind.BROKEN:
            return Report(is_reported=True)
        heard = self._heard.setdefault(event.who, _Heard())
        if event.event is EventKind.RESOLVED:
            is_reported, heard.is_open = heard.is_open, False
        else:
            is_reported = heard.has_room(event, self._most)
            heard.is_open = heard.is_open or is_reported
        if is_reported:
            if event.event is not EventKind.RESOLVED:
                heard.reports.append((event.row, event.level))
                heard.is_damped = False
            return Report(is_reported=True, is_finding=is_finding)
        self.left_out[event.who] += 1
        was_damped, heard.is_damped = heard.is_damped, True
        return Report(is_finding=is_finding, is_first_left_out=not was_damped)

    def _is_finding(self, event: Event) -> bool:
        if event.event in (EventKind.RESOLVED, EventKind.BROKEN):
            self._levels.pop(event.who, None)
            return False
        known = self._levels.get(event.who)
        self._levels[event.who] = event.level
        return known is None or event.level > known

    def remember(self, events: Iterable[Event]) -> None:
        """What was reported before a resume."""
        for event in events:
            if event.is_visible:
                self.take(event)
        self.left_out.clear()

    def too_often(self, who: str) -> str:
        """The line in the place of reports that are left out from now on."""
        return (
            f"{who} comes and goes: {self._most} reports of it in {REPORT_ROWS:,} rows, "
            "what follows is recorded and counted"
        )
