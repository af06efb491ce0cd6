"""Random packs over the whole language; `random_runs` has logs for them."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from ptt_rules.language.types import LEVEL_WORDS
from tests.engine.random_formulas import (
    METRICS,
    constants,
    family_names,
    formula,
    formulas,
    names,
    of_one_branch,
    positions,
)

LABELS = ("x", "y")
DERIVED = (
    'metric g[label]: none = "g/{label}/mean"\n'
    "derive gap: none = a - b\n"
    "derive ratio: none = gap / c\n"
    "derive steady: none = a / greatest(b, 10)\n"
    "derive level = mean(a[2..6]) - last(b[1])\n"
    "derive jump: none = level - max(level[3 before 1])\n"
    "derive hot = a > 2 * median(b[3 before 1])\n"
    "derive step_up = jump - prev(jump)\n"
    "derive either = coalesce(b, c)\n"
    "derive rare = observed(c) and count(hot[4]) > 1 or jump < 0\n"
    "derive level_of[label] = mean(f[1..3])\n"
    "derive over[label] = f - level_of > b\n"
    "metric any_of[which] = a, gap, jump, `b`\n"
    "derive calm[which] = any_of - mean(any_of[2..6])\n"
    "derive both[label] = coalesce(f, g)\n"
    "derive top = max(f[each])\n"
    "derive lag: none = a - siblings(a)\n"
    "derive beside[label] = f - siblings(f, q)\n"
    "derive part[label] = f / sum(f[each])\n"
    "param p = 2 in -5..5\n"
    "param q = 75% in 0..1\n"
    "param n = 4 in 1..9\n"
)
"""What is derived of the metrics `a`, `b`, `c` and the family `f`, and the parameters."""

_METRICS = "".join(f'metric {name}: none = "{name}", "old/{name}"\n' for name in METRICS)
DECLARED = f'{_METRICS}metric f[label]: none = "f/{{label}}", "old/f/{{label}}"\n{DERIVED}'

counts = ["[1]", "[2]", "[3]", "[7]", "[16]", "[first 1]", "[first 5]", "[2 before 1]"]
more_counts = ["[5 before 3]", "[2..6]", "[first 3 after 2]", "[1..3]", "[2..5 before 2]", "[n]"]
later = ["[3 before 2 steps]", "[4 before 1 s]", "[3 before 0.5 epochs]", "[1..8 before 0.7 s]"]
large = ["[50]", "[37 before 5]", "[first 40 after 10]", "[10..64]"]
spans = ["[3 steps]", "[40 steps]", "[2 s]", "[0.5 min]", "[100 steps]", "[0.3 s]", "[1 h]"]
more_spans = ["[1 epoch]", "[0.3 epochs]", "[2..3 s]", "[3 steps before 1 step]", "[3..1 epoch]"]
more_spans += ["[2..20 steps before 10 steps]", "[0.4 epochs before n epochs]", "[n s before 2 s]"]
long_windows = ["[3]", "[5]", "[8]", "[first 4]", "[4 before 2]", "[first 3 after 1]", "[3..6]"]

so_far = ["[all]", "[3..all]", "[all before 2]", "[2..all before n]", "[all before 3 steps]"]
so_far += ["[all before 0.4 epochs]", "[4..all before 2 s]"]
fading = ["[decay 3]", "[decay 20]", "[2..decay 3]", "[decay 3 before 1]", "[decay n before 1 s]"]
moved = [*later, *spans, *more_spans]
bounded = [*counts, *more_counts, *large, *moved]
ALLOWANCES = ("p", "0.5", "-1", "c", "mean(b[2])", "last(b[1]) * p")
bounded_windows = st.sampled_from(bounded)
windows = st.sampled_from([*bounded, *so_far])
weighted_windows = st.sampled_from([*bounded, *so_far, *fading])
spread_windows = st.sampled_from([*long_windows, *large, *moved, *so_far, *fading])
trend_windows = st.sampled_from([*long_windows, *large, *moved, *so_far])
pair_windows = st.sampled_from([*long_windows, *large, *moved])


def _family(draw: st.DrawFn, each: bool) -> str:
    return draw(family_names if each else names)


@st.composite
def series(draw: st.DrawFn, each: bool = False) -> str:
    """A series of numbers: a metric, or arithmetic and functions of some."""
    first = _family(draw, each)
    sort = draw(st.integers(0, 6))
    if sort < 2:
        return first
    if sort < 5:
        return draw(formulas(draw(st.integers(1, 2)), each=each))
    if sort == 5:
        return draw(st.sampled_from(["prev({})", "({0} - prev({0}))", "prev({} + b)"])).format(
            first
        )
    return f"({first} * {draw(positions)})"


@st.composite
def truth_series(draw: st.DrawFn, each: bool = False) -> str:
    tests = ["isnan({})", "isinf({})", "isfinite({})", "{} > 0", "{} == 1", "observed({})"]
    tests += [
        "hot",
        "rare",
        "prev({} > 0)",
        "isnan(prev({}))",
        "step_up > 0",
        *(["over"] if each else ['over["x"]']),
    ]
    tests += [
        "{} in 0..1",
        "coalesce({} > 0, b > 0)",
        "coalesce({} > 0, false)",
        "coalesce({} < 1, b > 0, true)",
        "{} < 1e308",
        "{} != -0.0",
    ]
    tests += ["{} in b..c + 1", "at_least(2, {} > 0, b > 0, config.n)"]
    text = draw(st.sampled_from(tests)).format(draw(series(each)))
    if draw(st.booleans()):
        text = f"{text} {draw(st.sampled_from(['and', 'or']))} not {draw(names)} < 1"
    return f"({text})"


EACH = (
    *("max(f[each])", "sum((f - g)[each])", "quantile(level_of[each], q)", "mean((f * b)[each])"),
    *("std(any_of[each])", "median(part[each])", "min(mean(f[2])[each])", "mad(calm[each])"),
    *("top", "var(age(f)[each])", "sum(last(f[3 steps])[each])", "max((f / max(f[each]))[each])"),
)
"""Numbers without a unit of all instances of a family."""
COUNTED = ("count((f > 1)[each])", "share((any_of > 0)[each])", "distinct(g[each])")
"""Those that have one."""


@st.composite
def aggregates(draw: st.DrawFn, each: bool = False) -> str:
    """A number without a unit, of a window."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(EACH))
    one = draw(series(each))
    groups: list[tuple[list[str], st.SearchStrategy[str]]] = [
        (["mean", "sum"], weighted_windows),
        (["min", "max", "last", "delta"], windows),
        (["std", "var"], spread_windows),
        (["median", "mad"], bounded_windows),
        (["slope", "zscore", "autocorr"], trend_windows),
        (["trend", "robust_slope"], pair_windows),
    ]
    if draw(st.booleans()):
        words, window = draw(st.sampled_from(groups))
        return f"{draw(st.sampled_from(words))}({one}{draw(window)})"
    sort = draw(st.integers(0, 2))
    if sort == 0:
        return f"quantile({one}{draw(bounded_windows)}, {draw(st.sampled_from(['q', '0', '90%']))})"
    if sort == 1:
        return f"cusum({one}{draw(windows)}, {draw(st.sampled_from(ALLOWANCES))})"
    window_text = draw(trend_windows)
    return f"corr({one}{window_text}, {draw(series(each))}{window_text})"


OF_SIBLINGS = (
    *("siblings(a)", "siblings(b, q)", 'siblings(f["x"], 90%)', "max(lag[3])", "prev(lag)"),
    *("mean((f - siblings(f))[each])", "max(beside[each])", "siblings(`old/b`, 0)"),
)
OF_SAME = ("siblings(f)", "siblings(g, 25%)", "mean(beside[4])")
"""What sibling runs have, of metrics and of the same instance."""


@st.composite
def values(draw: st.DrawFn, each: bool = False, has_unit: bool = True) -> str:
    """A number at the judged row; without a unit it can be compared with every other."""
    sort = draw(st.integers(0, 6 if has_unit else 4))
    if sort == 0 and draw(st.integers(0, 2)) == 0:
        beside: list[str] = [*OF_SIBLINGS, *(OF_SAME if each else ())]
        return draw(st.sampled_from(beside))
    if sort == 0:
        return draw(st.sampled_from(["{}", "prev({})"])).format(_family(draw, each))
    if sort <= 3:
        return draw(aggregates(each))
    if sort == 4:
        return formula(draw, lambda draw: draw(aggregates(each)), 2)
    if sort == 5:
        text = draw(st.sampled_from(["age({})", "count({}[all])", "distinct({}[6])", *COUNTED]))
        return text.format(draw(series(each)))
    word = draw(st.sampled_from(["count", "share"]))
    window_text = draw(weighted_windows)
    return draw(
        st.sampled_from(
            [
                f"{word}({draw(truth_series(each))}{window_text})",
                f"streak({draw(truth_series(each))})",
                draw(positions),
            ]
        )
    )


of_the_run = [
    *("config.n > 1", "progress > 0.5 or step > 9", "not time > 3", "since_resume in 2..p + 5"),
    *(
        'config.n == "x"',
        'config.n != "x"',
        'not config.n in {"x", "y"}',
        "config.n",
        "not config.n",
    ),
    *(
        "coalesce(config.n, config.k, a > 0)",
        "coalesce(config.n, false)",
        "run.examples in 1..90",
        "not run.world_size > 1",
    ),
    *("config.n", "run.examples / run.parameters < 90%"),
]


@st.composite
def several(draw: st.DrawFn, each: bool = False) -> str:
    """So many of some conditions."""
    parts = draw(st.lists(conditions(each), min_size=1, max_size=4))
    count = draw(st.sampled_from(["p", *map(str, range(1, len(parts) + 1))]))
    return f"at_least({count}, {', '.join(parts)})"


@st.composite
def conditions(draw: st.DrawFn, each: bool = False) -> str:
    sort = draw(st.integers(0, 8))
    if sort == 6:
        return draw(several(each))
    if sort == 7:
        middle, low, high = (draw(values(each, has_unit=False)) for _ in range(3))
        return f"{middle} in {low}..{high}"
    if sort == 8:
        return draw(st.sampled_from(["any(over[each])", "all((f > 0 or g > 1)[each])", "top > 1"]))
    if sort == 0:
        word = draw(st.sampled_from(["any", "all"]))
        return f"{word}({draw(truth_series(each))}{draw(windows)})"
    if sort == 5:
        return draw(st.sampled_from(of_the_run))
    if sort == 1:
        word = draw(st.sampled_from(["observed", "absent", "not absent"]))
        return f"{word}({draw(series(each))})"
    left = draw(values(each))
    right = draw(st.one_of(values(each, has_unit=False), constants))
    operator = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    text = f"{left} {operator} {right}"
    if sort == 4:
        text = f"{text} {draw(st.sampled_from(['and', 'or']))} not {draw(values(each))} > 1"
    return text


plain = [
    "prev(a) > 0",
    "step_up > 0",
    "hot",
    "jump > 0",
    "rare",
    "a > 0",
    "a > 1",
    "not a > 0",
    "b > 0",
    "a > b",
    "isnan(a)",
    "a == 1",
    "c < 0",
]


def plain_conditions(each: bool = False) -> st.SearchStrategy[str]:
    """Conditions that turn often, so that detectors live through much."""
    return st.sampled_from([*plain, "f > 0", "g > 1", "f == 1", "over"] if each else plain)


lengths = st.sampled_from(
    "1|2|5|20|1 step|3 steps|20 steps|4 s|0.2 min|0.3 s|1 h|n|n steps|0.3 epochs|1 epoch".split("|")
)


_OF_LIST = (
    ("f", "any_of"),
    ("g", "calm"),
    ("level_of", "calm"),
    ("both", "calm"),
    ("over", "(any_of > b)"),
    ("beside", "calm"),
    ("part", "calm"),
    ("label", "which"),
)
"""What of a family by list stands in the place of families of keys."""


@st.composite
def level_blocks(draw: st.DrawFn, label: str) -> str:
    """What a level has of its own, in most cases nothing."""
    parts = []
    if draw(st.integers(0, 4)) == 0:
        parts.append(f"for {draw(lengths)}")
    if draw(st.integers(0, 4)) == 0:
        parts.append(f'message "its own: {{b}}, {{w0:.2f}}{label}" why "it"')
    return f" {{ {' '.join(parts)} }}" if parts else ""


@st.composite
def detectors(draw: st.DrawFn, number: int, each: bool = False) -> str:
    levels = draw(
        st.lists(
            st.sampled_from(LEVEL_WORDS),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    condition = draw(st.sampled_from([conditions(each), plain_conditions(each)]))
    label = ", {label}" if each else ""
    clauses = [f"{level} when {draw(condition)}{draw(level_blocks(label))}" for level in levels]
    clauses.append(f"let v = {draw(values(each))}")
    clauses += (f"let w{n} = {draw(of_one_branch())}" for n in range(2))
    clauses.append(f'message "{{v:.3g}} at {{step}}, {{a}}{label}"')
    if draw(st.integers(0, 3)) == 0:
        places = ["every row", "a", "b, c", "gap", "`old/b`", *(["f", "g, a"] if each else [])]
        clauses.append(f"judged on {draw(st.sampled_from(places))}")
    for word in ("after", "for", "keep", "again every"):
        if draw(st.integers(0, 3)) == 0:
            clauses.append(f"{word} {draw(lengths)}")
    if draw(st.integers(0, 3)) == 0:
        clauses.append(f"until {draw(condition)}")
    if draw(st.integers(0, 4)) == 0:
        clauses.append("shadow")
    text = f"{{ {' '.join(clauses)} }}\n"
    if not each:
        return f"detector d{number} {text}"
    kind = draw(st.integers(0, 4))
    if kind == 0:
        # members may be formulas, which siblings have not logged
        text = re.sub(r"\bsiblings\([fg]\b(?!\[)", "siblings(a", text)
        for word, other in _OF_LIST:
            text = re.sub(rf'\b{word}\b(?!\["|/)', other, text)
        family = draw(st.sampled_from(["any_of", "calm", 'any_of except "j*", "b"']))
    else:
        excluded = [
            "f",
            "g",
            "level_of",
            "both",
            'f except "x"',
            'both except "y*"',
            'g except "*x*"',
        ]
        family = draw(st.sampled_from(excluded))
    return f"detector d{number} for each {family} {text}"


ACTIONS = (
    "checkpoint",
    "stop",
    "evaluate",
    "snapshot",
    "invalidate",
    'notify "ops"',
    "pause 5 min",
    "pause 30 s",
    "set lr = lr * 0.5",
    "set lr = greatest(lr, mean(a[2])) + p",
    "set n = n + 1",
    "set beta = coalesce(beta, config.n) * 2",
    "set k = k / greatest(mean(a[2]), 10)",
    "set lr = 3",
    "reset lr",
    "reset k",
    "rollback",
    "rollback to lowest a",
    "set m = clamp(m * b, -1e308, 1e308) + floor(a)",
)


spans_of_reactions = st.sampled_from(["1 steps", "3 steps", "20 steps", "4 s", "0.2 min", "0.3 s"])


def _target(draw: st.DrawFn, levels: tuple[str, ...]) -> str:
    """A level, a detector, a detector at a level or worse, or an instance."""
    name = draw(st.sampled_from([*LEVEL_WORDS, "d0", "d1", "d2", 'd2["x"]', 'd2["y"]', *levels]))
    if name.endswith('"]') and draw(st.booleans()):
        return f"{name}.high"
    return name


def _targets(draw: st.DrawFn, levels: tuple[str, ...], most: int) -> str:
    return ", ".join(_target(draw, levels) for _ in range(draw(st.integers(1, most))))


def _block(draw: st.DrawFn) -> str:
    actions = draw(
        st.lists(
            st.sampled_from(ACTIONS),
            min_size=1,
            max_size=3,
            unique_by=lambda action: (
                action.split(" = ")[0]
                .removesuffix("5 min")
                .removesuffix("30 s")
                .partition(" to")[0]
            ),
        )
    )
    return f"{{ {' '.join(actions)} }}"


@st.composite
def reactions(draw: st.DrawFn, levels: tuple[str, ...], asks: tuple[str, ...]) -> str:
    """A reaction; `levels` are detectors at a level that they have, `asks` conditions on some."""
    text = f"on {_targets(draw, levels, 3)}"
    ends = draw(st.integers(0, 5)) == 0
    text += " resolves" if ends else ""
    if draw(st.integers(0, 2)) == 0:
        text += f" except {_targets(draw, levels, 2)}"
    if draw(st.integers(0, 2)) == 0:
        asked = [st.sampled_from(asks)] if asks else []
        text += f" when {draw(st.one_of(plain_conditions(), conditions(), *asked))}"
    for word in () if ends else ("for", "every"):
        if draw(st.booleans()):
            text += f" {word} {draw(spans_of_reactions)}"
    limits = ("", "", " at most 1 time", " at most 2 times")
    limit = draw(st.sampled_from(limits))
    if limit and draw(st.booleans()):
        limit += f" then {_block(draw)}"
    return f"{text} {_block(draw)}{limit}\n"


@st.composite
def packs(draw: st.DrawFn) -> str:
    """The text of a pack with a policy `p`."""
    first, second = draw(detectors(0)), draw(detectors(1))
    third = draw(detectors(2, each=True))
    if "high when" not in third:
        third = third.replace("{ ", "{ high when c > 2 ", 1)
    if draw(st.booleans()):
        first = first.replace("{ ", "{ suppresses d1, d2 ", 1)
    if draw(st.booleans()):
        third = third.replace("{ ", "{ suppresses d1 ", 1)
    texts = draw(asking([first, second, third, draw(detectors(3, each=True))]))
    levels = tuple(_levels(texts))
    lit = [number for number, text in enumerate(texts) if " shadow" not in text]
    asks = tuple(form.format(f"d{number}") for number in lit for form in ASKS)
    policy = "".join(draw(st.lists(reactions(levels, asks), min_size=1, max_size=3)))
    return f"{DECLARED}{''.join(texts)}policy p {{ {policy} }}"


@st.composite
def asking(draw: st.DrawFn, texts: list[str]) -> list[str]:
    """Detectors of which some ask whether others fire, those that come first for none."""
    order = draw(st.permutations(range(len(texts))))
    found = list(texts)
    for place, number in enumerate(order[1:], start=1):
        asked = draw(st.sampled_from(order[:place]))
        free = [word for word in LEVEL_WORDS if f"{word} when" not in found[number]]
        in_shadow = " shadow" in found[asked] and " shadow" not in found[number]
        if free and not in_shadow and draw(st.booleans()):
            name = draw(st.sampled_from(_names(asked, found[asked])))
            text = draw(st.sampled_from(ASKS)).format(name)
            clause = f"{{ {draw(st.sampled_from(free))} when {text} "
            found[number] = found[number].replace("{ ", clause, 1)
    return found


ASKS = ("firing({})", "not firing({})", "firing({}) and a > 0", "coalesce(firing({}), a > 1)")


def _names(number: int, text: str) -> list[str]:
    """What can be asked of a detector: at each of its levels, and of its instances."""
    wholes = [f"d{number}", f'd{number}["x"]'] if " for each " in text else [f"d{number}"]
    levels = [word for word in LEVEL_WORDS if f"{word} when" in text]
    return [*wholes, *(f"{whole}.{level}" for whole in wholes for level in levels)]


def _levels(texts: list[str]) -> list[str]:
    """Detectors at a level that they have, or a worse one."""
    return [
        f"d{number}.{word}"
        for number, text in enumerate(texts)
        for place, word in enumerate(LEVEL_WORDS)
        if any(f"{worse} when" in text for worse in LEVEL_WORDS[: place + 1])
    ]


# ---- every aggregate over every window -----------------------------------------------------

over_any = [*bounded, *so_far, *fading]
over_two = [*long_windows, *large, *moved, *so_far]
FORMS = (
    (("mean({})", "sum({})", "count({})"), over_any),
    (("std({})", "var({})"), [*over_two, *fading]),
    (("min({})", "max({})", "last({})", "delta({})"), [*bounded, *so_far]),
    (tuple(f"cusum({{}}, {k})" for k in ALLOWANCES), [*bounded, *so_far]),
    (("median({})", "mad({})", "distinct({})"), bounded),
    (("quantile({}, q)", "quantile({}, 0)", "quantile({}, 90%)"), bounded),
    (("slope({})", "zscore({})", "autocorr({})"), over_two),
    (("trend({})", "robust_slope({})"), [*long_windows, *moved]),
)
OF_TRUTHS = (
    (("count({})", "share({})"), over_any),
    (("any({})", "all({})"), [*bounded, *so_far]),
)


def _written() -> list[str]:
    """Each aggregate over each window, with a place for the series."""
    numbers = [form.format("{}" + w) for forms, ws in FORMS for form in forms for w in ws]
    truths = [form.format("({} > 0)" + w) for forms, ws in OF_TRUTHS for form in forms for w in ws]
    pairs = [f"corr({{}}{w}, b{w})" for w in over_two]
    return [*numbers, *truths, *pairs, "streak({} > 0)", "age({})"]


AGGREGATES = _written()


@st.composite
def probes(draw: st.DrawFn) -> str:
    """A pack with a detector that tells some aggregates at every row."""
    formulas = draw(st.lists(st.sampled_from(AGGREGATES), min_size=1, max_size=8))
    series = st.sampled_from(["a", "a", "b", "(a * b)", "gap", "coalesce(c, a)"])
    lets = "".join(f"let v{n} = {one.format(draw(series))}\n" for n, one in enumerate(formulas))
    return f"{DECLARED}detector probe {{ {lets} low when 1 > 0 again every 1 }}"


at_once = st.sampled_from(["[1]", "[2]", "[all]", "[first 1]", "[1..3]", "[3 steps]", "[0.5 s]"])
"""Windows that are full in a log of a few rows."""


@st.composite
def reckoned(draw: st.DrawFn) -> str:
    """A pack with a detector that tells some formulas, of rows and of windows."""
    each = draw(st.integers(0, 3)) == 0

    def leaf(draw: st.DrawFn) -> str:
        word = draw(st.sampled_from(["mean", "sum", "min", "max", "last", "delta", "count"]))
        return f"{word}({draw(formulas(1, each=each))}{draw(at_once)})"

    of_windows = st.composite(lambda draw: formula(draw, leaf, 2))()
    of_rows = formulas(3, each=each)
    texts = draw(st.lists(st.one_of(of_rows, of_rows, of_windows), min_size=1, max_size=4))
    texts += (draw(of_one_branch()) for _ in range(4))
    lets = "".join(f"let v{n} = {text}\n" for n, text in enumerate(texts))
    family = " for each f" if each else ""
    levels = f"low when v0 > 0.6 high when v0 / 3 < {texts[-1]}"
    return f"{DECLARED}detector d{family} {{ {lets} {levels} }} policy p {{ }}"
