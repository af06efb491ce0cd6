"""Calls of functions that are not there, and with other arguments than they take."""

from __future__ import annotations

from ptt_rules.language.check.block import Block
from ptt_rules.language.check.each import family_without_window
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.functions import (
    HABITS,
    POINTWISE,
    STATISTICS,
    PointwiseSignature,
    Reach,
    Statistic,
    function_words,
)
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Kind

_OF_NUMBERS = {"max": "greatest", "min": "least"}
_EMA = frozenset({"ema", "ewm", "ewma", "smooth"})
_CHANGES = frozenset({"diff", "change", "difference"})
_RATES = frozenset({"rate", "irate", "deriv", "derivative", "increase", "per_second"})
_LEAST_SIZE = 5
"""From which number on a second argument is rather the length of a window than an operand."""


def unknown_function(checker: Block, call: tree.Call) -> None:
    word, span = call.function.word, call.function.span
    message = f"there is no function `{word}`"
    if _of_other_shape(checker, call, message):
        return
    if word in _RATES:
        hint = "a change a second is `delta(x[20]) / delta(time[20])`, one a step `slope(x[20])`"
        checker.report.add("PTT101", span, message, hint=hint)
        return
    habit = HABITS.get(word)
    if habit is None:
        checker.report.misspelt("PTT101", span, message, word, function_words())
        return
    edit = Edit(span, habit) if _takes(habit, call) else None
    checker.report.add("PTT101", span, message, hint=f"write `{habit}`", edit=edit)


def _takes(word: str, call: tree.Call) -> bool:
    """Whether a function can be put in the place of another as it is called."""
    windows = sum(isinstance(argument, tree.Windowed) for argument in call.arguments)
    if word in STATISTICS:
        statistic = STATISTICS[word]
        of_windows = 1 + statistic.is_of_pairs
        operands = of_windows + (statistic.argument is not None)
        return (windows, len(call.arguments)) == (of_windows, operands)
    if word in POINTWISE:
        return not windows and POINTWISE[word].takes(len(call.arguments))
    return not windows and len(call.arguments) == 1


def _of_other_shape(checker: Block, call: tree.Call, message: str) -> bool:
    """Calls of other languages with another form in ptt: weighted means, and changes."""
    word, span = call.function.word.lower(), call.function.span
    first = call.arguments[0] if call.arguments else None
    window = ""
    if isinstance(first, tree.Windowed):
        window, first = checker.report.source.slice(first.window.span), first.series
    if first is None or word not in _EMA | _CHANGES:
        return False
    series = in_window(checker, first)
    edit = None
    if word in _EMA:
        size = window if window.isdecimal() else "20"
        text = f"mean({series}[decay {size}])"
        hint = f"write `{text}`: weights halve every {size} observations"
        edit = Edit(call.span, text) if len(call.arguments) == 1 and window.isdecimal() else None
    else:
        text = f"delta({series}[{window or 2}])"
        hint = f"write `{text}`: the newest minus the oldest"
        edit = Edit(call.span, text) if len(call.arguments) == 1 else None
    checker.report.add("PTT101", span, message, hint=hint, edit=edit)
    return True


def in_window(checker: Block, series: tree.Expr) -> str:
    """A series as it is written before a window."""
    text = checker.report.source.slice(series.span)
    is_plain = isinstance(series, (tree.Name, tree.Key, tree.Instance))
    return text if is_plain else f"({text})"


# ---- too few and too many ----------------------------------------------------------------------


def has_arity(
    checker: Block, call: tree.Call, takes: int | PointwiseSignature, example: str
) -> bool:
    """Whether a call has as many arguments as its function takes."""
    found = len(call.arguments)
    signature = takes if isinstance(takes, PointwiseSignature) else None
    needed = takes if isinstance(takes, int) else takes.operands
    if found == needed or (signature is not None and signature.takes(found)):
        return True
    words = {1: "one argument", 2: "two arguments", 3: "three arguments"}[needed]
    if signature is not None and (signature.is_open or signature.optional):
        more = "more" if signature.is_open else "two"
        words = f"{words.split()[0]} or {more} arguments"
    message = f"`{call.function.word}` takes {words}, not {found}"
    text, is_same = _as_it_is_meant(checker, call, needed)
    hint = f"write `{text or example}`" if text else f"write it as in `{example}`"
    edit = Edit(call.span, text) if is_same else None
    checker.report.add("PTT202", call.span, message, hint=hint, edit=edit)
    return False


def _as_it_is_meant(checker: Block, call: tree.Call, needed: int) -> tuple[str, bool]:
    """The call with the arguments that it takes, and whether that is plainly the same."""
    word, arguments = call.function.word, call.arguments
    texts = [checker.report.source.slice(argument.span) for argument in arguments]
    are_numbers = not any(isinstance(argument, tree.Windowed) for argument in arguments)
    if word in _OF_NUMBERS and len(texts) > 1 and not _is_size(arguments[-1], len(texts)):
        parts = [
            f"{word}({text})" if isinstance(argument, tree.Windowed) else text
            for argument, text in zip(arguments, texts, strict=True)
        ]
        return f"{_OF_NUMBERS[word]}({', '.join(parts)})", True
    if word in STATISTICS and len(texts) == needed + 1 and _is_size(arguments[1], len(texts)):
        text = f"{word}({in_window(checker, arguments[0])}[{texts[1]}])"
        return (text, True) if needed == 1 and are_numbers else ("", False)
    if len(texts) > needed and len(arguments) - needed == 1 and _is_one(arguments[0], word):
        return f"{word}({', '.join(texts[:needed])})", False
    return "", False


def _is_one(argument: tree.Expr, word: str) -> bool:
    """Whether an argument can be the first one of a function."""
    return isinstance(argument, tree.Windowed) is (word in STATISTICS)


def _is_size(argument: tree.Expr, count: int) -> bool:
    """Whether a second argument can be meant as the length of a window."""
    if not isinstance(argument, tree.Number) or argument.form or count != 2:
        return False
    return argument.value == int(argument.value) >= _LEAST_SIZE


# ---- windows -------------------------------------------------------------------------------


def has_windows(checker: Block, call: tree.Call, statistic: Statistic) -> bool:
    """Whether the first arguments have a window each, and the last one none."""
    windowed = call.arguments[: 1 + statistic.is_of_pairs]
    missing = [one for one in windowed if not isinstance(one, tree.Windowed)]
    if not missing:
        return True
    if statistic.argument is not None and isinstance(call.arguments[1], tree.Windowed):
        _swapped(checker, call, statistic)
    else:
        _missing_window(checker, call, missing[0])
    return False


def _swapped(checker: Block, call: tree.Call, statistic: Statistic) -> None:
    first, second = (checker.report.source.slice(one.span) for one in call.arguments)
    edit = Edit(call.span, f"{statistic.word}({second}, {first})")
    message = f"`{statistic.word}` takes the series first"
    hint = f"write `{edit.text}`"
    checker.report.add("PTT202", call.span, message, hint=hint, edit=edit)


def _missing_window(checker: Block, call: tree.Call, argument: tree.Expr) -> None:
    if family_without_window(checker, call, argument):
        return
    text = checker.report.source.slice(argument.span)
    if checker.is_value(argument):
        checker.no_series(argument, f"`{text}` gives a value")
        return
    if isinstance(argument, tree.Number) or checker.scope.params.keys() & {text}:
        message = f"`{text}` is a plain number, a window needs a series"
        example = STATISTICS[call.function.word].written(checker.example)
        checker.report.add("PTT204", argument.span, message, hint=f"name a metric: `{example}`")
        return
    before = len(checker.report.diagnostics)
    series = checker.series(argument)
    if len(checker.report.diagnostics) > before:
        return  # what stands there is wrong by itself
    whole, start = checker.report.source.slice(call.span), argument.span.start - call.span.start
    inner = in_window(checker, argument)
    before_it, after_it = whole[:start], whole[start + len(text) :]
    statistic = STATISTICS[call.function.word]
    if series is not None and series.kind not in statistic.takes | {Kind.NUMBER}:
        before_it, statistic, after_it = "share(", STATISTICS["share"], ")"
    windows = {"20": "the last 20", "all": "all so far"}
    if statistic.reach is Reach.BOUNDED:
        del windows["all"]
    written = (f"`{before_it}{inner}[{n}]{after_it}` for {of}" for n, of in windows.items())
    checker.report.add(
        "PTT205",
        argument.span,
        f"`{call.function.word}` needs a window: which observations of `{text}`?",
        hint=f"write {', '.join(written)}",
    )
