"""Whether a run that is resumed is still the run that it was, and how much it matters if not.

Compared are the provenance that the run wrote when it began and the same told anew. What differs
has a weight: `serious` is another training from here on, `notable` may explain a change of its
curves, `minor` is for the record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptt_rules import PttError
from ptt_rules.runs import document_text, write_whole
from ptt_runtime.fingerprints import weights_sample
from ptt_runtime.part import Part
from ptt_runtime.provenance import provenance

if TYPE_CHECKING:
    from ptt_runtime.run import Run

CHECKPOINT_RUN = "ptt_run.json"
"""Beside a checkpoint: of which run it is, and a sample of the weights that were saved."""
_ABSENT = "absent"
_SHOWN = 60


class Weight(Enum):
    SERIOUS = "serious"
    NOTABLE = "notable"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was when the run began, and what follows from that."""

    what: str
    before: Any
    now: Any
    weight: Weight
    meaning: str = ""

    @property
    def text(self) -> str:
        meaning = f": {self.meaning}" if self.meaning else ""
        return f"{self.what} is {_shown(self.now)}, was {_shown(self.before)}{meaning}"

    def to_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "before": self.before,
            "now": self.now,
            "weight": self.weight.value,
            "meaning": self.meaning,
        }


@dataclass(frozen=True, slots=True)
class _Row:
    """Where in the provenance something stands, what it is called, and its weight."""

    path: tuple[str, ...]
    what: str
    weight: Weight
    meaning: str = ""


_ROWS = (
    _Row(("algorithm",), "the algorithm", Weight.SERIOUS, "another objective is trained"),
    _Row(("model", "class"), "the model's class", Weight.SERIOUS, "another model"),
    _Row(("model", "shapes_sha256"), "the digest of the weights' shapes", Weight.SERIOUS,
         "another model, or another adapter"),
    _Row(("model", "trainable"), "the number of trained parameters", Weight.SERIOUS,
         "other parts of the model are trained"),
    _Row(("model", "config_sha256"), "the digest of the model's configuration", Weight.NOTABLE,
         "look for dropout, attention and special tokens"),
    _Row(("data", "examples"), "the number of examples", Weight.SERIOUS,
         "the trainer skips what it has seen by count, so examples repeat or are left out"),
    _Row(("data", "columns"), "the columns of the data", Weight.SERIOUS, "another data set"),
    _Row(("data", "examples_sample_sha256"), "the digest of sampled examples", Weight.SERIOUS,
         "another data set, or in another order"),
    _Row(("data", "fingerprint"), "the fingerprint of the data set", Weight.MINOR,
         "it was made in another way; its sampled examples tell whether it is another"),
    _Row(("world_size",), "the number of processes", Weight.SERIOUS,
         "a step takes another number of examples, and the data are split in another way"),
    _Row(("max_steps",), "the number of steps", Weight.NOTABLE,
         "the schedule of the learning rate is another one"),
    _Row(("policy",), "the policy", Weight.NOTABLE, "other findings stop the run"),
    _Row(("parameters",), "the parameters of the rules", Weight.NOTABLE,
         "rules judge by other thresholds; the rows so far are judged anew by them"),
    _Row(("git", "commit"), "the commit of the code", Weight.NOTABLE),
    _Row(("git", "dirty"), "whether the code has changes without a commit", Weight.MINOR),
    _Row(("python",), "Python", Weight.MINOR),
    _Row(("ptt_version",), "ptt", Weight.MINOR),
    _Row(("host",), "the host", Weight.MINOR),
    _Row(("devices",), "the devices", Weight.NOTABLE, "numbers differ in their last digits"),
)  # fmt: skip

_SERIOUS_ARGUMENTS = {
    "learning_rate": "it jumps at this step",
    "lr_scheduler_type": "the learning rate jumps at this step",
    "per_device_train_batch_size": "a step takes another number of examples",
    "gradient_accumulation_steps": "a step takes another number of examples",
    "seed": "data come in another order, so examples repeat or are left out",
    "data_seed": "data come in another order, so examples repeat or are left out",
    "optim": "the optimizer's state does not fit",
    "beta": "the objective is another one",
    "loss_type": "the objective is another one",
    "num_generations": "groups have another size",
}
_MINOR_ARGUMENTS = (
    "logging_", "save_", "eval_", "push_", "hub_", "report_to", "run_name", "disable_tqdm",
    "output_dir", "resume_from_checkpoint", "dataloader_", "log_", "include_", "project",
    "trackio_", "load_best_model_at_end", "metric_for_best_model", "local_rank", "do_",
)  # fmt: skip
_TRAINING_LIBRARIES = ("torch", "transformers", "trl", "accelerate", "peft")


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """What differs between two provenances of one run, the heaviest first."""
    found = [
        *_from_rows(before, now),
        *_packs(before, now),
        *_libraries(before.get("libraries", {}), now.get("libraries", {})),
        *_arguments(before.get("training_arguments", {}), now.get("training_arguments", {})),
    ]
    return sorted(found, key=lambda one: list(Weight).index(one.weight))


def _from_rows(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    for row in _ROWS:
        old, new = _at(before, row.path), _at(now, row.path)
        # what one of them does not tell is not known to differ
        if old != new and _ABSENT not in (old, new):
            yield Difference(row.what, old, new, row.weight, row.meaning)


def _packs(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = (
        {one["name"]: (one["version"], one["digest"]) for one in told.get("packs", ())}
        for told in (before, now)
    )
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            meaning = "the rows so far are judged anew by the rules of now"
            told = [_version(old.get(name)), _version(new.get(name))]
            if told[0] == told[1]:
                told = [f"{_version(old.get(name))} with other rules", told[1]]
            yield Difference(f"the pack {name}", told[0], told[1], Weight.NOTABLE, meaning)


def _version(pack: tuple[str, str] | None) -> str:
    return pack[0] if pack else _ABSENT


def _libraries(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        was, is_now = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if was != is_now:
            trains = name in _TRAINING_LIBRARIES and was.split(".")[:2] != is_now.split(".")[:2]
            yield Difference(name, was, is_now, Weight.NOTABLE if trains else Weight.MINOR)


def _arguments(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield Difference(
                name, old[name], new[name], _weight(name), _SERIOUS_ARGUMENTS.get(name, "")
            )


def _weight(argument: str) -> Weight:
    if argument in _SERIOUS_ARGUMENTS:
        return Weight.SERIOUS
    return Weight.MINOR if argument.startswith(_MINOR_ARGUMENTS) else Weight.NOTABLE


def _at(told: Mapping[str, Any], path: Sequence[str]) -> Any:
    """What stands at a place of a provenance, `absent` where nothing does."""
    value: Any = told
    for name in path:
        value = value.get(name, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    return value


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


# ---- beside a checkpoint -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SavedRun:
    """What a checkpoint says of the run that saved it."""

    provenance: Mapping[str, Any]
    run_dir: str | None
    weights: str | None
    """A sample of the weights as they were saved."""

    def write(self, checkpoint: Path) -> None:
        """Errors: OSError"""
        told = {
            "run_dir": self.run_dir,
            "weights_sample_sha256": self.weights,
            "provenance": dict(self.provenance),
        }
        write_whole(checkpoint / CHECKPOINT_RUN, document_text(told))

    @classmethod
    def read(cls, checkpoint: Path) -> SavedRun | None:
        """Null: a checkpoint of a run without ptt. Errors: OSError, ValueError, KeyError"""
        path = checkpoint / CHECKPOINT_RUN
        if not path.is_file():
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        return cls(told["provenance"], told["run_dir"], told["weights_sample_sha256"])

    def weights_difference(
        self, now: str | None, now_provenance: Mapping[str, Any]
    ) -> Difference | None:
        """Whether the trainer goes on with other weights than this checkpoint was saved with.

        Where they are sharded over another number of processes, samples do not compare.
        """
        same_ranks = self.provenance.get("world_size") == now_provenance.get("world_size")
        if not same_ranks or None in (self.weights, now) or self.weights == now:
            return None
        meaning = "not those that this checkpoint was saved with"
        return Difference(
            "the digest of sampled weights", self.weights, now, Weight.SERIOUS, meaning
        )


# ---- the part of a run ---------------------------------------------------------------------


class Mismatch(Enum):
    """What happens where something serious differs."""

    WARN = "warn"
    FAIL = "fail"


class ResumeCheck(Part):
    """Compares a run that is resumed with what its checkpoint says of it, and tells."""

    def __init__(self, on_mismatch: Mismatch) -> None:
        self._on_mismatch = on_mismatch
        self._found: list[Difference] = []

    def check(self, run: Run) -> None:
        """Errors: PTT507 on all ranks, with `fail`, where something serious differs"""
        if run.training.state.global_step == 0:
            return
        if run.ranks.is_first:
            with run.recorder.guard.contain("PTT503", "the run could not be compared"):
                self._found = _found(run)
        serious = [one.text for one in self._found if one.weight is Weight.SERIOUS]
        # rank by rank the last answer may differ: what stops one stops all
        if run.ranks.are_together:
            serious = run.ranks.of_first(serious)
        if serious and self._on_mismatch is Mismatch.FAIL:
            message = f"this is not the run that was interrupted: {'; '.join(serious)}"
            hint = (
                'make it as it was, or go on all the same with `on_resume_mismatch="warn"`; '
                "a new run begins without `resume_from_checkpoint`"
            )
            raise PttError.of("PTT507", message, hint=hint)

    def start(self, run: Run) -> None:
        if run.training.state.global_step == 0:
            return
        weighty = [one for one in self._found if one.weight is not Weight.MINOR]
        if weighty:
            run.recorder.say(f"since the run began, {len(weighty)} things have changed:")
        for one in weighty:
            run.recorder.say(f"  {one.weight.value}: {one.text}")
        run.recorder.note(
            {
                "event": "compared",
                "step": run.training.state.global_step,
                "differences": [one.to_json() for one in self._found],
            }
        )

    def saved(self, run: Run, checkpoint: Path) -> None:
        if run.ranks.is_first and checkpoint.is_dir():
            path = run.recorder.path
            SavedRun(
                provenance=run.recorder.provenance,
                run_dir=str(path.resolve()) if path else None,
                weights=weights_sample(run.training.model),
            ).write(checkpoint)


def _found(run: Run) -> list[Difference]:
    saved = SavedRun.read(run.training.checkpoint)
    if saved is None:
        run.recorder.say(f"{run.training.checkpoint} does not tell of its run: nothing to compare")
        return []
    now = provenance(run.training, run.pack)
    found = differences(saved.provenance, now)
    model: Any = now["model"]
    weights = saved.weights_difference(model.get("weights_sample_sha256"), now)
    return [weights, *found] if weights else found
