"""Which alerts go together in a pack: those for the same trainers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ptt_rules.authoring.convert.entries import Entry, inconvertible
from ptt_rules.authoring.convert.first_tests import tests_text
from ptt_rules.authoring.convert.heuristics import Heuristic, read_heuristic
from ptt_rules.authoring.convert.read import Collection
from ptt_rules.authoring.convert.render import pack_text
from ptt_rules.language import Diagnostic, Source
from ptt_rules.packs import TEST_SUFFIX, PackFiles, check_files, shipped_packs

FOR_THE_OTHERS = "common"
"""The end of the name of the pack for all other trainers, if some have their own."""


@dataclass(frozen=True, slots=True)
class PackText:
    """A pack that was made, how many detectors it has, and for which trainers (none: for all).

    `tests` is the text of a file of tests beside it.
    """

    name: str
    text: str
    detectors: int
    trainers: tuple[str, ...] = ()
    tests: str = ""

    @property
    def files(self) -> PackFiles:
        """The pack as if it had been read from a file."""
        return PackFiles(self.name, self.name, (Source(f"{self.name}.ptt", self.text),))

    @property
    def tested_files(self) -> PackFiles:
        """The pack and its tests as if they had been read from files."""
        tests = Source(f"{self.name}{TEST_SUFFIX}", self.tests)
        return replace(self.files, tests=(tests,))


@dataclass(frozen=True, slots=True)
class Converted:
    """The result for some alerts; `total` is their number, `done` of them are in the packs."""

    packs: tuple[PackText, ...]
    diagnostics: tuple[Diagnostic, ...]
    total: int
    done: int


def convert(collection: Collection) -> Converted:
    """Alerts as packs: one, or one for each trainer where they are for different ones.

    Errors: PTT313 for each that cannot be converted; the others are
    """
    diagnostics = list(collection.diagnostics)
    rules = _rules(collection.entries, diagnostics)
    packs = []
    kept: set[int] = set()
    for name, trainers, members in _groups(collection.name, rules):
        unique = _unique(members, diagnostics)
        kept |= {id(rule) for rule in members if rule in unique}
        text = pack_text(name, collection.origin, trainers, unique)
        tests = tests_text(name, trainers, unique)
        packs.append(PackText(name, text, len(unique), trainers, tests))
    once = dict.fromkeys(diagnostics)
    ordered = sorted(once, key=Diagnostic.sort_key)
    return Converted(tuple(packs), tuple(ordered), len(collection.entries), len(kept))


def _rules(entries: Sequence[Entry], diagnostics: list[Diagnostic]) -> list[Heuristic]:
    """The alerts that can be converted; why the others cannot is added to the diagnostics."""
    rules = []
    for entry in entries:
        rule, mistakes = read_heuristic(entry)
        diagnostics += mistakes
        if rule is not None:
            refused = _invalid(rule)
            diagnostics += refused
            rules += [] if refused else [rule]
    return rules


def _invalid(rule: Heuristic) -> list[Diagnostic]:
    """The checker's errors for the detector, reported at the place of the alert."""
    text = pack_text("alone", "", (), [rule])
    mistakes = check_files(PackFiles("alone", "alone", (Source("alone", text),))).diagnostics
    return [
        inconvertible(rule.entry.source, rule.span, f"as a rule, {one.message}") for one in mistakes
    ]


Group = tuple[str, tuple[str, ...], list[Heuristic]]
"""A pack's name, its trainers (none: for all), and its alerts."""


def _groups(name: str, rules: Sequence[Heuristic]) -> list[Group]:
    if not rules:
        return []
    if len({frozenset(rule.trainers) for rule in rules}) == 1:
        own = f"{name}_rules" if name in shipped_packs() else name
        return [(own, rules[0].trainers, list(rules))]
    trainers = dict.fromkeys(trainer for rule in rules for trainer in rule.trainers)
    groups: list[Group] = [
        (f"{name}_{one}", (one,), [r for r in rules if not r.trainers or one in r.trainers])
        for one in trainers
    ]
    for_all = [rule for rule in rules if not rule.trainers]
    return [*groups, (f"{name}_{FOR_THE_OTHERS}", (), for_all)] if for_all else groups


def _unique(rules: Sequence[Heuristic], diagnostics: list[Diagnostic]) -> list[Heuristic]:
    """The first alert of each name; the older tool left the others out without a word.

    One that is equal to it is the same rule once more, and one that differs is a mistake.
    """
    first: dict[str, Heuristic] = {}
    for rule in rules:
        if first.setdefault(rule.name, rule) != rule:
            message = f"another heuristic is called `{rule.name}`"
            mistakes = inconvertible(
                rule.entry.source, rule.span, message, hint="give it another name"
            )
            diagnostics.append(mistakes)
    return list(first.values())
