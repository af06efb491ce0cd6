"""With which run a training goes on, where it is recorded, and what of that run differs now.

Which run it is, is found by the id in the checkpoint; compared are the provenance that the run
wrote when it began and the one of the present.
"""

from ptt_rules.observing.resuming.branch import copy_history
from ptt_rules.observing.resuming.differences import Difference, Weight, differences
from ptt_rules.observing.resuming.engine import engine_at
from ptt_rules.observing.resuming.home import Home, HomeWish, home_of, new_home
from ptt_rules.observing.resuming.origin import Origin, read_saved
from ptt_rules.observing.resuming.past import Past
from ptt_rules.observing.resuming.saved_run import CHECKPOINT_RUN, RunMark, SavedRun, travelling

__all__ = [
    "CHECKPOINT_RUN",
    "Difference",
    "Home",
    "HomeWish",
    "Origin",
    "Past",
    "RunMark",
    "SavedRun",
    "Weight",
    "copy_history",
    "differences",
    "engine_at",
    "home_of",
    "new_home",
    "read_saved",
    "travelling",
]
