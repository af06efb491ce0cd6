"""Random formulas of the numbers of a row: every function, with a literal in each of its places."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

METRICS = ("a", "b", "c")
PARAMETERS = ("p", "config.n", "config.k", "run.examples", "run.parameters")

FORMULAS = ("gap", "ratio", "level", "jump", "either", "top")

ONE_OF = ('f["x"]', 'level_of["x"]', 'calm["gap"]', 'both["y"]')
names = st.sampled_from([*METRICS, *FORMULAS, *ONE_OF, "`b`"])
family_names = st.sampled_from([*METRICS, "f", "g", "f", "level_of", "jump", "both", "part"])
literals = st.sampled_from(
    ["0", "1", "-0.0", "10", "3", "0.1", "-2", "0.5", "2.5", "1e-6", "1e6", "-7"]
)
extremes = st.sampled_from(
    [
        "5e-324",
        "-5e-324",
        "1e308",
        "-1e308",
        "1e-300",
        "9007199254740993",
        "2.2250738585072014e-308",
    ]
)
constants = st.one_of(literals, literals, extremes, st.sampled_from(PARAMETERS))
positions = st.sampled_from(
    ["(since_resume * step)", "(step * step)", "(time * time)", "epoch", "(progress * time * time)"]
)
"""Without a unit."""

SHAPES: tuple[str, ...] = (
    *("({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} / {})", "(-{})"),
    *("abs({})", "log({})", "exp({})", "sqrt({})", "sign({})", "floor({})"),
    *(
        "least({}, {})",
        "greatest({}, {})",
        "coalesce({}, {})",
        "coalesce({}, {}, {})",
        "least({}, {}, {})",
        "greatest({}, {}, {}, {})",
        "clamp({}, 0, 1)",
        "clamp({}, 1, 3)",
    ),
    *("clamp({}, -1e308, {})", "clamp(10, {}, {})"),
    # a branch that all rows may take, in the places where a number and a column differ
    *("({} / greatest({}, 10))", "({} / least({}, -10))", "({} + least({}, 0))"),
    *("({} / coalesce({}, 10))", "({} - clamp({}, 0, 0))", "({} / clamp({}, 10, 20))"),
    *("({} + floor({}))", "({} * sign({}))", "({} / (1 / {}))", "(0 * {} + {})"),
)
"""Texts with a place for each operand."""

Leaf = Callable[[st.DrawFn], str]


def formula(draw: st.DrawFn, leaf: Leaf, depth: int) -> str:
    """A formula over leaves, of so many operations above one another at most."""
    shape = draw(st.sampled_from(SHAPES))
    places = shape.count("{}")
    series = draw(st.integers(0, places - 1))  # a formula of constants alone is none of a series
    return shape.format(*(_operand(draw, leaf, depth, place == series) for place in range(places)))


def _operand(draw: st.DrawFn, leaf: Leaf, depth: int, is_series: bool) -> str:
    sort = draw(st.integers(0, 6))
    if sort < 3 and not is_series:
        return draw(positions if sort == 2 else constants)
    if sort < 4 or depth <= 1:
        return leaf(draw)
    return formula(draw, leaf, depth - 1)


@st.composite
def formulas(draw: st.DrawFn, depth: int = 3, *, each: bool = False) -> str:
    """A series of numbers; of `each` instance of a family."""
    return formula(draw, lambda draw: draw(family_names if each else names), depth)


bounds = st.sampled_from(["10", "49", "23", "41"])
"""A quotient by them is seldom the product with their rounded reciprocal."""
one_branches = st.sampled_from(
    ["greatest({}, {})", "greatest({}, {})", "least({}, -{})", "clamp({}, {}, 99)"]
)
around = st.sampled_from(["({} / {})", "({} / {})", "({} / -{})", "({} / (1 / {}))"])


@st.composite
def of_one_branch(draw: st.DrawFn) -> str:
    """A metric with what is a literal in nearly all rows: few random formulas are of that form."""
    metrics = st.sampled_from(METRICS)
    branch = draw(one_branches).format(draw(metrics), draw(bounds))
    return draw(around).format(draw(metrics), branch)
