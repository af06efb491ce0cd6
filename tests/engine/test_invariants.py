"""Section 9 of the language reference on random packs and frames."""

from __future__ import annotations

import json
import math
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules import Action, Event, Pack, loads, replay
from ptt_rules.backends.live import LiveProgram
from ptt_rules.backends.polars import FrameProgram
from ptt_rules.logs import frame_of
from ptt_rules.rows import read_row

METRICS = ("a", "b", "c")
DECLARED = "".join(f'metric {name}: none = "{name}", "old/{name}"\n' for name in METRICS)

# ---- random packs --------------------------------------------------------------------------

names = st.sampled_from(METRICS)
numbers = st.sampled_from(["0", "1", "0.1", "-2", "1e6"])
windows = st.sampled_from(
    [
        "[1]",
        "[2]",
        "[3]",
        "[7]",
        "[16]",
        "[first 1]",
        "[first 5]",
        "[all]",
        "[3 steps]",
        "[40 steps]",
    ]
)
count_windows = st.sampled_from(["[1]", "[2]", "[5]", "[6]", "[first 3]"])


@st.composite
def series(draw: st.DrawFn) -> str:
    """A series of numbers: a metric, or arithmetic of two."""
    if draw(st.booleans()):
        return draw(names)
    operator = draw(st.sampled_from("+-*/"))
    return f"({draw(names)} {operator} {draw(st.one_of(names, numbers))})"


@st.composite
def truth_series(draw: st.DrawFn) -> str:
    test = draw(st.sampled_from(["isnan({})", "isinf({})", "isfinite({})", "{} > 0", "{} == 1"]))
    text = test.format(draw(series()))
    if draw(st.booleans()):
        text = f"{text} {draw(st.sampled_from(['and', 'or']))} not {draw(names)} < 1"
    return f"({text})"


@st.composite
def values(draw: st.DrawFn, *, has_unit: bool = True) -> str:
    """A number at the judged row; without a unit it can be compared with every other."""
    sort = draw(st.integers(0, 3 if has_unit else 2))
    if sort == 0:
        return draw(names)
    if sort == 1:
        word = draw(st.sampled_from(["mean", "min", "max", "sum", "last"]))
        return f"{word}({draw(series())}{draw(windows)})"
    if sort == 2:
        word = draw(st.sampled_from(["std", "var", "median"]))
        window = draw(count_windows.filter(lambda w: w not in ("[1]",)))
        return f"{word}({draw(series())}{window})"
    if draw(st.booleans()):
        return f"count({draw(series())}{draw(windows)})"
    return f"{draw(st.sampled_from(['count', 'share']))}({draw(truth_series())}{draw(windows)})"


@st.composite
def conditions(draw: st.DrawFn) -> str:
    sort = draw(st.integers(0, 3))
    if sort == 0:
        return f"{draw(st.sampled_from(['any', 'all']))}({draw(truth_series())}{draw(windows)})"
    left, right = draw(values()), draw(st.one_of(values(has_unit=False), numbers))
    operator = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    text = f"{left} {operator} {right}"
    if sort == 3:
        text = f"{text} {draw(st.sampled_from(['and', 'or']))} not {draw(values())} > 1"
    return text


spans = st.sampled_from(["1", "2", "5", "3 steps", "20 steps"])


@st.composite
def detectors(draw: st.DrawFn, number: int) -> str:
    levels = draw(
        st.lists(st.sampled_from(["critical", "high", "low"]), min_size=1, max_size=3, unique=True)
    )
    clauses = [f"{level} when {draw(conditions())}" for level in levels]
    clauses.append(f"let v = {draw(values())}")
    clauses.append('message "{v:.3g} at {step}, {a}"')
    for word in ("after", "for", "keep", "again every"):
        if draw(st.booleans()):
            clauses.append(f"{word} {draw(spans)}")
    if draw(st.booleans()):
        clauses.append(f"until {draw(conditions())}")
    return f"detector d{number} {{ {' '.join(clauses)} }}\n"


POLICY = "policy p { on high { checkpoint } on d0.critical { stop } on d1 { invalidate } }\n"


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    parts = [draw(detectors(number)) for number in range(2)]
    if "critical when" not in parts[0]:
        parts[0] = parts[0].replace("{ ", "{ critical when a > 2 ", 1)
    return loads(DECLARED + "".join(parts) + POLICY, policy="p")


# ---- random frames -------------------------------------------------------------------------

cells = st.one_of(
    st.sampled_from([0.0, 1.0, 1.0, 0.1, -2.0, 1e6, math.nan, math.inf, -math.inf]),
    st.floats(-10, 10, width=32),
    st.floats(-1e300, 1e300),
    st.none(),
)


@st.composite
def runs(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    step = draw(st.integers(0, 5))
    for _ in range(draw(st.integers(0, 60))):
        step += draw(st.sampled_from([0, 1, 1, 1, 2, 15]))
        keys = draw(st.lists(st.sampled_from([*METRICS, "old/a"]), unique=True))
        rows.append({"step": step, "time": step / 2, **{key: draw(cells) for key in keys}})
    return rows


# ---- judging -------------------------------------------------------------------------------


def live(pack: Pack, rows: list[dict[str, Any]], saves: frozenset[int] = frozenset()) -> list[str]:
    """What is told and done row by row; at `saves` the engine goes on from its saved state."""
    engine = pack.engine()
    told: list[Event | Action] = []
    for number, row in enumerate(rows):
        told += engine.observe(row)
        told += engine.actions
        if number in saves:
            state = json.loads(json.dumps(engine.state(), allow_nan=False))
            engine = pack.engine(state=state)
    return [json.dumps(line.to_json()) for line in told]


def at_once(pack: Pack, rows: list[dict[str, Any]]) -> list[str]:
    judged = replay(pack, rows)
    lines: list[Event | Action] = [*judged.events, *judged.actions]
    return [json.dumps(line.to_json()) for line in sorted(lines, key=lambda line: line.row)]


@settings(max_examples=400)
@given(pack=packs(), rows=runs())
def test_live_equals_offline(pack: Pack, rows: list[dict[str, Any]]) -> None:
    assert live(pack, rows) == at_once(pack, rows)


@settings(max_examples=200)
@given(pack=packs(), rows=runs(), saves=st.frozensets(st.integers(0, 60), max_size=5))
def test_resume_equals_no_interruption(
    pack: Pack, rows: list[dict[str, Any]], saves: frozenset[int]
) -> None:
    assert live(pack, rows, saves) == live(pack, rows)


@settings(max_examples=200)
@given(pack=packs(), rows=runs())
def test_every_operation_is_the_same_to_the_last_bit(
    pack: Pack, rows: list[dict[str, Any]]
) -> None:
    program = pack.compiled.program
    columns = FrameProgram(program, frame_of(rows).frame).columns
    lived = LiveProgram(program)
    for number, row in enumerate(rows):
        lived.advance(read_row(row))
        for operation in program.operations:
            one, other = lived.values[operation.number], columns[operation.number][number]
            same = one == other or (one != one and other != other)
            assert same, (operation, number, one, other)
            assert type(one) is type(other)


@settings(max_examples=100)
@given(first=detectors(0), second=detectors(1), rows=runs())
def test_the_order_of_detectors_changes_no_event(
    first: str, second: str, rows: list[dict[str, Any]]
) -> None:
    one, other = loads(DECLARED + first + second), loads(DECLARED + second + first)
    assert live(one, rows) == live(other, rows)


@settings(max_examples=100)
@given(pack=packs(), rows=runs(), cut=st.integers(0, 60))
def test_what_is_told_does_not_depend_on_later_rows(
    pack: Pack, rows: list[dict[str, Any]], cut: int
) -> None:
    before = at_once(pack, rows[:cut])
    assert at_once(pack, rows)[: len(before)] == before


def test_memory_does_not_grow_with_the_run() -> None:
    pack = loads(
        DECLARED
        + "detector x { high when mean(a[50]) > 1e9 or std(a[all]) > 1e9 or max(a[first 9]) > 9e9 "
        "or sum(b[100 steps]) > 1e9 or share((c > 0)[30]) > 2 }"
    )
    engine = pack.engine()
    sizes = {}
    for step in range(1, 20_001):
        engine.observe({"step": step, "a": step % 7, "b": step % 5, "c": step % 3})
        if step in (1_000, 20_000):
            sizes[step] = len(json.dumps(engine.state()))
    assert sizes[20_000] < 1.3 * sizes[1_000]


def test_a_mean_of_everything_does_not_drift() -> None:
    pack = loads(
        DECLARED + "detector x { let m = mean(a[all]) let s = std(a[all]) high when m < 0 }"
    )
    program = pack.compiled.program
    value = 0.1
    frame = pl.DataFrame({"step": range(200_000), "a": [value] * 200_000})
    frame = frame.with_columns(
        time=pl.lit(None, dtype=pl.Float64), epoch=pl.lit(None, dtype=pl.Float64)
    )
    columns = FrameProgram(program, frame).columns
    means, spread = (columns[number] for _, number in pack.compiled.detectors[0].values)
    assert abs(means[-1] - value) < 1e-15
    assert spread[-1] == 0.0
