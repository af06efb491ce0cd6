"""What a callback gets to see of the training that it watches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from ptt_rules.border import plain_number
from ptt_rules.observing import Origin, Past, RunMark, RunView, is_plain, library_versions, masked
from ptt_rules.runs import NO_SIBLINGS, Siblings, strict
from ptt_runtime.facts import facts_of
from ptt_runtime.resuming import leave_mark, origin_of


@dataclass(frozen=True, slots=True)
class Training:
    """What a callback gets of a training; `trainer` only where the user attached it."""

    algorithm: str
    args: Any
    state: Any
    model: Any = None
    processing_class: Any = None
    optimizer: Any = None
    lr_scheduler: Any = None
    train_dataloader: Any = None
    trainer: Any = None
    skips_nonfinite_steps: bool = False
    siblings: Siblings = NO_SIBLINGS
    """The runs that it is compared with."""
    stack: str | None = None
    """The framework whose keys it logs, where somebody says it."""
    past: Past | None = None
    """What it goes on from; None for a training that begins."""

    @property
    def step(self) -> int:
        """The newest step whose update was made, as the trainer counts them: kept nowhere else."""
        step: int = self.state.global_step
        return step

    @property
    def max_steps(self) -> float:
        steps: int = self.state.max_steps
        return steps if steps > 0 else math.inf

    @property
    def own_config(self) -> dict[str, Any]:
        """What rules read as `config.NAME` that the training arguments do not have."""
        return {
            # the trainer counts the steps of a run whose length is given in epochs
            "max_steps": self.state.max_steps,
            "skip_nonfinite_steps": self.skips_nonfinite_steps,
        }

    @property
    def config(self) -> dict[str, Any]:
        """What rules read as `config.NAME`."""
        return {**self.arguments, **self.own_config}

    @property
    def arguments(self) -> dict[str, Any]:
        """The training arguments, and a `beta` that the trainer alone has, as in LLaMA-Factory.

        Source: LLaMA-Factory ff6d4d1, `train/dpo/trainer.py`
        """
        beta = plain_number(getattr(self.trainer, "beta", None))
        given = {} if beta is None else {"beta": beta}
        return {**given, **training_arguments(self.args)}

    @property
    def facts(self) -> dict[str, float]:
        """What rules read as `run.NAME`."""
        return facts_of(self.args, self.model, self.train_dataloader)

    @property
    def planned(self) -> dict[str, Any]:
        """What the trainer made of its arguments for this training."""
        return {
            "num_train_epochs": self.state.num_train_epochs,
            "world_size": getattr(self.args, "world_size", 1),
        }

    @property
    def output_dir(self) -> Path:
        return Path(str(self.args.output_dir))

    @property
    def checkpoint(self) -> Path:
        """Where the trainer saves the checkpoint of the present step."""
        return self.output_dir / f"checkpoint-{self.step}"

    @property
    def trl_version(self) -> str | None:
        return None if is_plain(self.algorithm) else library_versions().get("trl")

    @property
    def is_first(self) -> bool:
        is_first: bool = self.state.is_world_process_zero
        return is_first

    @property
    def holder(self) -> object:
        """The trainer's state, which is the training's own."""
        return self.state

    @property
    def history(self) -> Sequence[Mapping[str, Any]]:
        return getattr(self.state, "log_history", None) or []

    def origin(self) -> Origin | None:
        return origin_of(self.state, self.output_dir) if self.step > 0 else None

    def leave_mark(self, mark: RunMark, instead_of: str | None) -> None:
        leave_mark(self.state, mark, instead_of)

    def gone_on(self, past: Past | None) -> Training:
        return replace(self, past=past)

    def logged_by(self, stack: str) -> Training:
        return replace(self, stack=stack)

    def judged_as(self, algorithm: str) -> Training:
        return replace(self, algorithm=algorithm)


def training_of(run: RunView) -> Training:
    """What a part or a handler of the callback gets of the training."""
    return cast(Training, run.training)


def training_arguments(args: Any) -> dict[str, Any]:
    """Training arguments as JSON has them, without the secrets in them.

    GRPO and RLOO read the bounds of clipping as `epsilon_low` and `epsilon_high`: so do rules.
    """
    given: dict[str, Any] = masked(strict(args.to_dict()))
    if "epsilon" in given:
        given.setdefault("epsilon_low", given["epsilon"])
        if given.get("epsilon_high") is None:
            given["epsilon_high"] = given["epsilon"]
    return given
