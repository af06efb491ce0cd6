"""Instances of metric families: found in the keys that a run logs, judged one by one.

A detector `for each` of a family is compiled once, for an instance that is never observed.
When a key with a new word appears, the operations are cloned with the columns of that word in
the place of the family's, and go on from the past of the never observed one: from rows in
which the new key was absent, which is just what they have been through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ptt_rules.engine.compiled import CompiledDetector, CompiledPack
from ptt_rules.ir.nodes import FamilyColumn, Node
from ptt_rules.passes.share import Operation, Program

Word = tuple[str, str]
"""A label, and the word that it stands for in an instance."""


@dataclass
class Families:
    """The families of a pack, and the words of their labels that were seen so far."""

    compiled: CompiledPack
    seen: list[Word] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._templates = [one for one in self.compiled.detectors if one.is_template]
        columns = {
            (operation.node.label, pattern)
            for operation in self.compiled.program.operations
            if isinstance(operation.node, FamilyColumn)
            for pattern in operation.node.patterns
        }
        self._patterns = [(label, key_pattern(key, label)) for label, key in sorted(columns)]
        self._of_label = {label: self._of(label) for label, _ in self._patterns}

    def _of(self, label: str) -> list[Operation]:
        """The operations that each instance has its own of."""
        program = self.compiled.program
        return program.readers_of(
            operation.number
            for operation in program.operations
            if isinstance(operation.node, FamilyColumn) and operation.node.label == label
        )

    def __bool__(self) -> bool:
        return bool(self._templates)

    def new_words(self, keys: Iterable[str]) -> Iterator[Word]:
        """Words of labels that no key had so far, in the order of the keys."""
        for key in keys:
            if key in self._known:
                continue
            self._known.add(key)
            for label, pattern in self._patterns:
                found = pattern.fullmatch(key)
                if found and (label, found[1]) not in self.seen:
                    self.seen.append((label, found[1]))
                    yield label, found[1]

    def columns_of(self, word: Word) -> list[Operation]:
        """The columns that an instance has its own of, as they are in the pack's program."""
        return [one for one in self._of_label[word[0]] if isinstance(one.node, FamilyColumn)]

    def instances(
        self, program: Program, word: Word
    ) -> tuple[list[CompiledDetector], dict[int, int]]:
        """Extends a program by an instance: its detectors, and what its operations stand for."""
        label, name = word

        def column(node: Node) -> Node:
            if isinstance(node, FamilyColumn) and node.label == label:
                return node.of(name)
            return node

        numbers = program.clone(self._of_label[label], column)
        detectors = [
            template.of(name, numbers)
            for template in self._templates
            if template.detector.family and template.detector.family.label == label
        ]
        return detectors, numbers


def key_pattern(pattern: str, label: str) -> re.Pattern[str]:
    """The keys of a family: its label stands for characters without `/`, or for a whole key."""
    before, _, after = pattern.partition("{" + label + "}")
    word = "([^/]+)" if before or after else "(.+)"
    return re.compile(re.escape(before) + word + re.escape(after))
