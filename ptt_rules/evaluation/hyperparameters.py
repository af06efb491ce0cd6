"""Policies as operations, and the hyper-parameters that they set.

What a hyper-parameter is at present must follow from the log alone, so that the same log
gives the same decisions: it is the newest of what the trainer logged under its name, what the
policy set it to, and the training argument.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.evaluation.events import Formed
from ptt_rules.evaluation.row import compute
from ptt_rules.language import NOWHERE
from ptt_rules.language.functions import COUNT
from ptt_rules.language.ir import ActionSpec, AllWindow, Policy, Reaction, nodes
from ptt_rules.language.passes import Program


@dataclass(frozen=True, slots=True)
class Formula:
    """The formula of a `set`: operations of the program, the present value, what is made of it."""

    inputs: tuple[int, ...]
    local: tuple[tuple[nodes.Node, tuple[int, ...]], ...]
    """Each with the places of its inputs: those above, the present value, earlier ones of these."""
    result: int
    is_plain: bool
    """Whether it is a number, or a parameter, and nothing else."""

    @property
    def names_the_hyperparameter(self) -> bool:
        return bool(self.local) or self.result == len(self.inputs)

    def value(self, value_at: Callable[[int], Any], hyperparameter: float | None) -> float | None:
        """Null: unknown where one of its parts is"""
        values: list[Any] = [*map(value_at, self.inputs), hyperparameter]
        for node, inputs in self.local:
            values.append(compute(node, inputs)(values))
        found = values[self.result]
        return None if found is None else float(found)


@dataclass(frozen=True, slots=True)
class CompiledSet:
    """`set NAME = formula`; `logged`, `times_logged` and `argument` are what the value is now."""

    number: int
    """Which `set` of the policy it is."""
    hyperparameter: str
    formula: Formula
    logged: int
    times_logged: int
    argument: int
    operations: frozenset[int]
    """All that it reads, directly or not: a failure of one of them is its own."""


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    policy: Policy
    sets: Mapping[int, CompiledSet]
    """By the identity of the action that each is."""

    @property
    def name(self) -> str:
        return self.policy.name

    @property
    def reactions(self) -> tuple[Reaction, ...]:
        return self.policy.reactions

    @property
    def follows_firings(self) -> bool:
        """Whether a reaction can be due where nothing changes: after a while, or again."""
        return any(one.hold is not None or one.every is not None for one in self.reactions)

    def set_of(self, action: ActionSpec) -> CompiledSet:
        return self.sets[id(action)]


def compile_policy(program: Program, policy: Policy) -> CompiledPolicy:
    """A policy whose formulas are operations of the program."""
    policy = policy.resolved(program.params)
    actions = [action for reaction in policy.reactions for action in reaction.actions]
    sets: dict[int, CompiledSet] = {}
    for action in actions:
        if action.hyperparameter is not None and action.formula is not None:
            sets[id(action)] = _compile_set(
                program, len(sets), action.hyperparameter, action.formula
            )
    return CompiledPolicy(policy, sets)


def _compile_set(
    program: Program, number: int, hyperparameter: str, formula: nodes.Node
) -> CompiledSet:
    column = nodes.Column(NOWHERE, (hyperparameter,))
    is_logged = nodes.Known(NOWHERE, column)
    times = nodes.Aggregate(NOWHERE, COUNT, (is_logged,), AllWindow())
    lowered = _Lowering(program).formula(formula)
    logged = program.number(nodes.Latest(NOWHERE, column))
    times_logged = program.number(times)
    argument = program.number(nodes.Config(NOWHERE, hyperparameter))
    reached = program.reached_from([*lowered.inputs, logged, times_logged, argument])
    return CompiledSet(number, hyperparameter, lowered, logged, times_logged, argument, reached)


@dataclass
class _Lowering:
    """Splits a formula into what the program computes and what waits for the hyper-parameter."""

    program: Program
    inputs: dict[int, int] = field(default_factory=dict)
    local: list[tuple[nodes.Node, tuple[nodes.Node, ...]]] = field(default_factory=list)

    def formula(self, root: nodes.Node) -> Formula:
        self._collect(root)
        hyperparameter = len(self.inputs)
        places: dict[int, int] = {}
        lowered = []

        def place(node: nodes.Node) -> int:
            if isinstance(node, nodes.Hyperparameter):
                return hyperparameter
            if id(node) in places:
                return places[id(node)]
            return list(self.inputs).index(self.program.number(node))

        for node, children in self.local:
            lowered.append((node, tuple(map(place, children))))
            places[id(node)] = hyperparameter + len(lowered)
        is_plain = isinstance(root, (nodes.Constant, nodes.Parameter))
        return Formula(tuple(self.inputs), tuple(lowered), place(root), is_plain)

    def _collect(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Hyperparameter):
            return
        if not any(isinstance(inner, nodes.Hyperparameter) for inner in nodes.walk([node])):
            self.inputs.setdefault(self.program.number(node), len(self.inputs))
            return
        for child in node.children:
            self._collect(child)
        self.local.append((node, node.children))


@dataclass
class Hyperparameters:
    """What a policy has set so far, and how often the trainer had logged it by then.

    Not since which step: several rows may have the same one.
    """

    chosen: dict[str, tuple[float, float]] = field(default_factory=dict)

    def decide(
        self, compiled: CompiledSet, value_at: Callable[[int], Any]
    ) -> tuple[float, Formed] | None:
        """The value to set now; None where it is unknown, NaN or infinite: nothing is set."""
        present, formula = self._present(compiled, value_at), compiled.formula
        value = formula.value(value_at, present)
        if value is None or not math.isfinite(value):
            return None
        self.chosen[compiled.hyperparameter] = (value, value_at(compiled.times_logged))
        return value, Formed(
            present if formula.names_the_hyperparameter else None, formula.is_plain
        )

    def _present(self, compiled: CompiledSet, value_at: Callable[[int], Any]) -> float | None:
        logged: float | None = value_at(compiled.logged)
        if compiled.hyperparameter in self.chosen:
            value, times_logged = self.chosen[compiled.hyperparameter]
            return logged if value_at(compiled.times_logged) > times_logged else value
        if logged is not None:
            return logged
        argument: float | None = value_at(compiled.argument)
        return argument
