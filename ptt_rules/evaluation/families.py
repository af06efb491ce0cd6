"""Instances of metric families: found in the keys that a run logs, judged one by one.

A detector `for each` of a family is compiled once, for an instance that is never observed.
When a key with a new word appears, the operations are there once more with the columns of that
word in the place of the family's, and go on from the past of the never observed one: from rows in
which the new key was absent, which is just what they have been through.

Keys may be made of data (one for each sample, task or rank), so that there is no end of words: the
first ones are judged, in the order in which rows bring them, of one row in that of the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules.evaluation.compiled import CompiledDetector, CompiledPack
from ptt_rules.evaluation.row import MOST_INSTANCES, Crowded, key_pattern
from ptt_rules.language.ir import FamilyColumn, is_of_instance, of_instance
from ptt_rules.language.passes import Operation, Program

_MOST_KEYS = 10_000
"""Keys whose words are remembered; those of others are found again."""

Word = tuple[int, str]
"""The number of a family, and what its label stands for in an instance."""


@dataclass(frozen=True, slots=True)
class Family:
    """Metric families of one label that detectors read together: they share their words.

    The detectors leave out the same instances.
    """

    label: str
    keys: tuple[str, ...]
    """With `{label}` where an instance has its word."""
    excluded: tuple[str, ...]
    templates: tuple[CompiledDetector, ...]
    patterns: tuple[re.Pattern[str], ...]
    operations: tuple[Operation, ...]
    """Those that each instance has its own of."""

    @property
    def columns(self) -> list[int]:
        """Those of the operations that are columns."""
        return [one.number for one in self.operations if isinstance(one.node, FamilyColumn)]

    def words(self, key: str) -> set[str]:
        """What the label may stand for in a key; nothing in one of something else."""
        found = {word[1] for pattern in self.patterns if (word := pattern.fullmatch(key))}
        return {word for word in found if self.takes(word)} if self.excluded else found

    def takes(self, word: str) -> bool:
        """Whether the detectors are for an instance: all of them leave out the same ones."""
        of_first = self.templates[0].detector.family
        return of_first is not None and of_first.takes(word)


class Families:
    """The families of a pack, and the words of their labels that were seen so far."""

    def __init__(self, compiled: CompiledPack) -> None:
        self.all = _families(compiled)
        self.words: list[Word] = []
        """In the order in which they came."""
        self.crowded: dict[int, Crowded] = {}
        self._known: list[set[str]] = [set() for _ in self.all]
        self._of_key: dict[str, tuple[Word, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self.all)

    def words_of(self, key: str) -> tuple[Word, ...]:
        """What a key says to each family of which it is a key."""
        known = self._of_key.get(key)
        if known is None:
            known = tuple(
                (number, word)
                for number, family in enumerate(self.all)
                for word in sorted(family.words(key))
            )
            if len(self._of_key) < _MOST_KEYS:
                self._of_key[key] = known
        return known

    def new_words(self, keys: Iterable[str], row: int) -> list[Word]:
        """The words that a row brings, as far as there is room for them."""
        found = {word: key for key in keys for word in self.words_of(key) if self._is_new(word)}
        return [word for word in sorted(found) if self._take(word, found[word], row)]

    def _is_new(self, word: Word) -> bool:
        number, name = word
        return name not in self._known[number]

    def _take(self, word: Word, key: str, row: int) -> bool:
        number, _ = word
        if len(self._known[number]) < MOST_INSTANCES:
            self.add(word)
            return True
        self.crowded.setdefault(number, Crowded(self.all[number].keys, key, row))
        return False

    def add(self, word: Word) -> None:
        number, name = word
        self._known[number].add(name)
        self.words.append(word)

    def has(self, word: Word) -> bool:
        return not self._is_new(word)

    def instances(
        self, program: Program, word: Word
    ) -> tuple[list[CompiledDetector], dict[int, int]]:
        """Extends a program by an instance: its detectors, and what its operations stand for."""
        number, name = word
        family = self.all[number]

        numbers = program.clone(family.operations, lambda node: of_instance(node, name))
        return detectors_of(family, name, numbers), numbers

    # ---- state -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        return {
            "words": [list(word) for word in self.words],
            "crowded": [[number, one.key, one.row] for number, one in self.crowded.items()],
        }

    def restore(self, state: Mapping[str, Any]) -> Iterator[Word]:
        """The words of a state, in their order."""
        for number, key, row in state["crowded"]:
            self.crowded[number] = Crowded(self.all[number].keys, key, row)
        for number, name in state["words"]:
            self.add((number, name))
            yield number, name


def detectors_of(family: Family, word: str, numbers: Mapping[int, int]) -> list[CompiledDetector]:
    """The detectors of one instance, whose operations are those of the templates by number."""
    judged = (one for one in family.templates if word not in one.detector.disabled)
    return [template.of(word, numbers) for template in judged]


def all_crowded(families: Families, others: Iterable[Crowded]) -> Iterator[Crowded]:
    """Families with more instances than are judged, one by one or by `[each]`: each once."""
    found = {one.keys: one for one in (*others, *families.crowded.values())}
    yield from found.values()


# ---- which families belong together --------------------------------------------------------


def _families(compiled: CompiledPack) -> tuple[Family, ...]:
    operations = compiled.program.operations
    groups: list[tuple[tuple[str, ...], set[int], list[CompiledDetector]]] = []
    for one in compiled.judging:
        if one.is_template:
            leaves = {n for n in one.operations if is_of_instance(operations[n].node)}
            members, excluded = [one], _excluded(one)
            for other in [group for group in groups if not leaves.isdisjoint(group[1])]:
                if other[0] == excluded:
                    groups.remove(other)
                    leaves |= other[1]
                    members = other[2] + members
            groups.append((excluded, leaves, members))
    found = [_family(compiled.program, *group) for group in groups]
    return tuple(sorted(found, key=lambda one: (one.label, one.keys, one.excluded)))


def _excluded(template: CompiledDetector) -> tuple[str, ...]:
    """The patterns of instances that a detector is not for."""
    family = template.detector.family
    return () if family is None else tuple(sorted(set(family.excluded)))


def _family(
    program: Program,
    excluded: tuple[str, ...],
    leaves: Iterable[int],
    templates: Sequence[CompiledDetector],
) -> Family:
    nodes = [program.operations[number].node for number in leaves]
    families = [node for node in nodes if isinstance(node, FamilyColumn)]
    label, keys = families[0].label, {pattern for node in families for pattern in node.patterns}
    ordered = tuple(sorted(keys))
    patterns = tuple(key_pattern(key, label) for key in ordered)
    own = sorted(program.readers_of(leaves), key=lambda one: (one.stage, one.number))
    return Family(label, ordered, excluded, tuple(templates), patterns, tuple(own))
