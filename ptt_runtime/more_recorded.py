"""The part of a run that records what is recorded only where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ptt_rules.border import plural
from ptt_rules.observing import Part, RunView
from ptt_rules.runs import write_whole
from ptt_runtime.code_state import GIT_DIFF, MOST_BYTES, git_diff
from ptt_runtime.provenance import all_packages

PACKAGES = "packages.txt"


class MoreRecorded(Part):
    """Writes files beside `run.json`, as the run begins; `words` are of `MORE`.

    A run that goes on writes others beside them, with the step in their names: the code may differ.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def start(self, run: RunView) -> None:
        if run.path is None:
            return  # the first rank records
        for word in dict.fromkeys(self._words):
            with run.contain("PTT504", f"{word} cannot be recorded"):
                _RECORDERS[word](run, run.path)


def _record_diff(run: RunView, folder: Path) -> None:
    found = git_diff()
    if found is None:
        run.warn("no git diff is recorded: this is not a git repository, or git is not here")
        return
    name = _named(GIT_DIFF, run.step)
    write_whole(folder / name, found.text)
    run.note({"event": "recorded", "step": run.step, "file": name, **found.to_json()})
    if found.size > MOST_BYTES:
        run.warn(f"{name} is cut after {MOST_BYTES} of {found.size} bytes")
    if found.untracked:
        files = plural(found.untracked, "file")
        run.warn(f"{name} does not hold {files} that git does not know")


def _record_packages(run: RunView, folder: Path) -> None:
    lines = [f"{name}=={version}\n" for name, version in all_packages().items()]
    name = _named(PACKAGES, run.step)
    write_whole(folder / name, "".join(lines))
    run.note({"event": "recorded", "step": run.step, "file": name, "packages": len(lines)})


def _named(file: str, step: int) -> str:
    name, _, ending = file.partition(".")
    return f"{name}-{step}.{ending}" if step else file


_RECORDERS: Mapping[str, Callable[[RunView, Path], None]] = {
    "git_diff": _record_diff,
    "packages": _record_packages,
}
MORE = tuple(_RECORDERS)
"""What may be asked for."""
