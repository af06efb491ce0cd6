"""`import ptt_rules` is light; how long it takes is measured by `make bench`."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "trl", "polars", "matplotlib", "pandas", "numpy", "pygls")


def loaded_by(code: str) -> list[str]:
    """Which heavy libraries a new Python has loaded once it ran the code."""
    report = f"{code}; import sys; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    command = [sys.executable, "-c", report]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize(
    "code",
    [
        "import ptt_rules",
        "import ptt_rules; ptt_rules.load('grpo').engine().observe({'step': 1})",
        "import ptt_runtime",
    ],
)
def test_no_trainer_and_no_table_library_is_loaded(code: str) -> None:
    assert loaded_by(code) == []


def test_a_heavy_library_that_is_loaded_is_seen() -> None:
    assert loaded_by("import numpy") == ["numpy"]
