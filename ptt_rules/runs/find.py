"""The runs below a folder, each in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.evaluation import Incident, Reach
from ptt_rules.language import PttError
from ptt_rules.logs import is_toolkit_run
from ptt_rules.runs.reach import reach_of_run
from ptt_rules.runs.run import Run, is_run, read_run
from ptt_rules.runs.state import RunState, state_of

_NO_RUNS = ("checkpoint-", ".")
"""How folders begin that hold no runs."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A run in a list; of one that cannot be read only why."""

    path: Path
    run: Run | None = None
    state: RunState | None = None
    unreadable: str = ""

    @property
    def reach(self) -> Reach | None:
        """How much could judge, if the run has said it, as it does at its end."""
        return reach_of_run(self.run) if self.run else None

    @property
    def worst(self) -> Incident | None:
        return self.run.worst if self.run else None

    def to_json(self) -> dict[str, Any]:
        run, state = self.run, self.state
        if run is None or state is None:
            return {"run": str(self.path), "state": "unreadable", "reason": self.unreadable}
        worst = run.worst
        return {
            "run": str(self.path),
            "name": run.name,
            "algorithm": run.algorithm,
            "started": run.started,
            "step": run.last_step,
            "max_steps": run.max_steps,
            "state": state.state.value,
            "reason": state.reason,
            "worst": worst and {"level": worst.level.word, "detector": worst.cause.who,
                                "since_step": worst.cause.since_step},
            "incidents": len(run.incidents),
            "judged": self.reach and self.reach.judged,
            "detectors": self.reach and self.reach.detectors,
            "policy": run.policy,
        }  # fmt: skip


def find_runs(folder: Path) -> list[Entry]:
    """The runs in a folder and below it, the newest last; a folder of a run holds no others.

    Errors: PTT402 if there is no such folder
    """
    if not folder.is_dir():
        hint = "give a folder that holds runs, such as `runs`"
        raise PttError.of("PTT402", "there is no such folder", file=str(folder), hint=hint)
    entries = [_entry(path) for path in _below(folder)]
    return sorted(entries, key=lambda one: ((one.run and one.run.started) or "", str(one.path)))


def _below(folder: Path) -> Iterator[Path]:
    for place, names, _ in os.walk(folder):
        if is_run(Path(place)) or is_toolkit_run(Path(place)):
            yield Path(place)
            names.clear()
        names[:] = sorted(name for name in names if not name.startswith(_NO_RUNS))


def _entry(path: Path) -> Entry:
    """One run that cannot be read hides no others."""
    try:
        run = read_run(path)
        entry = Entry(path, run, state_of(run))
        entry.to_json()  # what is read only now may be unreadable too
    except PttError as error:
        return Entry(path, unreadable=error.diagnostics[0].message)
    return entry
