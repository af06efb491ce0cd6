"""What the callback prints: short blocks that a person reads at 3 a.m."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from ptt_rules import Action, Arming, Blind, Engine, Event, EventKind, Incident, Pack, Status
from ptt_rules.report import (
    Colour,
    Terminal,
    action_text,
    arming_lines,
    blind_text,
    disabled_lines,
    event_text,
    incidents_text,
    surprise_lines,
    visible,
)
from ptt_runtime.guard import Fault

_FINDINGS = (EventKind.FIRED, EventKind.ESCALATED)


class Console:
    """Prints to standard error, and on other ranks than the first not at all."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self.is_on = True
        self._counts: Counter[str] = Counter()
        self._untold: Counter[str] = Counter()

    def say(self, text: str) -> None:
        self._print(f"ptt  {visible(text)}")

    def _print(self, text: str) -> None:
        if not self.is_on:
            return
        try:
            print(text, file=Terminal(self._stream or sys.stderr), flush=True)
        except (OSError, ValueError):
            self.is_on = False  # nobody reads any more, and there is nowhere to say so

    def _block(self, text: str) -> None:
        self._print(f"\n{text}\n")

    def started(self, pack: Pack, arming: Arming, run_dir: Path | None) -> None:
        names = ", ".join(f"{info.name} {info.version}" for info in pack.packs)
        policy = f"policy {pack.policy}" if pack.policy else "no policy: tells, does nothing"
        self.say(f"{names}; {policy}")
        for line in arming_lines(arming):
            self.say(line)
        for line in disabled_lines(pack.disabled):
            self.say(line)
        if run_dir is not None:
            self.say(f"run directory {run_dir}")

    def found(self, event: Event, pack: Pack) -> None:
        if event.event in _FINDINGS:
            self._counts[event.level.word] += 1
        colour = Colour.of(self._stream or sys.stderr)
        self._block(event_text(event, pack.detector(event.detector), colour))

    def recorded(self, event: Event) -> None:
        """An event that is recorded without being told: counted, for the summary."""
        if event.event in _FINDINGS:
            self._untold[event.who] += 1

    def acted(self, actions: Sequence[Action]) -> None:
        self.say(action_text(actions))

    def faulted(self, fault: Fault) -> None:
        self.say(f"{fault.message} [{fault.code}]; training goes on, this is told once")

    def ended(self, engine: Engine, step: int, incidents: Sequence[Incident]) -> None:
        """The summary: findings, the incidents that they are, and what could not judge at all."""
        self._print("")  # not on the line of a progress bar
        counts = ", ".join(f"{count} {level}" for level, count in self._counts.items())
        self.say(f"end at step {step}: {counts or 'nothing found'}")
        for line in incidents_text(incidents).splitlines():
            self.say(line)
        if self._untold:
            untold = ", ".join(f"{who} {count}" for who, count in sorted(self._untold.items()))
            self.say(f"recorded and not told (in shadow, suppressed or acknowledged): {untold}")
        statuses = engine.statuses()
        firing = {name for name, status in statuses.items() if status is Status.FIRING}
        if firing:
            began = {one.who: one.since_step for each in incidents for one in each.findings}
            ordered = sorted(firing, key=lambda who: (began.get(who, 0), who))
            self.say(f"still firing: {', '.join(ordered)}")
        off = sorted(name for name, status in statuses.items() if status is Status.BROKEN)
        if off:
            self.say(f"off, as the rule failed: {', '.join(off)}")
        self._blind(engine.blind(), len(statuses))

    def surprised(self, surprises: Mapping[tuple[str, ...], Sequence[str]]) -> None:
        for line in surprise_lines(surprises):
            self.say(f"surprise: {line}")

    def _blind(self, blind: Sequence[Blind], detectors: int) -> None:
        if blind:
            self.say(f"{len(blind)} of {detectors} detectors were blind:")
        for one in blind:
            self.say(f"  {blind_text(one)}")
