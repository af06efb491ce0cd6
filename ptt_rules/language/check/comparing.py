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
    if (
        _truth_word(checker, compare, place)
        or _special(checker, compare)
        or _text_of_config(checker, compare)
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


def _text_of_config(checker: Block, compare: tree.Compare) -> bool:
    """`config.loss_type == "dapo"`, or without quotes; whether that is what is written."""
    sides = (compare.left, compare.right)
    members = [
        one for one in sides if isinstance(one, tree.Member) and dotted(one.owner) == "config"
    ]
    if not members:
        return False
    is_text = members[0].member.word in texts_of(checker.scope.trainers)
    texts = [
        side
        for side in sides
        if isinstance(side, tree.Text)
        or (is_text and isinstance(side, tree.Name) and not checker.is_declared(side.word))
    ]
    if not texts:
        return False
    member = checker.report.source.slice(members[0].span)
    message = f"rules compare numbers, and `{member}` is compared with a text here"
    hint = "make two packs, and let each run name the one that fits; arguments that are texts are "
    hint += "unknown in every rule"
    checker.report.add("PTT209", texts[0].span, message, hint=hint)
    return True


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
