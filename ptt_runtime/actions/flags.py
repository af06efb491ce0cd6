"""Actions that the trainer itself carries out, through its flags.

Set while a step is logged, flags take effect at the end of the same step: the trainer evaluates,
then saves, then stops. `invalidate` has no flag: it is what the run directory says of the run.
"""

from __future__ import annotations

from ptt_rules import Action
from ptt_rules.observing import RunView
from ptt_rules.observing.actions import Handler, refusal
from ptt_runtime.algorithms import IGNORES_EVALUATE
from ptt_runtime.training import training_of


class Checkpoint(Handler):
    """Saves, unless weights are not finite, and never so that the way back is lost.

    Whether it was saved is looked at: `save_strategy="best"` drops what others ask for.
    """

    def __init__(self) -> None:
        self._wanted: int | None = None

    def start(self, run: RunView) -> None:
        self._wanted = None

    def carry_out(self, run: RunView, action: Action) -> None:
        self._wanted = action.step if run.request_save(action) else None

    def settle(self, run: RunView) -> None:
        step, self._wanted = self._wanted, None
        if step is None or not run.ranks.is_first:
            return
        if not (training_of(run).output_dir / f"checkpoint-{step}").is_dir():
            strategy = training_of(run).args.save_strategy
            reason = f"the trainer saved none at step {step} (save_strategy={strategy})"
            run.report("PTT506", "`checkpoint` was not carried out", reason)


class Evaluate(Handler):
    """Refused where the trainer has nothing to evaluate on, or never evaluates.

    A callback never sees the evaluation data before the first evaluation; a trainer that is
    set to evaluate at all has made sure of them.
    """

    def check_training(self, run: RunView) -> None:
        training = training_of(run)
        if training.algorithm in IGNORES_EVALUATE:
            why = "`evaluate`, but this trainer never evaluates"
            raise refusal(run.pack, why, "take `evaluate` out of the policy")
        strategy = training.args.eval_strategy
        if str(getattr(strategy, "value", strategy)) == "no":
            hint = "give the trainer an `eval_dataset` and set `eval_strategy` in its arguments"
            raise refusal(run.pack, "`evaluate`, but this run has no evaluation", hint)

    def carry_out(self, run: RunView, action: Action) -> None:
        run.request_evaluate()
