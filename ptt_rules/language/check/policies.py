"""Policies: triggers, limits and actions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ptt_rules.language.check.amounts import check_length, whole
from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.scope import PLAIN, Report, Scope, likeness, listed, nearest
from ptt_rules.language.diagnostics import Edit, Label
from ptt_rules.language.ir import ActionSpec, Length, Policy, Reaction, Trigger
from ptt_rules.language.syntax import tree
from ptt_rules.language.trainers import (
    HYPERPARAMETER_HABITS,
    hyperparameters_of_any,
    known_arguments,
    who,
)
from ptt_rules.language.types import LEVEL_WORDS, SPAN_MEASURES, ActionKind, Level, Measure


@dataclass(frozen=True)
class Triggers:
    """Possible triggers of a reaction: detectors by name, with the levels of each.

    A detector whose own declaration has an error has no levels.
    """

    qualified: Mapping[str, str]
    levels: Mapping[str, frozenset[Level]]


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

    def policy(self, pack: str, policy: tree.PolicyDecl | tree.OverridePolicy) -> Policy | None:
        """The policy, or None if something in it is wrong."""
        before = len(self.report.diagnostics)
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

    def _reaction(self, reaction: tree.Reaction) -> Reaction | None:
        trigger = self._trigger(reaction.trigger)
        actions = [self._action(action) for action in reaction.actions]
        self._report_twice(reaction.actions)
        known = tuple(action for action in actions if action is not None)
        if trigger is None or len(known) < len(actions):
            return None
        return Reaction(
            trigger,
            known,
            hold=self._length(reaction.hold, "for"),
            at_most=self._at_most(reaction.at_most),
            every=self._length(reaction.every.length if reaction.every else None, "every"),
            span=reaction.span,
            source=self.report.source,
        )

    # ---- limits ----------------------------------------------------------------------------

    def _length(self, length: tree.SpanOf | None, clause: str) -> Length | None:
        return None if length is None else check_length(self.report, self.scope, length, clause)

    def _at_most(self, at_most: tree.AtMost | None) -> int | None:
        if at_most is None:
            return None
        return whole(self.report, at_most.count, "`at most`", limit=None)

    # ---- actions ---------------------------------------------------------------------------

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

    def _report_no_hyperparameter(self, action: tree.SetAction) -> None:
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
            if same in seen:
                labels = (Label(seen[same].span, "first here"),)
                message = f"`{' '.join(same).strip()}` is given twice"
                hint = "keep one of the two"
                self.report.add("PTT102", action.span, message, hint=hint, labels=labels)
            seen.setdefault(same, action)

    # ---- triggers --------------------------------------------------------------------------

    def _trigger(self, reference: tree.Reference) -> Trigger | None:
        *head, last = reference.parts
        if not head and last in LEVEL_WORDS:
            return Trigger(None, Level.of(last))
        qualified = self.triggers.qualified
        if reference.dotted in qualified:
            return Trigger(qualified[reference.dotted], None)
        owner = ".".join(head)
        if owner in qualified and last in LEVEL_WORDS:
            return self._at_level(reference, qualified[owner], Level.of(last))
        names = [name for name in qualified if "." not in name]
        word = reference.dotted
        message = f"`{word}` is neither a level nor a detector"
        otherwise = f"use {listed(LEVEL_WORDS)}"
        names = [*names, *LEVEL_WORDS]
        if owner in qualified:
            names = [f"{owner}.{level}" for level in LEVEL_WORDS]
        self.report.misspelt("PTT101", reference.span, message, word, names, otherwise)
        return None

    def _at_level(self, reference: tree.Reference, detector: str, level: Level) -> Trigger | None:
        levels = self.triggers.levels.get(detector, frozenset())
        if levels and level not in levels:
            has = listed(known.word for known in sorted(levels, reverse=True))
            message = f"`{'.'.join(reference.parts[:-1])}` has no level `{level.word}`"
            self.report.add("PTT101", reference.span, message, hint=f"it has {has}")
            return None
        return Trigger(detector, level)
