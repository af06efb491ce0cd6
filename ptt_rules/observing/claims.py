"""To whom a run directory belongs: to one run, and to one life of it at a time.

A life is a process that writes the directory: the first one began the run, each resume begins the
next. A life is claimed by making a file that must not be there, which of several processes one
alone can do, on shared disks too. Such a claim stays for good: a directory in which an attempt
died is never taken for a free one, and its heartbeat says that nobody lives there.
"""

from __future__ import annotations

import json
import os
import time
import uuid
import weakref
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from ptt_rules.runs import BEGUN, EVERY_S, HEARTBEAT, PROVENANCE, Heartbeat, Pulse, line_text

_FRESH_S = 3 * EVERY_S
"""How old the heartbeat of a process on another machine is that is taken for alive."""
_HOLDERS: dict[str, weakref.ref[Any]] = {}
"""For which training this process holds a directory: a later training may go on in it."""


class NotOurs(OSError):
    """Another process has taken this directory over; nothing of ours is written there any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A life of the run in a folder, which is this process's."""

    folder: Path
    life: int
    run_id: str
    inode: tuple[int, int]

    @property
    def is_there(self) -> bool:
        """Whether the folder is still the one that was claimed. Errors: NotOurs"""
        try:
            status = os.stat(_life_file(self.folder, self.life))
        except (FileNotFoundError, NotADirectoryError):
            return False
        is_same = (status.st_dev, status.st_ino) == self.inode
        if not is_same and run_named_in(_life_file(self.folder, self.life)) != self.run_id:
            raise NotOurs(f"{self.folder} is another run's now")
        if os.path.exists(_life_file(self.folder, self.life + 1)):
            raise NotOurs(f"another process goes on with the run in {self.folder}")
        return True


def first_life(folder: Path, run_id: str | None = None) -> Claim | None:
    """The folder for a new run; None if a run began in it. Errors: OSError"""
    folder.mkdir(parents=True, exist_ok=True)
    return None if has_run(folder) else _claimed(folder, 1, run_id or uuid.uuid4().hex)


def next_life(folder: Path, training: Any = None) -> Claim | None:
    """The run in a folder, to go on with it; None if a process lives there.

    `training` is what the directory is held for: a callback beside this one in the same trainer
    does not take it.

    Errors: OSError
    """
    # counted once: who begins a life meanwhile takes the number that would be this one's
    newest = _newest_life(folder)
    if _is_held(folder, training) or _is_alive(folder, newest):
        return None
    claim = _claimed(folder, newest + 1, run_id_of(folder) or uuid.uuid4().hex)
    if claim is not None:
        hold(claim, training)
    return claim


def hold(claim: Claim, training: Any) -> None:
    """Keeps in mind for which training a directory was claimed."""
    if training is not None:
        _HOLDERS[str(claim.folder.resolve())] = weakref.ref(training)


def release(claim: Claim) -> None:
    """Takes a claim back, and the folder with it if there is nothing else in it. Errors: OSError"""
    _life_file(claim.folder, claim.life).unlink(missing_ok=True)
    _HOLDERS.pop(str(claim.folder.resolve()), None)
    if not any(claim.folder.iterdir()):
        claim.folder.rmdir()


def has_run(folder: Path) -> bool:
    """Whether a run began in a folder, however early it died."""
    return any((folder / name).exists() for name in BEGUN) or _newest_life(folder) > 0


def run_id_of(folder: Path) -> str | None:
    """The run in a folder, also where it died before it was described or the page is damaged."""
    told = (folder / PROVENANCE, *(_life_file(folder, life) for life in _lives(folder)))
    return next((found for path in told if (found := run_named_in(path))), None)


def _claimed(folder: Path, life: int, run_id: str) -> Claim | None:
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(_life_file(folder, life), flags, 0o666)
    except FileExistsError:
        return None
    beat = Heartbeat.now(Pulse.RUNNING, 0).to_json()
    try:
        with suppress(OSError):  # on a full disk the file alone says that it is claimed
            os.write(descriptor, line_text({"run_id": run_id, **beat}).encode() + b"\n")
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return Claim(folder, life, run_id, (status.st_dev, status.st_ino))


def _is_held(folder: Path, training: Any) -> bool:
    holder = _HOLDERS.get(str(folder.resolve()))
    return holder is not None and training is not None and holder() is training


def _is_alive(folder: Path, life: int) -> bool:
    """Whether the process of a life writes this directory, as far as its heartbeat tells."""
    path = _life_file(folder, life)
    claim, beat = _beat(path), _beat(folder / HEARTBEAT)
    if claim is None and _is_fresh(path):
        return True  # it is being written
    if beat is None or (claim is not None and not claim.is_of_process(beat)):
        beat = claim  # a life that has only just begun has no heartbeat of its own yet
    if beat is None or beat.pulse is Pulse.ENDED or beat.is_own:
        return False
    is_gone = beat.process_is_gone
    return time.time() - beat.time < _FRESH_S if is_gone is None else not is_gone


def _is_fresh(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < _FRESH_S
    except FileNotFoundError:
        return False


def _beat(path: Path) -> Heartbeat | None:
    try:
        return Heartbeat.from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # not written, or damaged: it says nothing of a process


def run_named_in(path: Path) -> str | None:
    """The id of a run in one of its files; None where it is not there, or damaged."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    found = told.get("run_id") if isinstance(told, dict) else None
    return found if isinstance(found, str) else None


def _life_file(folder: Path, life: int) -> Path:
    return folder / f".life-{life}.json"


def _lives(folder: Path) -> list[int]:
    return list(range(1, _newest_life(folder) + 1))


def _newest_life(folder: Path) -> int:
    """How many lives a run had; they are counted without a gap."""
    return next(life for life in count() if not _life_file(folder, life + 1).exists())
