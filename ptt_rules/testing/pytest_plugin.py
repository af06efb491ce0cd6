"""The plugin of pytest: `pytest rulepacks/` runs the tests in `.ptt` files.

pytest loads it by its entry point, in whatever project: so it is small, and only the first file
with a test in it, be it of rules or a `*_test.ptt` beside them, loads what runs it.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

_KINDS = {".ptt": "PttFile", ".jsonl": "CasesFile"}
_HAS_TESTS = {
    ".ptt": re.compile(rb'^[ \t]*test[ \t]+"', re.MULTILINE),
    ".jsonl": re.compile(rb'(?=.*"name":)(?=.*"pack":)(?=.*"rows":).*"events":'),
}
_LONGEST = 1 << 20
"""Bytes of a case."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """The tests of a file, if it is one of rules or of conformance cases and has some."""
    name = _KINDS.get(file_path.suffix)
    if name is None or not _HAS_TESTS[file_path.suffix].search(_beginning(file_path)):
        return None
    items = import_module("ptt_rules.testing.pytest_items")
    file: pytest.File = getattr(items, name).from_parent(parent, path=file_path)
    return file


def _beginning(path: Path) -> bytes:
    """A file of rules whole, of one of JSON lines the first."""
    if path.suffix == ".ptt":
        return path.read_bytes()
    with path.open("rb") as file:
        return file.readline(_LONGEST)
