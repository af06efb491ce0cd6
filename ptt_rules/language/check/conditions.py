"""Checks conditions that tests expect: of metrics, parameters, and `let`s of any detector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from ptt_rules.language.check.block import Let
from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.lets import names_in
from ptt_rules.language.check.lists import family_of_keys
from ptt_rules.language.check.names import dotted
from ptt_rules.language.check.scope import Report, Scope
from ptt_rules.language.check.subjects import Subjects
from ptt_rules.language.ir import Detector, Family, Holds, nodes
from ptt_rules.language.syntax import tree
from ptt_rules.language.who import Who


@dataclass(frozen=True, slots=True)
class Asked:
    """An expression as a node, for each instance of a family if it is one."""

    node: nodes.Node
    family: Family | None


def _owners(node: tree.Node) -> Iterator[str]:
    """What stands before the last dot of dotted names."""
    if isinstance(node, tree.Member):
        owner = dotted(node.owner)
        yield from () if owner is None else (owner,)
        return
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, tree.Node):
                yield from _owners(child)


def parts_of(detector: Detector) -> dict[str, nodes.Node]:
    """What a detector names: the conditions of its levels, `until`, and its `let`s."""
    until = {} if detector.until is None else {"until": detector.until}
    levels = {one.level.word: one.condition for one in detector.levels}
    return {**levels, **until, **detector.values}


@dataclass
class ConditionChecker:
    """Checks the conditions of one test."""

    report: Report
    scope: Scope
    subjects: Subjects

    def is_quantity(self, parts: tuple[str, ...]) -> bool:
        if len(parts) > 1:
            owner = self.subjects.triggers.qualified.get(".".join(parts[:-1]))
            return parts[-1] in self.subjects.blocks.get(owner or "", {})
        word = parts[0]
        return word in self.scope or word in self.scope.broken or bool(self.subjects.owners(word))

    def condition(self, expression: tree.Expr) -> Holds | None:
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

    def value(self, expression: tree.Expr) -> Asked | None:
        """Any expression: a number or a truth, of the run or of each instance of a family."""
        names = [name for name in names_in(expression) if name.word not in self.scope]
        if not all(map(self._is_plain, names)):
            return None
        families = self._families(expression)
        labels = {family.label for family in families}
        if len(labels) > 1:
            hint = "name the instance that you mean of all but one"
            self._report("PTT109", expression, "families of different labels in one", hint)
            return None
        family = families[0] if families else None
        label = family.label if family else None
        checker = ExpressionChecker(
            self.report, self.scope, label, lets=self._lets(names), blocks=self._parts()
        )
        node = checker.value(expression)
        if node is None:
            return None
        is_of_each = any(isinstance(one, nodes.FamilyColumn) for one in nodes.walk([node]))
        return Asked(node, family if is_of_each else None)

    def _families(self, expression: tree.Expr) -> list[Family]:
        """The families of which an expression reads an instance that it does not name."""
        found = [family_of_keys(self.scope, one.word) for one in names_in(expression)]
        owners = [
            name
            for one in names_in(expression)
            for name in self.subjects.owners(one.word)
            if one.word not in self.scope
        ]
        qualified = self.subjects.triggers.qualified
        owners += [qualified[name] for name in _owners(expression) if name in qualified]
        detectors = self.subjects.detectors
        of_detectors = [detectors[name].family for name in owners if name in detectors]
        return [one for one in (*found, *of_detectors) if one is not None and not one.words]

    def _parts(self) -> dict[str, Mapping[str, nodes.Node]]:
        """The `let`s and conditions of detectors, by both names of each."""
        subjects = self.subjects
        parts = {name: parts_of(one) for name, one in subjects.detectors.items()}
        qualified = subjects.triggers.qualified
        return {name: parts[full] for name, full in qualified.items() if full in parts}

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
