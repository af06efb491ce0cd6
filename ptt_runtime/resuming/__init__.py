"""With which run a training goes on, where it is recorded, and what of that run differs now.

Which run it is, is found by the id in the checkpoint; compared are the provenance that the run
wrote when it began and the one of the present.
"""

from ptt_runtime.resuming.branch import copy_history, logged_rows
from ptt_runtime.resuming.differences import Difference, Weight, differences
from ptt_runtime.resuming.engine import engine_at
from ptt_runtime.resuming.past import Past
from ptt_runtime.resuming.place import Place
from ptt_runtime.resuming.saved_run import CHECKPOINT_RUN, RunMark, SavedRun, travelling
from ptt_runtime.resuming.without_effect import in_their_place, without_effect

__all__ = [
    "CHECKPOINT_RUN",
    "Difference",
    "Past",
    "Place",
    "RunMark",
    "SavedRun",
    "Weight",
    "copy_history",
    "differences",
    "engine_at",
    "in_their_place",
    "logged_rows",
    "travelling",
    "without_effect",
]
