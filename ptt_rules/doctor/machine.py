"""Checks of what is installed, of the disk, and of the run directory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from packaging.version import Version

from ptt_rules.border import plural
from ptt_rules.doctor.check import Found, Verdict
from ptt_rules.doctor.setup import Setup, nearest
from ptt_rules.runs import Heartbeat, Pulse, is_run

TESTED = {
    "trl": ("0.19", "0.24", "1.16"),
    "transformers": ("4.52", "4.52", "5.23"),
    "torch": ("2.6", "2.6", "2.13"),
    "polars": ("2.0", "2.0", "2.1"),
}
"""The least version that is needed, and the oldest and newest with which the tests pass."""
_NEEDED = ("trl", "transformers", "torch")
_TRACKERS = {
    "wandb": "wandb",
    "trackio": "trackio",
    "mlflow": "mlflow",
    "tensorboard": "tensorboard",
}
"""Words of `report_to`, and the module that each needs."""
_GIB = 1 << 30
_ROOM = 2
"""A save writes beside the newest checkpoint before an old one goes: so many of its size."""


def versions(setup: Setup) -> Found:
    for name, (least, oldest, newest) in TESTED.items():
        there = setup.machine.version(name)
        if there is None:
            if name in _NEEDED:
                yield Verdict.NOTE, f"{name} is not installed", _install("trl")
        elif Version(there) < Version(least):
            way = f"pip install --upgrade '{name}>={least}'"
            yield Verdict.FAILS, f"{name} {there} is older than {least}", way
        elif _minor(there) < _minor(oldest):
            way = f"what is missing in it may be missed; tested is '{name}=={oldest}'"
            yield Verdict.NOTE, f"{name} {there} is older than what is tested, {oldest}", way
        elif _minor(there) > _minor(newest):
            way = f"what is new in it may be missed; tested is '{name}=={newest}'"
            yield Verdict.NOTE, f"{name} {there} is newer than what is tested, {newest}", way


def _minor(text: str) -> tuple[int, ...]:
    return Version(text).release[:2]


def _install(extra: str) -> str:
    return f"install `ptt-rules[{extra}]` into the environment of the training"


def trackers(setup: Setup) -> Found:
    given = setup.argument("report_to")
    for word in [given] if isinstance(given, str) else list(given or ()):
        module = _TRACKERS.get(word)
        if module is not None and not setup.machine.has(module):
            way = f'pip install {module}, or report_to="none"'
            yield Verdict.FAILS, f'report_to is "{word}", and {module} is not installed', way


# ---- disk --------------------------------------------------------------------------------------


def disk(setup: Setup) -> Found:
    output = setup.output_dir
    folders = {nearest(setup.run_dir): 0}
    if output is not None:
        folders[nearest(output)] = _ROOM * _newest_size(output)
    for folder, wanted in folders.items():
        free = setup.machine.free_bytes(folder)
        if free < max(wanted, _GIB):
            room = f"{max(wanted, _GIB) / _GIB:.0f} GiB"
            text = f"{free / _GIB:.1f} GiB are free in {folder}, and a save needs up to {room}"
            yield Verdict.TRIPS, text, "make room, set save_total_limit, or save elsewhere"


def _newest_size(output: Path) -> int:
    """Bytes of the newest checkpoint; 0 where there is none."""
    found = sorted(output.glob("checkpoint-*"), key=lambda one: one.stat().st_mtime)
    files = found[-1].rglob("*") if found else ()
    return sum(one.stat().st_size for one in files if one.is_file())


def writable(setup: Setup) -> Found:
    for folder in dict.fromkeys((setup.run_dir, setup.output_dir or setup.run_dir)):
        there = nearest(folder)
        if not there.is_dir():
            yield Verdict.FAILS, f"{there} is a file, and {folder} is to be a folder", "move it"
        elif not setup.machine.may_write(there):
            way = f"chmod u+w {there}, or another run_dir and output_dir"
            yield Verdict.FAILS, f"{there} may not be written to", way


# ---- the run directory -------------------------------------------------------------------------


def shared_directory(setup: Setup) -> Found:
    """Several processes with one run directory."""
    alive = list(_alive(setup.run_dir))
    who = " and ".join(f"{one.process} on {one.host}" for one in alive)
    if setup.run is not None and len(alive) > 1:
        yield Verdict.TRIPS, f"processes {who} write it", "end all but one: kill PID"
    elif setup.run is None and alive:
        way = "end it, or give each run a run_dir of its own"
        yield Verdict.TRIPS, f"{setup.run_dir} is written by process {who}", way
    elif setup.run is None and setup.callback.get("run_dir") and is_run(setup.run_dir):
        text = f"{setup.run_dir} holds a run: a new one goes to {setup.run_dir}-2"
        yield Verdict.NOTE, text, "resume from one of its checkpoints, or give another run_dir"


def _alive(folder: Path) -> Iterator[Heartbeat]:
    """The processes that live and have claimed the folder, each once."""
    found: list[Heartbeat] = []
    for path in [*folder.glob(".life-*.json"), folder / "heartbeat.json"]:
        try:
            beat = Heartbeat.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a claim from before its first beat, or none
        is_new = not any(beat.is_of_process(one) for one in found)
        if is_new and beat.pulse is not Pulse.ENDED and beat.process_is_gone is False:
            found.append(beat)
    ended = _ended(folder)
    yield from (one for one in found if ended is None or not one.is_of_process(ended))


def _ended(folder: Path) -> Heartbeat | None:
    """The newest heartbeat, where it says that its run is over."""
    try:
        beat = Heartbeat.from_json(json.loads((folder / "heartbeat.json").read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return beat if beat.pulse is Pulse.ENDED else None


def faults_of_run(setup: Setup) -> Found:
    """What failed inside ptt while the run went on."""
    notes = setup.run.records.notes if setup.run is not None else ()
    failed = list(dict.fromkeys(str(n.get("message")) for n in notes if n.get("event") == "fault"))
    if failed:
        count = plural(len(failed), "fault")
        yield (
            Verdict.TRIPS,
            f"{count} inside ptt: {failed[0]}",
            "see `ptt explain CODE`",
        )
