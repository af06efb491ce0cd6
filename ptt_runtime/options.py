"""What a run is asked for beside its rules, and what of it takes part in the run.

A concern with an option of its own is a field here, a keyword of `DiagnosticsCallback` with its
kind in `ARGUMENTS`, and a part in `parts`; what a policy can ask for has its handler in
`ptt_runtime.actions`, which gets what it needs from `actuator`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ptt_rules import MOST_REPORTS
from ptt_rules.runs import NO_SIBLINGS, Siblings
from ptt_runtime.actions import Actuator, Means
from ptt_runtime.algorithms import ALGORITHMS, BEHAVIOUR_PACK, RANKS_PACK
from ptt_runtime.arguments import (
    Kind,
    anything,
    by_name,
    flag,
    folder,
    maybe,
    new_folder,
    one_of,
    path,
    several,
    text,
    whole,
    word_of,
)
from ptt_runtime.channels import Channel, channels_of
from ptt_runtime.chosen import packs_of
from ptt_runtime.finite_steps import FiniteSteps
from ptt_runtime.part import Part
from ptt_runtime.rank_metrics import EVERY_STEPS, RankMetrics
from ptt_runtime.resume_check import Mismatch, ResumeCheck
from ptt_runtime.snapshots import Snapshots, SnapshotTaker, snapshots_of
from ptt_runtime.trackers import Trackers, trackers_of
from ptt_runtime.verbosity import Verbosity

algorithm_wanted = maybe(one_of(ALGORITHMS))
run_dir_of = maybe(new_folder("runs/a"))
params_of = by_name(anything, "numbers", '{"loss_jump_factor": 3.0}')
verbosity_of = maybe(word_of(Verbosity))
settings_of = several(path("ptt.yaml"))
rank_metrics_every_of = whole(1, EVERY_STEPS)
most_reports_of = whole(1, MOST_REPORTS)
heuristics_dir_of = maybe(folder("heuristics/"))
alerts_of = several(text("dpo: margin < 0.1 -> high: Margin collapsed"))

ARGUMENTS: Mapping[str, Kind] = {
    "run_dir": run_dir_of,
    "packs": packs_of,
    "only": flag,
    "algorithm": algorithm_wanted,
    "params": params_of,
    "policy": maybe(text("guard")),
    "settings": settings_of,
    "stop_on_critical": flag,
    "channels": channels_of,
    "trackers": trackers_of,
    "rank_metrics_every": rank_metrics_every_of,
    "on_resume_mismatch": word_of(Mismatch),
    "snapshots": snapshots_of,
    "custom_heuristics_dir": heuristics_dir_of,
    "custom_alerts": alerts_of,
    "most_reports": most_reports_of,
    "skip_nonfinite_steps": flag,
    "siblings": anything,
    "verbosity": verbosity_of,
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
    most_reports: int = MOST_REPORTS
    skip_nonfinite_steps: bool = False
    siblings: Siblings = NO_SIBLINGS
    fail_fast: bool = False

    def parts(self, *, is_alone: bool) -> list[Part]:
        """The parts of one run, in the order in which they are called."""
        trackers = Trackers(self.trackers)
        parts: list[Part] = [ResumeCheck(self.on_resume_mismatch), trackers]
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

    def actuator(self) -> Actuator:
        """What carries out the actions of a policy."""
        means = Means(channels=self.channels, takes_snapshots=self.snapshots is not None)
        return Actuator(means)
