"""Policies: targets, limits and actions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ptt_rules.language.check.amounts import Amount, check_length, whole_amount
from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.scope import PLAIN, Asker, Report, Scope, likeness, listed, nearest
from ptt_rules.language.diagnostics import Edit, Label
from ptt_rules.language.ir import ActionSpec, Length, Policy, Reaction, Target, nodes
from ptt_rules.language.syntax import tree
from ptt_rules.language.trainers import (
    HYPERPARAMETER_HABITS,
    hyperparameters_of_any,
    known_arguments,
    who,
)
from ptt_rules.language.types import LEVEL_WORDS, SPAN_MEASURES, ActionKind, Level, Measure

One = TypeVar("One")


@dataclass(frozen=True)
class Triggers:
    """What a reaction can be on: detectors by name, with the levels of each.

    A detector whose own declaration has an error has no levels, and may be of a family.
    """

    qualified: Mapping[str, str]
    levels: Mapping[str, frozenset[Level]]
    families: Collection[str]
    """The detectors, by qualified name, that are `for each` instance of a family."""

    def are_known(self, detector: str) -> bool:
        return bool(self.levels.get(detector))


def is_no_hyperparameter(scope: Scope, word: str) -> bool:
    """A name of no trainer; where any may be meant, only one that is nearly such a name."""
    if word in hyperparameters_of_any() or word in known_arguments():
        return False
    return bool(scope.trainers) or nearest(word, hyperparameters_of_any(), PLAIN) is not None


@dataclass
class PolicyChecker:
    report: Report
    scope: Scope
    triggers: Triggers
    name: str = ""
    """Of the policy."""

    def policy(self, pack: str, policy: tree.PolicyDecl | tree.OverridePolicy) -> Policy | None:
        """The policy, or None if something in it is wrong."""
        before, self.name = len(self.report.diagnostics), policy.name.word
        if policy.name.word not in self.scope.partial:
            self._report_idle(policy.reactions)
        reactions = [self._reaction(reaction) for reaction in policy.reactions]
        known = tuple(reaction for reaction in reactions if reaction is not None)
        if len(self.report.diagnostics) > before or len(known) < len(reactions):
            return None
        name = policy.name
        return Policy(name.word, pack, known, span=name.span, source=self.report.source)

    def _report_idle(self, reactions: Sequence[tree.Reaction]) -> None:
        hint = "name what to do, such as `{ checkpoint stop }`"
        for reaction in reactions:
            if not reaction.actions:
                self.report.add("PTT107", reaction.span, "this reaction does nothing", hint=hint)
            if reaction.then and not reaction.then.actions:
                self.report.add("PTT107", reaction.then.span, "this `then` does nothing", hint=hint)

    def _reaction(self, reaction: tree.Reaction) -> Reaction | None:
        trigger = reaction.trigger
        excepted = trigger.excepted.items if trigger.excepted else ()
        targets, exceptions = map(self._targets, (trigger.targets.items, excepted))
        when = self._when(reaction.when)
        actions = self._actions(reaction.actions)
        then = self._actions(reaction.then.actions) if reaction.then else ()
        if trigger.ends:
            self._report_lengths(reaction)
        limit = self._at_most(reaction.at_most)
        if targets is None or exceptions is None or actions is None or then is None:
            return None
        if reaction.when is not None and when is None:
            return None
        return Reaction(
            targets,
            actions,
            excepted=exceptions,
            on_end=trigger.ends is not None,
            when=when,
            hold=self._length(reaction.hold, "for"),
            every=self._length(reaction.every, "every"),
            at_most=None if limit is None else int(limit.value),
            at_most_set_by=None if limit is None else limit.given,
            then=then,
            span=reaction.span,
            source=self.report.source,
        )

    def _targets(self, targets: Sequence[tree.Target]) -> tuple[Target, ...] | None:
        return _whole([check_target(self.report, self.triggers, one) for one in targets])

    def _when(self, condition: tree.Expr | None) -> nodes.Node | None:
        if condition is None:
            return None
        asker = Asker(self.name, is_policy=True)
        return ExpressionChecker(self.report, self.scope, asker=asker).truth(condition)

    # ---- limits ----------------------------------------------------------------------------

    def _length(self, length: tree.SpanOf | None, clause: str) -> Length | None:
        """The span of a reaction, which is of several detectors: they share no judgements."""
        if length is None:
            return None
        checked = check_length(self.report, self.scope, length, clause)
        if checked is not None and checked.measure is Measure.JUDGEMENTS:
            text = f"{self.report.source.slice(length.span)} steps"
            message = f"`{clause}` has a unit in a policy"
            hint = f"write `{clause} {text}`, or a time"
            edit = Edit(length.span, text)
            self.report.add("PTT210", length.span, message, hint=hint, edit=edit)
            return None
        return checked

    def _report_lengths(self, reaction: tree.Reaction) -> None:
        for word, length in (("for", reaction.hold), ("every", reaction.every)):
            if length is not None:
                message = f"`resolves` is at one row, and takes no `{word}`"
                hint = f"leave out `{word} {self.report.source.slice(length.span)}`"
                self.report.add("PTT210", length.span, message, hint=hint)

    def _at_most(self, at_most: tree.AtMost | None) -> Amount | None:
        if at_most is None:
            return None
        return whole_amount(self.report, self.scope, at_most.count, "`at most`", limit=None)

    # ---- actions ---------------------------------------------------------------------------

    def _actions(self, actions: tuple[tree.ActionNode, ...]) -> tuple[ActionSpec, ...] | None:
        self._report_twice(actions)
        return _whole([self._action(action) for action in actions])

    def _action(self, action: tree.ActionNode) -> ActionSpec | None:
        match action:
            case tree.PlainAction(word=word):
                return ActionSpec(ActionKind(word))
            case tree.NotifyAction(channel=channel):
                return self._notify(channel)
            case tree.PauseAction(length=length):
                return self._pause(length)
            case tree.SetAction():
                return self._set(action)
            case tree.ResetAction(hyperparameter=hyperparameter):
                if is_no_hyperparameter(self.scope, hyperparameter.word):
                    self._report_no_hyperparameter(action)
                    return None
                return ActionSpec(ActionKind.RESET, hyperparameter=hyperparameter.word)
            case tree.RollbackAction():
                return self._rollback(action)

    def _notify(self, channel: tree.Text) -> ActionSpec | None:
        if channel.value.strip():
            return ActionSpec(ActionKind.NOTIFY, channel=channel.value)
        hint = 'name one that the run sets up, such as `notify "slack"`'
        self.report.add("PTT107", channel.span, "a channel has a name", hint=hint)
        return None

    def _pause(self, length: tree.SpanOf) -> ActionSpec | None:
        if SPAN_MEASURES[length.unit] is not Measure.SECONDS:
            message = "a paused run makes no steps: the length of a pause is a time"
            hint = "write one such as `pause 30 min`"
            self.report.add("PTT210", length.span, message, hint=hint)
            return None
        checked = check_length(self.report, self.scope, length, "pause")
        return None if checked is None else ActionSpec(ActionKind.PAUSE, length=checked)

    def _set(self, action: tree.SetAction) -> ActionSpec | None:
        hyperparameter = action.hyperparameter.word
        if is_no_hyperparameter(self.scope, hyperparameter):
            self._report_no_hyperparameter(action)
            return None
        checker = ExpressionChecker(self.report, self.scope, hyperparameter=hyperparameter)
        formula = checker.number(action.value)
        if formula is None:
            return None
        return ActionSpec(ActionKind.SET, hyperparameter=hyperparameter, formula=formula)

    def _rollback(self, action: tree.RollbackAction) -> ActionSpec | None:
        name, best = action.metric, action.best
        if name is None:
            return ActionSpec(ActionKind.ROLLBACK)
        metric = self.scope.metrics.get(name.word)
        if metric is None or metric.label is not None:
            message = f"`{name.word}` is not a metric"
            if metric is not None:
                message = f"`{name.word}` is a family: a checkpoint is the best by one metric"
            metrics = [one.name for one in self.scope.metrics.values() if one.label is None]
            if name.word not in self.scope.broken:
                known = f"name a metric, such as {listed(metrics[:3])}" if metrics else None
                self.report.misspelt("PTT101", name.span, message, name.word, metrics, known)
            return None
        return ActionSpec(ActionKind.ROLLBACK, best=best, metric=metric)

    def _report_no_hyperparameter(self, action: tree.SetAction | tree.ResetAction) -> None:
        """The edit puts the name that was meant in both places: `set lr = lr * 0.5`."""
        word, known = action.hyperparameter.word, hyperparameters_of_any(self.scope.trainers)
        habit = HYPERPARAMETER_HABITS.get(word)
        near = habit if habit in known else nearest(word, known)
        written = self.report.source.slice(action.span)
        is_plain = near is not None and (near == habit or likeness(word, near) >= PLAIN)
        edit = None
        if near is not None and is_plain and "#" not in written:
            edit = Edit(action.span, re.sub(rf"\b{word}\b", near, written))
        message = f"no trainer {who(self.scope.trainers)} has a hyper-parameter `{word}`"
        hint = f"did you mean `{near}`?" if near else f"these can be set: {listed(known)}"
        self.report.add("PTT101", action.hyperparameter.span, message, hint=hint, edit=edit)

    def _report_twice(self, actions: tuple[tree.ActionNode, ...]) -> None:
        """An action twice in one reaction; `set` of two names and two channels are different."""
        seen: dict[tuple[str, str], tree.ActionNode] = {}
        for action in actions:
            match action:
                case tree.PlainAction(word=word):
                    same = (word, "")
                case tree.PauseAction():
                    same = ("pause", "")
                case tree.NotifyAction(channel=channel):
                    same = ("notify", channel.value)
                case tree.SetAction(hyperparameter=hyperparameter):
                    same = ("set", hyperparameter.word)
                case tree.ResetAction(hyperparameter=hyperparameter):
                    same = ("reset", hyperparameter.word)
                case tree.RollbackAction():
                    same = ("rollback", "")
            if same in seen:
                labels = (Label(seen[same].span, "first here"),)
                message = f"`{' '.join(same).strip()}` is given twice"
                hint = "keep one of the two"
                self.report.add("PTT102", action.span, message, hint=hint, labels=labels)
            seen.setdefault(same, action)


def _whole(found: Sequence[One | None]) -> tuple[One, ...] | None:
    """A list, or nothing where something in it is wrong."""
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else None


# ---- targets -------------------------------------------------------------------------------


def check_target(report: Report, triggers: Triggers, target: tree.Target) -> Target | None:
    """A level, a detector, a detector at a level or worse, or an instance of one."""
    *head, last = target.reference.parts
    label = target.label.value if target.label else None
    qualified = triggers.qualified.get(target.reference.dotted)
    if qualified is None and not head and last in LEVEL_WORDS and label is None:
        return Target(None, Level.of(last))
    level, word = target.level, target.reference.dotted
    if qualified is None and label is None and head and last in LEVEL_WORDS:
        level, word = last, ".".join(head)
        qualified = triggers.qualified.get(word)
    if qualified is None:
        _report_unknown(report, triggers, target)
        return None
    if level is not None and not _has_level(report, triggers, target, (word, qualified, level)):
        return None
    if label is not None and triggers.are_known(qualified) and qualified not in triggers.families:
        message = "only a detector `for each` family has instances"
        hint = "leave out the text in brackets"
        report.add("PTT109", target.span, message, hint=hint)
        return None
    return Target(qualified, Level.of(level) if level else None, label)


def _report_unknown(report: Report, triggers: Triggers, target: tree.Target) -> None:
    reference = target.reference
    owner, _, _ = reference.dotted.rpartition(".")
    names = [name for name in triggers.qualified if "." not in name]
    message = f"`{reference.dotted}` is neither a level nor a detector"
    otherwise = f"use {listed(LEVEL_WORDS)}"
    names = [*names, *LEVEL_WORDS]
    if owner in triggers.qualified:
        names = [f"{owner}.{level}" for level in LEVEL_WORDS]
    report.misspelt("PTT101", reference.span, message, reference.dotted, names, otherwise)


def _has_level(
    report: Report, triggers: Triggers, target: tree.Target, at: tuple[str, str, str]
) -> bool:
    """Whether a detector can fire at a level or worse; one with an error of its own may."""
    word, qualified, level = at
    levels = triggers.levels.get(qualified, frozenset())
    if not levels or max(levels) >= Level.of(level):
        return True
    has = listed(known.word for known in sorted(levels, reverse=True))
    message = f"`{word}` has no level `{level}`, and none that is worse"
    report.add("PTT101", target.span, message, hint=f"it has {has}")
    return False
