"""Replaying a pack over a log, wherever the log is, and explaining what comes of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from ptt_rules.engine.replay import Replay, replay_frame
from ptt_rules.engine.why import Explanation, explain
from ptt_rules.logs import RunLog, check_frame, frame_of, read_log
from ptt_rules.packs import Pack

Run = str | os.PathLike[str] | pl.DataFrame | Iterable[Mapping[str, Any]]


def replay(pack: Pack, run: Run, *, config: Mapping[str, Any] | None = None) -> Replay:
    """What a pack would have told and done on a run: a log's path, a frame, or log dicts.

    Training arguments for `config.` come from the log if it has them; `config` goes before.

    Errors: PTT401 to PTT404 for a log that cannot be read
    """
    log = _log(run)
    judged = replay_frame(pack.compiled, log.frame, {**log.config, **(config or {})})
    return replace(judged, unreadable=dict(log.unreadable), abandoned=log.abandoned, torn=log.torn)


def why(
    pack: Pack,
    run: Run,
    detector: str,
    *,
    step: int | None = None,
    config: Mapping[str, Any] | None = None,
) -> Explanation:
    """Why a detector fired on a run, or why it did not: each part of its condition at one row.

    `detector` is `entropy_collapse`, `grpo.entropy_collapse`, or one of them with `[instance]`.
    Without a step it is the row of its first event, or the one at which it came nearest to it.

    Errors: PTT101 for a detector that is not there, PTT401 to PTT404 for the log
    """
    log = _log(run)
    return explain(pack.compiled, log.frame, {**log.config, **(config or {})}, detector, step)


def _log(run: Run) -> RunLog:
    if isinstance(run, (str, os.PathLike)):
        return read_log(run)
    if isinstance(run, pl.DataFrame):
        return check_frame(run)
    return frame_of(run)
