"""Hyper-parameters that a trainer reads at each step, and where each of them is.

Which attributes of a trainer its loss reads anew, and which were copied away when it was made, is
nowhere documented: it was read in the sources of TRL 1.12.0 and 1.16.0, and each knob is tested
on real trainings with both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CellType
from typing import Any, Protocol

from ptt_runtime.actions.learning_rate import LearningRate

LEARNING_RATE = "learning_rate"


class Knob(Protocol):
    """One hyper-parameter of one training."""

    def read(self) -> float:
        """What the trainer goes by at present."""

    def write(self, value: float) -> None:
        """Changes it from the next step on. Errors: ValueError for what it cannot be"""


class NoKnob(Exception):
    """Why a training does not have a knob, and a way out as `hint`."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Attribute:
    """A positive number that is read from an object at each step."""

    owner: Any
    name: str
    may_be_zero: bool = False

    def read(self) -> float:
        return float(getattr(self.owner, self.name))

    def write(self, value: float) -> None:
        if value != 0 or not self.may_be_zero:
            _check_positive(self.name, value)
        setattr(self.owner, self.name, value)


@dataclass(frozen=True, slots=True)
class Temperature:
    """The temperature of GRPO and RLOO: of the log-probabilities, and of the sampling.

    Newer trainers hand it to a fused head of the model, older ones read their attribute; the
    sampling has copies, in settings of Transformers or of vLLM, unless `generation_kwargs` of the
    training arguments say otherwise.

    Source: trl 1.16.0, GRPOTrainer.__init__, trl.trainer.utils.add_fused_lm_head
    """

    trainer: Any

    def read(self) -> float:
        return float(self.trainer.temperature)

    def write(self, value: float) -> None:
        _check_positive("temperature", value)
        trainer = self.trainer
        trainer.temperature = value
        for cell in _fused_temperatures(trainer):
            cell.cell_contents = value
        if "temperature" in (trainer.args.generation_kwargs or {}):
            return  # sampling has a temperature of its own
        if getattr(trainer, "generation_config", None) is not None:
            trainer.generation_config.temperature = value
            trainer.generation_kwargs["temperature"] = value
        if getattr(trainer, "vllm_generation", None) is not None:
            trainer.vllm_generation.temperature = value


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


def _check_positive(name: str, value: float) -> None:
    if value <= 0:
        raise ValueError(f"{name} would be {value:g}, and has to be above 0")


# ---- which trainer has which ---------------------------------------------------------------


def _attribute(name: str) -> Callable[[Any], Knob]:
    return lambda trainer: Attribute(trainer, name)


@dataclass(frozen=True, slots=True)
class _Row:
    """Of one algorithm: knobs that are attributes of the trainer, and of its arguments."""

    trainer: Mapping[str, Callable[[Any], Knob]] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()


_BETA = {"beta": _attribute("beta")}
_ONLINE = {
    **_BETA,
    "epsilon_low": _attribute("epsilon_low"),
    "epsilon_high": _attribute("epsilon_high"),
    "temperature": Temperature,
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


def knobs_of(algorithm: str) -> list[str]:
    """The knobs of an algorithm, where its trainer is handed over."""
    row = _ROWS.get(algorithm, _Row())
    return [LEARNING_RATE, *row.trainer, *row.arguments]


def find_knob(name: str, training: Any) -> Knob:
    """The knob of that name in a training. Errors: NoKnob"""
    row = _ROWS.get(training.algorithm, _Row())
    if name == LEARNING_RATE:
        if training.optimizer is None:
            raise NoKnob("this trainer hands over no optimizer", "take it out of the policy")
        return LearningRate(training.optimizer, training.lr_scheduler)
    if name in row.arguments:
        return Attribute(training.args, name, may_be_zero=name.endswith("_coef"))
    if name not in row.trainer:
        known = ", ".join(f"`{one}`" for one in knobs_of(training.algorithm))
        raise NoKnob(f"this trainer ({training.algorithm}) has no such knob", f"use {known}")
    if training.trainer is None:
        hint = "after the trainer is made, write `callback.attach(trainer)`"
        raise NoKnob("the callback was not handed the trainer that has it", hint)
    _check_is_read(name, training.trainer)
    return row.trainer[name](training.trainer)


def _check_is_read(name: str, trainer: Any) -> None:
    """Errors: NoKnob for an attribute that the loss of this trainer does not read"""
    if getattr(trainer, "liger_loss", None) is not None:
        hint = "set `use_liger_kernel=False`, or take it out of the policy"
        raise NoKnob("the Liger loss of this trainer has a copy of it", hint)
    if name == "beta" and trainer.beta == 0:
        hint = "begin with a small `beta`, such as 0.001"
        raise NoKnob("with `beta=0` this trainer has no reference model", hint)
    loss = getattr(trainer, "loss_type", None)
    if isinstance(loss, str) and name in _CLIPPED and loss not in _CLIPPED[name]:
        hint = f"take it out of the policy, or use one of {', '.join(sorted(_CLIPPED[name]))}"
        raise NoKnob(f"the loss `{loss}` of this trainer does not read it", hint)
