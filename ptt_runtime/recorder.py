"""The main process's side of a run: what is printed and what is written."""

from __future__ import annotations

import math
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ptt_rules import (
    MOST_REPORTS,
    Action,
    Arming,
    Crowded,
    Engine,
    Event,
    EventKind,
    Finding,
    Pack,
    Reach,
    Report,
    Reports,
    json_number,
    read_log,
)
from ptt_rules.border import agreeing, plural
from ptt_rules.report import crowded_text
from ptt_rules.report.run import write_report
from ptt_rules.runs import (
    COMPARED,
    EVERY_S,
    LAST_ROWS,
    PROVENANCE,
    RESUMED,
    RETRIED,
    Checkpoint,
    Command,
    CommandKind,
    Ending,
    Heartbeat,
    Places,
    Pulse,
    Record,
    Rules,
    Run,
    Verdict,
    WayBack,
    checkpoints,
    chosen,
    environment,
    explanations,
    fault_of,
    good_text,
    mismatch_of,
    observations,
    of_this_run,
    onset,
    postmortem,
    read_run,
)
from ptt_runtime.console import Console
from ptt_runtime.guard import Fault, Guard
from ptt_runtime.resuming import copy_history, logged_rows
from ptt_runtime.run_directory import RunDirectory

_NAMED_KEYS = 10
"""Keys without numbers that are named, each on a line."""


class Recorder:
    """Tells and records; every write is contained, so that a full disk stops no run."""

    def __init__(
        self,
        pack: Pack,
        console: Console,
        directory: RunDirectory | None,
        *,
        fail_fast: bool,
        most_reports: int = MOST_REPORTS,
    ) -> None:
        self.directory = directory
        self.guard = Guard(self._fault, fail_fast=fail_fast)
        self._pack = pack
        self._console = console
        self._rules = Rules.of(pack)
        self._steps, self._times = array("q"), array("d")
        self._rows: deque[Mapping[str, Any]] = deque(maxlen=LAST_ROWS)
        self._provenance: Mapping[str, Any] = {}
        self._resumes = 0
        self._beaten = -EVERY_S
        self._arming: Arming | None = None
        self._ending: Ending | None = None
        """How the run ended, or will have ended, if it did so badly."""
        self._out = Path()
        """Where its checkpoints are, if it ended badly."""
        self._onsets: dict[tuple[str, int], int] = {}
        """Where causes began, by name and step."""
        self._why: list[dict[str, Any]] = []
        self._resumptions: list[Mapping[str, Any]] = []
        """Lines that say from where this process went on, and what differed then."""
        self.tell_first: Callable[[Mapping[str, Any]], None] = lambda record: None
        """On another rank than the first: where it says what failed here."""
        self._abandoned = 0
        self.rows_are_logged = False
        """Whether the rows before a resume are those of the trainer's own history."""
        self._reports = Reports(most_reports)
        self._crowded: set[tuple[str, ...]] = set()
        self._unreadable = 0
        self._events: list[Event] = []
        """All changes of detectors, for the incidents at the end."""

    @property
    def path(self) -> Path | None:
        return self.directory.path if self.directory else None

    def start(self, arming: Arming, describe: Callable[[], Mapping[str, Any]]) -> None:
        """Makes the run directory, and writes down what the run is."""
        if self.directory is not None:
            self.directory.on_removed = self._removed
            with self._writing("run.json"):
                self.directory.begin()
            self.beat(Pulse.RUNNING, self.guard.step)
            with self._writing("run.json"):
                self._provenance = describe()
                rules = {
                    "detectors": arming.to_json(),
                    "rules_digest": self._pack.compiled.digest,
                    "rules": self._rules.to_json(),
                }
                self.directory.write_provenance({**self._provenance, **rules})
        self._arming = arming
        self._console.started(self._pack, arming, self.path)

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What `run.json` says of the run; nothing on other ranks than the first."""
        return self._provenance

    def say(self, text: str) -> None:
        """A line for people, on the first rank."""
        self._console.say(text)

    def warn(self, text: str) -> None:
        """A line that people want to hear of even where little is said."""
        self._console.warn(text)

    def keep(self, packs: Mapping[str, str]) -> None:
        """Writes down packs that are in no file."""
        if self.directory is None:
            return
        for name, text in packs.items():
            with self._writing(f"packs/{name}.ptt"):
                self.directory.write_pack(name, text)

    def rows_before(self, step: int, source: Path | None, state: Any) -> list[dict[str, Any]]:
        """The rows up to a step: of this directory, of the run that it branched from, or at last
        of the trainer's own history, which has those that the trainer logged.
        """
        rows: list[dict[str, Any]] = []
        if self.directory is None:
            return rows
        if source is not None:
            with self.guard.contain("PTT503", f"what {source} has cannot be copied"):
                copy_history(source, self.directory.path, step)
        self.cut(step)
        with self.guard.contain("PTT503", "the rows before the resume cannot be read"):
            rows = self.directory.journal_rows(step)
        if not rows:
            rows = logged_rows(state, step)
            self.rows_are_logged = bool(rows)
            with self._writing("metrics.jsonl"):
                self.directory.add_rows(rows)
        return rows

    def found_before(self, events: Iterable[Event]) -> None:
        """Events that are told to nobody."""
        for event in events:
            self.note(event.to_json())

    def cut(self, step: int) -> None:
        """Takes out of the journal what came after a step."""
        if self.directory is not None:
            with self._writing("metrics.jsonl"):
                self._abandoned += self.directory.cut_journal(step)

    def resumed(self, step: int, rows: int) -> None:
        """Tells from where the run goes on; its journal goes on from there too."""
        self.cut(step)
        abandoned = self._abandoned
        self._console.say(f"resumed at step {step}, {plural(rows, 'row')} judged before")
        if abandoned:
            left = f"{plural(abandoned, 'row')} of the abandoned branch"
            verb = agreeing(abandoned, "is", "are")
            self._console.say(f"{left} {verb} in abandoned.jsonl")
        goal = self._provenance.get("max_steps")
        resumed = {"event": RESUMED, "step": step, "row": rows, "abandoned": abandoned}
        self.note({**resumed, "max_steps": goal})
        if self.directory is not None and self.directory.has_run:
            with self.guard.contain("PTT503", "what was told before the resume is lost"):
                self._remember(read_run(self.directory.path))

    def _remember(self, before: Run) -> None:
        """Rows and events of the branch that goes on, for postmortems and incidents."""
        self._steps.extend(before.places.steps)
        self._times.extend(math.nan if t is None else t for t in before.places.times)
        self._rows.extend(before.newest_rows(LAST_ROWS))
        self._resumes = before.records.resumes
        self._events.clear()
        for event in before.records.events:
            self._kept(event, is_told=event.is_told)
        self._reports.left_out.clear()

    # ---- rows ------------------------------------------------------------------------------

    def row(self, row: Mapping[str, Any]) -> None:
        self.beat(Pulse.RUNNING, row["step"])
        if self.directory is not None:
            with self._writing("metrics.jsonl"):
                self.directory.add_row(row)
        self._steps.append(row["step"])
        self._times.append(row["time"])
        self._rows.append(row)

    def told(
        self,
        events: Sequence[Event],
        actions: Sequence[Action],
        *,
        is_told: Callable[[Event], bool],
    ) -> list[Event]:
        """Events before actions, each on the record before anyone is told.

        The result is the findings that are reported: those that begin, or get worse.
        """
        lines: list[Event | Action] = [*events, *actions]
        for line in lines:
            self.note(line.to_json())
        findings = [event for event in events if self._heard(event, is_told=is_told(event))]
        if actions:
            self._console.acted(actions)
        return findings

    def _heard(self, event: Event, *, is_told: bool) -> bool:
        """Whether a finding that begins or gets worse is reported."""
        report = self._kept(event, is_told=is_told)
        if is_told:
            self._console.found(event, self._pack, report, self._reports)
        else:
            self._console.recorded(event)
        return report.is_reported and report.is_finding

    def _kept(self, event: Event, *, is_told: bool) -> Report:
        """One that only goes on says nothing new of an incident."""
        report = self._reports.take(event) if is_told else Report()
        if event.event is not EventKind.AGAIN or report.is_finding:
            self._events.append(event)
        return report

    # ---- what was done -----------------------------------------------------------------------

    def paused(self, step: int, seconds: float) -> None:
        self.note({"event": "paused", "step": step, "seconds": seconds})
        how = f"`ptt resume {self.path}`" if self.path else "its time is up"
        self._console.warn(f"paused at step {step} for {seconds:g} s, or until {how}")

    def went_on(self, step: int, seconds: float, because: str) -> None:
        held_s = round(seconds, 3)
        self.note({"event": "went_on", "step": step, "held_s": held_s, "because": because})
        self._console.warn(f"goes on at step {step} after {seconds:.0f} s: {because}")

    def hyperparameter_set(
        self,
        hyperparameter: str,
        before: float,
        after: float,
        step: int,
        *,
        factor: float | None = None,
    ) -> None:
        """What a hyper-parameter is now; with a factor, its schedule was scaled by that."""
        line = {
            "hyperparameter": hyperparameter,
            "before": json_number(before),
            "after": json_number(after),
        }
        scaled = {} if factor is None else {"factor": json_number(factor)}
        self.note({"event": "set", **line, **scaled, "step": step})
        how = "" if factor is None else f": its schedule is scaled by {factor:g}"
        self._console.warn(f"{hyperparameter} is now {after:g}, was {before:g}{how}")

    def out_of_memory(self, step: int, before: int, now: int) -> None:
        """Records that the trainer begins again, which is no end of the run."""
        self.note({"event": RETRIED, "step": step, "batch_size": before, "next_batch_size": now})
        tried = f"out of memory after step {step} with batches of {before}"
        self._console.warn(f"{tried}: the trainer begins again with batches of {now}")

    def skipped(self, step: int, count: int) -> None:
        """A step that was dropped; told at first, and then each time that their number doubles."""
        self.note({"event": "skipped_step", "step": step, "skipped": count})
        if count & (count - 1) == 0:
            so_far = "" if count == 1 else f" ({count} steps so far)"
            self._console.warn(f"step {step} dropped: its gradients are not finite{so_far}")

    def asked(self, command: Command, step: int) -> None:
        """Records what people asked of the run, and that it was heard."""
        self.note({"event": "asked", **command.to_json(), "step": step})
        verb = "is quiet about" if command.command is CommandKind.ACK else "tells again of"
        self._console.say(f"{verb} {command.detector}, as {command.by} asked")

    def unreadable(self, keys: Sequence[str]) -> None:
        """Says which keys hold no numbers: the first few of them, for there may be thousands."""
        left = max(0, _NAMED_KEYS - self._unreadable)
        self._unreadable += len(keys)
        for key in keys[:left]:
            self.guard.report("PTT505", f"`{key}` is left out", "its values are not numbers")
        if keys[left:]:
            self.guard.report("PTT505", "more keys are left out", "their values are not numbers")

    def crowded(self, crowded: Crowded) -> None:
        """Says once of a family that it has more instances than are judged."""
        if crowded.keys not in self._crowded:
            self._crowded.add(crowded.keys)
            text = crowded_text(crowded)
            self.note({"message": text, **crowded.to_json(), "event": "crowded"})
            self._console.warn(f"{text} [PTT509]")

    def causes(self, action: Action) -> list[Event]:
        """The newest event of each detector that led to an action."""
        newest = {event.who: event for event in self._events}
        return [newest[who] for who in action.because if who in newest]

    def invalidated(self, invalid: Action, out: Path) -> None:
        """Writes the postmortem of a run that a policy calls unusable."""
        self._ending = Ending(
            Verdict.INVALIDATED, invalid.step, policy=invalid.policy, because=invalid.because
        )
        self._postmortem(self._ending, out)
        self._console.warn(f"run invalidated: {good_text(self.way_back(out, invalid.step))}")

    def failed(self, ending: Ending, out: Path) -> None:
        """Writes the postmortem of a run that ends badly.

        One that was invalidated before stays so: what ended it is added.
        """
        if self._ending is not None:
            ending = replace(self._ending, reason=ending.reason, stack=ending.stack)
        self._ending = ending
        document = self._postmortem(ending, out)
        told = ending.reason.splitlines()[0] if ending.reason else "no reason is known"
        how = f"ended badly at step {ending.step}, {ending.verdict.value}"
        if ending.verdict is Verdict.PREEMPTED:
            how = f"preempted at step {ending.step}"
        self._console.warn(f"run {how}: {told}")
        for sentence in document["next"]:
            self._console.warn(f"  {sentence}")

    def _explain(self) -> None:
        """The postmortem as of the end: with the checkpoints that are there now, and with why its
        findings were reported, which takes another look at the log.
        """
        if self._ending is None or self.directory is None:
            return
        with self.guard.contain("PTT504", "the postmortem has no explanations"):
            incident = fault_of(self._pack.incidents(self._events), self._ending.because)
            if incident is not None:
                log = read_log(self.directory.path)
                found = explanations(self._pack, log, chosen(incident))
                self._why = [one.to_json() for one in found]
        self._postmortem(self._ending, self._out)

    def _postmortem(self, ending: Ending, out: Path) -> dict[str, Any]:
        self._out = out
        document = postmortem(ending, self.record(out, ending.step))
        if self.directory is not None:
            with self._writing("postmortem.json"):
                self.directory.write_postmortem(document)
        return document

    def record(self, out: Path, step: int = 0) -> Record:
        """What is known of the run so far, or at a step after its newest row."""
        planned = self._provenance.get("max_steps")
        return Record(
            places=Places(self._steps, self._times),
            rows=list(self._rows),
            events=self._events,
            rules=self._rules,
            checkpoints=self._checkpoints(out, step),
            max_steps=planned,
            why=self._why,
            resumes=self._resumes,
            mismatch=mismatch_of(self._resumptions),
            environment=environment(self._provenance),
            onset=self._onset,
        )

    def _onset(self, cause: Finding) -> int:
        """The step at which a cause began. Cost: once a cause, another look at the log"""
        known = self._onsets.get((cause.who, cause.since_step))
        if known is not None:
            return known
        began = cause.since_step
        if self.directory is not None and self.directory.has_run:
            with self.guard.contain("PTT504", "what led to a finding is not known"):
                log = read_log(self.directory.path)
                began = onset(cause, self._rules, lambda key: observations(log, key))
        self._onsets[cause.who, cause.since_step] = began
        return began

    def _checkpoints(self, out: Path, step: int) -> list[Checkpoint]:
        """Those of this run that are there now, at a step."""
        started = None if self._resumes else self._provenance.get("started")
        return of_this_run(checkpoints(out), started, max(step, self.guard.step))

    def way_back(self, out: Path, step: int, acted_on: Iterable[str] = ()) -> WayBack:
        """From where the run can go on, as far as is known at a step."""
        incidents = self._pack.incidents(self._events)
        blamed = {*acted_on, *(self._ending.because if self._ending else ())}
        return self.record(out, step).way_back(step, incidents, blamed)

    def beat(
        self, pulse: Pulse, step: int, *, until: float | None = None, at_once: bool = False
    ) -> None:
        """Shows those who look from outside that the run lives, pauses, or that it ended."""
        now = time.monotonic()
        is_due = at_once or pulse is not Pulse.RUNNING or now - self._beaten >= EVERY_S
        if self.directory is not None and is_due:
            self._beaten = now
            with self._writing("heartbeat.json"):
                self.directory.write_heartbeat(Heartbeat.now(pulse, step, until=until))
            with self._writing(PROVENANCE):
                self.directory.write_missing()

    # ---- checkpoints and the end -------------------------------------------------------------

    def state(self, state: Mapping[str, Any], checkpoint: Path) -> None:
        if self.directory is not None:
            with self._writing("state.json"):
                self.directory.write_state(state, checkpoint)

    def end(self, engine: Engine, step: int) -> None:
        if self.directory is not None:
            with self._writing("metrics.parquet"):
                self.directory.write_metrics()
        reach = self._reach(engine)
        self.beat(Pulse.ENDED, step)
        self._explain()
        self._report()
        incidents = self._pack.incidents(self._events)
        self._console.ended(engine, reach, step, incidents)
        mismatch = mismatch_of(self._resumptions)
        if mismatch is not None and any(mismatch.explains(one) for one in incidents):
            self._console.warn(
                f"the first cause is the resume at step {mismatch.step}: {mismatch.what}"
            )
        self._console.left_out(self._reports.left_out)
        if self._arming is not None and engine.rows:
            self._console.surprised(self._arming.surprises(reach.unjudged))
        if self.path is not None:
            self._console.kept(self.path)

    def _reach(self, engine: Engine) -> Reach:
        """Writes down how much of the pack could judge, and why not more."""
        reach = engine.reach()
        if self.directory is not None and self.directory.has_run:
            with self._writing("reach.json"):
                self.directory.write_reach({**reach.to_json(), "resumes": self._resumes})
        return reach

    def close(self) -> None:
        """Nothing more is to be written."""
        if self.directory is not None:
            self.directory.close()

    def _report(self) -> None:
        """The page of the run, where the extra for reports is installed."""
        if self.directory is not None and self.directory.has_run and find_spec("matplotlib"):
            with self._writing("report.html"):
                write_report(self.directory.path, self._pack)

    # ---- other ranks -----------------------------------------------------------------------

    def others(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Faults of other ranks, with their rank."""
        for record in records:
            self._console.warn(f"rank {record['rank']}: {record.get('message')}")
            self.note(record)

    # ---- faults ------------------------------------------------------------------------------

    def _removed(self) -> None:
        """The directory was removed while the run went on, and is there anew."""
        if self._steps:
            lost = f"rows and findings up to step {self._steps[-1]} are lost"
            self.guard.report("PTT504", f"{self.path} was removed and is made anew", lost)

    def _writing(self, name: str) -> Any:
        return self.guard.contain("PTT504", f"{name} cannot be written")

    def note(self, record: Mapping[str, Any]) -> None:
        """A line of `events.jsonl`, whatever it tells."""
        if record.get("event") in (RESUMED, COMPARED):
            self._resumptions.append(record)
        if self.directory is not None:
            with self._writing("events.jsonl"):
                self.directory.add_record(record)

    def _fault(self, fault: Fault) -> None:
        """Tells a fault and records it where that can still be done."""
        self._console.faulted(fault)
        self.tell_first(fault.to_json())
        if self.directory is not None and "events.jsonl" not in fault.what:
            self.note(fault.to_json())
