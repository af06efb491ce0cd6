"""A run directory as it is read from outside of the training process.

Whatever the instant at which the writer was killed, what it leaves is read: files that are written
whole are there or not, files of lines may lack the end of their last one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ptt_rules.border import number, regular_text
from ptt_rules.evaluation import Finding, Incident
from ptt_rules.language import ActionKind, Level, PttError
from ptt_rules.logs import (
    JOURNAL,
    PROVENANCE,
    TOOLKIT,
    RunLog,
    Skip,
    frame_of,
    has_metrics,
    has_resumed,
    is_toolkit_run,
    open_log,
    trainer_of_toolkit_run,
)
from ptt_rules.runs.checkpoints import Checkpoint, checkpoints, of_this_run
from ptt_rules.runs.faults import Places, WayBack, fault_of, first_cause, way_back
from ptt_rules.runs.files import (
    BEGUN,
    DIFFS,
    FIRST_LIFE,
    HEARTBEAT,
    POSTMORTEM,
    SNAPSHOTS,
    newest_object,
    newest_objects,
    read_object,
)
from ptt_rules.runs.good import observations, onset
from ptt_rules.runs.heartbeat import Heartbeat
from ptt_rules.runs.records import RESUMED, Records, read_records
from ptt_rules.runs.resumption import Mismatch, mismatch_of, other_weights_since
from ptt_rules.runs.rules import Rules


@dataclass(frozen=True)
class Run:
    """One run: its provenance, its events and actions, and, on demand, its rows.

    `postmortem` is that of the newest life of the run: one from before its newest resume counts
    no more.
    """

    path: Path
    provenance: Mapping[str, Any]
    records: Records
    heartbeat: Heartbeat | None
    postmortem: Mapping[str, Any] | None
    output_dir: Path | None
    """The folder in which the trainer saves; None if it is not recorded, or missing."""
    rules: Rules = field(repr=False)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def algorithm(self) -> str:
        return str(self.provenance.get("algorithm", "unknown"))

    @property
    def started(self) -> str | None:
        """When it began, as ISO 8601 has it."""
        return self.provenance.get("started")

    @property
    def policy(self) -> str | None:
        return self.provenance.get("policy")

    @property
    def max_steps(self) -> int | None:
        """How far it is to go, as its newest start had it."""
        resumes = (note for note in self.records.notes if note.get("event") == RESUMED)
        recorded = [self.provenance.get("max_steps"), *(note.get("max_steps") for note in resumes)]
        return next((g for g in reversed(recorded) if isinstance(g, int) and g > 0), None)

    @property
    def invalidated_by(self) -> tuple[str, ...]:
        """The detectors for which a policy marked the run as not to be used."""
        done = [a for a in self.records.actions if a.action is ActionKind.INVALIDATE]
        return done[0].because if done else ()

    @property
    def stopped(self) -> bool:
        """Whether a policy ended it."""
        return any(one.action is ActionKind.STOP for one in self.records.actions)

    # ---- rows ------------------------------------------------------------------------------

    @cached_property
    def log(self) -> RunLog:
        """The rows of the surviving branch. Errors: PTT401, PTT403, PTT501"""
        return open_log(self.path).read() if has_metrics(self.path) else frame_of(())

    @cached_property
    def places(self) -> Places:
        frame = self.log.frame
        return Places(frame["step"].to_list(), frame["time"].to_list())

    def newest_rows(self, count: int) -> list[dict[str, Any]]:
        """The last rows as they were logged; of a run without journal those of its table."""
        rows = newest_objects(self.path / JOURNAL, count)
        if rows:
            return rows
        tail = self.log.frame.tail(count).to_dicts()
        return [{key: value for key, value in row.items() if value is not None} for row in tail]

    @cached_property
    def last_step(self) -> int:
        """The newest step that is known of. Cost: the end of the journal, or a small file"""
        newest = newest_object(self.path / JOURNAL) or {}
        step = number(newest["step"]) if "step" in newest else None
        if step is None and has_metrics(self.path):
            step = self.places.last_step
        beat = self.heartbeat.step if self.heartbeat else 0
        return max(int(step or 0), beat)

    @cached_property
    def mismatch(self) -> Mismatch | None:
        """The differences that made it another training when it was resumed."""
        return mismatch_of(self.records.notes)

    @property
    def after_stop(self) -> int:
        """How many of the newest rows come after a `stop` of the policy, and were not judged."""
        stops = [one.row for one in self.records.actions if one.ends_run]
        after = self.log.frame.slice(max(stops) + 1) if stops else None
        return 0 if after is None or has_resumed(after) else after.height

    # ---- findings --------------------------------------------------------------------------

    @cached_property
    def incidents(self) -> list[Incident]:
        """The incidents, in the order in which they began."""
        return self.rules.incidents(self.records.events)

    @property
    def worst(self) -> Incident | None:
        """The first of the incidents of the worst level."""
        return max(self.incidents, key=lambda one: one.level, default=None)

    @property
    def worst_level(self) -> Level | None:
        return self.worst.level if self.worst else None

    @property
    def fault(self) -> Incident | None:
        """The incident that made everything trained since it began unsafe."""
        return fault_of(self.incidents, self.invalidated_by)

    @property
    def first_cause(self) -> Incident | None:
        """The incident that is reported first, with its first cause."""
        return first_cause(self.incidents, self.invalidated_by)

    # ---- checkpoints -----------------------------------------------------------------------

    @cached_property
    def checkpoints(self) -> list[Checkpoint]:
        """Those of its output folder, up to its last step; later ones are of another run."""
        found = checkpoints(self.output_dir) if self.output_dir else []
        return of_this_run(found, None if self.records.resumes else self.started, self.last_step)

    @property
    def knows_checkpoints(self) -> bool:
        """Whether it is recorded where it saves; a loop of one's own may not say it."""
        arguments = self.provenance.get("training_arguments")
        return not isinstance(arguments, Mapping) or "output_dir" in arguments

    @cached_property
    def way_back(self) -> WayBack:
        """The last good checkpoint, and what is lost by going on from it."""
        return way_back(
            self.incidents,
            self.places,
            self.checkpoints,
            self.last_step,
            acted_on=self.invalidated_by,
            onset=self.onset,
            other_since=other_weights_since(self.mismatch),
        )

    def onset(self, cause: Finding) -> int:
        """The step at which a cause began."""
        return onset(cause, self.rules, lambda key: observations(self.log, key))

    # ---- snapshots -------------------------------------------------------------------------

    @property
    def snapshots(self) -> list[Path]:
        return _by_name(self.path / SNAPSHOTS)

    @property
    def diffs(self) -> list[Path]:
        return _by_name(self.path / DIFFS)


def read_run(
    path: str | os.PathLike[str],
    *,
    output_dir: str | os.PathLike[str] | None = None,
    skip: Skip | None = None,
) -> Run:
    """A run directory. `output_dir` is where its checkpoints are now, if they were moved.

    Errors: PTT402 if there is nothing, PTT408 if it is not a run directory or holds a file that
            cannot be read, PTT401 for a line that is not a JSON object; of lines of `events.jsonl`
            none where `skip` takes them
    """
    folder = Path(path)
    _check_is_run(folder)
    provenance = read_object(folder / PROVENANCE) or {}
    records = read_records(folder, skip=skip)
    return Run(
        path=folder,
        provenance=provenance,
        records=records,
        heartbeat=_heartbeat(folder),
        postmortem=_postmortem(folder, records),
        output_dir=Path(output_dir) if output_dir else _output_dir(folder, provenance),
        rules=Rules.from_json(provenance.get("rules", {})),
    )


def is_run(folder: Path) -> bool:
    """Whether a run began in a folder."""
    return any((folder / name).is_file() for name in BEGUN) and not is_toolkit_run(folder)


def _check_is_run(folder: Path) -> None:
    """Errors: PTT402, PTT408"""
    if not folder.exists():
        hint = "give the folder of a run; `ptt runs DIR` lists those below a folder"
        raise PttError.of("PTT402", "there is no such run", file=str(folder), hint=hint)
    if not folder.is_dir():
        hint = "give the folder that the callback wrote; `ptt replay` reads logs of other kinds"
        raise PttError.of("PTT408", "this is a file, no run directory", file=str(folder), hint=hint)
    if is_run(folder):
        return
    if is_toolkit_run(folder):
        raise _of_toolkit(folder)
    inside = sorted(one for one in folder.glob("*/") if is_run(one))
    if inside:
        message = f"this folder is not a run directory itself, but holds {len(inside)} of them"
        hint = f"give one of them, such as `{inside[-1]}`; `ptt runs {folder}` lists them"
        raise PttError.of("PTT408", message, file=str(folder), hint=hint)
    message = f"this folder is not a run directory: it has no {PROVENANCE} and no {JOURNAL}"
    hint = "give the `run_dir` of the callback; `ptt replay` reads logs of other kinds"
    raise PttError.of("PTT408", message, file=str(folder), hint=hint)


def _of_toolkit(folder: Path) -> PttError:
    """What is said of a run directory of the tool that ptt replaces."""
    trainer = trainer_of_toolkit_run(folder)
    pack = "" if trainer == "unknown" else f" --pack {trainer}"
    message = f"this is a run directory of {TOOLKIT} ({trainer}), and not of ptt"
    hint = (
        f"`ptt replay {folder}{pack}` judges its rows; its reports and snapshots are JSON and "
        "Markdown; see docs/migrating.md"
    )
    return PttError.of("PTT408", message, file=str(folder), hint=hint)


def _heartbeat(folder: Path) -> Heartbeat | None:
    """The newest heartbeat; None for one that a lost host left empty.

    If a run was killed before its first heartbeat, and so has no rows, its claim serves instead.
    """
    path = folder / HEARTBEAT
    try:
        is_new = not path.exists() and not has_metrics(folder)
        recorded = folder / FIRST_LIFE if is_new else path
        return Heartbeat.from_json(json.loads(regular_text(recorded)))
    except (OSError, KeyError, ValueError, TypeError):
        return None


def _postmortem(folder: Path, records: Records) -> Mapping[str, Any] | None:
    """The postmortem, unless the run has resumed since. Errors: PTT408"""
    document = read_object(folder / POSTMORTEM)
    if document is None or document.get("resumes", 0) < records.resumes:
        return None
    return document


def _output_dir(folder: Path, provenance: Mapping[str, Any]) -> Path | None:
    """The trainer's output folder: as it was given, or relative to a folder above the run."""
    recorded = provenance.get("training_arguments", {}).get("output_dir")
    if not recorded:
        return None
    above = folder.absolute().parents
    candidates = [Path(recorded), *(parent / recorded for parent in above)]
    return next((one for one in candidates if one.is_dir()), None)


def _by_name(folder: Path) -> list[Path]:
    return sorted(one for one in folder.glob("*") if not one.name.startswith("."))
