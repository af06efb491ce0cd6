"""What a run is asked for beside its rules, and what of it takes part in the run.

A concern with an option of its own is a field here, a keyword of `DiagnosticsCallback` with its
kind in `ARGUMENTS`, and a part in `parts`; what a policy can ask for has its handler in
`ptt_runtime.actions`, which gets what it needs from `handlers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ptt_rules import MOST_REPORTS, ActionKind, Arming, Pack
from ptt_rules.observing import (
    BEHAVIOUR_PACK,
    OF_ANY_RUN,
    RANKS_PACK,
    Part,
    Run,
    Saving,
    TrainingView,
)
from ptt_rules.observing.actions import Handler
from ptt_rules.observing.arguments import (
    Kind,
    flag,
    folder,
    maybe,
    one_of,
    several,
    text,
    whole,
    word_of,
)
from ptt_rules.observing.channels import Channel
from ptt_rules.runs import NO_SIBLINGS, Siblings
from ptt_runtime.actions import Means, handlers_of
from ptt_runtime.finite_steps import FiniteSteps
from ptt_runtime.more_recorded import MORE, MoreRecorded
from ptt_runtime.provenance import provenance
from ptt_runtime.rank_metrics import EVERY_STEPS, RankMetrics
from ptt_runtime.resume_check import Mismatch, ResumeCheck
from ptt_runtime.saving import Saves
from ptt_runtime.snapshots import Snapshots, SnapshotTaker, snapshots_of
from ptt_runtime.trackers import Trackers, trackers_of
from ptt_runtime.training import training_of

rank_metrics_every_of = whole(1, EVERY_STEPS)
record_of = several(one_of(MORE))
heuristics_dir_of = maybe(folder("heuristics/"))
alerts_of = several(text("dpo: margin < 0.1 -> high: Margin collapsed"))

ARGUMENTS: Mapping[str, Kind] = {
    **OF_ANY_RUN,
    "trackers": trackers_of,
    "rank_metrics_every": rank_metrics_every_of,
    "on_resume_mismatch": word_of(Mismatch),
    "snapshots": snapshots_of,
    "record": record_of,
    "custom_heuristics_dir": heuristics_dir_of,
    "custom_alerts": alerts_of,
    "skip_nonfinite_steps": flag,
    "fail_fast": flag,
}
"""Each argument of the callback, and what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The same for all trainings of a callback."""

    channels: Mapping[str, Channel] = field(default_factory=dict)
    trackers: Sequence[str] | None = None
    rank_metrics_every: int = EVERY_STEPS
    on_resume_mismatch: Mismatch = Mismatch.WARN
    snapshots: Snapshots | None = None
    record: Sequence[str] = ()
    most_reports: int = MOST_REPORTS
    skip_nonfinite_steps: bool = False
    siblings: Siblings = NO_SIBLINGS
    stack: str | None = None
    fail_fast: bool = False

    def parts(self, *, is_alone: bool) -> list[Part]:
        """The parts of one run, in the order in which they are called."""
        trackers = Trackers(self.trackers)
        parts: list[Part] = [ResumeCheck(self.on_resume_mismatch), trackers]
        if self.record:
            parts.append(MoreRecorded(self.record))
        if self.snapshots is not None:
            parts.append(SnapshotTaker(self.snapshots, trackers.answered))
        if self.skip_nonfinite_steps:
            parts.append(FiniteSteps())
        # the last one, so that what the others do is not taken for the loading of data
        return parts if is_alone else [*parts, RankMetrics(self.rank_metrics_every)]

    def packs(self, *, is_alone: bool) -> list[str]:
        """The packs on what the parts measure, beside that of the algorithm."""
        behaviour = [] if self.snapshots is None else [BEHAVIOUR_PACK]
        return behaviour if is_alone else [*behaviour, RANKS_PACK]

    @property
    def choices(self) -> tuple[list[str], list[str]]:
        """Those packs of a run in one process, and in several."""
        return self.packs(is_alone=True), self.packs(is_alone=False)

    def handlers(self) -> dict[ActionKind, Handler]:
        """What carries out the actions of a policy."""
        means = Means(channels=self.channels, takes_snapshots=self.snapshots is not None)
        return handlers_of(means)

    def saves(self) -> Saving:
        """What is done around the saves of one run."""
        return Saves()

    def describe(self, run: Run) -> dict[str, Any]:
        """What `run.json` says of a run."""
        return provenance(training_of(run), run.pack)

    def armed(self, pack: Pack, training: TrainingView) -> Arming:
        """Which detectors a training feeds."""
        takes_snapshots = self.snapshots is not None
        return pack.armed(
            training.algorithm,
            training.trl_version,
            {**training.config, **training.planned, "snapshots": takes_snapshots},
            training.siblings,
            training.stack,
            facts=training.facts,
        )
