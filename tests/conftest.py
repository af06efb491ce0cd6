"""Settings that hold for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # models this small only wait for more threads
os.environ.pop("COLUMNS", None)  # lines are as wide as in a pipe, wherever the tests run

collect_ignore_glob = ["*.ptt"]
"""Rules here are material of tests in Python: some are wrong on purpose."""

settings.register_profile(
    "ptt", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("ptt")

ROOT = Path(__file__).resolve().parents[1]

_SHARED = ROOT.parent / "shared" / "runs"
RUNS = _SHARED if _SHARED.is_dir() else ROOT / "tests" / "runs"
"""Labelled logs of real runs: all of them where they lie beside the repository, else its own."""


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def labelled_runs() -> Path:
    """The folder of labelled logs."""
    return RUNS
