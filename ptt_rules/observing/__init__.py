"""A run that is alive: judged as its rows come, recorded, reported, and answered by its policy.

Whoever trains is its *training* (`training.py`): a trainer with the callback of `ptt_runtime`, or
a loop of your own with a `Monitor`. What both need is here, and no library that trains.
"""

from ptt_rules.observing.algorithms import (
    ALGORITHMS,
    BEHAVIOUR_PACK,
    FALLBACK_PACK,
    FIRST_ROWS,
    RANKS_PACK,
    UNKNOWN,
    is_open,
    is_plain,
    logged_algorithm,
)
from ptt_rules.observing.chosen import ChosenRules, Wish, older_packs, packs_of, policy_name
from ptt_rules.observing.console import Console
from ptt_rules.observing.decision import Decision
from ptt_rules.observing.endings import SILENT_END, Endings, ending_of
from ptt_rules.observing.guard import Fault
from ptt_rules.observing.lives import Lives
from ptt_rules.observing.masking import masked
from ptt_rules.observing.monitor import Monitor
from ptt_rules.observing.options import (
    OF_ANY_RUN,
    algorithm_wanted,
    most_reports_of,
    params_of,
    run_dir_of,
    settings_of,
    stack_of,
    verbosity_of,
)
from ptt_rules.observing.part import Metrics, Part
from ptt_rules.observing.place import Place
from ptt_rules.observing.provenance import beginning, library_versions, surroundings
from ptt_rules.observing.ranks import RanksApart, RanksView
from ptt_rules.observing.repository import git
from ptt_rules.observing.resuming import (
    CHECKPOINT_RUN,
    Difference,
    Origin,
    Past,
    RunMark,
    SavedRun,
    Weight,
    differences,
    read_saved,
    travelling,
)
from ptt_rules.observing.run import Run
from ptt_rules.observing.saving import Saving, SavingRun
from ptt_rules.observing.training import TrainingView
from ptt_rules.observing.trainings import Trainings
from ptt_rules.observing.versions import is_before
from ptt_rules.observing.view import RunView

__all__ = [
    "ALGORITHMS",
    "BEHAVIOUR_PACK",
    "CHECKPOINT_RUN",
    "FALLBACK_PACK",
    "FIRST_ROWS",
    "OF_ANY_RUN",
    "RANKS_PACK",
    "SILENT_END",
    "UNKNOWN",
    "ChosenRules",
    "Console",
    "Decision",
    "Difference",
    "Endings",
    "Fault",
    "Lives",
    "Metrics",
    "Monitor",
    "Origin",
    "Part",
    "Past",
    "Place",
    "RanksApart",
    "RanksView",
    "Run",
    "RunMark",
    "RunView",
    "SavedRun",
    "Saving",
    "SavingRun",
    "TrainingView",
    "Trainings",
    "Weight",
    "Wish",
    "algorithm_wanted",
    "beginning",
    "differences",
    "ending_of",
    "git",
    "is_before",
    "is_open",
    "is_plain",
    "library_versions",
    "logged_algorithm",
    "masked",
    "most_reports_of",
    "older_packs",
    "packs_of",
    "params_of",
    "policy_name",
    "read_saved",
    "run_dir_of",
    "settings_of",
    "stack_of",
    "surroundings",
    "travelling",
    "verbosity_of",
]
