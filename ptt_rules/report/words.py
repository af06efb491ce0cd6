"""Conditions in words: `median(loss[10]) > 2 * base` as people say it.

Each kind of node has one phrase. A quantity that the rule names is told by its name; what the
names stand for is told once, beside the condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.border import agreeing, plural
from ptt_rules.evaluation import shown
from ptt_rules.language import SPAN_SECONDS, Kind, Level, Measure, Quantity, Who
from ptt_rules.language.functions import FloatClass, Function
from ptt_rules.language.ir import (
    AllWindow,
    DecayWindow,
    Detector,
    FirstWindow,
    LastWindow,
    Length,
    SpanWindow,
    Window,
    nodes,
)

COMPARISONS = {
    "<": "is under",
    "<=": "is at most",
    ">": "is over",
    ">=": "is at least",
    "==": "is exactly",
    "!=": "is not",
}
OPERATIONS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
FUNCTIONS = {
    Function.ABS: "the size of {x}",
    Function.LOG: "the logarithm of {x}",
    Function.EXP: "e to the power of {x}",
    Function.SQRT: "the square root of {x}",
    Function.SIGN: "the sign of {x}",
    Function.FLOOR: "{x} rounded down",
    Function.LEAST: "the lesser of {x} and {y}",
    Function.GREATEST: "the greater of {x} and {y}",
}
FLOAT_CLASSES = {
    FloatClass.NAN: ("is NaN", "is not NaN"),
    FloatClass.INF: ("is infinite", "is not infinite"),
    FloatClass.FINITE: ("is finite", "is NaN or infinite"),
}
POSITIONS = {
    Quantity.STEP: "the step",
    Quantity.TIME: "the time since the run began",
    Quantity.EPOCH: "the epoch",
    Quantity.PROGRESS: "the share of the run that is done",
    Quantity.SINCE_RESUME: "the steps since the newest resume",
}


@dataclass(frozen=True, slots=True)
class Words:
    """How the parts of one rule are called.

    `names` are the quantities of a detector by the identity of their nodes, `metrics` those of
    keys, `params` values by qualified name.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    metrics: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    params: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, detector: Detector, params: Mapping[str, float]) -> Words:
        metrics = {metric.keys: metric.name for metric in detector.metrics}
        names = {id(node): name for name, node in detector.values.items()}
        return cls(names, metrics, params)

    def defined(self, node: nodes.Node) -> str:
        """What a named quantity is: its own name is not used for it."""
        return self._said(node)

    def say(self, node: nodes.Node) -> str:
        """A quantity as a noun, a truth as a clause."""
        name = self.names.get(id(node))
        return self._said(node) if name is None else f"`{name}`"

    def _said(self, node: nodes.Node) -> str:
        match node:
            case nodes.Bool():
                return self._truth(node)
            case nodes.ConfigText(name=name, texts=texts):
                one_of = listed([f'"{text}"' for text in sorted(texts)], "or")
                return f"the argument `{name}` is {one_of}"
            case nodes.ConfigTruth(name=name):
                return f"the argument `{name}` is set"
            case nodes.RunFact(name=name):
                return f"the run's `{name}`"
            case nodes.Constant(value=value):
                return shown(value, "")
            case nodes.Parameter(name=name):
                bare = Who.parse(name).name
                return f"`{bare}` ({shown(self.params[name], '')})" if name in self.params else bare
            case nodes.Config(name=name):
                return f"the argument `{name}`"
            case nodes.Hyperparameter(name=name):
                return f"the present `{name}`"
            case nodes.Position(quantity=quantity):
                return POSITIONS[quantity]
            case nodes.Column() | nodes.FamilyColumn():
                return self._column(node)
            case nodes.Aggregate():
                return self._aggregate(node)
            case nodes.Each(of=of):
                return self._over(node, (of.node,))
            case nodes.Members(members=members):
                return self._over(node, members)
            case nodes.OfSiblings(series=series, share=share):
                which = "median" if share is None else f"quantile at {self.say(share)}"
                return f"the {which} of {self.say(series)} in sibling runs"
            case _:
                return self._computed(node)

    def _column(self, node: nodes.Column | nodes.FamilyColumn) -> str:
        keys = node.keys if isinstance(node, nodes.Column) else node.patterns
        return f"`{self.metrics.get(keys, keys[0])}`"

    def _computed(self, node: nodes.Node) -> str:
        match node:
            case nodes.Latest(series=nodes.StepOf(series=series)):
                return f"the step at which {self.say(series)} was last logged"
            case nodes.Latest(series=series):
                return self.say(series)
            case nodes.Formula(formula=formula) | nodes.Current(formula=formula):
                return self.say(formula)
            case nodes.Prev(series=series):
                return f"{self._factor(series)} in the log before"
            case nodes.StepOf(series=series):
                return f"the step of {self.say(series)}"
            case nodes.Streak(series=series):
                return f"the number of logs in a row in which {self.say(series)}"
            case nodes.Apply(function=function, operands=operands):
                say = self._factor if len(operands) == 1 else self.say
                x, y = map(say, (operands * 2)[:2])
                return FUNCTIONS[function].format(x=x, y=y)
            case nodes.Coalesce(first=first, second=nodes.Literal(value=value)):
                return f"{self.say(first)}, or that is unknown" if value else self.say(first)
            case nodes.Coalesce(first=first, second=second):
                return f"{self.say(first)} (or, where that is unknown, {self.say(second)})"
            case nodes.Negate(operand=operand):
                return f"minus {self._factor(operand)}"
            case nodes.Arithmetic():
                return self._arithmetic(node)
        raise TypeError(f"no words for {type(node).__name__}")

    def _arithmetic(self, node: nodes.Arithmetic) -> str:
        left, right = node.left, node.right
        match left, right:
            case nodes.Position(quantity=Quantity.STEP), nodes.Latest(series=nodes.StepOf() as of):
                if node.operator == "-":
                    return f"the steps since {self.say(of.series)} was last logged"
        ends = [
            self._term(end, node.operator, is_left=number == 0)
            for number, end in enumerate((left, right))
        ]
        return f"{ends[0]} {OPERATIONS[node.operator]} {ends[1]}"

    def _term(self, node: nodes.Node, operator: str, *, is_left: bool) -> str:
        """An end of a calculation, in brackets where it would be read otherwise without."""
        if isinstance(node, nodes.Arithmetic) and _needs_none(node.operator, operator, is_left):
            return self.say(node)
        return self._factor(node)

    def _factor(self, node: nodes.Node) -> str:
        """A part of a calculation, in brackets where it is one itself."""
        said = self.say(node)
        is_plain = id(node) in self.names or not isinstance(node, nodes.Arithmetic | nodes.Negate)
        return said if is_plain else f"({said})"

    def _aggregate(self, node: nodes.Aggregate) -> str:
        return self._of_window(node, node.statistic.said(node.takes))

    def _of_window(self, node: nodes.Aggregate, phrase: str) -> str:
        series = [self._factor(one) for one in node.series]
        return phrase.format(
            x=self.part(node.series[0]) if node.takes is Kind.BOOL else series[0],
            bare=series[0],
            y=series[-1],
            k="" if node.argument is None else self.say(node.argument),
            w=window_words(node.window),
        )

    def _over(self, node: nodes.Each | nodes.Members, operands: tuple[nodes.Node, ...]) -> str:
        bare = listed([*map(self._factor, operands)], "or")
        return node.statistic.said(node.takes).format(
            x=listed([*map(self.part, operands)], "or") if node.takes is Kind.BOOL else bare,
            bare=bare,
            y=bare,
            k="" if node.argument is None else self.say(node.argument),
            w="all instances",
        )

    # ---- truths ----------------------------------------------------------------------------

    def _truth(self, node: nodes.Bool) -> str:
        match node:
            case nodes.Compare(operator=operator, left=left, right=right):
                return f"{self.say(left)} {COMPARISONS[operator]} {self.say(right)}"
            case nodes.And() if (ends := _range(node)) is not None:
                low, high = ends
                return f"{self.say(low.left)} lies in {self.say(low.right)}..{self.say(high.right)}"
            case nodes.And():
                return listed([self.part(part) for part in parts_of(node)], "and")
            case nodes.Or():
                return listed([self.part(part) for part in parts_of(node)], "or")
            case nodes.Firing():
                return f"{_asked(node)} fires{_at_level(node)}"
            case nodes.AtLeast(count=count, operands=operands):
                parts = [self.part(one) for one in operands]
                return f"at least {self.say(count)} of these hold: {'; '.join(parts)}"
            case nodes.FloatTest(float_class=float_class, operand=operand):
                return f"{self.say(operand)} {FLOAT_CLASSES[float_class][0]}"
            case nodes.Known(operand=nodes.Latest(series=series)):
                return f"{self.say(series)} was ever logged"
            case nodes.Known(operand=operand):
                return f"{self.say(operand)} is logged"
            case nodes.Not(operand=operand):
                return self._inverse(operand)
            case nodes.Literal():
                return f"`{node.text}`"
        raise TypeError(f"no words for {type(node).__name__}")

    def _inverse(self, operand: nodes.Node) -> str:
        match operand:
            case nodes.Known(operand=nodes.Latest(series=series)):
                return f"{self.say(series)} was never logged"
            case nodes.Known(operand=known):
                return f"{self.say(known)} is not logged"
            case nodes.Aggregate() if operand.statistic.phrase_of_none:
                return self._of_window(operand, operand.statistic.phrase_of_none)
            case nodes.FloatTest(float_class=float_class, operand=number):
                return f"{self.say(number)} {FLOAT_CLASSES[float_class][1]}"
            case nodes.Firing():
                return f"{_asked(operand)} does not fire{_at_level(operand)}"
        return f"it is not so that {self.part(operand)}"

    def part(self, node: nodes.Node) -> str:
        """A truth as a part of another one: in brackets if it is made of several."""
        is_plain = id(node) in self.names or len(parts_of(node)) == 1
        return self.say(node) if is_plain else f"({self.say(node)})"


def _asked(node: nodes.Firing) -> str:
    """The detector that a rule asks for, of a family with the instance if it is a certain one."""
    instance = f'["{node.instance}"]' if node.instance is not None else ""
    return f"`{Who.parse(node.detector).name}{instance}`"


def _at_level(node: nodes.Firing) -> str:
    if node.level is None:
        return ""
    return f" at `{node.level.word}`" + ("" if node.level is max(Level) else " or worse")


def _needs_none(inner: str, outer: str, is_left: bool) -> bool:
    """Whether an operation at an end of another one is read rightly without brackets."""
    if outer in "+-":
        return inner in "*/" or is_left
    return outer == "*" and inner == "*" and is_left


def parts_of(node: nodes.Node) -> list[nodes.Node]:
    """What `and`, or `or`, joins, however it is nested."""
    if isinstance(node, nodes.And) and _range(node) is None:
        return [part for end in (node.left, node.right) for part in _same(end, nodes.And)]
    if isinstance(node, nodes.Or):
        return [part for end in (node.left, node.right) for part in _same(end, nodes.Or)]
    return [node]


def _same(node: nodes.Node, kind: type[nodes.And] | type[nodes.Or]) -> list[nodes.Node]:
    return parts_of(node) if isinstance(node, kind) else [node]


def _range(node: nodes.And) -> tuple[nodes.Compare, nodes.Compare] | None:
    """The two comparisons that `x in a..b` is: of one node, from below and from above."""
    match node.left, node.right:
        case (
            nodes.Compare(operator=">=", left=operand) as low,
            nodes.Compare(operator="<=") as high,
        ) if high.left is operand:
            return low, high
    return None


def listed(parts: list[str], word: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = parts
    return f"{', '.join(first)} {word} {last}" if first else last


def window_words(window: Window) -> str:
    """The logs of a window; a log is an observation of the metric."""
    match window:
        case FirstWindow(count=1, skip=0):
            return "the first log"
        case FirstWindow(count=count, skip=skip):
            return f"the {count} logs after the first {skip}" if skip else f"the first {count} logs"
        case LastWindow():
            return _last_words(window)
        case AllWindow():
            return f"all logs{_shift_words(window.before) or ' so far'}{_least_words(window.least)}"
        case SpanWindow(amount=amount, measure=measure):
            span, shift = span_words(amount, measure), _shift_words(window.before)
            span = f"the {span}{shift}" if shift else f"the last {span}"
            return f"{span}{_least_words(window.least)}"
        case DecayWindow(half_life=half_life):
            logs = f"all logs{_shift_words(window.before) or ' so far'}"
            return f"{logs}, weighted by half every {half_life} logs{_least_words(window.least)}"


def _last_words(window: LastWindow) -> str:
    least, shift = window.least, _shift_words(window.before)
    logs = f"{least} to {window.count} logs" if least else plural(window.count, "log")
    if shift:
        return f"the {logs}{shift}"
    return "the last log" if window.count == 1 else f"the last {logs}"


def _shift_words(before: Length | None) -> str:
    """` before the last 5`, or nothing."""
    if before is None:
        return ""
    return f" before the last {span_words(before.amount, before.measure, of='')}".rstrip()


def _least_words(least: int | None) -> str:
    return f", from {plural(least, 'log')} on" if least else ""


def span_words(amount: float, measure: Measure, *, of: str = "judgements") -> str:
    """`50 steps`, `10 min`, or a number of judgements."""
    if measure is Measure.SECONDS:
        best = [word for word, size in SPAN_SECONDS.items() if amount % size == 0 and amount]
        word = best[-1] if best else "s"
        return f"{amount / SPAN_SECONDS[word]:g} {word}"
    noun = of if measure is Measure.JUDGEMENTS else measure.value
    return f"{amount:g} {agreeing(amount, noun.removesuffix('s'), noun)}"
