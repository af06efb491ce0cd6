"""What scripts for post-training-toolkit read of its callback after a training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptt_rules.runs import JOURNAL, Run, read_run


class OlderAttributes:
    """Attributes by the toolkit's names, read from the record of the newest run.

    Those that its demos read are among them, though they begin with an underscore there.
    """

    @property
    def run_dir(self) -> Path | None:
        """Where the newest run is recorded."""
        raise NotImplementedError

    if not TYPE_CHECKING:  # a type checker shall see what the callback has by itself

        def __getattr__(self, name: str) -> Any:
            """Errors: AttributeError, with what to use where the toolkit had the name"""
            if name in _READ:
                folder = self.run_dir
                return _READ[name](None if folder is None else read_run(folder))
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(f"{message}{_INSTEAD.get(name, '')}")


def _is_stopped(run: Run | None) -> bool:
    return run is not None and run.stopped


def _stop_reason(run: Run | None) -> str | None:
    """The finding that the policy stopped the run for, and its message."""
    if run is None:
        return None
    stops = [one for one in run.records.actions if one.ends_run]
    found = [
        f"{event.who}: {event.message}"
        for stop in stops[-1:]
        for event in run.records.events
        if event.who in stop.because and event.row <= stop.row
    ]
    return found[-1] if found else None


def _last_good_step(run: Run | None) -> int:
    """The toolkit's is the last step with a number in it; here it is before the fault."""
    good = None if run is None else run.way_back.good_step
    return 0 if good is None else good


def _rows(run: Run | None) -> list[dict[str, Any]]:
    """The rows as they were logged, by the trainer's own keys."""
    if run is None:
        return []
    rows = run.log.frame.to_dicts()
    return [{key: value for key, value in row.items() if value is not None} for row in rows]


_READ: Mapping[str, Callable[[Run | None], Any]] = {
    "trainer_type": lambda run: "unknown" if run is None else run.algorithm,
    "log_path": lambda run: None if run is None else run.path / JOURNAL,
    "_critical_failure_detected": _is_stopped,
    "_stop_reason": _stop_reason,
    "_last_good_step": _last_good_step,
    "_metrics_history": _rows,
}
_INSTEAD = {
    "artifact_manager": ": ptt_rules.runs.read_run(callback.run_dir) reads what a run left",
    "snapshot_manager": ": write DiagnosticsCallback(snapshots=Snapshots(...))",
    "capture_snapshot": ": a policy takes one more, by the action `snapshot`",
}
