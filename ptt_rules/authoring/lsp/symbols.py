"""Declarations of a pack and of those that it extends, even if files have errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from ptt_rules.authoring.lsp.project import OpenPack, tree_of
from ptt_rules.authoring.lsp.tokens import Region, Sort, clause_starts, regions
from ptt_rules.language import Source, Span
from ptt_rules.language.syntax import tree


class Role(Enum):
    """The kind of declaration of a name."""

    PACK = "pack"
    METRIC = "metric"
    FAMILY = "family"
    DERIVE = "derive"
    PARAM = "param"
    DETECTOR = "detector"
    POLICY = "policy"
    LET = "let"
    LABEL = "label"


QUANTITIES = (Role.METRIC, Role.FAMILY, Role.DERIVE, Role.PARAM)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name and where it is declared; `item` is None where the declaration does not parse."""

    role: Role
    name: str
    source: Source
    name_span: Span
    span: Span
    item: tree.Item | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        return self.source.slice(self.span)


@lru_cache(maxsize=256)
def declared(source: Source) -> tuple[Symbol, ...]:
    """The declarations of a file, in order, without its overrides."""
    items = {_name_start(item): item for item in tree_of(source).items}
    found = []
    for region in regions(source):
        if region.name is None or region.word in ("override", "test", "disable"):
            continue
        item = items.get(region.name.span.start)
        span = region.span if item is None else item.span
        role = _role(region)
        found.append(Symbol(role, region.name.text, source, region.name.span, span, item))
    return tuple(found)


def _name_start(item: tree.Item) -> int:
    name = getattr(item, "name", None)
    return name.span.start if isinstance(name, tree.Name) else -1


def _role(region: Region) -> Role:
    if region.word in ("metric", "derive") and [token.text for token in region.tokens[2:3]] == [
        "["
    ]:
        return Role.FAMILY
    return Role(region.word)


def lets(source: Source, region: Region) -> tuple[Symbol, ...]:
    """Names given by `let` in a declaration, each with its clause."""
    tokens = region.tokens
    starts = [*clause_starts(source, region), len(tokens)]
    found = []
    for start, stop in pairwise(starts):
        named = tokens[start + 1 : start + 2]
        if tokens[start].text == "let" and named and named[0].sort is Sort.NAME:
            last = tokens[stop - 1] if tokens[stop - 1].text != "}" else tokens[stop - 2]
            span = Span(tokens[start].span.start, last.span.end)
            found.append(Symbol(Role.LET, named[0].text, source, named[0].span, span))
    return tuple(found)


def label_of(family: Symbol) -> Symbol | None:
    """The label of a family, as a name for the words that fill it."""
    item = family.item
    declares = (tree.MetricDecl, tree.MetricListDecl, tree.DeriveDecl)
    if not isinstance(item, declares) or item.label is None:
        return None
    return Symbol(Role.LABEL, item.label.word, family.source, item.label.span, family.span, item)


@dataclass
class Names:
    """All that a file of a pack can refer to; names of detectors also with their packs."""

    pack: OpenPack
    quantities: dict[str, Symbol] = field(default_factory=dict)
    detectors: dict[str, Symbol] = field(default_factory=dict)
    policies: dict[str, Symbol] = field(default_factory=dict)
    packs: dict[str, Symbol] = field(default_factory=dict)
    owners: dict[Symbol, str] = field(default_factory=dict)
    """The pack that declares a symbol."""

    def __post_init__(self) -> None:
        for pack in self.pack.all_packs():
            for source in pack.sources:
                for symbol in declared(source):
                    self.owners.setdefault(symbol, pack.name)
                    self._add(pack.name, symbol)

    def _add(self, pack: str, symbol: Symbol) -> None:
        if symbol.role in QUANTITIES:
            self.quantities.setdefault(symbol.name, symbol)
        elif symbol.role is Role.DETECTOR:
            self.detectors.setdefault(symbol.name, symbol)
            self.detectors.setdefault(f"{pack}.{symbol.name}", symbol)
        elif symbol.role is Role.POLICY:
            self.policies.setdefault(symbol.name, symbol)
            self.policies.setdefault(f"{pack}.{symbol.name}", symbol)
        elif symbol.role is Role.PACK:
            self.packs.setdefault(symbol.name, symbol)
        if symbol.role is Role.PARAM:
            self.quantities.setdefault(f"{pack}.{symbol.name}", symbol)

    def inherited(self, symbol: Symbol) -> bool:
        return self.owners.get(symbol) != self.pack.name

    def overridden(self, region: Region) -> Symbol | None:
        """The detector that an `override` changes."""
        if region.word != "override" or region.name is None or region.replaces_policy:
            return None
        return self.detectors.get(_reference(region))

    def inside(self, source: Source, region: Region) -> dict[str, Symbol]:
        """Names that hold in one declaration only: its lets, those it inherits, its label."""
        found: dict[str, Symbol] = {}
        base = self.overridden(region)
        if base is not None:
            around = [r for r in regions(base.source) if r.name and r.name.span == base.name_span]
            for inner in around:
                found.update(self.inside(base.source, inner))
        label = self._label(region)
        if label is not None:
            found[label.name] = label
        found.update({symbol.name: symbol for symbol in lets(source, region)})
        return found

    def _label(self, region: Region) -> Symbol | None:
        """The label of the family that it declares, or is for each instance of."""
        words = [token.text for token in region.tokens[:5]]
        if words[2:3] == ["["]:
            family = self.quantities.get(words[1])
        else:
            family = (
                self.quantities.get("".join(words[4:5])) if words[2:4] == ["for", "each"] else None
            )
        return label_of(family) if family else None

    def logged_keys(self) -> Iterator[tuple[str, Symbol]]:
        """Logged keys that metrics read, each with its metric."""
        for symbol in self.quantities.values():
            if isinstance(symbol.item, tree.MetricDecl):
                yield from ((text.value, symbol) for text in symbol.item.keys.items)


def _reference(region: Region) -> str:
    """Name and dots after `override detector`."""
    parts = []
    for token in region.tokens[2:]:
        if token.sort is not Sort.NAME and token.text != ".":
            break
        parts.append(token.text)
    return "".join(parts)
