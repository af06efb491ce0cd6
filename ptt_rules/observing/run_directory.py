"""The run directory: what is left of a run for those who come back to it."""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from ptt_rules.logs import read_log
from ptt_rules.observing.claims import (
    Claim,
    NotOurs,
    first_life,
    has_run,
    hold,
    next_life,
    release,
    run_id_of,
    run_named_in,
)
from ptt_rules.observing.files import LineFile
from ptt_rules.observing.sealed import sealed
from ptt_rules.runs import (
    ABANDONED,
    CHECKPOINT_STATE,
    EVENTS,
    HEARTBEAT,
    JOURNAL,
    METRICS,
    PACKS,
    POSTMORTEM,
    PROVENANCE,
    REACH,
    REPORT,
    STATE,
    Heartbeat,
    document_text,
    line_text,
    logged_text,
    open_inbox,
    write_whole,
)

_MADE_AT_THE_END = (METRICS, REPORT)


class RunDirectory:
    """Files of one run, as the contract of run directories names them.

    Nothing is written before the directory is claimed, and nothing once another process has
    claimed it: what waits to be written waits.
    """

    def __init__(self, path: Path, claim: Claim | None = None, *, is_new: bool = False) -> None:
        self.path = path
        self.run_id = claim.run_id if claim else _id_for(path, is_new)
        self.on_removed: Callable[[], None] = lambda: None
        """Called when the directory was removed while the run went on, and was made anew."""
        self._claim = claim
        self._is_new = is_new
        self._journal = LineFile(path / JOURNAL)
        self._events = LineFile(path / EVENTS)
        self._kept: dict[str, str] = {}
        """What is written once: written again where the directory was removed."""
        self._missing: set[str] = set()

    @property
    def has_run(self) -> bool:
        return has_run(self.path)

    def begin(self) -> None:
        """Makes it as it is wanted from the first step on. Errors: OSError"""
        self.create()
        open_inbox(self.path)

    def release(self) -> None:
        """Gives it back: the training did not begin. Errors: OSError"""
        if self._claim is not None:
            release(self._claim)

    def create(self) -> None:
        """Makes sure that it is there, and ours. Errors: OSError"""
        if self._claim is not None and self._claim.is_there:
            return
        was_there = self._claim is not None
        self._claim = self._claimed(is_new=self._is_new or was_there)
        if was_there:
            open_inbox(self.path)
            self.close()
            self._missing = set(self._kept)
            self.on_removed()

    def _claimed(self, *, is_new: bool) -> Claim:
        """Errors: OSError"""
        self.path.mkdir(parents=True, exist_ok=True)
        claim = first_life(self.path, self.run_id) if is_new else next_life(self.path)
        if claim is None:
            raise NotOurs(f"{self.path} is another run's now")
        return claim

    # ---- while the run goes on -------------------------------------------------------------

    def add_row(self, row: Mapping[str, Any]) -> None:
        """Errors: OSError"""
        self._journal.wait(logged_text(row))
        self.flush()

    def add_record(self, record: Mapping[str, Any]) -> None:
        """Errors: OSError"""
        self._events.wait(line_text(record))
        self.flush()

    def flush(self) -> None:
        """Writes what could not be written before, rows before what was found in them.

        Errors: OSError
        """
        self.create()
        self._journal.flush()
        self._events.flush()

    def write_provenance(self, provenance: Mapping[str, Any]) -> None:
        """Once: the provenance of a run never changes. Errors: OSError"""
        if run_named_in(self.path / PROVENANCE) is None:
            self._keep(PROVENANCE, document_text(provenance))

    def write_rules(self, provenance: Mapping[str, Any]) -> None:
        """The provenance anew, where the first rows show what is trained. Errors: OSError"""
        self._keep(PROVENANCE, document_text(provenance))

    def write_pack(self, name: str, text: str) -> None:
        """A pack that is in no file elsewhere, to judge the run again. Errors: OSError"""
        self._keep(f"{PACKS}/{name}.ptt", text)

    def _keep(self, name: str, text: str) -> None:
        self._kept[name] = text
        self._missing.add(name)
        self.write_missing()

    def write_missing(self) -> None:
        """Writes what could not be written when it was due. Errors: OSError"""
        if self._missing:
            self.create()
        for name in sorted(self._missing):
            path = self.path / name
            path.parent.mkdir(exist_ok=True)
            write_whole(path, self._kept[name])
            self._missing.discard(name)

    def write_state(self, state: Mapping[str, Any], checkpoint: Path) -> None:
        """The engine's state, here and in the checkpoint that it belongs to. Errors: OSError"""
        text = sealed({**state, "run_id": self.run_id})
        if checkpoint.is_dir():
            write_whole(checkpoint / CHECKPOINT_STATE, text)
        self.create()
        write_whole(self.path / STATE, text)

    def write_postmortem(self, document: Mapping[str, Any]) -> None:
        """Errors: OSError"""
        self.create()
        write_whole(self.path / POSTMORTEM, document_text(document))

    def write_reach(self, document: Mapping[str, Any]) -> None:
        """Errors: OSError"""
        self.create()
        write_whole(self.path / REACH, document_text(document))

    def write_heartbeat(self, beat: Heartbeat) -> None:
        """Errors: OSError"""
        self.create()
        write_whole(self.path / HEARTBEAT, line_text(beat.to_json()), lasting=False)

    # ---- at its end ------------------------------------------------------------------------

    def close(self) -> None:
        """Lets go of the files that were written line by line."""
        self._journal.close()
        self._events.close()

    def write_metrics(self) -> None:
        """The metric frame as a table, made from the journal. Errors: OSError, PttError"""
        self.flush()
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
        Lines that cannot be read are of no branch. What was made at the last end of the run is
        taken away: it is made anew at the next.

        Errors: OSError
        """
        for name in _MADE_AT_THE_END:
            (self.path / name).unlink(missing_ok=True)
        lines = lines_of(self._journal.path)
        kept = [line for line in lines if step_of(line) <= after_step]
        abandoned = [line for line in lines if step_of(line) > after_step]
        if abandoned:
            with (self.path / ABANDONED).open("ab") as beside:
                beside.writelines(line.rstrip(b"\n") + b"\n" for line in abandoned)
            temporary = self.path / f".{JOURNAL}.tmp"
            temporary.write_bytes(b"".join(kept))
            temporary.replace(self._journal.path)
        return len(abandoned)

    def add_rows(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows of before, of a run whose journal is not here. Errors: OSError"""
        for row in rows:
            self._journal.wait(logged_text(row))
        self.flush()

    def journal_rows(self, until_step: int) -> list[dict[str, Any]]:
        """Rows that the surviving branch logged up to a step, as dicts of numbers."""
        if not self._journal.path.exists():
            return []
        frame = read_log(self.path).frame
        rows = frame.filter(frame["step"] <= until_step).to_dicts()
        return [{k: v for k, v in row.items() if v is not None} for row in rows]


def new_directory(wanted: Path | None, algorithm: str, training: Any = None) -> RunDirectory:
    """A folder for a new run: the wanted one, or a sibling where that holds a run already.

    One that cannot be made yet is asked for again while the run goes on.
    """
    usual = Path("runs") / f"{time.strftime('%Y%m%d-%H%M%S')}-{algorithm}"
    for path in _candidates(wanted or usual):
        try:
            claim = first_life(path)
        except OSError:
            return RunDirectory(path, is_new=True)
        if claim is not None:
            hold(claim, training)
            return RunDirectory(path, claim)
    raise AssertionError("the candidates never end")


def _id_for(path: Path, is_new: bool) -> str:
    """The run that is in a folder, or a new one."""
    return (None if is_new else run_id_of(path)) or uuid.uuid4().hex


def _candidates(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_name(f"{path.name}-{number}") for number in count(2))


def lines_of(path: Path) -> list[bytes]:
    """The lines of a file of JSON lines with their ends, which are those of bytes alone."""
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def step_of(line: bytes) -> float:
    """The step of a journal line; a line that a kill tore is of no branch."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return math.inf
