"""Files that commands write for people, who may have files of their own there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ptt_rules.border import write_text
from ptt_rules.language import Diagnostic, PttError


def files_json(paths: Iterable[Path]) -> dict[str, list[str]]:
    """The files that a command wrote, for machines."""
    return {"files": [str(path) for path in paths]}


def write_files(texts: Mapping[Path, str], *, force: bool, hint: str) -> None:
    """Writes all of the files, with their folders, or none if one of them is there already.

    With `force` what is there is replaced. `hint` says how to go on where it may not be.

    Errors: PTT308, PTT315
    """
    there = [] if force else [path for path in texts if path.exists()]
    if there:
        message = "this file is there already, and nothing was written"
        raise PttError(Diagnostic("PTT315", message, file=str(p), hint=hint) for p in there)
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
        except OSError as error:
            message = f"this file cannot be written: {error.strerror}"
            raise PttError.of("PTT308", message, file=str(path)) from error
