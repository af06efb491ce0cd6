"""Both judges against the reference, which judges by definition, on random packs and logs."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from ptt_rules import Action, Event, loads
from ptt_rules.backends.live import LiveProgram
from ptt_rules.backends.reference import Reader, log_of
from ptt_rules.ir.nodes import Knob
from ptt_rules.rows import read_row
from tests.engine.random_packs import packs, probes
from tests.engine.random_runs import Rows, configs, long_runs, runs
from tests.engine.soak import random_cases
from tests.engine.test_chunks import cuts, in_chunks
from tests.judges import live, whole
from tests.reference.judge import reference

Config = dict[str, Any]


def told(lines: list[Event | Action]) -> list[str]:
    return [json.dumps(line.to_json()) for line in lines]


@random_cases(150)
@given(text=packs(), rows=runs(), config=configs)
def test_live_tells_what_the_reference_tells(text: str, rows: Rows, config: Config) -> None:
    pack = loads(text, policy="p")
    assert told(live(pack, rows, config)) == told(reference(pack, rows, config))


@random_cases(100)
@given(text=packs(), rows=runs(), config=configs)
def test_offline_tells_what_the_reference_tells(text: str, rows: Rows, config: Config) -> None:
    pack = loads(text, policy="p")
    assert told(whole(pack, rows, config)) == told(reference(pack, rows, config))


@random_cases(150)
@given(text=probes(), rows=long_runs(), sizes=cuts)
def test_every_aggregate_is_that_of_the_reference(text: str, rows: Rows, sizes: list[int]) -> None:
    pack = loads(text)
    expected = told(reference(pack, rows, {}))
    assert told(live(pack, rows, {})) == expected
    assert told(whole(pack, rows, {})) == expected
    assert in_chunks(pack, rows, {}, sizes) == expected


@random_cases(100)
@given(text=packs(), rows=runs(), config=configs)
def test_every_value_is_that_of_the_reference(text: str, rows: Rows, config: Config) -> None:
    program = loads(text, policy="p").compiled.program
    lived, reader = LiveProgram(program, config), Reader(log_of(rows, config, program.params))
    for number, row in enumerate(rows):
        lived.advance(read_row(row))
        for operation in program.operations:
            if not isinstance(operation.node, Knob):
                value = reader.value(operation.node, number)
                assert repr(lived.values[operation.number]) == repr(value), (operation, number)
