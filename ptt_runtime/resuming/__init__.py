"""Whether a run that is resumed is still the run that it was, and how much it matters if not.

Which run a training goes on with is found by the id in its checkpoint; compared are the provenance
that the run wrote when it began and the same told anew.
"""

from ptt_runtime.resuming.check import Mismatch, ResumeCheck
from ptt_runtime.resuming.differences import Weight, differences
from ptt_runtime.resuming.place import Place

__all__ = [
    "Mismatch",
    "Place",
    "ResumeCheck",
    "Weight",
    "differences",
]
