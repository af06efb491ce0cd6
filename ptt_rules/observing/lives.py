"""The runs of one callback or monitor: each begins once, and ends once, whatever ends it."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from typing import Any

from ptt_rules.language.stacks import find_stack
from ptt_rules.observing.algorithms import FIRST_ROWS, is_open, logged_algorithm
from ptt_rules.observing.decision import Flags
from ptt_rules.observing.endings import Endings, ending_of
from ptt_rules.observing.own_findings import OwnFindings
from ptt_rules.observing.ranks import RanksView
from ptt_rules.observing.run import Run
from ptt_rules.observing.training import TrainingView
from ptt_rules.observing.trainings import Trainings
from ptt_rules.runs import Ending, Verdict


class Lives:
    """The present run, and how it ends: in order, by an exception or a signal, or in silence.

    `silent_end` says what a run has come to whose end nobody has said.
    """

    def __init__(self, trainings: Trainings, silent_end: str) -> None:
        self.trainings = trainings
        self.run: Run | None = None
        """The present one; None before it begins, and once it has ended."""
        self.endings = Endings(self.end_badly, lambda: self.finished)
        self.own = OwnFindings(trainings.warn)
        """What people's own checks find, in whichever run they do."""
        self._silent_end = silent_end
        self._rows_to_ask = 0
        """In how many more rows the algorithm is looked for, where only they can show it."""
        atexit.register(self.end_badly)

    @property
    def finished(self) -> int:
        """The newest step that the present run has finished; 0 without one."""
        return self.run.finished if self.run else 0

    def begin(
        self,
        training: TrainingView,
        ranks: RanksView,
        *,
        asks_rows: bool,
        is_retry: bool = False,
    ) -> None:
        """Begins a run; with `asks_rows` its first rows may show what is trained.

        Errors: PttError, for what is wrong with this training
        """
        self._rows_to_ask = FIRST_ROWS if asks_rows else 0
        run = self.trainings.run(training, ranks, self.endings.hold, is_retry=is_retry)
        ranks.begin()
        self.own.begin()
        run.own = self.own
        self.trainings.begin(run, is_retry=is_retry)
        self.run = run
        self.endings.listen()
        self.trainings.leave_mark(run.training)

    def find_algorithm(self, run: Run, logs: Mapping[str, Any]) -> None:
        """Where nothing else says what is trained, the keys of the first rows may."""
        if self._rows_to_ask > 0 and is_open(run.training.algorithm):
            self._rows_to_ask -= 1
            found = logged_algorithm(logs)
            if found is not None:
                self.trainings.judge_by(run, found, find_stack(filter(_is_text, logs)))

    def give_up(self, before: int, now: int) -> None:
        """The training begins again in smaller batches, where it is recorded."""
        run, self.run = self.run, None
        self.endings.stop()
        if run is not None:
            run.give_up(before, now)

    def finish(self, ending: Ending | None = None) -> None:
        """Ends the run once, whatever ended the training; with an ending, it ended badly."""
        run, self.run = self.run, None
        self.endings.stop()
        if run is not None:
            run.control = Flags()  # what was found since the last event of the trainer
            run.judge_own()
            run.control = None
            self.own.close()
            run.end(ending)

    def end_badly(self, ending: Ending | None = None) -> None:
        """The training ends, or has ended, without its last event."""
        if self.run is not None:
            silent = Ending(Verdict.EXCEPTION, self.finished, self._silent_end)
            self.finish(ending or self.endings.heard or silent)

    def ending_by(self, error: BaseException | None) -> Ending | None:
        """How an exception ends the run; a signal that raised it says more."""
        if error is None:
            return None
        heard = self.endings.heard
        is_heard = isinstance(error, KeyboardInterrupt) and heard is not None
        return heard if is_heard else ending_of(error, self.finished)


def _is_text(key: object) -> bool:
    return isinstance(key, str)
