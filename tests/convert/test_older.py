"""Each converted rule beside the older tool's executor, row by row, on 48 logs.

The reasons why rows differ, and how many rows each explains, are a table in docs/converting.md.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ptt_rules import EventKind, Pack, loads, replay
from ptt_rules.authoring.convert import convert, read_collection
from ptt_rules.authoring.convert.metrics import keys_of
from tests.convert.older import Reason, Series, fires, reasons

HERE = Path(__file__).parent
RULES = HERE / "older_rules.yaml"
PAGE = HERE.parents[1] / "docs" / "converting.md"
TRAINERS = ("sft", "dpo", "ppo", "grpo", "orpo", "kto", "cpo")
LOGS = 48
LONGEST = 320
ROW = re.compile(r"^\| (.+?) \| (\d+) \| (\d+) \|$", re.MULTILINE)

Rows = list[dict[str, Any]]


def recorded_logs() -> Iterator[tuple[str, str, Rows]]:
    """Name, trainer and rows of logs of real runs in this repository."""
    runs = sorted((HERE.parent / "runs").glob("*-*.jsonl"))
    cases = sorted((HERE.parent / "corpus" / "cases").glob("*.jsonl"))
    for path in (*runs, *cases):
        trainer = next((one for one in re.split(r"[-.]", path.name) if one in TRAINERS), None)
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        if trainer is not None and len(rows) <= LONGEST:
            yield path.stem, trainer, [row for row in rows if "step" in row]


def made_logs() -> Iterator[tuple[str, str, Rows]]:
    """Series that walk over the bounds of the rules, with what is not a number in between."""
    breaks = {
        "numbers": {},
        "nan": {3: math.nan},
        "every second is nan": {2: math.nan},
        "infinite": {41: math.inf},
        "negative infinite": {37: -math.inf},
    }
    for name, spoilt in breaks.items():
        for trainer in ("dpo", "grpo"):
            draw = random.Random(f"{name}/{trainer}")
            yield f"{name} {trainer}", trainer, [_made_row(draw, row, spoilt) for row in range(160)]


def _made_row(draw: random.Random, row: int, spoilt: Mapping[int, float]) -> dict[str, Any]:
    wave = 0.5 * math.sin(row / 25)
    values = {
        "loss": 0.7 + wave + draw.gauss(0, 0.1),
        "rewards/margins": 0.1 + wave / 2 + draw.gauss(0, 0.05),
        "reward_std": abs(wave) / 20 + 0.003,
        "kl": 0.3 + wave / 3 + draw.gauss(0, 0.05),
        "entropy": 1.0 + 2 * wave,
        "grad_norm": math.exp(wave),
    }
    for every, value in spoilt.items():
        if row % every == every - 1:
            hit = ("loss", "rewards/margins") if value == -math.inf else values
            values |= dict.fromkeys(hit, value)
    held_out = {"eval_loss": 0.6 + wave / 2} if row % 10 == 9 else {}
    return {"step": row + 1, **values, **held_out}


def test_there_are_48_logs_of_all_trainers() -> None:
    logs = all_logs()
    assert len(logs) == LOGS
    assert {trainer for _, trainer, _ in logs} == set(TRAINERS)


def test_rows_differ_for_no_reason_but_those_of_the_page() -> None:
    compared, unexplained, found = comparison()
    assert unexplained == []
    said = {what: (int(rows), int(pairs)) for what, rows, pairs in ROW.findall(PAGE.read_text())}
    assert said == {
        **{reason.value: numbers for reason, numbers in found.items()},
        "all rows that were compared": compared,
    }


def test_most_rows_are_equal() -> None:
    (rows, _), _, found = comparison()
    assert sum(number for number, _ in found.values()) < 0.05 * rows


@cache
def all_logs() -> list[tuple[str, str, Rows]]:
    recorded = list(recorded_logs())
    made = list(made_logs())
    return recorded[: LOGS - len(made)] + made


@cache
def comparison() -> tuple[tuple[int, int], list[str], dict[Reason, tuple[int, int]]]:
    """Rows and pairs (log, rule) compared, what nothing explains, and both by reason."""
    rules = {rule["name"]: rule for rule in yaml.safe_load(RULES.read_text())}
    made = convert(read_collection(RULES)).packs
    packs = {one.trainers[0]: loads(one.text) for one in made if one.trainers}
    rows_by, pairs_by = Counter[Reason](), Counter[Reason]()
    compared = pairs = 0
    unexplained: list[str] = []
    for name, trainer, rows in all_logs():
        for rule, series, verdicts in _verdicts(packs[trainer], trainer, rules, rows):
            why = Counter[Reason]()
            for at, verdict in enumerate(verdicts):
                seen = series[: at + 1]
                if fires(rule, seen, frozenset()) != verdict:
                    some = reasons(rule, seen, verdict)
                    unexplained += [] if some else [f"{name} {rule['name']} row {at}"]
                    why.update(some or ())
            compared, pairs = compared + len(verdicts), pairs + 1
            rows_by.update(why)
            pairs_by.update(why.keys())
    return (compared, pairs), unexplained, {one: (rows_by[one], pairs_by[one]) for one in rows_by}


def _verdicts(
    pack: Pack, trainer: str, rules: Mapping[str, Mapping[str, Any]], rows: Rows
) -> Iterator[tuple[Mapping[str, Any], Series, list[bool]]]:
    """Of each rule whose metric the log has: the series, and whether ptt's fires at each row."""
    events = replay(pack, rows).events
    for detector in pack.detectors:
        rule = rules[detector.name.partition(".")[2]]
        series = [_value(row, keys_of(rule["metric"], [trainer])) for row in rows]
        if any(value is not None for value in series):
            changes = {
                event.row: event.event for event in events if event.detector == detector.name
            }
            assert set(changes.values()) <= {EventKind.FIRED, EventKind.RESOLVED}
            firing, verdicts = False, []
            for at in range(len(rows)):
                firing = changes[at] is EventKind.FIRED if at in changes else firing
                verdicts.append(firing)
            yield rule, series, verdicts


def _value(row: Mapping[str, Any], keys: tuple[str, ...]) -> float | None:
    value = next((row[key] for key in keys if key in row), None)
    return float(value) if isinstance(value, int | float) else None
