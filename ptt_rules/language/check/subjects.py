"""The detectors that expectations of tests can name, and the names in their blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ptt_rules.language.check.policies import Triggers
from ptt_rules.language.ir import Detector, nodes
from ptt_rules.language.syntax import tree


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
