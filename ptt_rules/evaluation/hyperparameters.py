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
from ptt_rules.language import NOWHERE, ActionKind
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
class CompiledHyperparameter:
    """What says what a hyper-parameter is at present."""

    name: str
    logged: int
    times_logged: int
    argument: int


@dataclass(frozen=True, slots=True)
class CompiledSet:
    """`set NAME = formula`."""

    number: int
    """Which `set` of the policy it is."""
    action: ActionSpec
    of: CompiledHyperparameter
    formula: Formula
    operations: frozenset[int]
    """All that it reads, directly or not: a failure of one of them is its own."""

    @property
    def hyperparameter(self) -> str:
        return self.of.name


@dataclass(frozen=True, slots=True)
class CompiledReaction:
    number: int
    """Its place in the policy."""
    reaction: Reaction
    when: int | None
    operations: frozenset[int]
    """All that its condition reads."""

    def is_asked(self, value_at: Callable[[int], Any]) -> bool:
        """Whether its condition is true, if it has one."""
        return self.when is None or value_at(self.when) is True

    @property
    def follows_firings(self) -> bool:
        """Whether it can be due where nothing changes: after a while, again, or once more is
        true."""
        one = self.reaction
        return any(part is not None for part in (one.hold, one.every, one.when))


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    policy: Policy
    reactions: tuple[CompiledReaction, ...]
    sets: Mapping[int, CompiledSet]
    """By the identity of the action that each is."""
    resets: Mapping[int, CompiledHyperparameter]
    """What is reset, by the identity of the action."""

    @property
    def name(self) -> str:
        return self.policy.name

    @property
    def follows_firings(self) -> bool:
        return any(one.follows_firings for one in self.reactions)

    @property
    def can_stop(self) -> bool:
        """Whether one of its reactions ends the run."""
        every = (action for one in self.policy.reactions for action in one.all_actions)
        return any(action.kind is ActionKind.STOP for action in every)

    def set_of(self, action: ActionSpec) -> CompiledSet:
        return self.sets[id(action)]

    def reset_of(self, action: ActionSpec) -> CompiledHyperparameter:
        return self.resets[id(action)]


def compile_policy(program: Program, policy: Policy) -> CompiledPolicy:
    """A policy whose conditions and formulas are operations of the program."""
    policy = policy.resolved(program.params)
    sets: dict[int, CompiledSet] = {}
    resets: dict[int, CompiledHyperparameter] = {}
    for action in (action for reaction in policy.reactions for action in reaction.all_actions):
        if action.hyperparameter is None:
            continue
        of = _hyperparameter(program, action.hyperparameter)
        if action.formula is None:
            resets[id(action)] = of
        else:
            sets[id(action)] = _compile_set(program, len(sets), action, of, action.formula)
    reactions = (_reaction(program, *each) for each in enumerate(policy.reactions))
    return CompiledPolicy(policy, tuple(reactions), sets, resets)


def _reaction(program: Program, number: int, reaction: Reaction) -> CompiledReaction:
    when = None if reaction.when is None else program.number(reaction.when)
    reached = program.reached_from([] if when is None else [when])
    return CompiledReaction(number, reaction, when, reached)


def _hyperparameter(program: Program, name: str) -> CompiledHyperparameter:
    column = nodes.Column(NOWHERE, (name,))
    is_logged = nodes.Known(NOWHERE, column)
    times = nodes.Aggregate(NOWHERE, COUNT, (is_logged,), AllWindow())
    return CompiledHyperparameter(
        name,
        logged=program.number(nodes.Latest(NOWHERE, column)),
        times_logged=program.number(times),
        argument=program.number(nodes.Config(NOWHERE, name)),
    )


def _compile_set(
    program: Program,
    number: int,
    action: ActionSpec,
    of: CompiledHyperparameter,
    formula: nodes.Node,
) -> CompiledSet:
    lowered = _Lowering(program).formula(formula)
    reached = program.reached_from(
        [*lowered.inputs, of.logged, of.times_logged, of.argument],
    )
    return CompiledSet(number, action, of, lowered, reached)


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


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a policy has set a hyper-parameter to, None where it was reset, and how often the
    trainer had logged it by then.

    Not since which step: several rows may have the same one.
    """

    value: float | None
    times_logged: float


@dataclass
class Hyperparameters:
    """What a policy has set so far."""

    chosen: dict[str, Chosen] = field(default_factory=dict)

    def decide(
        self, compiled: CompiledSet, value_at: Callable[[int], Any]
    ) -> tuple[float, Formed] | None:
        """The value to set now; None where it is unknown, NaN or infinite: nothing is set."""
        of, formula = compiled.of, compiled.formula
        present = self._present(of, value_at)
        value = formula.value(value_at, present)
        if value is None or not math.isfinite(value):
            return None
        self.chosen[of.name] = Chosen(value, value_at(of.times_logged))
        return value, Formed(
            present if formula.names_the_hyperparameter else None, formula.is_plain
        )

    def reset(self, of: CompiledHyperparameter, value_at: Callable[[int], Any]) -> None:
        """Leaves it to the trainer again; what it is then, only the next log of it tells."""
        self.chosen[of.name] = Chosen(None, value_at(of.times_logged))

    def _present(self, of: CompiledHyperparameter, value_at: Callable[[int], Any]) -> float | None:
        logged: float | None = value_at(of.logged)
        chosen = self.chosen.get(of.name)
        if chosen is not None:
            if value_at(of.times_logged) > chosen.times_logged:
                return logged
            if chosen.value is not None or chosen.times_logged > 0:
                return chosen.value
        elif logged is not None:
            return logged
        argument: float | None = value_at(of.argument)
        return argument
