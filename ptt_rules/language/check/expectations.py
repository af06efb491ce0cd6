"""Checks expectations of tests: events of detectors, decisions of the policy, conditions at a
step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ptt_rules.language.check.block import Let
from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.lets import names_in
from ptt_rules.language.check.policies import Triggers
from ptt_rules.language.check.scope import Report, Scope, did_you_mean, listed
from ptt_rules.language.diagnostics import Edit
from ptt_rules.language.ir import (
    Claim,
    Decides,
    Detector,
    Expectation,
    Fires,
    Holds,
    Resolves,
    Silence,
    StepRange,
    Trigger,
    nodes,
)
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import LEVEL_WORDS, ActionKind, Level
from ptt_rules.language.who import Who

_ACTION_WORDS = tuple(kind.value for kind in ActionKind)


@dataclass(frozen=True)
class Subjects:
    """The detectors that expectations can name: those of a pack and of the packs that it
    extends."""

    pack: str
    triggers: Triggers
    detectors: Mapping[str, Detector]
    """By qualified name; those with an error of their own are left out."""

    @cached_property
    def blocks(self) -> dict[str, dict[str, nodes.Node]]:
        """The `let`s of each detector, by its qualified name."""
        return {
            qualified: {word: one.values[word] for word in _let_words(one) if word in one.values}
            for qualified, one in self.detectors.items()
        }

    @cached_property
    def _owners(self) -> dict[str, list[str]]:
        owners: dict[str, list[str]] = {}
        for qualified, words in self.blocks.items():
            for word in words:
                owners.setdefault(word, []).append(qualified)
        return owners

    def owners(self, word: str) -> list[str]:
        """The detectors that have a `let` of this name: the pack's own, if there are some."""
        found = self._owners.get(word, [])
        own = [name for name in found if name.startswith(f"{self.pack}.")]
        return own or found


def _let_words(detector: Detector) -> Iterator[str]:
    for placed in detector.declaration.clauses if detector.declaration else ():
        if isinstance(placed.clause, tree.LetClause):
            yield placed.clause.name.word


@dataclass
class ExpectationChecker:
    """Checks the expectations of one test; `policy` is the one that decides in it."""

    report: Report
    scope: Scope
    subjects: Subjects
    policy: str | None

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
            case tree.ExpectNo(what=what):
                trigger = self._event(what.parts, what)
                return None if trigger is None else Fires(trigger, wanted=False)
            case tree.ExpectAction(action=action):
                return self._action(action)
            case tree.ExpectResolves(detector=detector):
                return self._resolves(detector)
            case tree.ExpectThat(what=that):
                return self._that(that, clause)

    def _steps(self, at: tree.Steps) -> StepRange:
        if at.end is not None and at.end.value < at.start.value:
            hint = f"write `{at.end.value:g}..{at.start.value:g}`"
            self._report("PTT206", at, "this range is empty", hint)
        end = at.end.value if at.end is not None else None
        return StepRange(at.start.value, end if at.is_range else at.start.value)

    # ---- actions and events ----------------------------------------------------------------

    def _action(self, action: tree.Name) -> Decides | None:
        if action.word not in _ACTION_WORDS:
            hint = did_you_mean(action.word, _ACTION_WORDS, f"use {listed(_ACTION_WORDS)}")
            self._report("PTT101", action, f"there is no action `{action.word}`", hint)
            return None
        if self.policy is None:
            hint = "name the one that does: `with policy guard`"
            self._report("PTT405", action, "no policy decides in this test", hint)
            return None
        return Decides(ActionKind(action.word))

    def _resolves(self, expression: tree.Expr) -> Resolves | None:
        parts, instance = _reference(expression)
        if parts is None:
            hint = "name the detector, such as `expect kl_runaway resolves at 120..`"
            self._report("PTT405", expression, "only a detector resolves", hint)
            return None
        trigger = self._event(parts, expression, instance)
        return None if trigger is None else Resolves(trigger, instance)

    def _that(self, expression: tree.Expr, clause: tree.ExpectClause) -> Fires | Holds | None:
        """An event of a detector, or any condition on the pack's quantities at a step."""
        parts, instance = _reference(expression)
        if parts is not None and not self._is_quantity(parts):
            trigger = self._event(parts, expression, instance)
            return None if trigger is None else Fires(trigger, instance=instance)
        if self._is_denied_event(expression):
            return None
        if clause.at is None:
            hint = "say where, such as `expect now == 0.4 at 100`"
            self._report("PTT405", expression, "a condition is expected at a step", hint)
        return self._condition(expression)

    def _is_denied_event(self, expression: tree.Expr) -> bool:
        """`expect not x` for `expect no x`; whether that is what is written."""
        if not isinstance(expression, tree.Not):
            return False
        parts, _ = _reference(expression.operand)
        if parts is None or self._is_quantity(parts):
            return False
        text = f"no {'.'.join(parts)}"
        message = "`not` turns conditions round; that a detector does not fire is `no`"
        edit = Edit(expression.span, text)
        self.report.add("PTT405", expression.span, message, hint=f"write `{text}`", edit=edit)
        return True

    def _event(
        self, parts: tuple[str, ...], at: tree.Node, instance: str | None = None
    ) -> Trigger | None:
        """A detector, a detector at a level, or a level."""
        *head, last = parts
        qualified = self.subjects.triggers.qualified
        word = ".".join(parts)
        if word in qualified:
            return self._of(Trigger(qualified[word], None), at, instance)
        if not head and last in LEVEL_WORDS:
            return self._of(Trigger(None, Level.of(last)), at, instance)
        owner = qualified.get(".".join(head))
        if owner is not None and last in LEVEL_WORDS:
            if not self._has_level(owner, last):
                has = listed(one.word for one in self._levels(owner))
                message = f"`{'.'.join(head)}` has no level `{last}`"
                self._report("PTT101", at, message, f"it has {has}")
            return self._of(Trigger(owner, Level.of(last)), at, instance)
        names = [name for name in qualified if "." not in name]
        if owner is not None:
            names = [f"{'.'.join(head)}.{level.word}" for level in self._levels(owner)]
        hint = did_you_mean(word, names)
        self._report("PTT101", at, f"`{word}` is neither a level nor a detector", hint)
        return None

    def _of(self, trigger: Trigger, at: tree.Node, instance: str | None) -> Trigger:
        """The trigger; only a detector `for each` of a family has instances."""
        detector = self.subjects.detectors.get(trigger.detector or "")
        if instance is not None and (detector is None or detector.family is None):
            hint = "leave out the text in brackets"
            self._report("PTT109", at, "only a detector `for each` family has instances", hint)
        return trigger

    def _levels(self, owner: str) -> list[Level]:
        return sorted(self.subjects.triggers.levels.get(owner, ()), reverse=True)

    def _has_level(self, owner: str, word: str) -> bool:
        """Whether a detector has a level; one with an error of its own may have any."""
        levels = self._levels(owner)
        return not levels or Level.of(word) in levels

    # ---- conditions ------------------------------------------------------------------------

    def _is_quantity(self, parts: tuple[str, ...]) -> bool:
        if len(parts) > 1:
            owner = self.subjects.triggers.qualified.get(parts[0])
            return parts[1] in self.subjects.blocks.get(owner or "", {})
        word = parts[0]
        return word in self.scope or word in self.scope.broken or bool(self.subjects.owners(word))

    def _condition(self, expression: tree.Expr) -> Holds | None:
        names = [name for name in names_in(expression) if name.word not in self.scope]
        if not all(map(self._is_plain, names)):
            return None
        checker = ExpressionChecker(
            self.report, self.scope, lets=self._lets(names), blocks=self._blocks()
        )
        condition = checker.truth(expression)
        if condition is None or not self._is_of_one_run(condition, expression):
            return None
        used = {owner for name in names for owner in self.subjects.owners(name.word)}
        block = self.subjects.detectors[used.pop()].declaration if len(used) == 1 else None
        return Holds(condition, expression, block)

    def _is_plain(self, name: tree.Name) -> bool:
        """Whether it is clear which detector's `let` is meant."""
        owners = self.subjects.owners(name.word)
        if len(owners) > 1:
            plain = [Who.parse(owner).name for owner in owners]
            hint = f"write {' or '.join(f'`{owner}.{name.word}`' for owner in plain[:2])}"
            message = f"`{name.word}` is a name in {len(owners)} detectors"
            self._report("PTT405", name, message, hint)
        return len(owners) <= 1

    def _lets(self, names: list[tree.Name]) -> dict[str, Let]:
        blocks = self.subjects.blocks
        owned = [(name.word, self.subjects.owners(name.word)) for name in names]
        return {
            word: Let(name, self.report, is_value=True, value=blocks[owners[0]][word])
            for name, (word, owners) in zip(names, owned, strict=True)
            if owners
        }

    def _blocks(self) -> dict[str, Mapping[str, nodes.Node]]:
        blocks = self.subjects.blocks
        qualified = self.subjects.triggers.qualified
        return {name: blocks[full] for name, full in qualified.items() if full in blocks}

    def _is_of_one_run(self, condition: nodes.Node, expression: tree.Expr) -> bool:
        """Whether it reads no `let` of a `for each` detector, which differs between instances."""
        if not any(isinstance(one, nodes.FamilyColumn) for one in nodes.walk([condition])):
            return True
        hint = 'write the formula with the instance that you mean: `reward_of["format"]`'
        self._report("PTT109", expression, "this has a value for each instance of a family", hint)
        return False

    def _report(self, code: str, node: tree.Node, message: str, hint: str | None) -> None:
        self.report.add(code, node.span, message, hint=hint)


def _reference(expression: tree.Expr) -> tuple[tuple[str, ...] | None, str | None]:
    """The words of a plain or dotted name, and the text in brackets after it."""
    match expression:
        case tree.Name(word=word):
            return (word,), None
        case tree.Member(owner=owner, member=member) if owner.word != "config":
            return (owner.word, member.word), None
        case tree.Instance(family=family, label=label):
            return _reference(family)[0], label.value
    return None, None
