"""Run directories as the callback leaves them, without a training: fast, and the same each time."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ptt_rules import ActionKind, Pack, load
from ptt_rules.observing.commands import record_of, text_of
from ptt_rules.observing.console import Console
from ptt_rules.observing.guard import Guard
from ptt_rules.observing.recorder import Outlets, Recorder
from ptt_rules.observing.run_directory import RunDirectory
from ptt_rules.runs import CHECKPOINT_STATE, Command

RULES = """
pack lab 1.2.0 { title "Rules of the lab" }

metric loss: loss = "loss"
  "Loss of the batch."
metric gradient: norm = "grad_norm"
  "Norm of the gradient."
metric entropy: nats = "entropy"
  "Entropy of the policy."
metric kl: nats = "kl"
  "Distance to the reference."

detector gradient_lost {
  summary   "The gradient is gone"
  critical  when gradient == 0
  for       2
  message   "The gradient norm is {gradient:.3f}, the loss {loss:.2f}."
  why       "Nothing is learned where the gradient is zero."
  remedy    "Lower the learning rate, which lost {gradient:.0f} of the gradient."
  reference "arXiv:2505.22617"
}

detector entropy_low {
  high      when mean(entropy[3]) < 0.2
  message   "Entropy fell to {entropy:.2f}."
  remedy    "Raise the temperature."
}

detector kl_high {
  low       when kl > 0.5
  message   "KL is {kl:.2f}."
}

override policy guard { on critical { checkpoint  invalidate  stop } }
"""

STARTED = "2026-03-02T21:04:00+00:00"
HEALTHY = {"loss": 1.5, "grad_norm": 0.8, "entropy": 1.2, "kl": 0.1}


def pack_of(folder: Path, *, policy: str | None = "guard") -> Pack:
    """The rules of these runs, from a file in a folder."""
    path = folder / "lab.ptt"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(RULES)
    return load(path, policy=policy)


def rows_of(
    steps: int, changes: Mapping[int, Mapping[str, float]] | None = None
) -> Iterator[dict[str, Any]]:
    """A log event for each step; changes last from their step on."""
    values: dict[str, float] = dict(HEALTHY)
    for step in range(1, steps + 1):
        values.update((changes or {}).get(step, {}))
        yield {"step": step, "time": step * 90.0, **values}


def provenance_of(pack: Pack, output_dir: Path | str, max_steps: int) -> dict[str, Any]:
    return {
        "run_id": "3f2a",
        "started": STARTED,
        "ptt_version": "0.1.0",
        "algorithm": "grpo",
        "packs": [
            {"name": p.name, "version": p.version, "digest": p.digest, "file": p.file}
            for p in pack.packs
        ],
        "parameters": dict(pack.params),
        "policy": pack.policy,
        "max_steps": max_steps,
        "training_arguments": {"output_dir": str(output_dir), "max_steps": max_steps, "beta": 0.1},
        "libraries": {"trl": "1.16.0", "torch": "2.13.0"},
        "host": "node-7",
        "world_size": 1,
    }


class Life:
    """One process of a run; `close` is what the callback does when a training ends in any way."""

    def __init__(
        self,
        pack: Pack,
        folder: Path,
        *,
        max_steps: int = 200,
        output_dir: Path | str = "out",
        config: Mapping[str, Any] | None = None,
        console: Console | None = None,
    ) -> None:
        self.pack = pack
        self.output_dir = Path(output_dir)
        config = {"output_dir": str(output_dir), "max_steps": max_steps, "beta": 0.1} | {
            **(config or {})
        }
        self.engine = pack.engine(config)
        shown = console or Console(io.StringIO())
        outlets = Outlets(console=shown, directory=RunDirectory(folder))
        self.recorder = Recorder(pack, outlets, Guard(shown.faulted, fail_fast=True))
        self.recorder.start(
            0,
            pack.armed("grpo", "1.16.0", config),
            lambda: provenance_of(pack, output_dir, max_steps),
        )
        self.step = 0

    def resume(self, step: int, state: Mapping[str, Any]) -> None:
        self.engine = self.pack.engine(state=state)
        self.recorder.resume(step, self.engine.rows)

    def log(self, row: Mapping[str, Any]) -> bool:
        """Judges a row as the callback does; whether the policy stops the run."""
        self.step = row["step"]
        self.recorder.row(row)
        events = self.engine.observe(row)
        actions = self.engine.actions
        self.recorder.reporter.report(events, actions, is_told=lambda event: event.is_visible)
        for action in actions:
            if action.action is ActionKind.INVALIDATE:
                self.recorder.postmortems.invalidated(action, self.output_dir, self.step)
        return any(action.action is ActionKind.STOP for action in actions)

    def train(self, rows: Iterator[dict[str, Any]]) -> Life:
        for row in rows:
            if self.log(row):
                break
        return self

    def save(self) -> Path:
        """A checkpoint, and the state of the rules in it."""
        folder = checkpoint(self.output_dir, self.step)
        self.recorder.journal.state(self.engine.state(), folder)
        return folder

    def ask(self, command: Command) -> None:
        """People ask something of the run, which hears it."""
        self.recorder.journal.note(record_of(command, self.step))
        self.recorder.console.say(text_of(command))

    def skip(self, step: int, count: int) -> None:
        """A step is dropped, as the callback's guard of gradients says it."""
        record = {"event": "skipped_step", "step": step, "skipped": count}
        self.recorder.journal.note(record)

    def close(self) -> None:
        self.recorder.end(self.engine, self.step)


def checkpoint(output_dir: Path, step: int) -> Path:
    """A small checkpoint with the files of a whole one."""
    folder = output_dir / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    header = json.dumps({"w": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    weights = struct.pack("<Q", len(header)) + header + bytes(16)
    (folder / "model.safetensors").write_bytes(weights)
    for name in ("optimizer.pt", "scheduler.pt"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("data.pkl", b"")
    (folder / CHECKPOINT_STATE).write_text("{}")
    (folder / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    return folder
