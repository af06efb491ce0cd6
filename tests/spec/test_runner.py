"""The runner of the language reference notices what is wrong on a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptt_rules import PttError
from tests.spec.pages import sections_of
from tests.spec.test_spec import run_section

PAGE = """
# Page
```ptt x.ptt
metric kl: nats = "kl"
detector kl_high { high when mean(kl[2]) > 1 }
```
```rows
step  kl
1..2  3
```
"""


def _run_page(text: str) -> None:
    for section in sections_of(text, "page.md"):
        run_section(section)


def test_a_page_that_is_right_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _run_page(f"{PAGE}```events\nfired kl_high high at 2\n```\n")


@pytest.mark.parametrize(
    "block",
    [
        "ptt\nmetric kl: nat = 3",
        'ptt error\nmetric kl: nats = "kl"',
        'ptt error\nmetric kl: nats = "kl"  ### PTT102',
        'ptt error\nmetric kl: nat = "kl"  ### PTT102',
        "events\nfired kl_high high at 1",
        "events\n",
        "values\nmean(kl[2]) = 3.5 at 2",
        "values\nmean(kl[2]) = 2.99... at 2",
        "values\nmean(kl[2]) = 3 at 1",
        "values\nmean(kl[2]) = unknown at 2",
        "values\nkl > 2 = false at 2",
        "values\nmean(kl[2])",
        "statuses\nkl_high is ok at 2",
        "console\n$ ptt check x.ptt\nfine",
        "pycon\n>>> 1 + 1\n3",
        "pycon\n>>> 1 / 0\n3",
        "text\nerror",
        "rows\nstep kl\n1 2 3",
        "yaml\na: 3",
        "toml x.toml\na = 3",
        "\nno kind",
    ],
)
def test_a_block_that_is_wrong_fails(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((AssertionError, PttError, ZeroDivisionError, pytest.fail.Exception)):
        _run_page(f"{PAGE}```{block}\n```\n")
