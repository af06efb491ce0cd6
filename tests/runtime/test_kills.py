"""Trainings killed at random moments are read, and resumed as if nothing had happened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.runtime


def test_a_killed_training_is_read_and_resumes_to_the_same_events(tmp_path: Path) -> None:
    """A few here; `make soak-kills` does 200."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.runtime.kills", "6", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "nothing lost, nothing mixed" in done.stdout
