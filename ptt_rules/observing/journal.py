"""The files of a run, as the first rank writes them while it goes on and at its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ptt_rules.evaluation import Reach
from ptt_rules.observing.guard import Contained, Guard
from ptt_rules.observing.resuming import copy_history
from ptt_rules.observing.run_directory import RunDirectory
from ptt_rules.packs import Pack
from ptt_rules.report.run import write_report
from ptt_rules.runs import COMPARED, EVERY_S, PROVENANCE, RESUMED, Heartbeat, Pulse, Run, read_run

Describe = Callable[[], Mapping[str, Any]]


class Journal:
    """Writes the run directory; every write is contained, so that a full disk stops no run.

    Without a directory, as on other ranks than the first, nothing is written.
    """

    def __init__(self, directory: RunDirectory | None, guard: Guard) -> None:
        self._directory = directory
        self._guard = guard
        self._beaten = -EVERY_S
        self._abandoned = 0
        self.provenance: Mapping[str, Any] = {}
        """What `run.json` says of the run, its rules aside."""
        self.resumptions: list[Mapping[str, Any]] = []
        """Lines that say from where this process went on, and what differed then."""
        self.rows_are_logged = False
        """Whether the rows before a resume are those of the trainer's own history."""

    @property
    def path(self) -> Path | None:
        return self._directory.path if self._directory else None

    @property
    def run_id(self) -> str | None:
        return self._directory.run_id if self._directory else None

    @property
    def has_run(self) -> bool:
        return self._directory is not None and self._directory.has_run

    # ---- the start -------------------------------------------------------------------------

    def begin(self, step: int, describe: Describe, rules: Describe) -> None:
        """Makes the directory, and writes down what the run is."""
        if self._directory is not None:
            with self._writing(PROVENANCE):
                self._directory.begin()
            self.beat(Pulse.RUNNING, step)
            with self._writing(PROVENANCE):
                self.provenance = describe()
                self._directory.write_provenance({**self.provenance, **rules()})

    def rewrite(self, changed: Mapping[str, Any]) -> None:
        """Writes down other rules than the run began with; what it is stays."""
        if self._directory is not None and self.provenance:
            with self._writing(PROVENANCE):
                self.provenance = {**self.provenance, **changed}
                self._directory.write_rules(self.provenance)

    def keep(self, packs: Mapping[str, str]) -> None:
        """Writes down packs that are in no file."""
        if self._directory is not None:
            for name, text in packs.items():
                with self._writing(f"packs/{name}.ptt"):
                    self._directory.write_pack(name, text)

    # ---- a resume --------------------------------------------------------------------------

    def rows_before(
        self, step: int, source: Path | None, history: Sequence[Mapping[str, Any]]
    ) -> list[dict[str, Any]]:
        """The rows up to a step: of this directory, of the run that it branched from, or at last
        of the trainer's own history, which has those that the trainer logged.
        """
        rows: list[dict[str, Any]] = []
        if self._directory is None:
            return rows
        if source is not None:
            with self._guard.contain("PTT503", f"what {source} has cannot be copied"):
                copy_history(source, self._directory.path, step)
        self.cut(step)
        with self._guard.contain("PTT503", "the rows before the resume cannot be read"):
            rows = self._directory.journal_rows(step)
        if not rows:
            rows = [dict(row) for row in history if _step(row, step + 1) <= step]
            self.rows_are_logged = bool(rows)
            with self._writing("metrics.jsonl"):
                self._directory.add_rows(rows)
        return rows

    def cut(self, step: int) -> int:
        """Takes out of the journal what came after a step; how many rows that were so far."""
        if self._directory is not None:
            with self._writing("metrics.jsonl"):
                self._abandoned += self._directory.cut_journal(step)
        return self._abandoned

    def read(self) -> Run | None:
        """The run as it is on the record; None where there is none, or it cannot be read."""
        if self._directory is not None and self._directory.has_run:
            with self._guard.contain("PTT503", "what was reported before the resume is lost"):
                return read_run(self._directory.path)
        return None

    # ---- while the run goes on ---------------------------------------------------------------

    def row(self, row: Mapping[str, Any]) -> None:
        """A line of `metrics.jsonl`."""
        if self._directory is not None:
            with self._writing("metrics.jsonl"):
                self._directory.add_row(row)

    def note(self, record: Mapping[str, Any]) -> None:
        """A line of `events.jsonl`, whatever it is about."""
        if record.get("event") in (RESUMED, COMPARED):
            self.resumptions.append(record)
        if self._directory is not None:
            with self._writing("events.jsonl"):
                self._directory.add_record(record)

    def beat(
        self, pulse: Pulse, step: int, *, until: float | None = None, at_once: bool = False
    ) -> None:
        """Shows those who look from outside that the run lives, pauses, or that it ended."""
        now = time.monotonic()
        is_due = at_once or pulse is not Pulse.RUNNING or now - self._beaten >= EVERY_S
        if self._directory is not None and is_due:
            self._beaten = now
            with self._writing("heartbeat.json"):
                self._directory.write_heartbeat(Heartbeat.now(pulse, step, until=until))
            with self._writing(PROVENANCE):
                self._directory.write_missing()

    def state(self, state: Mapping[str, Any], checkpoint: Path) -> None:
        """The engine's state, here and in the checkpoint that it belongs to."""
        if self._directory is not None:
            with self._writing("state.json"):
                self._directory.write_state(state, checkpoint)

    def postmortem(self, document: Mapping[str, Any]) -> None:
        if self._directory is not None:
            with self._writing("postmortem.json"):
                self._directory.write_postmortem(document)

    # ---- the end ---------------------------------------------------------------------------

    def table(self) -> None:
        """The metric frame, as `metrics.parquet`."""
        if self._directory is not None:
            with self._writing("metrics.parquet"):
                self._directory.write_metrics()

    def reach(self, reach: Reach, resumes: int) -> None:
        """How much of the pack could judge, and why not more."""
        if self._directory is not None and self._directory.has_run:
            with self._writing("reach.json"):
                self._directory.write_reach({**reach.to_json(), "resumes": resumes})

    def page(self, pack: Pack) -> None:
        """The page of the run."""
        if self._directory is not None and self._directory.has_run:
            with self._writing("report.html"):
                write_report(self._directory.path, pack)

    def close(self) -> None:
        """Nothing more is to be written."""
        if self._directory is not None:
            self._directory.close()

    def _writing(self, name: str) -> Contained:
        return self._guard.contain("PTT504", f"{name} cannot be written")


def _step(row: Mapping[str, Any], otherwise: float) -> float:
    step = row.get("step", otherwise)
    return step if isinstance(step, (int, float)) else 0
