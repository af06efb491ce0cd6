"""The learning rate, changed so that it lasts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

_CEILING = "ptt_ceiling"
_SCALED = "ptt_scaled"
_PLANNED = "ptt_planned"
"""Attributes of the scheduler, which are saved with it and are there again after a resume."""


class LearningRate:
    """The rates of an optimizer's groups, and the bases that its scheduler makes them of.

    A rate that is set alone is undone by the scheduler at its next step. So the bases are scaled
    by the same factor, and the schedule goes on as planned at the new height. Groups with rates of
    their own keep their proportions.

    A formula that names the rate says how much more or less is wanted: all rates to come are the
    planned ones, times that. A formula that does not name it says what the rate is to be: it is
    that until the schedule falls, falls with it in proportion, and never rises above it.

    Source: torch.optim.lr_scheduler, `LambdaLR.get_lr`
    """

    def __init__(self, optimizer: Any, scheduler: Any) -> None:
        self._groups = optimizer.param_groups
        # accelerate wraps schedulers
        self._scheduler = getattr(scheduler, "scheduler", scheduler)

    def read(self) -> float:
        return float(self._groups[0]["lr"])

    def scale(self, value: float, logged: float) -> float:
        """Scales the schedule as a value that a formula made of the logged rate says; the factor.

        Errors: ValueError where no factor leads from the one to the other
        """
        if not (math.isfinite(value) and value > 0):
            raise ValueError(
                f"its formula makes {value:g} of the rate {logged:g}, and a rate has to be above 0"
            )
        factor = value / logged if logged > 0 else math.inf
        if not math.isfinite(factor):
            raise ValueError(f"the rate was {logged:g}, from which no factor leads to {value:g}")
        self._scale(factor)
        if self._ceiling is not None:
            self._ceiling *= factor
        return factor

    def write(self, value: float) -> None:
        """The rate of the next step, and the most that the schedule may come to after it.

        Errors: ValueError for what no rate can be, and where the first group has none to begin with
        """
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"learning_rate would be {value:g}, and cannot be below 0")
        present = self.read()
        if present:
            self._scale(value / present)
        elif value:
            self._begin(value)
        self._ceiling = value

    def reset(self) -> float | None:
        """Back to the schedule as it was planned; the factor, if one leads there."""
        planned, factor = self._planned, None
        if planned is None:
            return 1.0
        if self._scaled:
            factor = 1 / self._scaled
            self._scale(factor)
        else:
            for group, height in zip(self._groups, planned, strict=True):
                group["lr"] = height
        for one in self._schedulers:
            one.base_lrs = [*planned]
        self._note()
        self._scaled, self._ceiling = 1.0, None
        return factor

    def hold(self) -> None:
        """Keeps the next step from going above what was set; called before each step."""
        if self._ceiling is not None and self.read() > self._ceiling:
            self._scale(self._ceiling / self.read())

    @property
    def _ceiling(self) -> float | None:
        ceiling: float | None = getattr(self._scheduler, _CEILING, None)
        return ceiling

    @_ceiling.setter
    def _ceiling(self, value: float | None) -> None:
        if self._scheduler is not None:
            setattr(self._scheduler, _CEILING, value)

    @property
    def _planned(self) -> Sequence[float] | None:
        """The bases, or where there are none the rates, from before they were first changed."""
        planned: Sequence[float] | None = getattr(self._kept_by, _PLANNED, None)
        return planned

    @property
    def _scaled(self) -> float:
        """By what factor the rates are above those that were planned."""
        scaled: float = getattr(self._kept_by, _SCALED, 1.0)
        return scaled

    @_scaled.setter
    def _scaled(self, value: float) -> None:
        setattr(self._kept_by, _SCALED, value)

    @property
    def _kept_by(self) -> Any:
        return self if self._scheduler is None else self._scheduler

    # ---- groups and bases --------------------------------------------------------------------

    def _scale(self, factor: float) -> None:
        self._plan()
        self._scaled *= factor
        for group in self._groups:
            group["lr"] *= factor
        for one in self._schedulers:
            one.base_lrs = [base * factor for base in one.base_lrs]
        self._note()

    def _plan(self) -> None:
        if self._planned is None:
            heights = self._bases or [group["lr"] for group in self._groups]
            setattr(self._kept_by, _PLANNED, [*heights])

    @property
    def _schedulers(self) -> list[Any]:
        """The scheduler and those that it is made of, as far as they have bases."""
        all_of_them = (self._scheduler, *getattr(self._scheduler, "_schedulers", ()))
        return [one for one in all_of_them if hasattr(one, "base_lrs")]

    def _begin(self, value: float) -> None:
        """Where the schedule is at 0, which no factor changes, groups stand as their bases do."""
        self._plan()
        bases = self._bases or [0.0]
        if not bases[0]:
            raise ValueError("the schedule is at 0 here, and tells no height to begin with")
        for group, base in zip(self._groups, bases, strict=True):
            group["lr"] = value * base / bases[0]
        self._note()

    def _note(self) -> None:
        """What the trainer logs as the rate of the next step."""
        if self._scheduler is not None:
            self._scheduler._last_lr = [group["lr"] for group in self._groups]

    @property
    def _bases(self) -> Sequence[float] | None:
        """None for a scheduler that changes what is there, such as `ReduceLROnPlateau`."""
        return getattr(self._scheduler, "base_lrs", None)

    def is_at(self, rate: float) -> bool:
        """Whether the schedule is that of a base, such as the one of the training arguments."""
        bases = self._bases or [self.read()]
        return all(math.isclose(base, rate, rel_tol=1e-6) for base in bases)
