"""Names of a package that are loaded at their first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def later(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package: from each module, the names that are read there on demand.

    Polars takes as long to import as all else together, and who judges live does not need it.
    """
    module_of = {name: module for module, words in names.items() for name in words.split()}

    def load(name: str) -> Any:
        if name in module_of:
            return getattr(import_module(module_of[name]), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return load
