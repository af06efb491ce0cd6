"""What a run remembers of itself for those who ask at its end."""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Mapping
from typing import Any

from ptt_rules.evaluation import Action, Event
from ptt_rules.runs import LAST_ROWS, Places, Run


class Memory:
    """The newest rows, where all of them were, and the changes of detectors.

    Space: 16 bytes a row, and its events
    """

    def __init__(self) -> None:
        self._steps, self._times = array("q"), array("d")
        self._rows: deque[Mapping[str, Any]] = deque(maxlen=LAST_ROWS)
        self._events: list[Event] = []
        self.resumes = 0
        """How often the run was gone on with."""
        self.after_stop = 0
        """How many of the newest rows were not judged, as they come after a `stop`."""

    @property
    def places(self) -> Places:
        return Places(self._steps, self._times)

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        return list(self._rows)

    @property
    def events(self) -> list[Event]:
        """Changes of detectors, in the order in which they came."""
        return self._events

    @property
    def newest_step(self) -> int | None:
        """The step of the newest row; None before there is one."""
        return self._steps[-1] if self._steps else None

    def row(self, row: Mapping[str, Any]) -> None:
        self._steps.append(row["step"])
        self._times.append(row["time"])
        self._rows.append(row)

    def judged(self, *, has_judged: bool) -> None:
        """Whether the newest row was judged: not if it comes after a `stop`."""
        self.after_stop = 0 if has_judged else self.after_stop + 1

    def event(self, event: Event) -> None:
        self._events.append(event)

    def causes(self, action: Action) -> list[Event]:
        """The newest event of each detector that led to an action."""
        newest = {event.who: event for event in self._events}
        return [newest[who] for who in action.because if who in newest]

    def restore(self, before: Run) -> None:
        """Rows of the branch that goes on; its events come anew."""
        self._steps.extend(before.places.steps)
        self._times.extend(math.nan if t is None else t for t in before.places.times)
        self._rows.extend(before.newest_rows(LAST_ROWS))
        self._events.clear()
        self.resumes = before.records.resumes
