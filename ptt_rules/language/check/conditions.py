"""Checks conditions that tests expect: of metrics, parameters, and `let`s of any detector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ptt_rules.language.check.block import Let
from ptt_rules.language.check.expressions import ExpressionChecker
from ptt_rules.language.check.lets import names_in
from ptt_rules.language.check.scope import Report, Scope
from ptt_rules.language.check.subjects import Subjects
from ptt_rules.language.ir import Holds, nodes
from ptt_rules.language.syntax import tree
from ptt_rules.language.who import Who


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
