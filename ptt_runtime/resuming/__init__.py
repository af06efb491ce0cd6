"""Whether a run that is resumed is still the run that it was, and how much it matters if not.

Compared are the provenance that the run wrote when it began and the same told anew.
"""

from ptt_runtime.resuming.check import Mismatch, ResumeCheck
from ptt_runtime.resuming.differences import Weight, differences
from ptt_runtime.resuming.saved_run import SavedRun

__all__ = [
    "Mismatch",
    "ResumeCheck",
    "SavedRun",
    "Weight",
    "differences",
]
