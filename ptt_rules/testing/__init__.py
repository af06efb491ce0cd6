"""Helpers for tests of one's own that are in Python.

`ptt_rules.testing.strategies` has what hypothesis needs; it is not imported here, since the
library may be missing.
"""

from typing import TYPE_CHECKING

from ptt_rules._later import later

if TYPE_CHECKING:
    from ptt_rules.testing.properties import assert_fires_within, assert_never_fires, firings

__all__ = ["assert_fires_within", "assert_never_fires", "firings"]

# The helpers load Polars, which the plugin of pytest must not do in every project.
__getattr__ = later(
    __name__,
    {"ptt_rules.testing.properties": "assert_fires_within assert_never_fires firings"},
)
