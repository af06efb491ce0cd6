"""How often a run logs and evaluates, by its training arguments, before it has done so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ptt_rules.border import number

UNTOLD = math.inf
"""The number of rows to come where the arguments do not decide it."""

_PLANNED = "output_dir"
"""Arguments that every trainer has and nobody gives by hand."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often something is done, and in words why it is never done."""

    times: float
    why_never: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The rows that a run is to write: those of logging and those of evaluations."""

    logs: Rhythm
    evaluations: Rhythm
    arguments: Mapping[str, Any]

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Schedule:
        evaluation = {"eval_steps": arguments.get("logging_steps"), **_given(arguments)}
        return cls(
            _rhythm(arguments, "logging", "logging_first_step"),
            _rhythm(evaluation, "eval", "eval_on_start")
            if "eval_strategy" in arguments
            else Rhythm(UNTOLD),
            arguments,
        )

    def every(self, steps: int) -> Schedule:
        """The same run with another `logging_steps`; evaluations stay as they are."""
        arguments = {**self.arguments, "logging_steps": steps}
        return replace(Schedule.of(arguments), evaluations=self.evaluations)

    @property
    def logging_steps(self) -> int | None:
        """After how many steps it logs; None where it goes by something else."""
        steps = _amount(self.arguments, "logging_steps")
        by_steps = _word(self.arguments.get("logging_strategy", "steps")) == "steps"
        return int(steps) if by_steps and steps is not None and steps >= 1 else None

    @property
    def why_no_row(self) -> str:
        """Why the run writes no row at all before its end; empty if it writes some."""
        return "" if self.evaluations.times not in (0, UNTOLD) else self.logs.why_never

    @property
    def rows(self) -> float:
        """All rows of the run, the one at its end counted in."""
        return self.logs.times + self.evaluations.times + 1

    @property
    def last_step(self) -> float:
        return _amount(self.arguments, "max_steps") or UNTOLD

    @property
    def is_whole(self) -> bool:
        """Whether these are all arguments, so that one that is not among them is not set."""
        return _PLANNED in self.arguments


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def _rhythm(arguments: Mapping[str, Any], what: str, first: str) -> Rhythm:
    strategy = _word(arguments.get(f"{what}_strategy", "steps"))
    if strategy == "no":
        return Rhythm(0, f'which {what}_strategy="no" never logs')
    if strategy == "epoch":
        epochs = _amount(arguments, "num_train_epochs")
        return Rhythm(UNTOLD if epochs is None else math.ceil(epochs))
    last, every = _amount(arguments, "max_steps"), _amount(arguments, f"{what}_steps")
    if last is None or every is None:
        return Rhythm(UNTOLD)
    if every < 1:
        every = math.ceil(last * every)
    times = last // every + (bool(arguments.get(first)) and (every > 1 or what == "eval"))
    late = f"which is logged first at step {every:.0f} ({what}_steps), in a run of {last:.0f}"
    return Rhythm(times, "" if times else late)


def _word(strategy: object) -> str:
    """A strategy as it is written, whether it comes as text or as an enumeration."""
    return str(getattr(strategy, "value", strategy))


def _amount(arguments: Mapping[str, Any], name: str) -> float | None:
    value = number(arguments.get(name))
    return value if value is not None and value > 0 and math.isfinite(value) else None
