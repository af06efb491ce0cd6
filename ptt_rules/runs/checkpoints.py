"""Checkpoints of a training, and what is wrong with each of them.

A checkpoint is looked at without loading it. The damage of a kill or a full disk shows in
the sizes that a file's own header states (safetensors), in an archive without its closing directory
(`torch.save`), and in `trainer_state.json`, which the trainer writes last. Whether its weights are
finite was checked and recorded when it was saved. `good.py` says which of
them are good.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ptt_rules.border import regular_text
from ptt_rules.runs.files import CHECKPOINT_STATE, CHECKPOINT_WEIGHTS

STATE = "trainer_state.json"
MODELS = ("model.safetensors", "adapter_model.safetensors", "pytorch_model.bin",
          "adapter_model.bin")  # fmt: skip
INDICES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
OPTIMIZERS = ("optimizer.pt", "optimizer.bin")
SHARDED = ("pytorch_model_fsdp_*", "global_step*")
"""Folders that FSDP and DeepSpeed write, with the weights and the optimizer in shards."""
NO_OPTIMIZER = "it has no optimizer (`save_only_model`): its weights can start a new run"
_LONGEST_HEADER = 100_000_000
"""The limit of the safetensors library itself."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder `checkpoint-N`, and what is wrong with it.

    `faults` are reasons why no training can go on from it, `notes` what one should know. One that
    `is_weights_only` lacks the optimizer alone.
    """

    path: Path
    step: int
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_weights_only: bool = False

    @property
    def is_whole(self) -> bool:
        return not self.faults

    @property
    def has_sound_weights(self) -> bool:
        """Whether its weights are whole and finite, as far as is known, and of this run."""
        return self.is_whole or (self.is_weights_only and self.faults == (NO_OPTIMIZER,))

    @property
    def command(self) -> str:
        """The Python that goes on from it, or begins anew with its weights."""
        if self.is_whole:
            return f"trainer.train(resume_from_checkpoint={str(self.path)!r})"
        return f"from_pretrained({str(self.path)!r})"

    def to_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "step": self.step,
            "whole": self.is_whole,
            "faults": [*self.faults],
            "notes": [*self.notes],
        }


def checkpoints(output_dir: Path) -> list[Checkpoint]:
    """The checkpoints of an output folder, by their steps.

    Cost: reads headers and no weights, so that the size of the model does not matter
    """
    found = (
        (step, folder) for folder in output_dir.glob("checkpoint-*") if (step := _step(folder))
    )
    return [look_at(folder, step) for step, folder in sorted(found)]


def of_this_run(
    found: Sequence[Checkpoint], started: str | None, last_step: int
) -> list[Checkpoint]:
    """Those up to the last step of a run, without use where an earlier run left them.

    `started` is when the run began, in ISO 8601; None where it may go on from what was there.
    """
    began = None if started is None else datetime.fromisoformat(started)
    return [_own(one, began) for one in found if one.step <= last_step]


def _own(one: Checkpoint, began: datetime | None) -> Checkpoint:
    saved = datetime.fromtimestamp(one.path.stat().st_mtime, timezone.utc)
    if began is None or saved >= began:
        return one
    return replace(one, faults=(*one.faults, "it was saved before this run began"))


def look_at(folder: Path, step: int) -> Checkpoint:
    """A checkpoint with what its files show."""
    faults = [*_state_faults(folder / STATE, step), *_weight_faults(folder)]
    if weights_are_finite(folder) is False:
        faults.append("its weights are not finite")
    optimizer = next((folder / name for name in OPTIMIZERS if (folder / name).is_file()), None)
    notes = []
    is_weights_only = optimizer is None and not _is_sharded(folder)
    if optimizer is not None:
        faults += _archive_faults(optimizer)
    elif is_weights_only:
        faults.append(NO_OPTIMIZER)
    if not (folder / CHECKPOINT_STATE).is_file():
        notes.append("it has no state of the rules, which then judge the journal anew")
    return Checkpoint(folder, step, tuple(faults), tuple(notes), is_weights_only)


def weights_are_finite(folder: Path) -> bool | None:
    """Whether the weights of a checkpoint are finite; None if nobody checked or recorded it."""
    try:
        data = json.loads(regular_text(folder / CHECKPOINT_WEIGHTS))
    except (OSError, ValueError):
        return None
    is_finite = data.get("finite") if isinstance(data, dict) else None
    return is_finite if isinstance(is_finite, bool) else None


def _step(folder: Path) -> int | None:
    digits = folder.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() and folder.is_dir() else None


# ---- what files show -----------------------------------------------------------------------


def _state_faults(path: Path, step: int) -> Iterator[str]:
    """The trainer writes its state last."""
    try:
        state = json.loads(regular_text(path))
    except FileNotFoundError:
        yield f"{STATE} is missing: the trainer was killed while it saved"
        return
    except (OSError, ValueError) as error:
        yield f"{STATE} cannot be read ({error})"
        return
    found = state.get("global_step") if isinstance(state, dict) else None
    if found != step:
        yield f"{STATE} is of step {found}"


def _weight_faults(folder: Path) -> Iterator[str]:
    files = [folder / name for name in MODELS if (folder / name).is_file()]
    for index in (folder / name for name in INDICES):
        if index.is_file():
            files += _shards(index)
    if not files and not _is_sharded(folder):
        yield "it has no weights"
    for path in dict.fromkeys(files):
        if not path.is_file():
            yield f"{path.name} is missing"
        elif path.suffix == ".safetensors":
            yield from _safetensors_faults(path)
        else:
            yield from _archive_faults(path)


def _shards(index: Path) -> list[Path]:
    """The files that an index names; the index itself if it cannot be read."""
    try:
        names = json.loads(regular_text(index))["weight_map"].values()
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return [index.with_name(f"what {index.name} names")]
    return [index.with_name(str(name)) for name in sorted(set(names))]


def _safetensors_faults(path: Path) -> Iterator[str]:
    """A file begins with the length of its header, which states where its last tensor ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        text = file.read(length) if 0 < length <= min(_LONGEST_HEADER, size) else b""
    try:
        tensors = json.loads(text)
        ends = [one["data_offsets"][1] for name, one in tensors.items() if name != "__metadata__"]
    except (ValueError, AttributeError, KeyError, IndexError, TypeError):
        yield f"{path.name} has no whole header"
        return
    whole = 8 + length + max(ends, default=0)
    if size != whole:
        yield f"{path.name} has {size} of {whole} bytes"


def _archive_faults(path: Path) -> Iterator[str]:
    """`torch.save` writes an archive, whose directory comes last."""
    if not zipfile.is_zipfile(path):
        yield f"{path.name} is not whole"


def _is_sharded(folder: Path) -> bool:
    return any(True for pattern in SHARDED for _ in folder.glob(pattern))
