"""What ptt does around the saves of a trainer, so that none of them loses the way back.

A trainer that keeps no more than `save_total_limit` checkpoints removes the oldest at each save,
and with it the last good one, if what came after it is not good. Where a policy watches, that one
is kept as trainers keep their best one: their limit is lifted for this save, and after it ptt
removes in their place what they would have removed, all but the one to go back to. Without a policy
nothing is done but said.

A save that a policy asked for on a finding is not pushed to the hub; one of weights that are not
finite does not happen at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from ptt_rules import Action
from ptt_rules.observing import RanksApart, SavingRun
from ptt_rules.runs import CHECKPOINT_WEIGHTS, checkpoints, write_whole
from ptt_runtime.distributed import weights_are_finite
from ptt_runtime.training import training_of

_SAME_TIME_S = 1.0
"""Within it a trainer takes times of folders for unreliable, and goes by steps."""


class Saves:
    """The saves of one training. All methods are called on every rank alike."""

    def __init__(self) -> None:
        self._acted_on: set[str] = set()
        """Detectors because of which a policy asked for a checkpoint."""
        self._asked_at = self._refused_at = -1
        self._looked: tuple[int, bool | None] = (-1, None)
        """The newest step at which weights were looked at, and whether they were finite."""
        self._kept: str | None = None
        self._held: dict[str, Any] = {}
        """Arguments of the trainer that are another for one save, as they were."""
        self._said: set[str] = set()

    # ---- before a save -----------------------------------------------------------------------

    def ask(self, run: SavingRun, action: Action) -> bool:
        """A policy asks for a checkpoint at this step; whether there will be one."""
        self._acted_on.update(action.because)
        if self._are_finite(run) is False:
            self._refused_at = run.step
            run.control.should_save = False
            self._refuse(run)
            return False
        self._asked_at = run.step
        run.control.should_save = True
        return True

    def prepare(self, run: SavingRun, *, has_evaluated: bool = False) -> None:
        """The trainer may be about to save; asked as often as more is known of the step."""
        self.restore(run)
        if run.step == self._refused_at:
            run.control.should_save = False
        elif run.control.should_save or (has_evaluated and _saves_the_best(run)):
            self._keep(run, is_finite=self._are_finite(run))
            self._hold_push(run)
        elif _leaves_the_best(run):
            self._keep(run, is_finite=None)

    def _keep(self, run: SavingRun, *, is_finite: bool | None) -> None:
        """Keeps the last good checkpoint from being removed by a save that is not good."""
        args = training_of(run).args
        if not (args.save_total_limit or 0) > 0:
            return
        kept = None
        if run.ranks.is_first:
            # contained here, since the other ranks wait for what comes of it
            with run.contain("PTT502", "the last good checkpoint is not known"):
                kept = self._way_back(run, is_finite=is_finite)
        kept = _agreed(run, kept)
        if kept is None:
            return
        if run.pack.policy is not None:
            self._kept = kept
            self._hold(args, "save_total_limit", None)
        elif run.control.should_save and run.ranks.is_first:
            self._warn(run, kept)

    def _way_back(self, run: SavingRun, *, is_finite: bool | None) -> str | None:
        """The last good checkpoint, where what is saved now is not good itself."""
        back = run.way_back(self._acted_on)
        is_good = back.cause is None and is_finite is not False
        return None if is_good or back.checkpoint is None else back.checkpoint.path.name

    def _hold_push(self, run: SavingRun) -> None:
        args, step = training_of(run).args, run.step
        if getattr(args, "push_to_hub", False) and (step == self._asked_at or run.stops):
            self._hold(args, "push_to_hub", False)

    def _hold(self, args: Any, name: str, value: Any) -> None:
        self._held[name] = getattr(args, name)
        setattr(args, name, value)

    def restore(self, run: SavingRun) -> None:
        """The arguments of the trainer are as they were."""
        while self._held:
            name, value = self._held.popitem()
            setattr(training_of(run).args, name, value)
        self._kept = None

    # ---- after a save ------------------------------------------------------------------------

    def saved(self, run: SavingRun, checkpoint: Path) -> None:
        """The trainer has saved: writes down what was saved, and removes what is too much."""
        kept, limit = self._kept, self._held.get("save_total_limit")
        is_pushed = "push_to_hub" not in self._held
        self.restore(run)
        is_finite = self._are_finite(run)
        if run.ranks.is_first and is_finite is not None and checkpoint.is_dir():
            text = json.dumps({"finite": is_finite})
            write_whole(checkpoint / CHECKPOINT_WEIGHTS, text + "\n")
        if is_finite is False:
            self._say(run, f"{checkpoint.name} has weights that are not finite")
        if not is_pushed:
            what = f"{checkpoint.name} was saved on a finding, and is not pushed to the hub"
            self._say(run, what)
        if kept is not None and limit and training_of(run).args.should_save:
            self._rotate(run, kept, limit)

    def _rotate(self, run: SavingRun, kept: str, limit: int) -> None:
        """Removes what the trainer would have removed, but for the last good checkpoint."""
        found, own = _oldest_first(training_of(run).output_dir), _protected(run)
        for one in _surplus(found, limit, {*own, kept}):
            shutil.rmtree(one, ignore_errors=True)
        if kept in {one.name for one in _surplus(found, limit, own)}:
            text = f"{kept}, the last good one, is kept: save_total_limit={limit} would remove it"
            self._say(run, text, {"event": "kept", "checkpoint": kept})

    # ---- what is said ------------------------------------------------------------------------

    def _refuse(self, run: SavingRun) -> None:
        back = run.way_back(self._acted_on)
        good = f"the last good one is {back.checkpoint.path.name}" if back.checkpoint else ""
        text = f"no checkpoint is saved at step {self._refused_at}: the weights are not finite"
        self._say(run, f"{text}; {good or 'there is no good one'}")

    def _warn(self, run: SavingRun, kept: str) -> None:
        found = _oldest_first(training_of(run).output_dir)
        new = run.training.checkpoint
        limit = training_of(run).args.save_total_limit
        after = [*(one for one in found if one.name != new.name), new]
        if kept in {one.name for one in _surplus(after, limit, _protected(run))}:
            text = f"this save removes {kept}, the last good checkpoint (save_total_limit={limit})"
            note = {"event": "removes_last_good", "checkpoint": kept}
            self._say(run, f"{text}: copy it, or let a policy watch, which keeps it", note)

    def _say(self, run: SavingRun, text: str, note: dict[str, Any] | None = None) -> None:
        if text not in self._said:
            self._said.add(text)
            run.warn(text)
            if note is not None:
                run.note({**note, "step": run.step})

    # ---- weights -----------------------------------------------------------------------------

    def _are_finite(self, run: SavingRun) -> bool | None:
        """Whether the weights of this step are, on all ranks; None where that is not known.

        Cost: once a save, a pass over the weights and an exchange of a number
        """
        step = run.step
        if self._looked[0] != step:
            self._looked = (step, _all_finite(run))
        return self._looked[1]


def _all_finite(run: SavingRun) -> bool | None:
    own: bool | None = None
    if training_of(run).model is not None:
        with run.contain("PTT502", "weights could not be looked at"):
            own = weights_are_finite(training_of(run).model)
    try:
        return own if run.ranks.all(own is not False) else False
    except RanksApart:
        return False if own is False else None


def _agreed(run: SavingRun, name: str | None) -> str | None:
    """What the first rank found; where ranks exchange nothing, each keeps to itself."""
    try:
        return run.ranks.of_first(name)
    except RanksApart:
        return name


# ---- what a trainer keeps, and what it removes -----------------------------------------------


def _saves_the_best(run: SavingRun) -> bool:
    """Whether the trainer saves after an evaluation without a flag that says so beforehand."""
    strategy = training_of(run).args.save_strategy
    return str(getattr(strategy, "value", strategy)) == "best"


def _leaves_the_best(run: SavingRun) -> bool:
    """Whether the trainer, once the last row is logged, removes all checkpoints but the best."""
    args = training_of(run).args
    return bool(args.load_best_model_at_end and args.save_total_limit == 1)


def _protected(run: SavingRun) -> set[str]:
    """What the trainer itself keeps in any case: the newest and the best one."""
    state = training_of(run).state
    names = {run.training.checkpoint.name}
    if state.best_model_checkpoint:
        names.add(Path(state.best_model_checkpoint).name)
    return names


def _surplus(found: Sequence[Path], limit: int, kept: Collection[str]) -> list[Path]:
    """What a trainer removes of the checkpoints that are there, the oldest first.

    Source: transformers 5.23.0, trainer_utils.rotate_checkpoints
    """
    names = {one.name for one in found}
    too_many = len(found) - max(limit, len(names & set(kept)))
    return [one for one in found if one.name not in kept][: max(0, too_many)]


def _oldest_first(output_dir: Path) -> list[Path]:
    """Source: transformers 5.23.0, trainer_utils.sort_checkpoints"""
    times = {one.path: one.path.stat().st_mtime for one in checkpoints(output_dir)}
    if times and max(times.values()) - min(times.values()) >= _SAME_TIME_S:
        return sorted(times, key=lambda path: times[path])
    return list(times)
