"""The record of a run, from its start to its end: files, console, reports and postmortems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.border import agreeing, plural
from ptt_rules.evaluation import MOST_REPORTS, Engine
from ptt_rules.observing.console import Console
from ptt_rules.observing.guard import Guard
from ptt_rules.observing.journal import Describe, Journal
from ptt_rules.observing.memory import Memory
from ptt_rules.observing.postmortems import Postmortems
from ptt_rules.observing.reporter import Reporter
from ptt_rules.observing.run_directory import RunDirectory
from ptt_rules.packs import Arming, Pack
from ptt_rules.runs import RESUMED, Pulse, mismatch_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where a run is recorded and reported; the directory is None on other ranks than the first."""

    console: Console
    directory: RunDirectory | None
    most_reports: int = MOST_REPORTS
    fail_fast: bool = False


class Recorder:
    """Makes what records a run, and leads it through the run's start, resume and end."""

    def __init__(self, pack: Pack, outlets: Outlets, guard: Guard) -> None:
        self._pack = pack
        self._arming: Arming | None = None
        self.console = outlets.console
        self.journal = Journal(outlets.directory, guard)
        self.memory = Memory()
        parts = pack, self.journal, self.memory, self.console, guard
        self.reporter = Reporter(*parts, most_reports=outlets.most_reports)
        self.postmortems = Postmortems(*parts)

    def start(self, step: int, arming: Arming, describe: Describe) -> None:
        """Makes the run directory, writes down what the run is, and says what judges it."""
        self._arming = arming
        self.journal.begin(step, describe, lambda: self._rules(arming))
        self.console.started(self._pack, arming, self.journal.path)

    def judge_by(self, pack: Pack, arming: Arming, described: Mapping[str, Any]) -> None:
        """Other rules judge from the next row on; `described` is what `run.json` says of them."""
        self._pack, self._arming = pack, arming
        self.reporter.pack = pack
        self.postmortems.judge_by(pack)
        self.journal.rewrite({**described, **self._rules(arming)})
        self.console.started(pack, arming, None)

    def rearm(self, arming: Arming, described: Mapping[str, Any]) -> None:
        """Other detectors are armed than was said at the start."""
        self._arming = arming
        self.journal.rewrite({**described, **self._rules(arming)})
        self.console.armed(arming)

    def _rules(self, arming: Arming) -> dict[str, Any]:
        return {
            "detectors": arming.to_json(),
            "rules_digest": self._pack.compiled.digest,
            "rules": self.postmortems.rules.to_json(),
        }

    def row(self, row: Mapping[str, Any]) -> None:
        """A row is written before it is judged."""
        self.journal.beat(Pulse.RUNNING, row["step"])
        self.journal.row(row)
        self.memory.row(row)

    def resume(self, step: int, rows: int) -> None:
        """Says from where the run goes on; its journal goes on from there too."""
        abandoned = self.journal.cut(step)
        self.console.say(f"resumed at step {step}, {plural(rows, 'row')} judged before")
        if abandoned:
            left = f"{plural(abandoned, 'row')} of the abandoned branch"
            self.console.say(f"{left} {agreeing(abandoned, 'is', 'are')} in abandoned.jsonl")
        goal = self.journal.provenance.get("max_steps")
        resumed = {"event": RESUMED, "step": step, "row": rows, "abandoned": abandoned}
        self.journal.note({**resumed, "max_steps": goal})
        before = self.journal.read()
        if before is not None:
            self.memory.restore(before)
            self.reporter.restore(before.records.events)

    def end(self, engine: Engine, step: int) -> None:
        """Writes what is made at the end, and sums up what was found."""
        self.journal.table()
        reach = engine.reach()
        self.journal.reach(reach, self.memory.resumes)
        self.journal.beat(Pulse.ENDED, step)
        self.postmortems.explain(step)
        self.journal.page(self._pack)
        incidents = self._pack.incidents(self.memory.events)
        self.console.ended(engine, reach, step, incidents)
        mismatch = mismatch_of(self.journal.resumptions)
        if mismatch is not None and any(mismatch.explains(one) for one in incidents):
            what = f"the resume at step {mismatch.step}: {mismatch.what}"
            self.console.warn(f"the first cause is {what}")
        self.reporter.left_out()
        if self._arming is not None and engine.rows:
            self.console.surprised(self._arming.surprises(reach.unjudged))
        if self.journal.path is not None:
            self.console.kept(self.journal.path)
