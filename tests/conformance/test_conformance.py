"""Rows in, events out: each case of `*.md` is judged live, from saved states and as a frame."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import Action, Event, Pack, loads, replay

Judge = Callable[[Pack, list[dict[str, Any]], dict[str, Any]], list[Event | Action]]


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


def _live(pack: Pack, rows: list[dict[str, Any]], config: dict[str, Any]) -> list[Event | Action]:
    engine = pack.engine(config)
    told: list[Event | Action] = []
    for row in rows:
        told += engine.observe(row)
        told += engine.actions
    return told


def _interrupted(
    pack: Pack, rows: list[dict[str, Any]], config: dict[str, Any]
) -> list[Event | Action]:
    """As live, but each row is judged by a new engine from the saved state of the last."""
    state = None
    told: list[Event | Action] = []
    for row in rows:
        engine = pack.engine(config, state=state)
        told += engine.observe(row)
        told += engine.actions
        state = json.loads(json.dumps(engine.state(), allow_nan=False))
    return told


def _frame(pack: Pack, rows: list[dict[str, Any]], config: dict[str, Any]) -> list[Event | Action]:
    judged = replay(pack, rows, config=config)
    told: list[Event | Action] = [*judged.events, *judged.actions]
    return sorted(told, key=lambda line: line.row)


def _said(line: Event | Action, expected: str) -> str:
    if isinstance(line, Action):
        return f"action {line.action.value} at {line.step}"
    name = line.detector.partition(".")[2]
    text = f"{line.event.value} {name} {line.level.word} at {line.step}"
    return f"{text}: {line.message}" if ": " in expected else text


@pytest.mark.parametrize("judge", [_live, _interrupted, _frame])
@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_rows_give_these_events(case: Case, judge: Judge) -> None:
    policy = "p" if "policy p" in case.ptt else None
    told = judge(loads(case.ptt, policy=policy), case.rows, case.config)
    padded = [*case.events, *[""] * len(told)]
    said = [_said(line, expected) for line, expected in zip(told, padded, strict=False)]
    assert said == case.events
