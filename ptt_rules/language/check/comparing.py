"""Comparisons: two numbers of one unit; what people compare beside that, with what to write."""

from __future__ import annotations

from ptt_rules.language.check.block import Block
from ptt_rules.language.check.names import dotted
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.ir import nodes
from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.trainers import texts_of
from ptt_rules.language.types import Kind, Shape

_EQUALITIES = ("==", "!=")
_NAN = frozenset({"nan"})
_INFINITE = frozenset({"inf", "infinity"})
_NOTHING = frozenset({"null", "none", "nil", "undefined", "missing"})


def check_compare(checker: Block, compare: tree.Compare, place: Shape) -> nodes.Node | None:
    if any(isinstance(side, tree.Text) for side in (compare.left, compare.right)):
        return _with_text(checker, compare, place)
    if (
        _truth_word(checker, compare, place)
        or _special(checker, compare)
        or _unquoted(checker, compare)
    ):
        return None
    if is_chain(checker, compare):
        _chained(checker, compare)
        return None
    pair = checker.number_pair(compare.left, compare.right, place)
    if pair is None or not checker.same_unit(*pair, (compare.left, compare.right)):
        return None
    return nodes.Compare(compare.span, compare.operator, *pair)


# ---- truths ----------------------------------------------------------------------------------


def _truth_word(checker: Block, compare: tree.Compare, place: Shape) -> bool:
    """`x == True` is `x`, and `x == False` is `not x`; whether that is what is written."""
    sides = {Span(compare.span.start, compare.operator_span.start): compare.left}
    sides[Span(compare.operator_span.end, compare.span.end)] = compare.right
    words = [
        (place_of, side.word.lower())
        for place_of, side in sides.items()
        if isinstance(side, tree.Name) and side.word.lower() in ("true", "false")
    ]
    if len(words) != 1 or _is_declared(checker, compare):
        return False
    ((at, word),) = words
    ((other_at, other),) = ((one, side) for one, side in sides.items() if one != at)
    before = len(checker.report.diagnostics)
    node = checker.check(other, place)
    if len(checker.report.diagnostics) > before:
        return True
    text = checker.report.source.slice(other_at).strip()
    if isinstance(other, tree.Compare):
        text = checker.report.source.slice(other.span)  # `not` binds less than a comparison
    is_number = node is not None and node.kind is Kind.NUMBER
    is_number = is_number and not isinstance(node, nodes.Config)
    message = "a condition is true or false by itself"
    if is_number:
        message = "a number is neither true nor false"
        text = f"{text} {compare.operator} {int(word == 'true')}"
    elif (compare.operator == "==") is (word == "false"):
        text = f"not {text}"
    edit = Edit(compare.span, text) if compare.operator in _EQUALITIES else None
    hint = f"write `{' '.join(text.split())}`" if edit else "join conditions with `and` or `or`"
    checker.report.add("PTT001", compare.span, message, hint=hint, edit=edit)
    return True


def _is_declared(checker: Block, compare: tree.Compare) -> bool:
    sides = (compare.left, compare.right)
    words = [side.word for side in sides if isinstance(side, tree.Name)]
    return any(w.lower() in ("true", "false") and checker.is_declared(w) for w in words)


# ---- what no comparison finds ----------------------------------------------------------------


def _special(checker: Block, compare: tree.Compare) -> bool:
    """`x == nan`, `x > -inf` and `x == null`; whether that is what is written."""
    for side, other in ((compare.right, compare.left), (compare.left, compare.right)):
        name = side.operand if isinstance(side, tree.Negative) else side
        if not isinstance(name, tree.Name) or checker.is_declared(name.word):
            continue
        word, text = name.word.lower(), checker.report.source.slice(other.span)
        test = f"isnan({text})"
        edit = None
        if checker.is_value(other) and word in _NAN | _INFINITE:
            message = f"statistics skip what is not finite, and are never `{name.word}`"
            hint = f"ask the metric itself, such as `isnan({checker.example})`"
        elif word in _NAN:
            message = "no comparison with NaN is true"
            asked = f"not {test}" if compare.operator == "!=" else test
            hint = f"write `{asked}`"
            edit = Edit(compare.span, asked) if compare.operator in _EQUALITIES else None
        elif word in _INFINITE:
            message = f"conditions do not compare with `{name.word}`"
            hint = f"write `isinf({text})`, `isfinite({text})` or `{test}`"
        elif word in _NOTHING:
            message = f"there is no `{name.word}` to compare with"
            hint = f"write `{test}` for a NaN, or `not observed({text})` for a row without it"
        else:
            continue
        checker.report.add("PTT101", name.span, message, hint=hint, edit=edit)
        return True
    return False


# ---- texts, ranges and sets ------------------------------------------------------------------


def _with_text(checker: Block, compare: tree.Compare, place: Shape) -> nodes.Node | None:
    """`config.loss_type == "dapo"`: only arguments are texts."""
    sides = (compare.left, compare.right)
    text = next(side for side in sides if isinstance(side, tree.Text))
    other = sides[0] if text is sides[1] else sides[1]
    argument = _argument(checker, other, place, text)
    if argument is None:
        return None
    if compare.operator not in _EQUALITIES:
        message = "texts have no order"
        hint = "ask whether they are equal: `==`, `!=`, or one of several: `in {...}`"
        checker.report.add("PTT209", compare.operator_span, message, hint=hint)
        return None
    node = nodes.ConfigText(compare.span, argument.name, frozenset({text.value}))
    return nodes.Not(compare.span, node) if compare.operator == "!=" else node


def _argument(
    checker: Block, written: tree.Expr, place: Shape, text: tree.Text
) -> nodes.Config | None:
    """The training argument that a text is compared with."""
    before = len(checker.report.diagnostics)
    node = None if isinstance(written, tree.Text) else checker.check(written, place)
    if isinstance(node, nodes.Config):
        return node
    if len(checker.report.diagnostics) == before:
        checker.number_operand(text, place)  # which reports it
    return None


def _unquoted(checker: Block, compare: tree.Compare) -> bool:
    """`config.loss_type == dapo`; whether that is what is written."""
    sides = (compare.left, compare.right)
    members = [
        one for one in sides if isinstance(one, tree.Member) and dotted(one.owner) == "config"
    ]
    words = [
        one for one in sides if isinstance(one, tree.Name) and not checker.is_declared(one.word)
    ]
    if not members or not words or members[0].member.word not in texts_of(checker.scope.trainers):
        return False
    word = words[0]
    message = f"`{checker.report.source.slice(members[0].span)}` is a text"
    hint = f'write the text in quotes: `"{word.word}"`'
    edit = Edit(word.span, f'"{word.word}"')
    checker.report.add("PTT209", word.span, message, hint=hint, edit=edit)
    return True


def check_within(checker: Block, within: tree.Within, place: Shape) -> nodes.Node | None:
    """`x in a..b` is `x >= a and x <= b`; `config.x in {"a", "b"}` compares texts."""
    if isinstance(within.within, tree.Choices):
        return _among(checker, within, within.within, place)
    ends = (within.within.low, within.within.high)
    operand, *bounds = (checker.number_operand(one, place) for one in (within.operand, *ends))
    low, high = bounds
    if operand is None or low is None or high is None:
        return None
    if not all(
        checker.same_unit(operand, bound, (within.operand, written))
        for bound, written in zip((low, high), ends, strict=True)
    ):
        return None
    if is_empty(low, high):
        text = checker.report.source.slice
        hint = f"write `{text(ends[1].span)}..{text(ends[0].span)}`"
        checker.report.add("PTT206", within.within.span, "this range is empty", hint=hint)
        return None
    first = nodes.Compare(within.span, ">=", operand, low)
    return nodes.And(within.span, first, nodes.Compare(within.span, "<=", operand, high))


def is_empty(low: nodes.Node, high: nodes.Node) -> bool:
    """Whether nothing lies between two numbers, whatever they are at a row."""
    if isinstance(low, nodes.Constant) and isinstance(high, nodes.Constant):
        return low.value > high.value
    return False


def _among(
    checker: Block, within: tree.Within, choices: tree.Choices, place: Shape
) -> nodes.Node | None:
    texts = [one for one in choices.items if isinstance(one, tree.Text)]
    if len(texts) < len(choices.items):
        _not_texts(checker, within, choices)
        return None
    argument = _argument(checker, within.operand, place, texts[0])
    if argument is None:
        return None
    values = frozenset(text.value for text in texts)
    return nodes.ConfigText(within.span, argument.name, values)


def _not_texts(checker: Block, within: tree.Within, choices: tree.Choices) -> None:
    """`x in {1, 2}`."""
    text = checker.report.source.slice
    operand = text(within.operand.span)
    each = [f"{operand} == {text(one.span)}" for one in choices.items]
    joined = " or ".join(each)
    are_numbers = all(isinstance(one, tree.Number) for one in choices.items)
    edit = Edit(within.span, joined if len(each) == 1 else f"({joined})") if are_numbers else None
    message = "a set in braces is one of texts"
    hint = f"write `{joined}`" if are_numbers else "compare with each: `x == 1 or x == 2`"
    checker.report.add("PTT209", choices.span, message, hint=hint, edit=edit)


# ---- chains ------------------------------------------------------------------------------------


def is_chain(checker: Block, compare: tree.Expr) -> bool:
    """Whether it is `a < b < c`; what stands in brackets is a truth of its own."""
    if not isinstance(compare, tree.Compare):
        return False
    left = compare.left
    if not isinstance(left, (tree.Compare, tree.Within)):
        return False
    return not _is_in_brackets(checker, compare, left)


def _is_in_brackets(checker: Block, outer: tree.Compare, left: tree.Expr) -> bool:
    between = Span(left.span.end, outer.operator_span.start)
    return ")" in _without_comments(checker.report.source.slice(between))


def _without_comments(text: str) -> str:
    return "\n".join(line.partition("#")[0] for line in text.splitlines())


def _chained(checker: Block, compare: tree.Compare) -> None:
    """Each side of `and` needs a comparison of its own: from the second sign on, it is put in."""
    text = checker.report.source.slice
    links = [compare]
    while is_chain(checker, links[0]) and isinstance(links[0].left, tree.Compare):
        links.insert(0, links[0].left)
    first = links[0]
    if isinstance(first.left, tree.Within):
        middle: tree.Expr = first.left.operand
        chained = links
    else:
        middle, chained = first.right, links[1:]
    start, end = chained[0].operator_span.start, chained[-1].operator_span.end
    new, at = "", start
    for link in chained:
        new += text(Span(at, link.operator_span.start))
        new += f"and {text(middle.span)} {link.operator}"
        middle, at = link.right, link.operator_span.end
    edit = Edit(Span(start, end), new)
    head = Span(compare.span.start, start)
    whole = f"{text(head)}{new}{text(Span(end, compare.span.end))}"
    if compare in checker.denied:
        whole = f"({whole})"
        edit = Edit(compare.span, whole)
    hint = f"write `{' '.join(whole.split())}`"
    message = "comparisons do not chain"
    checker.report.add("PTT207", compare.operator_span, message, hint=hint, edit=edit)
