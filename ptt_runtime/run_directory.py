"""The run directory: what is left of a run for those who come back to it."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ptt_rules import read_log
from ptt_rules.runs import (
    CHECKPOINT_STATE,
    EVENTS,
    HEARTBEAT,
    METRICS,
    PACKS,
    POSTMORTEM,
    REACH,
    REPORT,
    Heartbeat,
    document_text,
    write_whole,
)
from ptt_runtime.files import LineFile, json_text, logged_text

_MADE_AT_THE_END = (METRICS, REPORT)


class RunDirectory:
    """Files of one run, as the contract of run directories names them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._journal = LineFile(path / "metrics.jsonl")
        self._events = LineFile(path / EVENTS)

    @property
    def has_run(self) -> bool:
        return (self.path / "run.json").exists() or self._journal.path.exists()

    def create(self) -> None:
        """Errors: OSError"""
        self.path.mkdir(parents=True, exist_ok=True)

    # ---- while the run goes on -------------------------------------------------------------

    def add_row(self, row: Mapping[str, Any]) -> None:
        """Errors: OSError"""
        self._journal.append(logged_text(row))
        self._events.flush()

    def add_record(self, record: Mapping[str, Any]) -> None:
        """Errors: OSError"""
        self._events.append(json_text(record))

    def write_provenance(self, provenance: Mapping[str, Any]) -> None:
        """Once: the provenance of a run never changes. Errors: OSError"""
        path = self.path / "run.json"
        if not path.exists():
            write_whole(path, json.dumps(provenance, indent=2, default=str) + "\n")

    def write_pack(self, name: str, text: str) -> None:
        """A pack that is in no file elsewhere, to judge the run again. Errors: OSError"""
        folder = self.path / PACKS
        folder.mkdir(exist_ok=True)
        write_whole(folder / f"{name}.ptt", text)

    def write_state(self, state: Mapping[str, Any], checkpoint: Path) -> None:
        """The engine's state, here and in the checkpoint that it belongs to. Errors: OSError"""
        text = json_text(state)
        write_whole(self.path / "state.json", text)
        if checkpoint.is_dir():
            write_whole(checkpoint / CHECKPOINT_STATE, text)

    def write_postmortem(self, document: Mapping[str, Any]) -> None:
        """Errors: OSError"""
        write_whole(self.path / POSTMORTEM, document_text(document))

    def write_reach(self, document: Mapping[str, Any]) -> None:
        """Errors: OSError"""
        write_whole(self.path / REACH, document_text(document))

    def write_heartbeat(self, beat: Heartbeat) -> None:
        """Errors: OSError"""
        write_whole(self.path / HEARTBEAT, json_text(beat.to_json()), lasting=False)

    # ---- at its end ------------------------------------------------------------------------

    def close(self) -> None:
        """Lets go of the files that were written line by line."""
        self._journal.close()
        self._events.close()

    def write_metrics(self) -> None:
        """The metric frame as a table, made from the journal. Errors: OSError, PttError"""
        self._journal.flush()
        self._events.flush()
        if not self._journal.path.exists():
            return
        temporary = self.path / ".metrics.parquet.tmp"
        read_log(self.path).frame.write_parquet(temporary)
        temporary.replace(self.path / METRICS)

    # ---- after a resume --------------------------------------------------------------------

    def cut_journal(self, after_step: int) -> int:
        """Moves rows of the abandoned branch to a file of their own; returns how many.

        Readers drop rows that a falling step gives away. Where the resumed run logs its first
        row at the very step of the last abandoned one, no step falls: so they are taken out.

        Errors: OSError
        """
        if not self._journal.path.exists():
            return 0
        lines = self._journal.path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if _step_of(line) <= after_step]
        abandoned = [line for line in lines if _step_of(line) > after_step]
        if abandoned:
            beside = LineFile(self.path / "abandoned.jsonl")
            for line in abandoned:
                beside.append(line.rstrip("\n"))
            write_whole(self._journal.path, "".join(kept))
            for name in _MADE_AT_THE_END:  # of the abandoned branch; made anew at the next end
                (self.path / name).unlink(missing_ok=True)
        return len(abandoned)

    def journal_rows(self, until_step: int) -> list[dict[str, Any]]:
        """Rows that the surviving branch logged up to a step, as dicts of numbers."""
        if not self._journal.path.exists():
            return []
        frame = read_log(self.path).frame
        rows = frame.filter(frame["step"] <= until_step).to_dicts()
        return [{k: v for k, v in row.items() if v is not None} for row in rows]


def fresh_path(wanted: str | os.PathLike[str] | None, algorithm: str) -> Path:
    """A folder for a new run: the wanted one, or a sibling where that holds a run already."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{algorithm}"
    path = Path(wanted) if wanted is not None else Path("runs") / name
    number = 2
    candidate = path
    while RunDirectory(candidate).has_run:
        candidate = path.with_name(f"{path.name}-{number}")
        number += 1
    return candidate


def _step_of(line: str) -> float:
    """The step of a journal line; a line that a kill tore is of no branch."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return math.inf
