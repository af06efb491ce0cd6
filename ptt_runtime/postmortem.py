"""What is known of a run that was invalidated, and where to go on from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ptt_rules import Event, Incident, json_number


def last_good_step(events: Sequence[Event], steps: Sequence[int]) -> int | None:
    """The newest logged step before the earliest of the conditions began to hold."""
    began = [event.since_step for event in events if event.since_step is not None]
    first_bad = min(began, default=None)
    if first_bad is None:
        return None
    return max((step for step in steps if step < first_bad), default=None)


def newest_checkpoint(output_dir: Path, until_step: int | None) -> Path | None:
    """The newest checkpoint that was saved at a step or before it."""
    found: list[tuple[int, Path]] = []
    for folder in output_dir.glob("checkpoint-*"):
        step = folder.name.rpartition("-")[2]
        if step.isdigit() and until_step is not None and int(step) <= until_step:
            found.append((int(step), folder))
    return max(found, default=(0, None))[1]


def postmortem(
    *,
    policy: str,
    step: int,
    events: Sequence[Event],
    incidents: Sequence[Incident],
    good_step: int | None,
    checkpoint: Path | None,
) -> dict[str, Any]:
    """The contents of `postmortem.json` for a run that a policy invalidated."""
    resume = f"trainer.train(resume_from_checkpoint={str(checkpoint)!r})" if checkpoint else None
    return {
        "verdict": "invalidated",
        "policy": policy,
        "step": step,
        "last_good_step": good_step,
        "last_good_checkpoint": str(checkpoint) if checkpoint else None,
        "resume_with": resume,
        "because": [
            {
                "detector": event.detector,
                "level": event.level.word,
                "since_step": event.since_step,
                "message": event.message,
                "values": {name: json_number(value) for name, value in event.values.items()},
            }
            for event in events
        ],
        "incidents": [incident.to_json() for incident in incidents],
    }
