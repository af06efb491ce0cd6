"""What is said of a run that ends badly, or is not to be used: why, and from where to go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ptt_rules.evaluation import Action, Finding
from ptt_rules.logs import read_log
from ptt_rules.observing.console import Console
from ptt_rules.observing.guard import Guard
from ptt_rules.observing.journal import Journal
from ptt_rules.observing.memory import Memory
from ptt_rules.packs import Pack
from ptt_rules.runs import (
    Checkpoint,
    Ending,
    Record,
    Rules,
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
)


class Postmortems:
    """Says how a run ended, or will have ended, if it did so badly.

    `out` is where its checkpoints are, `step` the present one of the trainer.
    """

    def __init__(
        self, pack: Pack, journal: Journal, memory: Memory, console: Console, guard: Guard
    ) -> None:
        self._pack = pack
        self._journal = journal
        self._memory = memory
        self._console = console
        self._guard = guard
        self.rules = Rules.of(pack)
        self._ending: Ending | None = None
        self._out: Path | None = None
        self._onsets: dict[tuple[str, int], int] = {}
        """Where causes began, by name and step."""
        self._why: list[dict[str, Any]] = []

    def judge_by(self, pack: Pack) -> None:
        self._pack, self.rules = pack, Rules.of(pack)

    def invalidated(self, invalid: Action, out: Path | None, step: int) -> None:
        """Writes the postmortem of a run that a policy calls unusable."""
        self._ending = Ending(
            Verdict.INVALIDATED, invalid.step, policy=invalid.policy, because=invalid.because
        )
        self._write(self._ending, out, step)
        self._console.warn(f"run invalidated: {good_text(self.way_back(out, invalid.step))}")

    def failed(self, ending: Ending, out: Path | None, step: int) -> None:
        """Writes the postmortem of a run that ends badly.

        One that was invalidated before stays so: what ended it is added.
        """
        if self._ending is not None:
            ending = replace(self._ending, reason=ending.reason, stack=ending.stack)
        self._ending = ending
        document = self._write(ending, out, step)
        reason = ending.reason.splitlines()[0] if ending.reason else "no reason is known"
        how = f"ended badly at step {ending.step}, {ending.verdict.value}"
        if ending.verdict is Verdict.PREEMPTED:
            how = f"preempted at step {ending.step}"
        self._console.warn(f"run {how}: {reason}")
        for sentence in document["next"]:
            self._console.warn(f"  {sentence}")

    def explain(self, step: int) -> None:
        """The postmortem as of the end: with the checkpoints that are there now, and with why its
        findings were reported, which takes another look at the log.
        """
        path = self._journal.path
        if self._ending is None or path is None:
            return
        with self._guard.contain("PTT504", "the postmortem has no explanations"):
            incident = fault_of(self._pack.incidents(self._memory.events), self._ending.because)
            if incident is not None:
                found = explanations(self._pack, read_log(path), chosen(incident))
                self._why = [one.to_json() for one in found]
        self._write(self._ending, self._out, step)

    def _write(self, ending: Ending, out: Path | None, step: int) -> dict[str, Any]:
        self._out = out
        document = postmortem(ending, self.record(out, max(ending.step, step)))
        self._journal.postmortem(document)
        return document

    def record(self, out: Path | None, step: int) -> Record:
        """What is known of the run so far."""
        return Record(
            places=self._memory.places,
            rows=self._memory.rows,
            events=self._memory.events,
            rules=self.rules,
            checkpoints=self._checkpoints(out, step),
            max_steps=self._journal.provenance.get("max_steps"),
            why=self._why,
            resumes=self._memory.resumes,
            after_stop=self._memory.after_stop,
            mismatch=mismatch_of(self._journal.resumptions),
            environment=environment(self._journal.provenance),
            onset=self._onset,
            knows_checkpoints=out is not None,
        )

    def way_back(self, out: Path | None, step: int, acted_on: Iterable[str] = ()) -> WayBack:
        """From where the run can go on, as far as is known at a step."""
        incidents = self._pack.incidents(self._memory.events)
        blamed = {*acted_on, *(self._ending.because if self._ending else ())}
        return self.record(out, step).way_back(step, incidents, blamed)

    def _onset(self, cause: Finding) -> int:
        """The step at which a cause began. Cost: once a cause, another look at the log"""
        known = self._onsets.get((cause.who, cause.since_step))
        if known is not None:
            return known
        began, path = cause.since_step, self._journal.path
        if path is not None and self._journal.has_run:
            with self._guard.contain("PTT504", "what led to a finding is not known"):
                log = read_log(path)
                began = onset(cause, self.rules, lambda key: observations(log, key))
        self._onsets[cause.who, cause.since_step] = began
        return began

    def _checkpoints(self, out: Path | None, step: int) -> list[Checkpoint]:
        """Those of this run that are there now, at a step."""
        started = None if self._memory.resumes else self._journal.provenance.get("started")
        return [] if out is None else of_this_run(checkpoints(out), started, step)
