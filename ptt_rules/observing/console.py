"""What the callback prints: short blocks that a person reads at 3 a.m., and in good times little.

A healthy run has a few lines: what judges it, how much of that it will feed, and at the end that
nothing was found by how many. Details are in the run directory, where `ptt armed` and `ptt show`
read them, and on the console for those who ask for them (`ptt_rules.observing.verbosity`).
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from ptt_rules.border import first_few, visible
from ptt_rules.evaluation import (
    Action,
    Engine,
    Event,
    EventKind,
    Incident,
    Reach,
    Report,
    Reports,
    Status,
)
from ptt_rules.language import Level, Who
from ptt_rules.observing.guard import Fault
from ptt_rules.observing.progress import Bars
from ptt_rules.observing.verbosity import LEVELS, LOGGER, Verbosity, least_shown
from ptt_rules.observing.versions import untested_text
from ptt_rules.packs import Arming, Pack
from ptt_rules.report import (
    Colour,
    Terminal,
    action_text,
    armed_text,
    arming_lines,
    disabled_lines,
    event_text,
    incidents_text,
    note_text,
    surprise_lines,
    width_of,
    wrapped,
)
from ptt_rules.runs import reach_text, unjudged_lines

_LABEL = "ptt  "
SHOWN = 3
"""Detectors that a line at the end names."""


class Console:
    """Prints to standard error, and on other ranks than the first not at all."""

    def __init__(self, stream: TextIO | None = None, verbosity: Verbosity | None = None) -> None:
        self._given = stream
        self._verbosity = verbosity
        self._bars = Bars()
        self.is_on = True
        self._counts: Counter[Level] = Counter()
        self._notes: Counter[str] = Counter()
        self._unreported: set[tuple[str, str]] = set()

    # ---- lines -----------------------------------------------------------------------------

    def say(self, text: str, level: int = logging.INFO) -> None:
        """A sentence, on as many lines as it takes."""
        line = visible(text)
        self._tell(level, line, wrapped(line, self._width, label=_LABEL))

    def warn(self, text: str) -> None:
        """What people want to hear of even where little is said."""
        self.say(text, logging.WARNING)

    def detail(self, text: str) -> None:
        self.say(text, logging.DEBUG)

    def _tell(self, level: int, record: str, shown: str) -> None:
        """A record for the handlers of the logger, and what the console shows of it."""
        if not self.is_on:
            return
        LOGGER.log(level, "%s", record)
        if self._shows(level):
            self._print(shown)

    def _print(self, text: str) -> None:
        stream = self._stream
        try:
            with self._bars.aside(stream):
                print(text, file=Terminal(stream), flush=True)
        except (OSError, ValueError):
            self.is_on = False  # nobody reads any more, and there is nowhere to say so

    def _shows(self, level: int) -> bool:
        return level >= least_shown(self._verbosity)

    @property
    def _stream(self) -> TextIO:
        return self._given or sys.stderr

    @property
    def _width(self) -> int:
        return width_of(self._stream)

    # ---- the start -------------------------------------------------------------------------

    def started(self, pack: Pack, arming: Arming, run_dir: Path | None) -> None:
        """What judges, and how much of it the run will feed."""
        names = ", ".join(f"{info.name} {info.version}" for info in pack.packs)
        policy = f"policy {pack.policy}" if pack.policy else "no policy: it only reports"
        rules = f"{names}; {policy}"
        self._line(rules if run_dir is None else f"in {run_dir}: {rules}", otherwise=rules)
        self.armed(arming)
        for line in disabled_lines(pack.disabled):
            self.detail(line)

    def armed(self, arming: Arming) -> None:
        """How much of what judges the run will feed."""
        self.say(armed_text(arming))
        untested = untested_text(arming.trl_version)
        if untested is not None:
            self.say(untested)
        for line in [*arming_lines(arming)][1:]:
            self.detail(line)

    def _line(self, text: str, *, otherwise: str) -> None:
        """A line that must not be broken, where it fits; something shorter otherwise."""
        fits = len(_LABEL) + len(visible(text)) <= self._width
        self.say(text if fits else otherwise)

    # ---- rows ------------------------------------------------------------------------------

    def found(self, event: Event, pack: Pack, report: Report, reports: Reports) -> None:
        """A finding as a block; one that is only a note waits for the end."""
        if report.is_finding:
            self._counts[event.level] += 1
        if report.is_finding and event.level is Level.LOW:
            self._notes[event.who] += 1
        if report.is_reported:
            info, colour = pack.detector(event.detector), Colour.of(self._stream)
            block = event_text(event, info, colour, self._width, is_finding=report.is_finding)
            level = _level_of(event, is_finding=report.is_finding)
            self._tell(level, visible(note_text(event)), f"\n{block}\n")
        elif report.is_first_left_out:
            text = visible(reports.too_often(event.who))
            level = _level_of(event, is_finding=report.is_finding)
            self._tell(level, text, wrapped(text, self._width, label=_LABEL))

    def recorded(self, event: Event) -> None:
        """An event that is recorded without being reported: counted, for the summary."""
        if event.event.is_finding:
            self._unreported.add((event.who, _why_unreported(event)))

    def acted(self, actions: Sequence[Action]) -> None:
        self.warn(action_text(actions))

    def faulted(self, fault: Fault) -> None:
        self.warn(f"{fault.message} [{fault.code}]; training goes on, this is reported once")

    # ---- the end ---------------------------------------------------------------------------

    def ended(self, engine: Engine, reach: Reach, step: int, incidents: Sequence[Incident]) -> None:
        """The summary: findings, how much could judge, and the incidents that the findings are."""
        statuses, worst = engine.statuses(), max(self._counts, default=None)
        has_findings = worst is not None and worst > Level.LOW
        level = logging.WARNING if has_findings else logging.INFO
        ordered = sorted(self._counts.items(), reverse=True)
        counts = ", ".join(f"{count} {level.word}" for level, count in ordered)
        if self._notes:
            counts += f" ({_named(self._notes)})"
        self.say(f"end at step {step}: {counts or 'nothing found'}; {reach_text(reach)}", level)
        if has_findings:
            self._incidents(statuses, incidents, level)
        off = sorted(name for name, one in statuses.items() if one is Status.BROKEN)
        if off:
            self.warn(f"off, as the rule failed: {', '.join(off)}")
        if engine.reactions_off:
            self.warn(f"off, as the formula failed: {', '.join(engine.reactions_off)}")
        if self._unreported:
            self.say(f"recorded and not reported: {_unreported_text(self._unreported)}")
        for line in unjudged_lines(reach.unjudged, shown=None):
            self.detail(line)

    def left_out(self, counts: Mapping[str, int]) -> None:
        """How many events came too often to be reported, by detector."""
        if counts:
            named = ", ".join(f"{who} {count}" for who, count in sorted(counts.items()))
            self.say(f"recorded and not reported, as they came too often: {named}")

    def kept(self, run_dir: Path) -> None:
        """Where all is written, on one line whatever its length, so that it can be copied."""
        line = visible(f"artifacts in {run_dir}")
        more = f"{line}: `ptt show` and `ptt armed` say more"
        fits = len(_LABEL) + len(more) <= self._width
        self._tell(logging.INFO, line, _LABEL + (more if fits else line))

    def _incidents(
        self, statuses: Mapping[str, Status], incidents: Sequence[Incident], level: int
    ) -> None:
        text = incidents_text(incidents, self._width - len(_LABEL))
        if text:
            self._tell(level, text, _LABEL + text.replace("\n", "\n" + " " * len(_LABEL)))
        firing = [name for name, one in statuses.items() if one is Status.FIRING]
        if firing:
            began = {one.who: one.since_step for each in incidents for one in each.findings}
            ordered = sorted(firing, key=lambda who: (began.get(who, 0), who))
            self.say(f"still firing: {_some(ordered)}", level)

    def surprised(self, surprises: Mapping[tuple[str, ...], Sequence[str]]) -> None:
        for line in surprise_lines(surprises):
            self.detail(f"surprise: {line}")


def _level_of(event: Event, *, is_finding: bool) -> int:
    """The level of an event as a line: how bad it is where it begins, and else what is over."""
    if event.event is EventKind.BROKEN:
        return logging.WARNING
    if is_finding:
        return LEVELS[event.level]
    return min(LEVELS[event.level], logging.INFO)


def _named(notes: Mapping[str, int]) -> str:
    """Detectors by name, the first few of many."""
    return _some(sorted(notes))


def _some(names: Sequence[str]) -> str:
    """The first few of detectors, and how many more there are; instances of one are one name."""
    bases = [Who.parse(name).qualified for name in names]
    instances = Counter(bases)
    whole = {base: name for base, name in zip(bases, names, strict=True) if instances[base] == 1}
    shown = [whole.get(base, f"{base} ({count} instances)") for base, count in instances.items()]
    return first_few(shown, SHOWN)


def _why_unreported(event: Event) -> str:
    if event.shadow:
        return "in shadow"
    return "suppressed by what caused them" if event.suppressed_by else "acknowledged"


def _unreported_text(found: Iterable[tuple[str, str]]) -> str:
    """Detectors by why they were not reported, such as `a.b, a.c (in shadow)`."""
    by_reason: dict[str, list[str]] = {}
    for who, why in sorted(found):
        by_reason.setdefault(why, []).append(who)
    return "; ".join(f"{_some(names)} ({why})" for why, names in by_reason.items())
