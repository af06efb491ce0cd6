"""The runs of ptt in the trainer's own state, which it saves with each checkpoint and brings back.

Transformers keeps the states of callbacks in `stateful_callbacks`, by the name of their class. The
entry here is written by hand, since its own way (`ExportableState`) makes a callback anew from
JSON on a resume, without channels, rules and directory; adds to the entry at each save where there
are two callbacks; and ends the training at the first save (KeyError) where the checkpoint is of a
time before the callback was added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ptt_rules.observing import RunMark

ENTRY = "ptt"


def marks_of(state: Any) -> list[RunMark]:
    """The runs that a trainer's state tells of."""
    entries = getattr(state, "stateful_callbacks", None)
    told = entries.get(ENTRY) if isinstance(entries, Mapping) else None
    attributes = told.get("attributes") if isinstance(told, Mapping) else None
    runs = attributes.get("runs") if isinstance(attributes, Mapping) else None
    found = [RunMark.from_json(one) for one in runs] if isinstance(runs, list) else []
    return [mark for mark in found if mark is not None]


def leave_mark(state: Any, mark: RunMark, instead_of: str | None = None) -> None:
    """Has the trainer save a run with its next checkpoints; `instead_of` is one that it follows."""
    entries = getattr(state, "stateful_callbacks", None)
    if not isinstance(entries, dict):
        return  # of a trainer that keeps none: the file beside the checkpoint tells alone
    others = [one for one in marks_of(state) if one.run_id not in (mark.run_id, instead_of)]
    runs = [one.to_json() for one in (*others, mark)]
    entries[ENTRY] = {"args": {}, "attributes": {"runs": runs}}
