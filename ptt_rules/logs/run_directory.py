"""Run directories that the callback wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ptt_rules.diagnostics import PttError
from ptt_rules.logs.jsonl import read_json_lines

PROVENANCE = "run.json"
JOURNAL = "metrics.jsonl"


def is_run_directory(folder: Path) -> bool:
    return (folder / JOURNAL).is_file()


def read_journal(folder: Path) -> list[dict[str, Any]]:
    """The rows of the journal, which has all that the run logged, also where it was killed."""
    return read_json_lines(folder / JOURNAL, may_be_torn=True)


def read_config(folder: Path) -> dict[str, Any]:
    """The training arguments of the run; none if its provenance was never written.

    Errors: PTT401 if the provenance is no JSON
    """
    path = folder / PROVENANCE
    if not path.is_file():
        return {}
    try:
        arguments = json.loads(path.read_text(encoding="utf-8")).get("training_arguments", {})
    except (ValueError, AttributeError) as error:
        message = f"the provenance of this run is no JSON object ({error})"
        raise PttError.of("PTT401", message, file=str(path)) from error
    return arguments if isinstance(arguments, dict) else {}
