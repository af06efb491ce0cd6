"""Tests of packs: what they set up and expect must exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ptt_rules.language.check.amounts import size_fault, whole
from ptt_rules.language.check.declarations import fits_unit
from ptt_rules.language.check.expectations import ExpectationChecker
from ptt_rules.language.check.order import report_order
from ptt_rules.language.check.scope import Report, Scope, did_you_mean
from ptt_rules.language.check.series import PlacedSeries, check_series
from ptt_rules.language.check.subjects import Subjects
from ptt_rules.language.diagnostics import Label
from ptt_rules.language.ir import Expectation, Policy, Test
from ptt_rules.language.source import Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import SPAN_MEASURES, Measure

_TRUTHS = {"true": True, "false": False}


@dataclass
class TestChecker:
    """Checks the tests in one file against what the pack declares."""

    __test__ = False

    report: Report
    scope: Scope
    subjects: Subjects
    policies: Mapping[str, Policy]
    """Those that the pack declares itself: the only one decides where a test names none."""
    names: dict[str, Span] = field(default_factory=dict)

    def test(self, item: tree.TestDecl) -> Test | None:
        """The test, or None if something in it is wrong."""
        before = len(self.report.diagnostics)
        first = self.names.setdefault(item.name.value, item.name.span)
        if first != item.name.span:
            self._twice(f'test "{item.name.value}"', item.name.span, first)
        seen: dict[str, Span] = {}
        for clause in item.clauses:
            self._once(seen, clause)
        setting = self._setting(item)
        expectations = self._expectations(item, setting)
        if item.name.value not in self.scope.partial:
            self._report_empty(item)
            report_order(self.report, item)
        if len(self.report.diagnostics) > before or item.name.value in self.scope.partial:
            return None
        setting.expectations = tuple(expectations)
        return setting.test(item, self.report)

    def _setting(self, item: tree.TestDecl) -> _Setting:
        setting = _Setting()
        if len(self.policies) == 1:
            setting.policy = next(iter(self.policies.values())).qualified
        for clause in item.clauses:
            match clause:
                case tree.WithClause():
                    self._with(clause, setting)
                case tree.WithPolicy(policy=policy):
                    setting.policy, setting.named_policy = policy.dotted, policy
                case tree.ConfigClause(name=name, value=value):
                    setting.config[name.word] = _argument(value)
                case tree.FactClause(name=name, value=value):
                    setting.facts[name.word] = _argument(value)
                case tree.RowsClause():
                    self._rows(clause, setting)
                case tree.ResumeClause(step=step):
                    self._resume(step, setting)
                case tree.SeriesClause():
                    setting.series += check_series(self.report, self.scope, clause, setting.series)
                case tree.SiblingClause():
                    others = setting.siblings
                    others += check_series(self.report, self.scope, clause, others)
                case tree.ReplayClause(path=path):
                    self._replay(path, setting)
        return setting

    def _expectations(self, item: tree.TestDecl, setting: _Setting) -> list[Expectation]:
        checker = ExpectationChecker(self.report, self.scope, self.subjects, setting.policy)
        found = [
            checker.expectation(clause)
            for clause in item.clauses
            if isinstance(clause, tree.ExpectClause)
        ]
        return [one for one in found if one is not None]

    def _report_empty(self, item: tree.TestDecl) -> None:
        sorts = {type(clause) for clause in item.clauses}
        if tree.ExpectClause not in sorts:
            hint = "say what must happen, such as `expect silence`"
            self._report("PTT405", item.name, "this test expects nothing", hint)
        elif not sorts & {tree.SeriesClause, tree.ReplayClause}:
            hint = "give a series, such as `loss = 0.7 x 100`, or `replay` the log of a run"
            self._report("PTT405", item.name, "this test has no rows to judge", hint)

    def _once(self, seen: dict[str, Span], clause: tree.TestClause) -> None:
        """Series, parameters and the like are set once."""
        match clause:
            case tree.WithClause(param=param):
                word, span = f"with {param.word}", param.span
            case tree.WithPolicy(policy=policy):
                word, span = "with policy", policy.span
            case tree.ConfigClause(name=name):
                word, span = f"config {name.word}", name.span
            case tree.FactClause(name=name):
                word, span = f"run {name.word}", name.span
            case tree.SeriesClause(target=target):
                word, span = self.report.source.slice(target.span), target.span
            case tree.SiblingClause(target=target):
                word, span = f"siblings {self.report.source.slice(target.span)}", target.span
            case tree.RowsClause():
                word, span = "every", clause.span
            case tree.ReplayClause():
                word, span = "replay", clause.span
            case tree.ExpectClause() | tree.ResumeClause():
                return
        if seen.setdefault(word, span) != span:
            self._twice(word, span, seen[word])

    # ---- parameters and rows ---------------------------------------------------------------

    def _with(self, clause: tree.WithClause, setting: _Setting) -> None:
        word = clause.param.word
        param = self.scope.params.get(word)
        if param is None:
            if word not in self.scope.broken:
                hint = did_you_mean(word, self.scope.params)
                self._report("PTT101", clause.param, f"there is no parameter `{word}`", hint)
        elif not fits_unit(self.report, clause.value, param.unit):
            return
        elif not param.takes(clause.value.value):
            message = f"`{word}` takes {param.range_text}"
            self._report("PTT206", clause.value, message, "choose a value in that range")
        elif fault := size_fault(self.scope.sizes, param.qualified, clause.value.value):
            self._report("PTT206", clause.value, fault, "choose another value")
        else:
            setting.params[param.qualified] = clause.value.value

    def _rows(self, clause: tree.RowsClause, setting: _Setting) -> None:
        every, start = clause.every, clause.start
        amount = every.amount
        if SPAN_MEASURES[every.unit] is not Measure.STEPS or isinstance(amount, tree.Name):
            hint = "write `every 10 steps from 0`"
            self._report("PTT405", every, "rows of a test are spaced in steps", hint)
        else:
            setting.every = whole(self.report, amount, "`every`", limit=None) or 1
        if start.form or start.value != int(start.value):
            hint = "write a whole number such as `0`"
            self._report("PTT210", start, "a step is a whole number", hint)
        else:
            setting.start = int(start.value)

    def _resume(self, step: tree.Number, setting: _Setting) -> None:
        if step.form or step.value != int(step.value):
            hint = "write a whole number such as `50`"
            self._report("PTT210", step, "a step is a whole number", hint)
        setting.resumes.append(step)

    def _replay(self, path: tree.Text, setting: _Setting) -> None:
        if not path.value.strip():
            hint = "give the path of a log, relative to this file"
            self._report("PTT405", path, "this path is empty", hint)
        setting.replay = path

    def _twice(self, word: str, span: Span, first: Span) -> None:
        labels = (Label(first, "first here"),)
        message = f"`{word}` is given twice"
        self.report.add("PTT102", span, message, hint="keep one of the two", labels=labels)

    def _report(self, code: str, node: tree.Node, message: str, hint: str | None) -> None:
        self.report.add(code, node.span, message, hint=hint)


@dataclass
class _Setting:
    """Checks the inputs of a test, clause by clause."""

    series: list[PlacedSeries] = field(default_factory=list)
    siblings: list[PlacedSeries] = field(default_factory=list)
    params: dict[str, float] = field(default_factory=dict)
    config: dict[str, float | str | bool] = field(default_factory=dict)
    facts: dict[str, float | str | bool] = field(default_factory=dict)
    resumes: list[tree.Number] = field(default_factory=list)
    replay: tree.Text | None = None
    policy: str | None = None
    named_policy: tree.Reference | None = None
    every: int = 1
    start: int = 1
    expectations: tuple[Expectation, ...] = ()

    def test(self, item: tree.TestDecl, report: Report) -> Test:
        return Test(
            name=item.name.value,
            source=report.source,
            span=item.name.span,
            expectations=self.expectations,
            series=tuple(series for series, _ in self.series),
            siblings=tuple(series for series, _ in self.siblings),
            replay=self.replay,
            params=self.params,
            config=self.config,
            facts=self.facts,
            resumes=tuple(self.resumes),
            policy=self.policy,
            named_policy=self.named_policy,
            every=self.every,
            start=self.start,
        )


def _argument(value: tree.Number | tree.Text | tree.Name) -> float | str | bool:
    """A training argument: a number, a text, or a word such as `true`."""
    if isinstance(value, tree.Name):
        return _TRUTHS.get(value.word, value.word)
    return value.value
