"""House rules of texts: codes that exist, and nothing of the machines it was made on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from ptt_rules.codes import CODES

ROOT = Path(__file__).resolve().parents[2]
PRIVATE = re.compile(r"/work/|/root/|/home/\w|/opt/|pypi\.org|files\.pythonhosted")


def _used_codes() -> set[str]:
    sources = [*(ROOT / "ptt_rules").rglob("*.py"), *(ROOT / "ptt_runtime").rglob("*.py")]
    texts = [path.read_text() for path in sources if path.name != "codes.py"]
    return {code for text in texts for code in re.findall(r'"(PTT\d{3})"', text)}


def test_every_code_that_is_used_is_listed_and_every_listed_one_is_used() -> None:
    assert _used_codes() == set(CODES)


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no checkout")
    return [ROOT / name for name in listed.stdout.split()]


def test_no_text_names_a_machine_or_a_registry() -> None:
    found = [
        path.name
        for path in _tracked()
        if path.suffix in (".py", ".md", ".toml", ".txt", ".in", ".ptt", "") and path.is_file()
        if PRIVATE.search(path.read_text(errors="replace")) and path != Path(__file__)
    ]
    assert found == []
