"""Run directories that the callback wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from ptt_rules.language import PttError
from ptt_rules.logs.context import RunContext
from ptt_rules.logs.format import LogFormat
from ptt_rules.logs.frame import frame_of
from ptt_rules.logs.lines import open_lines
from ptt_rules.logs.own_findings import texts_of
from ptt_rules.logs.siblings import Siblings
from ptt_rules.logs.stream import LogStream
from ptt_rules.logs.table import open_parquet

PROVENANCE = "run.json"
JOURNAL = "metrics.jsonl"
METRICS = "metrics.parquet"
FACTS = "facts"
"""The part of the provenance that rules read as `run.NAME`."""

SIBLINGS = "siblings"
"""The part of the provenance that names the runs that it was compared with."""

_OWN = ("max_steps", "skip_nonfinite_steps")
"""The parts of the provenance that rules read as `config.NAME`, besides training arguments."""


def has_metrics(folder: Path) -> bool:
    return (folder / JOURNAL).is_file() or (folder / METRICS).is_file()


def is_run_without_rows(folder: Path) -> bool:
    """Whether a run began here, and ended before its first log event."""
    return (folder / PROVENANCE).is_file() and not has_metrics(folder)


def open_run_directory(folder: Path) -> LogStream:
    """The journal, or the metric frame of a run whose journal is gone.

    The journal goes first: it is as new as the run, where the metrics are of its last end.

    Errors: PTT401, PTT403, PTT501
    """
    journal, metrics = folder / JOURNAL, folder / METRICS
    has_journal = journal.is_file() and journal.stat().st_size > 0
    if metrics.is_file() and not has_journal:
        log = open_parquet(metrics)
    else:
        log = open_lines(journal) if has_journal else LogStream.of(frame_of(()))
    return replace(log, context=_context(folder), own_texts=texts_of(folder))


def _context(folder: Path) -> RunContext:
    """What the run recorded of itself: arguments, with the steps that its trainer counted; facts.

    None if its provenance was never written.

    Errors: PTT401 if the provenance is not JSON
    """
    path = folder / PROVENANCE
    if not path.is_file():
        return RunContext()
    try:
        provenance = json.loads(path.read_text(encoding="utf-8"))
        arguments = provenance.get("training_arguments", {})
    except (ValueError, AttributeError) as error:
        message = f"the provenance of this run is not a JSON object ({error})"
        raise PttError.of("PTT401", message, file=str(path)) from error
    if not isinstance(arguments, dict):
        return RunContext()
    own = {key: provenance[key] for key in _OWN if key in provenance}
    facts = provenance.get(FACTS, {})
    siblings = Siblings.recorded(provenance.get(SIBLINGS), folder)
    return RunContext({**arguments, **own}, facts if isinstance(facts, dict) else {}, siblings)


RUN_DIRECTORY = LogFormat(
    "a run directory",
    open_run_directory,
    in_folder=lambda folder: folder if has_metrics(folder) else None,
    may_be_torn=True,
)
RUN_WITHOUT_ROWS = replace(
    RUN_DIRECTORY, in_folder=lambda folder: folder if is_run_without_rows(folder) else None
)
"""A folder with another log and the provenance of a run is that log: asked last."""
