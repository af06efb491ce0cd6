"""What the linter says holds for every pack: it never fails, and its edits change no event."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ptt_rules import loads
from ptt_rules.authoring.lint import fixed, lint_files
from ptt_rules.authoring.lint.implication import Implications, negated
from ptt_rules.evaluation.row.live import LiveProgram
from ptt_rules.language.intervals import Interval
from ptt_rules.language.ir.nodes import Node
from ptt_rules.language.passes.bounds import Bounds
from ptt_rules.language.source import Source
from ptt_rules.logs.rows import read_row
from ptt_rules.packs.files import PackFiles
from tests.engine.random_packs import packs
from tests.engine.random_runs import runs
from tests.judges import live


def mended(text: str) -> str:
    """A pack once all edits of the linter are in it."""
    while True:
        source = Source("inline", text)
        edits = fixed(lint_files(PackFiles("inline", "inline", (source,))))
        if not edits:
            return text
        ((text, _),) = edits.values()


@given(packs(), runs())
def test_edits_change_no_event(text: str, rows: list[dict[str, Any]]) -> None:
    before, after = loads(text, policy="p"), loads(mended(text), policy="p")
    told = [[one.to_json() for one in live(pack, rows, {})] for pack in (before, after)]
    assert told[0] == told[1]


# ---- implication ---------------------------------------------------------------------------

quantities = st.sampled_from(["a", "b", "min(a[2])"])
bounds_of = st.sampled_from(["0", "1", "2", "2 * b", "3 * b", "b", "0.5 * b"])
operators = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
METRICS = 'metric a: none = "a"\nmetric b: none in 0.. = "b"\n'


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> str:
    sort = draw(st.integers(0, 5 if depth else 2))
    if sort <= 2:
        return f"{draw(quantities)} {draw(operators)} {draw(bounds_of)}"
    inner = draw(conditions(depth - 1))
    if sort == 3:
        return f"not ({inner})"
    word = "and" if sort == 4 else "or"
    return f"({inner} {word} {draw(conditions(depth - 1))})"


numbers = st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0])
logged = st.one_of(numbers, numbers.map(lambda number: -number), st.just(math.nan))
log_rows = st.lists(st.tuples(logged, st.one_of(numbers, st.just(math.nan))), max_size=8)


@given(conditions(), conditions(), log_rows)
def test_what_is_implied_is_true_and_what_is_contradicted_is_not(
    first: str, second: str, log: list[tuple[float, float]]
) -> None:
    pack = loads(f"{METRICS}detector d {{ high when {first}  low when {second} }}")
    one, other = (level.condition for level in pack.compiled.detectors[0].detector.levels)
    program = pack.compiled.program
    implications = Implications(program, Bounds({("b",): Interval(0.0, math.inf)}, {}))
    implied, apart = implications.implies(one, other), implications.contradict(one, other)
    opposite = negated(one)
    numbers_of = [program.number(node) for node in (one, other, opposite)]
    judged = LiveProgram(program)
    for step, (a, b) in enumerate(log):
        judged.advance(read_row({"step": step, "a": a, "b": b}))
        is_one, is_other, is_opposite = (judged.values[number] for number in numbers_of)
        assert not (implied and is_one is True) or is_other is True
        assert not (apart and is_one is True) or is_other is not True
        assert is_opposite == (None if is_one is None else not is_one)


def test_a_condition_implies_itself_under_another_name() -> None:
    pack = loads(
        f"{METRICS}detector d {{ high when a > 2 or b > 1  low when 1 < b or not a <= 3 }}"
    )
    one, other = (level.condition for level in pack.compiled.detectors[0].detector.levels)
    implications = Implications(pack.compiled.program, Bounds({}, {}))
    assert implications.implies(other, one)
    assert not implications.implies(one, other)
    assert isinstance(one, Node)
