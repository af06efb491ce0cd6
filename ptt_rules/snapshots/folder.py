"""Snapshots in a run directory: their names, and how they are read back."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ptt_rules.border import regular_text
from ptt_rules.language import PttError
from ptt_rules.snapshots.snapshot import VERSION, Snapshot

SNAPSHOTS = "snapshots"
DIFFS = "diffs"
_NAME = re.compile(r"step-(\d+)\.json")


def step_name(step: int) -> str:
    """A step as names of files have it, so that they sort by step."""
    return f"step-{step:08}"


def diff_name(before: int, after: int) -> str:
    return f"{step_name(before)}-{step_name(after)}"


def snapshot_steps(run: Path) -> list[int]:
    """The steps at which a run has snapshots, in order."""
    found = (_NAME.fullmatch(path.name) for path in (run / SNAPSHOTS).glob("step-*.json"))
    return sorted(int(name[1]) for name in found if name)


def read_snapshot(run: Path, step: int) -> Snapshot:
    """The snapshot of a step.

    Errors: PTT420 where there is none, or a file that is none
    """
    path = run / SNAPSHOTS / f"{step_name(step)}.json"
    try:
        data = json.loads(regular_text(path))
    except FileNotFoundError:
        raise no_snapshot(run, step) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, f"cannot be read: {error}") from None
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise _unreadable(path, f"is not a snapshot of version {VERSION}")
    try:
        return Snapshot.from_json(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(path, f"is not a snapshot: {type(error).__name__}: {error}") from None


def no_snapshot(run: Path, step: int | None = None) -> PttError:
    """Says which snapshots there are instead, or how a run gets some."""
    steps = snapshot_steps(run)
    what = "no snapshots" if step is None or not steps else f"no snapshot of step {step}"
    if not run.is_dir():
        return PttError.of("PTT420", f"there is no run directory `{run}`", file=str(run))
    if not steps:
        hint = "a run takes them with `DiagnosticsCallback(snapshots=Snapshots())`"
        return PttError.of("PTT420", f"this run has {what}", file=str(run), hint=hint)
    shown = ", ".join(map(str, steps[:12])) + (", ..." if len(steps) > 12 else "")
    hint = f"there are those of the steps {shown}"
    return PttError.of("PTT420", f"this run has {what}", file=str(run), hint=hint)


def _unreadable(path: Path, what: str) -> PttError:
    return PttError.of("PTT420", f"this file {what}", file=str(path))
