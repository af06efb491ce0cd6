"""Whether a run that is resumed is still the run that it was, and how much it matters if not.

Compared are the provenance that the run wrote when it began and the same told anew.
"""

from ptt_runtime.resuming.check import Mismatch, ResumeCheck
from ptt_runtime.resuming.differences import Weight, differences
from ptt_runtime.resuming.home import Home, HomeWish, home_of, new_home
from ptt_runtime.resuming.marks import leave_mark
from ptt_runtime.resuming.origin import Origin, origin_of
from ptt_runtime.resuming.past import Past
from ptt_runtime.resuming.saved_run import RunMark, SavedRun

__all__ = [
    "Home",
    "HomeWish",
    "Mismatch",
    "Origin",
    "Past",
    "ResumeCheck",
    "RunMark",
    "SavedRun",
    "Weight",
    "differences",
    "home_of",
    "leave_mark",
    "new_home",
    "origin_of",
]
