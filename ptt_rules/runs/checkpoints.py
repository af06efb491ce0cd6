"""Checkpoints of a training: which are whole, and which are from before a fault.

A checkpoint is looked at without loading it. What a kill or a full disk leaves is seen in the sizes
that a file's own header tells (safetensors), in an archive without its closing directory (what
`torch.save` writes), and in `trainer_state.json`, which the trainer writes last.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.regular import regular_text
from ptt_rules.runs.files import CHECKPOINT_STATE

STATE = "trainer_state.json"
MODELS = ("model.safetensors", "adapter_model.safetensors", "pytorch_model.bin",
          "adapter_model.bin")  # fmt: skip
INDICES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
OPTIMIZERS = ("optimizer.pt", "optimizer.bin")
SHARDED = ("pytorch_model_fsdp_*", "global_step*")
"""Folders that FSDP and DeepSpeed write, with the weights and the optimizer in shards."""
_LONGEST_HEADER = 100_000_000
"""What the safetensors library itself accepts."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder `checkpoint-N`, and what is wrong with it.

    `faults` are reasons why no training can go on from it, `notes` what one should know.
    """

    path: Path
    step: int
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.faults

    @property
    def command(self) -> str:
        """The line of Python that goes on from it."""
        return f"trainer.train(resume_from_checkpoint={str(self.path)!r})"

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


def newest_good(found: Sequence[Checkpoint], until_step: int | None) -> Checkpoint | None:
    """The newest whole checkpoint that was saved at a step or before it."""
    if until_step is None:
        return None
    good = [one for one in found if one.is_whole and one.step <= until_step]
    return max(good, key=lambda one: one.step, default=None)


def last_good_step(first_bad: int | None, steps: Iterable[int]) -> int | None:
    """The newest logged step before the one since which something is wrong."""
    if first_bad is None:
        return None
    return max((step for step in steps if step < first_bad), default=None)


def look_at(folder: Path, step: int) -> Checkpoint:
    """A checkpoint with what its files show."""
    faults = [*_state_faults(folder / STATE, step), *_weight_faults(folder)]
    optimizer = next((folder / name for name in OPTIMIZERS if (folder / name).is_file()), None)
    notes = []
    if optimizer is not None:
        faults += _archive_faults(optimizer)
    elif not _is_sharded(folder):
        faults.append("it has no optimizer (`save_only_model`): its weights can start a new run")
    if not (folder / CHECKPOINT_STATE).is_file():
        notes.append("it has no state of the rules, which then judge the journal anew")
    return Checkpoint(folder, step, tuple(faults), tuple(notes))


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
    """A file begins with the length of its header, which tells where its last tensor ends."""
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
    """What `torch.save` writes is an archive, whose directory comes last."""
    if not zipfile.is_zipfile(path):
        yield f"{path.name} is not whole"


def _is_sharded(folder: Path) -> bool:
    return any(True for pattern in SHARDED for _ in folder.glob(pattern))
