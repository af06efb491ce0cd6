"""House rules of texts: codes that exist, and nothing of the machines they were written on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from ptt_rules.authoring.pages import PAGES
from tests.house.sources import ROOT, sources

CODE = re.compile(r"\bPTT\d{3}\b")
PRIVATE = re.compile(
    r"(?<![\w.])/(work|root|opt|Users|home)/\w"  # folders of one machine
    r"|\bpypi\.org|pythonhosted|registry\.npmjs|deb\.debian"  # registries
    r"|(--|-)?(extra-)?index-url|find-links",  # how a lock file names one
    re.IGNORECASE,
)


def private_parts(text: str) -> list[str]:
    return [match.group() for match in PRIVATE.finditer(text)]


def _texts() -> list[Path]:
    """Files of the project, added or not, without those that are not a text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is not a checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


def test_no_text_names_a_machine_or_a_registry() -> None:
    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8", "replace") for path in _texts()
    }
    del texts["tests/house/test_texts.py"]
    found = {name: parts for name, text in texts.items() if (parts := private_parts(text))}
    assert found == {}


@pytest.mark.parametrize(
    "text", ["cd /work/main", '"/home/ann/x"', "--index-url x", "from pypi.org", "/Users/ann"]
)
def test_a_private_part_is_found(text: str) -> None:
    assert private_parts(text)


@pytest.mark.parametrize("text", ["runs/work/a", "https://github.com/opt/x", "the root/leaf"])
def test_what_only_looks_private_is_none(text: str) -> None:
    assert private_parts(text) == []


def test_every_code_that_is_named_anywhere_is_listed() -> None:
    named = {code for path in _texts() for code in CODE.findall(path.read_text("utf-8", "replace"))}
    assert named - set(PAGES) == set()


def test_every_listed_code_is_told_somewhere() -> None:
    told = {
        code
        for path in sources()
        if path.parent.name != "codes"
        for code in CODE.findall(path.read_text("utf-8", "replace"))
    }
    assert set(PAGES) - told == set()
