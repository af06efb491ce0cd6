"""`set KNOB = expr`: changes a hyper-parameter of the training, so that it lasts.

What was set is kept across a resume: the engine's state, which is saved with each checkpoint,
knows it, and the learning rate is in the checkpoint's own optimizer and scheduler. It lasts as long
as the training: afterwards the trainer is as it was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ptt_rules import Action
from ptt_runtime.actions.handler import Handler, refusal
from ptt_runtime.actions.knobs import Knob, NoKnob, find_knob
from ptt_runtime.actions.learning_rate import LearningRate

if TYPE_CHECKING:
    from ptt_runtime.run import Run


class Set(Handler):
    def __init__(self) -> None:
        self._knobs: dict[str, Knob] = {}
        self._changed: list[tuple[Knob, float]] = []
        """Attributes of trainers that were changed, with what they were before."""

    def check_training(self, run: Run) -> None:
        for name in sorted(run.pack.knobs):
            try:
                find_knob(name, run.training)
            except NoKnob as lack:
                raise refusal(run.pack, f"`set {name}`: {lack}", lack.hint) from lack

    def start(self, run: Run) -> None:
        self._knobs = {name: find_knob(name, run.training) for name in run.pack.knobs}
        for name, value in run.knobs_of_first().items():
            self._keep(run, name, value)

    def end(self, run: Run) -> None:
        while self._changed:
            knob, before = self._changed.pop()
            knob.write(before)

    def _keep(self, run: Run, name: str, value: float) -> None:
        """Sets again, after a resume, what had been set when the checkpoint was saved."""
        knob = self._knobs.get(name)
        if knob is None:
            return
        if not isinstance(knob, LearningRate):
            self._write(knob, value)
            run.recorder.say(f"{name} is {knob.read():g}, as it was set before the resume")
        elif knob.is_at(float(run.training.args.learning_rate)):
            run.recorder.guard.report(
                "PTT506",
                f"`{name}` was set before the resume and is as in the training arguments again",
                "the checkpoint was saved without its scheduler",
            )

    def carry_out(self, run: Run, action: Action) -> None:
        name, value = str(action.arguments["knob"]), action.arguments["value"]
        if value is None:
            return  # its formula was unknown, which is on the record
        knob = self._knobs[name]
        before = knob.read()
        self._write(knob, float(value))
        run.recorder.knob_set(name, before, knob.read(), action.step)

    def _write(self, knob: Any, value: float) -> None:
        before = knob.read()
        knob.write(value)
        if not isinstance(knob, LearningRate):
            self._changed.append((knob, before))
