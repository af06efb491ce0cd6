"""What differs between two provenances of one run, and how much it matters.

`serious` is another training from here on, `notable` may explain a change of its curves, `minor`
is for the record.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ptt_rules.runs import WITHOUT_EFFECT

_ABSENT = "absent"
_SHOWN = 60
_SHOWN_DIGITS = 6
"""Of a digest: people see from them that it is another one."""


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
_WITHOUT_EFFECT = f"{WITHOUT_EFFECT}, since optimizer and schedule are those of the checkpoint"
_MINOR_ARGUMENTS = (
    "logging_", "save_", "eval_", "push_", "hub_", "report_to", "run_name", "disable_tqdm",
    "output_dir", "resume_from_checkpoint", "dataloader_", "log_", "include_", "project",
    "trackio_", "load_best_model_at_end", "metric_for_best_model", "local_rank", "do_",
)  # fmt: skip
_TRAINING_LIBRARIES = ("torch", "transformers", "trl", "accelerate", "peft")


def differences(
    before: Mapping[str, Any], now: Mapping[str, Any], without_effect: Collection[str] = ()
) -> list[Difference]:
    """What differs between two provenances of one run, the heaviest first.

    `without_effect` are training arguments that the checkpoint's own values took the place of.
    """
    found = [
        *_from_rows(before, now),
        *_packs(before, now),
        *_siblings(before.get("siblings"), now.get("siblings")),
        *_libraries(before.get("libraries", {}), now.get("libraries", {})),
        *_arguments(
            before.get("training_arguments", {}),
            now.get("training_arguments", {}),
            without_effect,
        ),
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


def _siblings(old: Any, new: Any) -> Iterator[Difference]:
    """Whether the runs that it is compared with have other rows, or are other runs.

    Null: a run of a version that did not record them
    """
    if old is None or new is None:
        return
    pinned = [sorted(str(one.get("digest")) for one in told) for told in (old, new)]
    if pinned[0] != pinned[1]:
        meaning = "rules compare with other curves; the rows so far are judged anew by them"
        was, is_now = (", ".join(map(_sibling, told)) or _ABSENT for told in (old, new))
        yield Difference("the list of sibling runs", was, is_now, Weight.NOTABLE, meaning)


def _sibling(one: Mapping[str, Any]) -> str:
    name = os.path.basename(str(one.get("path") or "a table").rstrip("/"))
    return f"{name} ({str(one.get('digest'))[:_SHOWN_DIGITS]})"


def _version(pack: tuple[str, str] | None) -> str:
    return pack[0] if pack else _ABSENT


def _libraries(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        was, is_now = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if was != is_now:
            trains = name in _TRAINING_LIBRARIES and was.split(".")[:2] != is_now.split(".")[:2]
            yield Difference(name, was, is_now, Weight.NOTABLE if trains else Weight.MINOR)


def _arguments(
    old: Mapping[str, Any], new: Mapping[str, Any], without_effect: Collection[str]
) -> Iterator[Difference]:
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            usual = _SERIOUS_ARGUMENTS.get(name, "")
            meaning = _WITHOUT_EFFECT if name in without_effect else usual
            yield Difference(name, old[name], new[name], _weight(name), meaning)


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
