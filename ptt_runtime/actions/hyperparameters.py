"""Hyper-parameters that a trainer reads at each step, and where each of them is.

Which attributes of a trainer its loss reads anew, and which were copied away when it was made, is
nowhere documented: it was read in the sources of TRL 0.19.1 to 1.16.0, and each hyper-parameter is
tested on real trainings with 0.24.0, 1.12.0 and 1.16.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import CellType
from typing import Any, Protocol

from ptt_rules.observing import is_before
from ptt_runtime.actions.learning_rate import LearningRate

LEARNING_RATE = "learning_rate"


class Place(Protocol):
    """Where a trainer keeps a number."""

    @property
    def name(self) -> str:
        """What people find it by."""

    def read(self) -> Any: ...

    def write(self, value: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Attribute:
    owner: Any
    name: str

    def read(self) -> Any:
        return getattr(self.owner, self.name)

    def write(self, value: float) -> None:
        setattr(self.owner, self.name, value)


@dataclass(frozen=True, slots=True)
class Entry:
    owner: MutableMapping[str, Any]
    name: str

    def read(self) -> Any:
        return self.owner[self.name]

    def write(self, value: float) -> None:
        self.owner[self.name] = value


@dataclass(frozen=True, slots=True)
class Cell:
    """A variable that a function has closed over."""

    cell: CellType
    name: str

    def read(self) -> Any:
        return self.cell.cell_contents

    def write(self, value: float) -> None:
        self.cell.cell_contents = value


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One hyper-parameter of one training: a number, in one place or in several at once.

    The first place is the one that is read. All are written or none.
    """

    name: str
    places: Sequence[Place]
    may_be_zero: bool = False

    def read(self) -> float:
        """What the trainer goes by at present."""
        return float(self.places[0].read())

    def write(self, value: float) -> Callable[[], None]:
        """Changes it from the next step on; returns what makes it as it was.

        Errors: ValueError for what it cannot be
        """
        if not (math.isfinite(value) and (value > 0 or (self.may_be_zero and value == 0))):
            bound = "at least 0" if self.may_be_zero else "above 0"
            raise ValueError(f"{self.name} would be {value:g}, and has to be {bound}")
        with ExitStack() as undo:
            for place in self.places:
                undo.callback(place.write, place.read())
                place.write(value)
            return undo.pop_all().close


class NoHyperparameter(Exception):
    """Why a training does not have a hyper-parameter, and a way out as `hint`."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.hint = hint


# ---- where the temperature is ----------------------------------------------------------------


def _temperature(trainer: Any) -> Iterator[Place]:
    """The temperature of GRPO and RLOO: of the log-probabilities, and of the sampling.

    Newer trainers hand it to a fused head of the model, older ones read their attribute; the
    sampling has copies, in settings of Transformers or of vLLM, unless `generation_kwargs` of the
    training arguments say otherwise. Before TRL 0.26 there is one copy less for Transformers, and
    before 0.28 none for vLLM, which is handed the attribute at each generation.

    Source: trl 1.16.0, GRPOTrainer.__init__, trl.trainer.utils.add_fused_lm_head; trl 0.19.1,
    0.24.0, 0.26.2, 0.27.2, GRPOTrainer._generate_and_score_completions, _generate_single_turn
    """
    name = "temperature"
    yield Attribute(trainer, name)
    yield from (Cell(cell, name) for cell in _fused_temperatures(trainer))
    if name in (_had(trainer.args, "generation_kwargs") or {}):
        return  # sampling has a temperature of its own
    if is_before("0.28") and getattr(trainer, "use_vllm", False):
        return
    settings = getattr(trainer, "generation_config", None)
    engine = getattr(trainer, "vllm_generation", None)
    if settings is None and engine is None:
        raise _lacks("generation_config")
    if settings is not None:
        yield Attribute(settings, name)
        if not is_before("0.26"):
            yield Entry(_had(trainer, "generation_kwargs"), name)
    if engine is not None:
        yield Attribute(engine, name)


def _fused_temperatures(trainer: Any) -> Iterator[CellType]:
    """Where the fused heads of the policy and of its reference keep the temperature."""
    models: list[Any] = [trainer.model, getattr(trainer, "ref_model", None)]
    for model in models:
        base = model.get_base_model() if hasattr(model, "get_base_model") else model
        forwards = [getattr(base, "_original_forward", None), getattr(base, "forward", None)]
        for forward in forwards:
            function: Any = getattr(forward, "__func__", forward)
            code = getattr(function, "__code__", None)
            if code is not None and "temperature" in code.co_freevars:
                yield function.__closure__[code.co_freevars.index("temperature")]


def _had(owner: Any, name: str) -> Any:
    """An attribute. Errors: NoHyperparameter if it is not there"""
    if not hasattr(owner, name):
        raise _lacks(name)
    return getattr(owner, name)


def _lacks(name: str) -> NoHyperparameter:
    hint = "take it out of the policy: ptt knows where trainers of TRL 0.19 and newer keep it"
    return NoHyperparameter(f"this trainer has no `{name}`, where others keep it", hint)


# ---- which trainer has which ---------------------------------------------------------------


Places = Callable[[Any], Iterator[Place]]
"""Where a trainer keeps a hyper-parameter."""


def _attribute(name: str) -> Places:
    def places(trainer: Any) -> Iterator[Place]:
        yield Attribute(trainer, name)

    return places


@dataclass(frozen=True, slots=True)
class _Row:
    """Of one algorithm: what is an attribute of the trainer, and what is one of its arguments."""

    trainer: Mapping[str, Places] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()


_BETA = {"beta": _attribute("beta")}
_ONLINE = {
    **_BETA,
    "epsilon_low": _attribute("epsilon_low"),
    "epsilon_high": _attribute("epsilon_high"),
    "temperature": _temperature,
}
_ROWS = {
    "dpo": _Row(_BETA),
    "kto": _Row(_BETA),
    "orpo": _Row(_BETA),
    "cpo": _Row(_BETA),
    "grpo": _Row(_ONLINE),
    "rloo": _Row(_ONLINE),
    # PPOTrainer reads its arguments at each step, which callbacks get to see
    "ppo": _Row(arguments=("kl_coef", "cliprange", "vf_coef")),
}
_CLIPPED = {
    "epsilon_low": {"grpo", "bnpo", "dr_grpo", "dapo", "luspo"},
    "epsilon_high": {"grpo", "bnpo", "dr_grpo", "dapo", "luspo", "cispo"},
}
"""The losses of GRPO that read a bound."""


def hyperparameters_of(algorithm: str) -> list[str]:
    """The hyper-parameters of an algorithm, where its trainer is handed over."""
    row = _ROWS.get(algorithm, _Row())
    return [LEARNING_RATE, *row.trainer, *row.arguments]


def find_hyperparameter(name: str, training: Any) -> Hyperparameter | LearningRate:
    """What has that name in a training, which is only looked at. Errors: NoHyperparameter"""
    row = _ROWS.get(training.algorithm, _Row())
    if name == LEARNING_RATE:
        return _learning_rate(training)
    if name in row.arguments:
        places: list[Place] = [Attribute(training.args, name)]
        return _whole(Hyperparameter(name, places, may_be_zero=name.endswith("_coef")))
    if name not in row.trainer:
        known = ", ".join(f"`{one}`" for one in hyperparameters_of(training.algorithm))
        raise NoHyperparameter(
            f"this trainer ({training.algorithm}) has no such hyper-parameter", f"use {known}"
        )
    if training.trainer is None:
        hint = "after the trainer is made, write `callback.attach(trainer)`"
        raise NoHyperparameter("the callback was not handed the trainer that has it", hint)
    _check_is_read(name, training.trainer)
    return _whole(Hyperparameter(name, list(row.trainer[name](training.trainer))))


def _learning_rate(training: Any) -> LearningRate:
    """Errors: NoHyperparameter where the rate is not the optimizer's, or is made by it"""
    if training.optimizer is None:
        raise NoHyperparameter("this trainer hands over no optimizer", "take it out of the policy")
    for group in training.optimizer.param_groups:
        if not _is_number(group.get("lr")):
            why = "this optimizer makes its rates itself"
            raise NoHyperparameter(why, "give it a rate of its own, or take it out of the policy")
    return LearningRate(training.optimizer, training.lr_scheduler)


def _whole(hyperparameter: Hyperparameter) -> Hyperparameter:
    """A hyper-parameter, each of whose places has a number. Errors: NoHyperparameter"""
    for place in hyperparameter.places:
        try:
            value = place.read()
        except (AttributeError, KeyError, ValueError) as error:  # of an object, a dict, a closure
            raise _lacks(place.name) from error
        if not _is_number(value):
            hint = "take it out of the policy"
            raise NoHyperparameter(
                f"`{place.name}` of this trainer is {value!r}, and not a number", hint
            )
    return hyperparameter


def _is_number(value: Any) -> bool:
    """Whether it can be read as a number; a tensor with one element can."""
    try:
        return value is not None and not isinstance(value, str) and math.isfinite(float(value))
    except (TypeError, ValueError):
        return False


_FUSED_LOSSES = (
    "liger_loss",
    "liger_grpo_loss",
    "liger_loss_fn",
    "dpo_loss_fn",
    "kto_loss_fn",
)
"""Where a trainer keeps a loss of Liger, which copied its numbers; the names of older TRL last.

Source: DPOTrainer, GRPOTrainer and KTOTrainer of trl 0.19.1, 0.24.0, 0.29.1 and 1.12.0
"""


def _check_is_read(name: str, trainer: Any) -> None:
    """Errors: NoHyperparameter for an attribute that the loss of this trainer does not read"""
    if any(getattr(trainer, loss, None) is not None for loss in _FUSED_LOSSES):
        off = "set `use_liger_kernel=False` (`use_liger_loss` in older TRL)"
        hint = f"{off}, or take it out of the policy"
        raise NoHyperparameter("the Liger loss of this trainer has a copy of it", hint)
    if name == "beta" and getattr(trainer, "beta", None) == 0:
        hint = "begin with a small `beta`, such as 0.001"
        raise NoHyperparameter("with `beta=0` this trainer has no reference model", hint)
    loss = getattr(trainer, "loss_type", None)
    if isinstance(loss, str) and name in _CLIPPED and loss not in _CLIPPED[name]:
        hint = f"take it out of the policy, or use one of {', '.join(sorted(_CLIPPED[name]))}"
        raise NoHyperparameter(f"the loss `{loss}` of this trainer does not read it", hint)
