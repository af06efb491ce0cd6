"""One key of another framework as a table row: which of our keys it is, and its denominator."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from ptt_rules.language.metrics import find
from ptt_rules.language.types import Unit


class Likeness(Enum):
    """How far a key is the quantity that rules read."""

    SAME = "="
    """The same quantity and unit."""
    NEAR = "~"
    """The same quantity by another estimator, over other items, or of another moment."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A key of a framework that is a quantity of ours; `{...}` in it stands for any word.

    `means` are keys as the shipped packs read them; packs of several algorithms name a quantity
    differently. The framework's number times `factor` plus `offset` is ours.
    """

    key: str
    means: tuple[str, ...]
    over: str
    """What a logged value is a mean over: its denominator."""
    likeness: Likeness = Likeness.SAME
    note: str = ""
    when: str = ""
    """The condition under which it is logged; empty if it always is."""
    factor: float = 1.0
    offset: float = 0.0
    unknown: float | None = None
    """A number that says nothing: what a console of few decimals shows for any small one."""
    packs: tuple[str, ...] = ()
    """The packs of the algorithms that log it; empty if all do."""
    source: str = ""
    """The file of the framework in which it was read."""

    @property
    def unit(self) -> Unit:
        """The unit of the quantity as the rules read it; of what no trainer logs now, none."""
        known = find(self.means[0])
        return known[0].unit if known else Unit.NONE


@dataclass(frozen=True, slots=True)
class Own:
    """A quantity that TRL does not log: rules read it by its own key, as a `metric` so named."""

    key: str
    name: str
    unit: Unit
    about: str
    range: str = ""
    source: str = ""

    @property
    def declaration(self) -> str:
        """The line that declares it."""
        within = f" in {self.range}" if self.range else ""
        return f'metric {self.name}: {self.unit.value}{within} = "{self.key}"'


@dataclass(frozen=True, slots=True)
class Stack:
    """What a framework logs, where it is not what TRL logs.

    `marks` are sets of keys of which each is found in logs of this framework alone. A framework
    that trains with TRL's trainers logs all that they do: `on_trl`. `dropped` are keys that its
    logger leaves out where they are not finite, and `beside` a key that such a row still has.
    """

    name: str
    title: str
    source: str
    """The repository and the commit that was read."""
    packs: tuple[str, ...]
    """The packs of what it trains."""
    aliases: tuple[Alias, ...]
    own: tuple[Own, ...] = ()
    marks: tuple[frozenset[str], ...] = ()
    absent: dict[str, str] = field(default_factory=dict)
    """By a key of ours why it is not logged, where there is more to say than that."""
    on_trl: bool = False
    apart: dict[str, str] = field(default_factory=dict)
    """Keys that rules read, and that mean something else here: the names that they get instead."""
    dropped: tuple[str, ...] = ()
    beside: frozenset[str] = frozenset()


def same(key: str, *means: str, over: str, note: str = "", when: str = "") -> Alias:
    return Alias(key, means, over, note=note, when=when)


def near(key: str, *means: str, over: str, note: str, when: str = "") -> Alias:
    return Alias(key, means, over, Likeness.NEAR, note, when)


def scaled(factor: float, alias: Alias, offset: float = 0.0) -> Alias:
    """An alias whose numbers are of another scale than ours."""
    return replace(alias, factor=factor, offset=offset)


def unknown_at(value: float, alias: Alias) -> Alias:
    """An alias of which one number says nothing."""
    return replace(alias, unknown=value)


def read_in(source: str, *rows: Alias, packs: tuple[str, ...] = ()) -> tuple[Alias, ...]:
    """Rows that were read in one file of a framework, and the packs of what logs them."""
    return tuple(replace(row, source=source, packs=packs) for row in rows)


def own_in(source: str, *rows: Own) -> tuple[Own, ...]:
    return tuple(replace(row, source=source) for row in rows)


def marked(*keys: str) -> frozenset[str]:
    """Keys that are all in a log of a framework."""
    return frozenset(keys)
