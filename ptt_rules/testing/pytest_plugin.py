"""The plugin of pytest: `pytest rulepacks/` runs the tests in `.ptt` files.

pytest loads it by its entry point, in whatever project: so it is small, and only the first file
with a test in it, be it of rules or a `*_test.ptt` beside them, loads what runs it.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

_SUFFIX = ".ptt"
_HAS_TESTS = re.compile(rb'^[ \t]*test[ \t]+"', re.MULTILINE)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """The tests of a file, if it is one of rules and has some."""
    if file_path.suffix != _SUFFIX or not _HAS_TESTS.search(file_path.read_bytes()):
        return None
    items = import_module("ptt_rules.testing.pytest_items")
    file: pytest.File = items.PttFile.from_parent(parent, path=file_path)
    return file
