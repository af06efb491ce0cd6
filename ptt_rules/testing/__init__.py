"""Tests of rules: those in packs, and helpers for tests of one's own that are in Python.

`ptt_rules.testing.strategies` has what hypothesis needs; it is not imported here, since the
library may be missing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ptt_rules.testing.properties import assert_fires_within, assert_never_fires, firings

__all__ = ["assert_fires_within", "assert_never_fires", "firings"]


def __getattr__(name: str) -> Any:
    """The helpers load Polars, which the plugin of pytest must not do in every project."""
    if name in __all__:
        return getattr(import_module("ptt_rules.testing.properties"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
