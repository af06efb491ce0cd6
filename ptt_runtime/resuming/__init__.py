"""Whether a run that is resumed is still the run that it was, and how much it matters if not.

Which run a training goes on with is found by the id in its checkpoint; compared are the provenance
that the run wrote when it began and the same told anew.
"""

from ptt_runtime.resuming.branch import copy_history, logged_rows
from ptt_runtime.resuming.check import Mismatch, ResumeCheck
from ptt_runtime.resuming.differences import Weight, differences
from ptt_runtime.resuming.past import Past
from ptt_runtime.resuming.place import Place

__all__ = [
    "Mismatch",
    "Past",
    "Place",
    "ResumeCheck",
    "Weight",
    "copy_history",
    "differences",
    "logged_rows",
]
