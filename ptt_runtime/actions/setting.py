"""`set NAME = expr` and `reset NAME`: change a hyper-parameter of the training, so that it lasts.

What was set is kept across a resume: the engine's state, which is saved with each checkpoint,
knows it, and the learning rate is in the checkpoint's own optimizer and scheduler. It lasts as long
as the training: afterwards the trainer is as it was made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ptt_rules import Action, json_number
from ptt_rules.observing import RunView
from ptt_rules.observing.actions import Handler, refusal
from ptt_runtime.actions.hyperparameters import (
    LEARNING_RATE,
    Hyperparameter,
    NoHyperparameter,
    find_hyperparameter,
)
from ptt_runtime.actions.learning_rate import LearningRate
from ptt_runtime.training import training_of


@dataclass(frozen=True, slots=True)
class Change:
    """What a hyper-parameter is now; with a factor, its schedule was scaled by that."""

    name: str
    before: float
    after: float
    step: int
    factor: float | None = None

    def report(self, run: RunView) -> None:
        run.note(self.to_json())
        how = "" if self.factor is None else f": its schedule is scaled by {self.factor:g}"
        run.warn(f"{self.name} is now {self.after:g}, was {self.before:g}{how}")

    def to_json(self) -> dict[str, Any]:
        scaled = {} if self.factor is None else {"factor": json_number(self.factor)}
        return {
            "event": "set",
            "hyperparameter": self.name,
            "before": json_number(self.before),
            "after": json_number(self.after),
            **scaled,
            "step": self.step,
        }


class Changes:
    """The hyper-parameters of one training that its policy may change, and how they were."""

    def __init__(self) -> None:
        self._hyperparameters: dict[str, Hyperparameter] = {}
        self._rate: LearningRate | None = None
        self._planned: dict[str, float] = {}
        """As the trainer was made."""
        self._undo: list[Callable[[], None]] = []
        """What makes the attributes of the trainer as they were before, the newest last."""

    def check(self, run: RunView, word: str) -> None:
        """Errors: PTT506 where the training has no such hyper-parameter"""
        for name in sorted(run.pack.hyperparameters):
            try:
                find_hyperparameter(name, training_of(run))
            except NoHyperparameter as lack:
                raise refusal(run.pack, f"`{word} {name}`: {lack}", lack.hint) from lack

    def start(self, run: RunView) -> None:
        found = {
            name: find_hyperparameter(name, training_of(run)) for name in run.pack.hyperparameters
        }
        self._hyperparameters = {
            name: one for name, one in found.items() if isinstance(one, Hyperparameter)
        }
        self._planned = {name: one.read() for name, one in self._hyperparameters.items()}
        rate = found.get(LEARNING_RATE)
        self._rate = rate if isinstance(rate, LearningRate) else None
        if found and run.step > 0:
            # the first rank alone judges, and knows
            with run.contain("PTT506", "what was set before the resume is lost"):
                for name, value in run.ranks.of_first(dict(run.hyperparameters)).items():
                    self._keep(run, name, value)

    def end(self) -> None:
        while self._undo:
            self._undo.pop()()

    def _keep(self, run: RunView, name: str, value: float) -> None:
        """Sets again, after a resume, what had been set when the checkpoint was saved."""
        rate, hyperparameter = self._rate, self._hyperparameters.get(name)
        planned = training_of(run).args.learning_rate
        if hyperparameter is not None:
            self._undo.append(hyperparameter.write(value))
            run.say(f"{name} is {hyperparameter.read():g}, as it was set before the resume")
        elif name == LEARNING_RATE and rate and rate.is_at(float(planned)):
            run.report(
                "PTT506",
                f"`{name}` was set before the resume and is as in the training arguments again",
                "the checkpoint was saved without its scheduler",
            )

    # ---- set -------------------------------------------------------------------------------

    def set(self, run: RunView, action: Action) -> None:
        """Errors: ValueError for what it cannot be"""
        name = str(action.arguments["hyperparameter"])
        if name == LEARNING_RATE and self._rate is not None:
            self._set_rate(run, action, self._rate)
        else:
            value = float(action.arguments["value"] or 0)
            self._write(run, self._hyperparameters[name], value, action.step)

    def _write(self, run: RunView, hyperparameter: Hyperparameter, value: float, step: int) -> None:
        before = hyperparameter.read()
        self._undo.append(hyperparameter.write(value))
        Change(hyperparameter.name, before, hyperparameter.read(), step).report(run)

    def _set_rate(self, run: RunView, action: Action, rate: LearningRate) -> None:
        """By its formula: a factor where it names the rate, else the rate itself."""
        # the first rank alone knows how the value was formed
        formed = run.ranks.of_first(action.formed)
        before, value = rate.read(), float(action.arguments["value"] or 0)
        factor = None
        if formed is not None and formed.of is not None:
            factor = rate.scale(value, formed.of)
        elif value == 0 and not (formed and formed.is_plain):
            raise ValueError("its formula makes a learning rate of 0, which ends all learning")
        else:
            rate.write(value)
        Change(LEARNING_RATE, before, rate.read(), action.step, factor).report(run)

    # ---- reset -----------------------------------------------------------------------------

    def reset(self, run: RunView, action: Action) -> None:
        """Back to what the trainer was made with; the learning rate to its schedule."""
        name = str(action.arguments["hyperparameter"])
        if name == LEARNING_RATE and self._rate is not None:
            before = self._rate.read()
            factor = self._rate.reset()
            Change(LEARNING_RATE, before, self._rate.read(), action.step, factor).report(run)
        else:
            self._write(run, self._hyperparameters[name], self._planned[name], action.step)

    def settle(self) -> None:
        """Before each step: a schedule that rises stays below what was set."""
        if self._rate is not None:
            self._rate.hold()


class Set(Handler):
    """It also begins and ends the changes that it shares with `reset`."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def check_training(self, run: RunView) -> None:
        self._changes.check(run, "set")

    def start(self, run: RunView) -> None:
        self._changes.start(run)

    def end(self, run: RunView) -> None:
        self._changes.end()

    def carry_out(self, run: RunView, action: Action) -> None:
        if action.arguments["value"] is None:
            return  # its formula was unknown, which is on the record
        try:
            self._changes.set(run, action)
        except ValueError as error:
            name = action.arguments["hyperparameter"]
            run.report("PTT506", f"`set {name}` was not carried out", str(error))

    def settle(self, run: RunView) -> None:
        self._changes.settle()


class Reset(Handler):
    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    def check_training(self, run: RunView) -> None:
        self._changes.check(run, "reset")

    def carry_out(self, run: RunView, action: Action) -> None:
        self._changes.reset(run, action)
