"""In which directory a training is recorded: a new one, or that of the run that it goes on with.

A directory is taken up only if it holds the run that the checkpoint is of, if its trainer saved
into the folder that this one saves into, and if no process writes it. Otherwise the training is
a branch: it begins a directory of its own, and rows and findings up to its step come along.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ptt_rules.observing.claims import next_life, run_id_of
from ptt_rules.observing.resuming.origin import Origin
from ptt_rules.observing.resuming.saved_run import RunMark
from ptt_rules.observing.run_directory import RunDirectory, new_directory
from ptt_rules.runs import PROVENANCE


@dataclass(frozen=True, slots=True)
class Home:
    """A directory for a training, and what it follows."""

    directory: RunDirectory
    goes_on: bool = False
    """Whether the directory is the one of the run that the checkpoint is of."""
    branch_of: RunMark | None = None
    """The run that a new directory goes on with; None for one that is new altogether."""
    source: Path | None = None
    """Where that run is recorded; None if that was not found."""
    why: str = ""
    """Why it is not recorded there."""


@dataclass(frozen=True, slots=True)
class HomeWish:
    """What is known of a training before it has a directory."""

    wanted: Path | None
    algorithm: str
    output_dir: Path | None
    """Where the training saves; None where that is not known."""
    holder: object
    """What the directory is held for, as long as that lives."""


def new_home(wish: HomeWish) -> Home:
    return Home(new_directory(wish.wanted, wish.algorithm, wish.holder))


def home_of(origin: Origin, wish: HomeWish) -> Home:
    """The directory for a training that goes on from a checkpoint."""
    found: list[tuple[RunMark, Path, str]] = []
    for mark in origin.marks:
        for folder in _places(origin, mark, wish.wanted):
            why = _why_not(folder, wish)
            claim = next_life(folder, wish.holder) if not why else None
            if claim is not None:
                return Home(RunDirectory(folder, claim), goes_on=True)
            found.append((mark, folder, why or "another process writes it"))
    directory = new_directory(wish.wanted, wish.algorithm, wish.holder)
    if found:
        mark, source, why = found[0]
        return Home(directory, branch_of=mark, source=source, why=why)
    if origin.is_known:
        return Home(directory, branch_of=origin.marks[0], why="it was not found")
    return Home(directory)


def _places(origin: Origin, mark: RunMark, wanted: Path | None) -> list[Path]:
    """Where a run of this id is recorded: what was asked for first, then what the checkpoint says.

    Of a wanted directory those beside it count too, into which attempts after the first went.
    """
    told = origin.run_dir(mark)
    places = [] if wanted is None else [wanted, *_beside(wanted)]
    places += [told] if told else []
    found = [place for place in places if run_id_of(place) == mark.run_id]
    if not found:
        found = [place for place in Path("runs").glob("*") if run_id_of(place) == mark.run_id]
    return list({place.resolve(): place for place in found}.values())


def _why_not(folder: Path, wish: HomeWish) -> str:
    """Why a training does not go on in the directory of its run; nothing if it does."""
    if wish.wanted is not None and not _is_beside(folder, wish.wanted):
        return "another `run_dir` is asked for"
    told = _output_dir(folder)
    own = wish.output_dir
    if told is None or own is None or not told.is_dir() or _is_same(told, own):
        return ""  # where the folder is gone it was moved, and not copied
    return "it saves into another folder"


def _beside(wanted: Path) -> list[Path]:
    """The folders with a number, for runs that found a wanted one taken."""
    prefix = f"{wanted.name}-"
    return sorted(one for one in wanted.parent.glob("*") if one.name.startswith(prefix))


def _is_beside(folder: Path, wanted: Path) -> bool:
    here = folder.resolve()
    return here in (wanted.resolve(), *(one.resolve() for one in _beside(wanted)))


def _output_dir(folder: Path) -> Path | None:
    """Where the trainer of a run saved; None if that is not known."""
    try:
        told = json.loads((folder / PROVENANCE).read_bytes()).get("output_dir")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None  # not written, or damaged
    return Path(told) if isinstance(told, str) else None


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve() or (other.exists() and one.samefile(other))
