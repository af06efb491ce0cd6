"""Rows in, events out: each case of `*.md` is judged live, from saved states and as a frame."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import loads
from tests.judges import JUDGES, Judge, lines


@dataclass(frozen=True)
class Case:
    name: str
    ptt: str
    rows: list[dict[str, Any]]
    config: dict[str, Any]
    events: list[str]


def _block(text: str, kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)
    return found[1] if found else ""


def _cases() -> list[Case]:
    cases = []
    for path in sorted(Path(__file__).parent.glob("*.md")):
        for part in path.read_text().split("\n## ")[1:]:
            rows = [json.loads(line) for line in _block(part, "rows").splitlines()]
            config = json.loads(_block(part, "config") or "{}")
            events = _block(part, "events").splitlines()
            name = part.partition("\n")[0]
            cases.append(Case(name, _block(part, "ptt"), rows, config, events))
    return cases


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.__name__)
@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_rows_give_these_events(case: Case, judge: Judge) -> None:
    policy = "p" if "policy p" in case.ptt else None
    told = judge(loads(case.ptt, policy=policy), case.rows, case.config)
    assert lines(told, case.events) == case.events
