"""How a pack changed, with everything that it builds on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from ptt_rules.authoring.compare.changes import Bump, Change, Turn
from ptt_rules.authoring.compare.conditions import Conditions
from ptt_rules.authoring.compare.detectors import SORT, DetectorComparison
from ptt_rules.authoring.lint import Subject
from ptt_rules.language.ir import (
    CheckedPack,
    Derived,
    Disabled,
    ListFamily,
    Metric,
    Param,
    Policy,
    Reaction,
)
from ptt_rules.language.syntax import tree
from ptt_rules.packs import CheckedFiles

Thing = TypeVar("Thing")
_Quantity = Metric | ListFamily | Param | Derived


@dataclass(frozen=True)
class Difference:
    """The changes from one version of a pack to another."""

    old: CheckedPack
    new: CheckedPack
    changes: tuple[Change, ...]

    @property
    def bump(self) -> Bump:
        return max((one.bump for one in self.changes), default=Bump.NONE)

    @property
    def is_of_one_pack(self) -> bool:
        return self.old.name == self.new.name

    def to_json(self) -> dict[str, Any]:
        packs = {"old": self.old, "new": self.new}
        return {
            **{word: {"name": p.name, "version": p.version} for word, p in packs.items()},
            "bump": self.bump.value,
            "changes": [one.to_json() for one in self.changes],
        }


def compare(old: CheckedFiles, new: CheckedFiles) -> Difference:
    """All changes, the gravest first; both packs are without errors."""
    found = list(_Comparison(_Side(Subject(old)), _Side(Subject(new))).changes())
    if not found and _texts(old) != _texts(new):
        found = [Change(Bump.PATCH, Turn.CHANGED, "files", "", "layout, comments or tests")]
    ordered = sorted(found, key=lambda one: list(Bump).index(one.bump), reverse=True)
    return Difference(old.checked, new.checked, tuple(ordered))


def _texts(files: CheckedFiles) -> list[str]:
    modules = (*files.modules, *files.tests)
    return sorted(_without_version(source.text, module) for source, module in modules)


def _without_version(text: str, module: tree.Module) -> str:
    for item in module.items:
        if isinstance(item, tree.PackDecl):
            span = item.version_span
            return text[: span.start] + text[span.end :]
    return text


@dataclass(frozen=True)
class _Side:
    """One of the two packs; its own names are shown without the pack's name."""

    subject: Subject

    def shown(self, qualified: str) -> str:
        return qualified.removeprefix(f"{self.subject.pack.name}.")

    def named(self, things: Iterable[Thing], name: Callable[[Thing], str]) -> dict[str, Thing]:
        return {self.shown(name(one)): one for one in things}

    @cached_property
    def params(self) -> dict[str, Param]:
        return self.named(self.subject.params, lambda one: one.qualified)

    @cached_property
    def metrics(self) -> dict[str, Metric]:
        packs = self.subject.everything
        return {one.name: one for pack in packs for one in pack.metrics.values()}

    @cached_property
    def derived(self) -> dict[str, Derived]:
        packs = self.subject.everything
        return {one.name: one for pack in packs for one in pack.derived.values()}

    @cached_property
    def lists(self) -> dict[str, ListFamily]:
        packs = self.subject.everything
        return {one.name: one for pack in packs for one in pack.lists.values()}

    @cached_property
    def policies(self) -> dict[str, Policy]:
        packs = self.subject.everything
        return {one.name: one for pack in packs for one in pack.policies.values()}

    @cached_property
    def disabled(self) -> dict[str, Disabled]:
        found = (one for pack in self.subject.everything for one in pack.disabled)
        return self.named(found, lambda one: one.name)

    def header(self, kind: type[tree.PackRequires | tree.PackExtends]) -> str:
        """Clauses of the declaration, as they are written."""
        texts = [
            " ".join(source.slice(clause.span).split())
            for source, item in self.subject.items(tree.PackDecl)
            for clause in item.clauses
            if isinstance(clause, kind)
        ]
        return ", ".join(sorted(texts)) or "none"


@dataclass(frozen=True)
class _Comparison:
    old: _Side
    new: _Side

    def changes(self) -> Iterator[Change]:
        yield from self._detectors()
        yield from self._disabled()
        yield from self._whole("param", self.old.params, self.new.params, self._param)
        yield from self._whole("policy", self.old.policies, self.new.policies, _policy)
        yield from self._whole("metric", self.old.metrics, self.new.metrics, _metric)
        yield from self._whole("metric", self.old.lists, self.new.lists, _list)
        yield from self._whole("derive", self.old.derived, self.new.derived, self._derived)
        yield from self._header()

    def _whole(
        self,
        sort: str,
        old: Mapping[str, Thing],
        new: Mapping[str, Thing],
        changes: Callable[[str, Thing, Thing], Iterator[Change]],
    ) -> Iterator[Change]:
        """Removed, new and changed things, in this order."""
        for name in sorted({*old, *new}):
            if name not in new:
                yield Change(Bump.MAJOR, Turn.GONE, sort, name)
            elif name not in old:
                yield Change(Bump.MINOR, Turn.ADDED, sort, name)
            else:
                yield from changes(name, old[name], new[name])

    @cached_property
    def conditions(self) -> Conditions:
        columns = dict(self.old.subject.columns)
        for keys, interval in self.new.subject.columns.items():
            columns[keys] = columns.get(keys, interval) | interval
        renamed = {
            one.keys: self.new.metrics[name].keys
            for name, one in self.old.metrics.items()
            if name in self.new.metrics
        }
        return Conditions(columns, renamed, self.old.subject.values, self.new.subject.values)

    def _detectors(self) -> Iterator[Change]:
        old, new = (
            {side.shown(name): one for name, one in side.subject.all_detectors.items()}
            for side in (self.old, self.new)
        )
        yield from self._whole(
            SORT,
            old,
            new,
            lambda name, one, other: DetectorComparison(
                name, one, other, self.conditions
            ).changes(),
        )

    def _disabled(self) -> Iterator[Change]:
        """A detector that is turned off reports nothing, but others may still name it."""
        old, new = self.old.disabled, self.new.disabled
        for name in sorted({*old, *new}):
            if name not in old:
                yield Change(Bump.MINOR, Turn.LAXER, SORT, name, "disabled:", new[name].reason)
            elif name not in new:
                yield Change(Bump.MINOR, Turn.STRICTER, SORT, name, "no longer disabled")

    # ---- quantities ------------------------------------------------------------------------

    def _param(self, name: str, old: Param, new: Param) -> Iterator[Change]:
        if old.unit is not new.unit:
            units = (_unit(old), _unit(new))
            yield Change(Bump.MAJOR, Turn.CHANGED, "param", name, "unit", *units)
        if (old.low, old.high) != (new.low, new.high):
            is_narrower = not _contains(new, old)
            bump = Bump.MAJOR if is_narrower else Bump.MINOR
            what = "narrower range" if is_narrower else "wider range"
            texts = (old.range_text, new.range_text)
            yield Change(bump, Turn.CHANGED, "param", name, what, *texts)
        before = self.old.subject.values[old.qualified]
        after = self.new.subject.values[new.qualified]
        if before != after:
            texts = (f"{before:g}", f"{after:g}")
            yield Change(Bump.MINOR, Turn.CHANGED, "param", name, "default", *texts)
        yield from _description("param", name, old, new)

    def _derived(self, name: str, old: Derived, new: Derived) -> Iterator[Change]:
        if old.unit is not new.unit:
            units = (_unit(old), _unit(new))
            yield Change(Bump.MAJOR, Turn.CHANGED, "derive", name, "unit", *units)
        if not self.conditions.are_same(old.formula, new.formula):
            texts = [" ".join(one.source.slice(one.formula.span).split()) for one in (old, new)]
            yield Change(Bump.MINOR, Turn.CHANGED, "derive", name, "formula", *texts)
        yield from _description("derive", name, old, new)

    # ---- header ----------------------------------------------------------------------------

    def _header(self) -> Iterator[Change]:
        old, new = self.old.subject.pack, self.new.subject.pack
        for name in sorted({*old.algorithms} - {*new.algorithms}):
            yield Change(Bump.MAJOR, Turn.GONE, "algorithm", name)
        for name in sorted({*new.algorithms} - {*old.algorithms}):
            yield Change(Bump.MINOR, Turn.ADDED, "algorithm", name)
        for kind in (tree.PackRequires, tree.PackExtends):
            texts = (self.old.header(kind), self.new.header(kind))
            if texts[0] != texts[1]:
                yield Change(Bump.MINOR, Turn.CHANGED, "pack", "", "", *texts)
        if old.title != new.title:
            yield Change(Bump.PATCH, Turn.CHANGED, "pack", "", "title")


def _unit(thing: Param | Metric | Derived | ListFamily) -> str:
    return thing.unit.value if thing.unit else "none"


def _contains(outer: Param, inner: Param) -> bool:
    """Whether all that one takes is taken by the other."""
    low = outer.low is None or (inner.low is not None and outer.low <= inner.low)
    high = outer.high is None or (inner.high is not None and outer.high >= inner.high)
    return low and high


def _metric(name: str, old: Metric, new: Metric) -> Iterator[Change]:
    if old.unit is not new.unit:
        units = (_unit(old), _unit(new))
        yield Change(Bump.MAJOR, Turn.CHANGED, "metric", name, "unit", *units)
    if old.label != new.label:
        labels = (old.label or "none", new.label or "none")
        yield Change(Bump.MAJOR, Turn.CHANGED, "metric", name, "label", *labels)
    if old.keys != new.keys:
        keys = [", ".join(f'"{key}"' for key in one.keys) for one in (old, new)]
        yield Change(Bump.MINOR, Turn.CHANGED, "metric", name, "keys", *keys)
    if (old.low, old.high) != (new.low, new.high):
        yield Change(Bump.MINOR, Turn.CHANGED, "metric", name, "range")
    yield from _description("metric", name, old, new)


def _list(name: str, old: ListFamily, new: ListFamily) -> Iterator[Change]:
    if old.unit is not new.unit:
        units = (_unit(old), _unit(new))
        yield Change(Bump.MAJOR, Turn.CHANGED, "metric", name, "unit", *units)
    if old.label != new.label:
        yield Change(Bump.MAJOR, Turn.CHANGED, "metric", name, "label", old.label, new.label)
    if {*old.members} != {*new.members}:
        bump = Bump.MINOR if {*old.members} <= {*new.members} else Bump.MAJOR
        members = (", ".join(one.members) for one in (old, new))
        yield Change(bump, Turn.CHANGED, "metric", name, "members", *members)
    yield from _description("metric", name, old, new)


def _description(sort: str, name: str, old: _Quantity, new: _Quantity) -> Iterator[Change]:
    if old.description != new.description:
        yield Change(Bump.PATCH, Turn.CHANGED, sort, name, "description")


def _policy(name: str, old: Policy, new: Policy) -> Iterator[Change]:
    before, after = ([_reaction(one) for one in policy.reactions] for policy in (old, new))
    for text in before:
        if text not in after:
            yield Change(Bump.MINOR, Turn.LAXER, "policy", name, "no longer", text)
    for text in after:
        if text not in before:
            yield Change(Bump.MINOR, Turn.STRICTER, "policy", name, "now", text)


def _reaction(reaction: Reaction) -> str:
    return " ".join(reaction.source.slice(reaction.span).split())
