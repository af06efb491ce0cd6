"""What scripts for post-training-toolkit write and read, as the callback means it."""

from ptt_runtime.migrating.attributes import OlderAttributes
from ptt_runtime.migrating.parameters import PARAMETERS, translated

__all__ = ["PARAMETERS", "OlderAttributes", "translated"]
