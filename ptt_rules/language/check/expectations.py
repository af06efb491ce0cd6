"""Checks expectations of tests: events and texts of detectors, decisions of the policy, conditions
at a step."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.language.check.amounts import whole
from ptt_rules.language.check.conditions import ConditionChecker
from ptt_rules.language.check.names import reference_of, word_in_window
from ptt_rules.language.check.policies import is_no_hyperparameter
from ptt_rules.language.check.scope import Report, Scope, did_you_mean, listed
from ptt_rules.language.check.subjects import Subjects
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.ir import (
    STATUS_WORDS,
    Change,
    Changes,
    Claim,
    Decides,
    Expectation,
    Fires,
    Holds,
    Is,
    Says,
    Silence,
    StepRange,
    Target,
)
from ptt_rules.language.syntax import tree
from ptt_rules.language.trainers import hyperparameters_of_any
from ptt_rules.language.types import LEVEL_WORDS, ActionKind, Level

_ACTION_WORDS = tuple(kind.value for kind in ActionKind)


@dataclass
class ExpectationChecker:
    """Checks the expectations of one test; `policy` is the one that decides in it."""

    report: Report
    scope: Scope
    subjects: Subjects
    policy: str | None

    def __post_init__(self) -> None:
        self._conditions = ConditionChecker(self.report, self.scope, self.subjects)

    def expectation(self, clause: tree.ExpectClause) -> Expectation | None:
        """The expectation, or None if something in it is wrong."""
        before = len(self.report.diagnostics)
        claim = self._claim(clause)
        at = None if clause.at is None else self._steps(clause.at)
        if claim is None or len(self.report.diagnostics) > before:
            return None
        return Expectation(clause.span, claim, at)

    def _claim(self, clause: tree.ExpectClause) -> Claim | None:
        match clause.expectation:
            case tree.ExpectSilence():
                return Silence()
            case tree.ExpectNo(what=unwanted):
                return self._no(unwanted)
            case tree.ExpectAction() | tree.ExpectSet() as action:
                return self._action(action, wanted=True)
            case tree.ExpectChange() as change:
                return self._change(change)
            case tree.ExpectIs(detector=detector, status=status):
                return self._is(detector, status)
            case tree.ExpectMessage(detector=detector, part=part):
                return self._says(detector, part)
            case tree.ExpectThat(what=that):
                return self._that(that, clause)

    def _no(self, what: tree.Target | tree.ExpectAction | tree.ExpectSet) -> Claim | None:
        if not isinstance(what, tree.Target):
            return self._action(what, wanted=False)
        meant = self._target(what)
        return None if meant is None else Fires(meant, wanted=False)

    def _steps(self, at: tree.Steps) -> StepRange:
        if at.end is not None and at.end.value < at.start.value:
            hint = f"write `{at.end.value:g}..{at.start.value:g}`"
            self._report("PTT206", at, "this range is empty", hint)
        end = at.end.value if at.end is not None else None
        return StepRange(at.start.value, end if at.is_range else at.start.value)

    # ---- actions ---------------------------------------------------------------------------

    def _action(self, what: tree.ExpectAction | tree.ExpectSet, *, wanted: bool) -> Decides | None:
        if isinstance(what, tree.ExpectSet):
            claim = self._set(what, wanted=wanted)
        else:
            claim = self._plain_action(what, wanted=wanted)
        if self.policy is None and claim is not None:
            place = what.action if isinstance(what, tree.ExpectAction) else what
            hint = "name the one that does: `with policy guard`"
            self._report("PTT405", place, "no policy decides in this test", hint)
        return claim

    def _plain_action(self, what: tree.ExpectAction, *, wanted: bool) -> Decides | None:
        word, channel = what.action.word, what.channel
        if word not in _ACTION_WORDS:
            hint = did_you_mean(word, _ACTION_WORDS, f"use {listed(_ACTION_WORDS)}")
            self._report("PTT101", what.action, f"there is no action `{word}`", hint)
            return None
        kind = ActionKind(word)
        if channel is not None and kind is not ActionKind.NOTIFY:
            hint = "leave out the text"
            self._report("PTT405", channel, "only `notify` has a channel", hint)
        return Decides(kind, wanted, channel=None if channel is None else channel.value)

    def _set(self, what: tree.ExpectSet, *, wanted: bool) -> Decides | None:
        name, within = what.hyperparameter, what.range
        if is_no_hyperparameter(self.scope, name.word):
            known = hyperparameters_of_any(self.scope.trainers)
            message = f"there is no hyper-parameter `{name.word}`"
            otherwise = f"these can be set: {listed(known)}"
            self.report.misspelt("PTT101", name.span, message, name.word, [*known], otherwise)
            return None
        low = within.low.value if within and within.low else None
        high = within.high.value if within and within.high else None
        if low is not None and high is not None and high < low:
            assert within is not None
            hint = f"write `{high:g}..{low:g}`"
            self._report("PTT206", within, "this range is empty", hint)
        return Decides(ActionKind.SET, wanted, name=name.word, low=low, high=high)

    # ---- events ----------------------------------------------------------------------------

    def _change(self, what: tree.ExpectChange) -> Changes | None:
        parts, instance = reference_of(what.detector)
        if parts is None:
            hint = f"name the detector, such as `expect kl_runaway {what.change} at 120..`"
            self._report("PTT405", what.detector, f"only a detector {what.change}", hint)
            return None
        if self._is_level_first(what.detector):
            return None
        times = None
        if what.times is not None:
            times = whole(self.report, what.times, "how often", limit=None)
        meant = self._meant(parts, what.detector, instance)
        return None if meant is None else Changes(meant, Change(what.change), times)

    def _is(self, detector: tree.Expr, status: tree.Name) -> Is | None:
        if status.word not in STATUS_WORDS:
            message = f"there is no status `{status.word}`"
            words, otherwise = STATUS_WORDS, f"use {listed(STATUS_WORDS)}"
            self.report.misspelt("PTT101", status.span, message, status.word, words, otherwise)
        parts, instance = reference_of(detector)
        meant = None if parts is None else self._meant(parts, detector, instance)
        if parts is None or (meant is not None and meant.level is not None):
            hint = "name the detector alone, such as `expect kl_runaway is firing at 120`"
            self._report("PTT405", detector, "only a detector has a status", hint)
            return None
        return None if meant is None else Is(meant, status.word)

    def _says(self, detector: tree.Target, part: tree.Text) -> Says | None:
        if not part.value:
            hint = "give some words of it"
            self._report("PTT405", part, "every text has this in it", hint)
        meant = self._target(detector)
        return None if meant is None else Says(meant, part.value)

    def _that(self, expression: tree.Expr, clause: tree.ExpectClause) -> Fires | Holds | None:
        """An event of a detector, or any condition on the pack's quantities at a step."""
        parts, instance = reference_of(expression)
        if parts is not None and not self._conditions.is_quantity(parts):
            if self._is_level_first(expression):
                return None
            meant = self._meant(parts, expression, instance)
            return None if meant is None else Fires(meant)
        if self._is_denied_event(expression) or self._is_bare_instance(expression):
            return None
        if clause.at is None:
            hint = "say where, such as `expect now == 0.4 at 100`"
            self._report("PTT405", expression, "a condition is expected at a step", hint)
        return self._conditions.condition(expression)

    def _is_bare_instance(self, expression: tree.Expr) -> bool:
        """`expect x[word]` for `expect x["word"]`; whether that is what is written."""
        if not isinstance(expression, tree.Windowed):
            return False
        word, (parts, _) = word_in_window(expression.window), reference_of(expression.series)
        if word is None or parts is None or self._conditions.is_quantity(parts):
            return False
        text = f'{".".join(parts)}["{word}"]'
        message, edit = "an instance stands in quotes", Edit(expression.span, text)
        self.report.add("PTT109", expression.span, message, hint=f"write `{text}`", edit=edit)
        return True

    def _is_denied_event(self, expression: tree.Expr) -> bool:
        """`expect not x` for `expect no x`; whether that is what is written."""
        if not isinstance(expression, tree.Not):
            return False
        parts, _ = reference_of(expression.operand)
        if parts is None or self._conditions.is_quantity(parts):
            return False
        text = f"no {self.report.source.slice(expression.operand.span)}"
        message = "`not` turns conditions round; that a detector does not fire is `no`"
        edit = Edit(expression.span, text)
        self.report.add("PTT405", expression.span, message, hint=f"write `{text}`", edit=edit)
        return True

    def _is_level_first(self, expression: tree.Expr) -> bool:
        """`x.high["k"]` for `x["k"].high`; whether that is what is written."""
        if not isinstance(expression, tree.Instance) or not isinstance(
            expression.family, tree.Member
        ):
            return False
        owner, level = expression.family.owner, expression.family.member.word
        if level not in LEVEL_WORDS:
            return False
        slice_of = self.report.source.slice
        text = f"{slice_of(owner.span)}[{slice_of(expression.label.span)}].{level}"
        edit = Edit(expression.span, text)
        message = "the level stands last, after the instance"
        self.report.add("PTT109", expression.span, message, hint=f"write `{text}`", edit=edit)
        return True

    def _target(self, target: tree.Target) -> Target | None:
        label = target.label.value if target.label else None
        return self._meant(target.parts, target, label)

    def _meant(
        self, parts: tuple[str, ...], at: tree.Node, instance: str | None = None
    ) -> Target | None:
        """A detector, a detector at a level, or a level."""
        *head, last = parts
        qualified = self.subjects.triggers.qualified
        word = ".".join(parts)
        if word in qualified:
            return self._of(Target(qualified[word], None, instance), at)
        if not head and last in LEVEL_WORDS:
            return self._of(Target(None, Level.of(last), instance), at)
        owner = qualified.get(".".join(head))
        if owner is not None and last in LEVEL_WORDS:
            if not self._has_level(owner, last):
                has = listed(one.word for one in self._levels(owner))
                message = f"`{'.'.join(head)}` has no level `{last}`"
                self._report("PTT101", at, message, f"it has {has}")
            return self._of(Target(owner, Level.of(last), instance), at)
        names = [name for name in qualified if "." not in name]
        if owner is not None:
            names = [f"{'.'.join(head)}.{level.word}" for level in self._levels(owner)]
        hint = did_you_mean(word, names)
        if word in _ACTION_WORDS:
            hint = f"what a policy does is `expect action {word}`"
        self._report("PTT101", at, f"`{word}` is neither a level nor a detector", hint)
        return None

    def _of(self, meant: Target, at: tree.Node) -> Target:
        """What is meant; only a detector `for each` of a family has instances."""
        detector = self.subjects.detectors.get(meant.detector or "")
        if meant.instance is not None and (detector is None or detector.family is None):
            hint = "leave out the text in brackets"
            self._report("PTT109", at, "only a detector `for each` family has instances", hint)
        return meant

    def _levels(self, owner: str) -> list[Level]:
        return sorted(self.subjects.triggers.levels.get(owner, ()), reverse=True)

    def _has_level(self, owner: str, word: str) -> bool:
        """Whether a detector has a level; one with an error of its own may have any."""
        levels = self._levels(owner)
        return not levels or Level.of(word) in levels

    def _report(self, code: str, node: tree.Node, message: str, hint: str | None) -> None:
        self.report.add(code, node.span, message, hint=hint)
