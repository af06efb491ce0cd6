"""What the rules find, as it is reported: recorded first, and said to people if it is for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ptt_rules.evaluation import Action, Crowded, Event, EventKind, Report, Reports
from ptt_rules.observing.console import Console
from ptt_rules.observing.guard import Guard
from ptt_rules.observing.journal import Journal
from ptt_rules.observing.memory import Memory
from ptt_rules.packs import Pack
from ptt_rules.report import crowded_text

_NAMED_KEYS = 10
"""Keys without numbers that are named, each on a line."""


class Reporter:
    """Reports events and actions of one run, of each detector so many at most."""

    def __init__(
        self,
        pack: Pack,
        journal: Journal,
        memory: Memory,
        console: Console,
        guard: Guard,
        *,
        most_reports: int,
    ) -> None:
        self.pack = pack
        self._journal = journal
        self._memory = memory
        self._console = console
        self._guard = guard
        self._reports = Reports(most_reports)
        self._crowded: set[tuple[str, ...]] = set()
        self._unreadable = 0

    def report(
        self,
        events: Sequence[Event],
        actions: Sequence[Action],
        *,
        is_told: Callable[[Event], bool],
    ) -> list[Event]:
        """Events before actions, each on the record before people hear of any.

        The result is the findings that are reported: those that begin, or get worse.
        """
        lines: list[Event | Action] = [*events, *actions]
        for line in lines:
            self._journal.note(line.to_json())
        findings = [event for event in events if self._is_finding(event, is_told=is_told(event))]
        if actions:
            self._console.acted(actions)
        return findings

    def _is_finding(self, event: Event, *, is_told: bool) -> bool:
        """Whether a finding that begins or gets worse is reported."""
        report = self._kept(event, is_told=is_told)
        if is_told:
            self._console.found(event, self.pack, report, self._reports)
        else:
            self._console.recorded(event)
        return report.is_reported and report.is_finding

    def _kept(self, event: Event, *, is_told: bool) -> Report:
        """One that only goes on says nothing new of an incident."""
        report = self._reports.take(event) if is_told else Report()
        if event.event is not EventKind.AGAIN or report.is_finding:
            self._memory.event(event)
        return report

    def restore(self, events: Iterable[Event]) -> None:
        """Events of the branch that goes on, which were reported before."""
        for event in events:
            self._kept(event, is_told=event.is_visible)
        self._reports.left_out.clear()

    def unreadable(self, keys: Sequence[str]) -> None:
        """Says which keys hold no numbers: the first few of them, for there may be thousands."""
        left = max(0, _NAMED_KEYS - self._unreadable)
        self._unreadable += len(keys)
        for key in keys[:left]:
            self._guard.report("PTT505", f"`{key}` is left out", "its values are not numbers")
        if keys[left:]:
            self._guard.report("PTT505", "more keys are left out", "their values are not numbers")

    def crowded(self, families: Iterable[Crowded]) -> None:
        """Says once of each family that it has more instances than are judged."""
        for one in families:
            if one.keys not in self._crowded:
                self._crowded.add(one.keys)
                text = crowded_text(one)
                self._journal.note({"message": text, **one.to_json(), "event": "crowded"})
                self._console.warn(f"{text} [PTT509]")

    def left_out(self) -> None:
        """Says of which detectors more was found than was reported."""
        self._console.left_out(self._reports.left_out)
