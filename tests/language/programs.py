"""Random programs that parse, over all productions of the grammar.

A program is a list of tokens, which are joined with random white space and comments.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from hypothesis import strategies as st

Tokens = list[str]
Draw = st.DrawFn

words = st.sampled_from(["kl", "a", "b_2", "high", "set", "steps", "x", "nan", "when", "Z", "e1"])
operands = st.sampled_from(
    [
        *("kl", "a", "b_2", "reward", "rewards_of_the_first_function"),
        *("x", "nan", "high", "first", "at", "stop", "no", "silence", "action", "resolves"),
        *("message", "times", "fires"),
    ]
)
numbers = st.sampled_from(["0", "1", "0.3", "1e-4", "50%", "2.5x", "10", "3E+2", "0.0001"])
whole = st.sampled_from(["1", "5", "20", "300"])
texts = st.sampled_from(
    [
        '"t"',
        '"# no comment"',
        '"a text of a length that fills most of a line, as texts do"',
        '"a \\" b"',
        '""',
        '"""one\n  # two\nthree"""',
        '"{now:.3f} {{x}}"',
    ]
)
units = st.sampled_from(["nats", "ratio", "none"])
levels = st.sampled_from(["critical", "high", "medium", "low"])
times = ["time", "times"]


def _join(lists: list[Tokens], between: str) -> Tokens:
    joined: Tokens = []
    for tokens in lists:
        joined += [between, *tokens] if joined else tokens
    return joined


def _maybe(draw: Draw, tokens: Callable[[], Tokens]) -> Tokens:
    return tokens() if draw(st.booleans()) else []


def signed(draw: Draw) -> Tokens:
    return [*_maybe(draw, lambda: ["-"]), draw(numbers)]


lengths = st.sampled_from(["steps", "step", "epochs", "min", "h", "s"])
amounts = st.one_of(whole, st.sampled_from(["kl", "b_2"]))


def span(draw: Draw) -> Tokens:
    return [draw(amounts), *_maybe(draw, lambda: [draw(lengths)])]


def range_(draw: Draw) -> Tokens:
    return [*_maybe(draw, lambda: signed(draw)), "..", *_maybe(draw, lambda: signed(draw))]


def reference(draw: Draw) -> Tokens:
    return draw(st.sampled_from([["kl_high"], ["grpo", ".", "kl_high"], ["kl", ".", "high"]]))


def target(draw: Draw) -> Tokens:
    level = [".", draw(levels)]
    instance = ["[", draw(texts), "]", *_maybe(draw, lambda: level)]
    return [*reference(draw), *_maybe(draw, lambda: instance)]


def window(draw: Draw) -> Tokens:
    forms: list[Callable[[], Tokens]] = [
        lambda: [draw(amounts)],
        lambda: recent(draw),
        lambda: recent(draw),
        lambda: ["first", draw(amounts)],
        lambda: ["first", draw(amounts), "after", draw(amounts)],
        lambda: ["each"],
    ]
    return draw(st.sampled_from(forms))()


def recent(draw: Draw) -> Tokens:
    extent = draw(st.sampled_from([["all"], ["decay", draw(amounts)], span(draw), span(draw)]))
    return [
        *_maybe(draw, lambda: [draw(amounts), ".."]),
        *extent,
        *_maybe(draw, lambda: ["before", *span(draw)]),
    ]


def expression(draw: Draw, depth: int = 3) -> Tokens:
    sort = draw(st.integers(0, 5 if depth == 0 else 16))
    if sort == 0:
        return [draw(numbers)]
    if sort <= 3:
        return [draw(operands)]
    if sort == 4:
        return draw(
            st.sampled_from(
                [["`rewards/# a`"], ["config", ".", "beta"], ["2", "min"], [draw(texts)]]
            )
        )
    if sort == 5:
        member = _maybe(draw, lambda: [".", draw(words)])
        return ["f", "[", draw(texts), "]", *member]
    inner = expression(draw, depth - 1)
    if sort == 6:
        return ["(", *inner, ")"]
    if sort == 7:
        return draw(st.sampled_from([["-", "(", *inner, ")"], ["(", "not", *inner, ")"]]))
    if sort == 8:
        return ["(", *inner, ")", "[", *window(draw), "]"]
    if sort == 9:
        return ["mean", "(", draw(operands), "[", *window(draw), "]", ")"]
    if sort == 10:
        arguments = [expression(draw, depth - 1) for _ in range(draw(st.integers(0, 2)))]
        return ["least", "(", *_join(arguments, ","), ")"]
    if sort == 11:
        if draw(st.booleans()):
            return ["(", "(", *inner, ")", "in", "{", draw(texts), ",", draw(texts), "}", ")"]
        ends = [["(", *expression(draw, depth - 1), ")"] for _ in range(2)]
        return ["(", "(", *inner, ")", "in", *ends[0], "..", *ends[1], ")"]
    operator = draw(
        st.sampled_from(["+", "-", "*", "/", "<", ">=", "==", "!=", "and", "or", "and", "or"])
    )
    if operator in "<>===!=" and draw(st.booleans()):
        inner = ["(", *inner, ")"]
    return [*inner, operator, *expression(draw, depth - 1)]


def detector_clause(draw: Draw) -> Tokens:
    forms: list[Callable[[], Tokens]] = [
        lambda: [draw(levels), "when", *expression(draw)],
        lambda: [draw(levels), "when", *expression(draw, 4)],
        lambda: [draw(levels), "when", *expression(draw), *level_block(draw)],
        lambda: ["judged", "on", "every", "row"],
        lambda: ["judged", "on", *_join([[draw(words)], ["`a/b`"], [draw(words)]], ",")],
        lambda: ["let", draw(words), "=", *expression(draw)],
        lambda: [draw(st.sampled_from(["after", "for", "keep"])), *span(draw)],
        lambda: ["again", "every", *span(draw)],
        lambda: ["until", *expression(draw, 1)],
        lambda: ["suppresses", *_join([reference(draw), reference(draw)], ",")],
        lambda: ["shadow"],
        lambda: [draw(st.sampled_from(["message", "why", "reference"])), draw(texts)],
    ]
    return draw(st.sampled_from(forms))()


def level_block(draw: Draw) -> Tokens:
    forms: list[Callable[[], Tokens]] = [
        lambda: ["for", *span(draw)],
        lambda: [draw(st.sampled_from(["message", "why", "remedy"])), draw(texts)],
    ]
    parts = [draw(st.sampled_from(forms))() for _ in range(draw(st.integers(0, 2)))]
    return ["{", *chain.from_iterable(parts), "}"]


def action(draw: Draw) -> Tokens:
    forms: list[Callable[[], Tokens]] = [
        lambda: [draw(st.sampled_from(["stop", "checkpoint", "snapshot"]))],
        lambda: ["pause", *span(draw)],
        lambda: ["notify", draw(texts)],
        lambda: ["set", draw(words), "=", *expression(draw, 1)],
        lambda: ["reset", draw(words)],
        lambda: ["rollback"],
        lambda: ["rollback", "to", draw(st.sampled_from(["lowest", "highest"])), draw(words)],
    ]
    return draw(st.sampled_from(forms))()


def targets(draw: Draw) -> Tokens:
    return _join([target(draw) for _ in range(draw(st.integers(1, 2)))], ",")


def reaction(draw: Draw) -> Tokens:
    return [
        "on",
        *targets(draw),
        *_maybe(draw, lambda: ["resolves"]),
        *_maybe(draw, lambda: ["except", *targets(draw)]),
        *_maybe(draw, lambda: ["when", *expression(draw, 1)]),
        *_maybe(draw, lambda: ["for", *span(draw)]),
        *_maybe(draw, lambda: ["every", *span(draw)]),
        *actions_block(draw),
        *_maybe(draw, lambda: budget(draw)),
    ]


def budget(draw: Draw) -> Tokens:
    then = _maybe(draw, lambda: ["then", *actions_block(draw)])
    return ["at", "most", draw(amounts), draw(st.sampled_from(times)), *then]


def actions_block(draw: Draw) -> Tokens:
    actions = [action(draw) for _ in range(draw(st.integers(0, 3)))]
    return ["{", *chain.from_iterable(actions), "}"]


def piece(draw: Draw, depth: int = 2) -> Tokens:
    sample = draw(st.sampled_from([["0.4"], ["-", "2"], ["nan"], ["-", "inf"]]))
    times = _maybe(draw, lambda: ["x", draw(whole)])
    forms = [
        [*sample, *times],
        [*sample, "->", "3", "over", draw(whole)],
        [*sample, "~", "0.1", *times],
        ["_", *times],
    ]
    if depth:
        inner = [piece(draw, depth - 1) for _ in range(draw(st.integers(1, 3)))]
        forms.append(["(", *_join(inner, ","), ")", *times])
    return draw(st.sampled_from(forms))


def _expected(draw: Draw) -> Tokens:
    """An expression; in parentheses where its first name would be a word of `expect`."""
    tokens = expression(draw, 2)
    return ["(", *tokens, ")"] if tokens[0] in ("no", "silence", "action", "message") else tokens


changes = st.sampled_from(["fires", "escalates", "eases", "resolves"])


def decided(draw: Draw) -> Tokens:
    forms: list[Callable[[], Tokens]] = [
        lambda: ["action", "stop"],
        lambda: ["action", "notify", draw(texts)],
        lambda: ["action", "set", draw(words), *_in(draw)],
    ]
    return draw(st.sampled_from(forms))()


def expectation(draw: Draw) -> Tokens:
    forms: list[Callable[[], Tokens]] = [
        lambda: ["silence"],
        lambda: ["no", *target(draw)],
        lambda: ["no", *decided(draw)],
        lambda: decided(draw),
        *[lambda: ["message", *target(draw), draw(texts)]] * 3,  # else hardly one is drawn
        lambda: [*_expected(draw), "is", draw(st.sampled_from(["blind", "ok", "is"]))],
        lambda: [*_expected(draw), draw(changes)],
        lambda: [*_expected(draw), draw(changes), draw(whole), draw(st.sampled_from(times))],
        lambda: _expected(draw),
    ]
    return draw(st.sampled_from(forms))()


def series(draw: Draw) -> Tokens:
    target = draw(st.sampled_from([["kl"], ["`a/b`"], ["f", "[", '"x"', "]"]]))
    return [*target, "=", *_join([piece(draw) for _ in range(draw(st.integers(1, 9)))], ",")]


def test_clause(draw: Draw) -> Tokens:
    at = st.sampled_from([[], ["at", "5"], ["at", "5", "..", "9"], ["at", "5", ".."]])
    values = st.sampled_from([["-", "3"], ['"adam"'], ["true"]])
    forms: list[Callable[[], Tokens]] = [
        lambda: ["with", draw(words), "=", *signed(draw)],
        lambda: ["with", "policy", draw(words)],
        lambda: ["config", draw(words), "=", *draw(values)],
        lambda: ["run", draw(words), "=", *draw(values)],
        lambda: ["resume", "at", draw(whole)],
        lambda: ["every", "10", "steps", "from", "0"],
        lambda: series(draw),
        lambda: ["siblings", *series(draw)],
        lambda: ["replay", draw(texts)],
        # of many forms, each of which is to be drawn now and then
        *[lambda: ["expect", *expectation(draw), *draw(at)]] * 6,
    ]
    return draw(st.sampled_from(forms))()


test_clause.__test__ = False  # type: ignore[attr-defined]


def pack_clause(draw: Draw) -> Tokens:
    forms: list[Tokens] = [
        ["title", draw(texts)],
        ["algorithms", draw(words), ",", draw(words)],
        ["requires", "ptt", draw(texts)],
        ["extends", draw(words), *_maybe(draw, lambda: [draw(texts)])],
    ]
    return draw(st.sampled_from(forms))


def _block(draw: Draw, head: Tokens, clause: Callable[[Draw], Tokens]) -> Tokens:
    clauses = [clause(draw) for _ in range(draw(st.integers(0, 4)))]
    return [*head, "{", *chain.from_iterable(clauses), "}"]


def _in(draw: Draw) -> Tokens:
    return _maybe(draw, lambda: ["in", *range_(draw)])


def _excepted(draw: Draw) -> Tokens:
    return _maybe(draw, lambda: ["except", *_join([[draw(texts)], [draw(texts)]], ",")])


def declaration(draw: Draw) -> Tokens:
    label = _maybe(draw, lambda: ["[", draw(words), "]"])
    described = _maybe(draw, lambda: [draw(texts)])
    keys = _join([[draw(texts)] for _ in range(draw(st.integers(1, 5)))], ",")
    each = _maybe(draw, lambda: ["for", "each", draw(words), *_excepted(draw)])
    unit = _maybe(draw, lambda: [":", draw(units)])
    members = _join([[draw(words)], ["`a/b`"], [draw(words)]], ",")
    name = draw(words)
    forms: list[Callable[[], Tokens]] = [
        lambda: _block(draw, ["pack", name, "1.2.0"], pack_clause),
        lambda: ["metric", name, *label, ":", draw(units), *_in(draw), "=", *keys, *described],
        lambda: ["metric", name, "[", draw(words), "]", "=", *members, *described],
        lambda: ["derive", name, *label, *unit, "=", *expression(draw), *described],
        lambda: ["param", name, *unit, "=", *signed(draw), *_in(draw), *described],
        lambda: _block(draw, ["detector", name, *each], detector_clause),
        lambda: _block(draw, ["policy", name], reaction),
        *[lambda: _block(draw, ["test", draw(texts)], test_clause)] * 3,
        lambda: _block(draw, ["override", "detector", *reference(draw)], detector_clause),
        lambda: _block(draw, ["override", "policy", *reference(draw)], reaction),
        lambda: ["override", "param", *reference(draw), "=", *signed(draw)],
        lambda: ["disable", *targets(draw), "because", draw(texts)],
    ]
    return draw(st.sampled_from(forms))()


gaps = st.one_of(
    st.sampled_from([" ", " ", " ", "\n", "  ", "\t", "\n\n", "\r\n", "\n\n\n\n"]),
    st.sampled_from([" # why\n", "\n# own line\n", " # a\n# b\n", '\n\n  # "odd" {\n\n', " #\n"]),
    st.sampled_from(['#"""\n', " # it's `one\t \r\n", "\n#!}\\\n\n\n", "# é \u2028 \x0b \n"]),
)


@st.composite
def programs(draw: Draw) -> str:
    """The text of a program that parses, though it need not mean anything."""
    declarations = [declaration(draw) for _ in range(draw(st.integers(0, 4)))]
    tokens = list(chain.from_iterable(declarations))
    is_calm = draw(st.booleans())
    between = st.just(" ") if is_calm else gaps
    text = "".join(draw(between) + token for token in tokens)
    return text + draw(st.one_of(st.just(""), gaps))
