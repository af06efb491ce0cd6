"""The declarations of a file as a tree, for an editor's outline."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.authoring.lsp.symbols import Role, Symbol, declared, lets
from ptt_rules.authoring.lsp.tokens import Region, regions
from ptt_rules.language import Source, Span


@dataclass(frozen=True, slots=True)
class Entry:
    """A declaration; `role` is None for tests and for changes of other packs."""

    name: str
    detail: str
    role: Role | None
    span: Span
    name_span: Span
    inner: tuple[Entry, ...] = ()


def outline(source: Source) -> list[Entry]:
    symbols = {symbol.name_span: symbol for symbol in declared(source)}
    found = []
    for region in regions(source):
        symbol = symbols.get(region.name.span) if region.name else None
        entry = _declared(source, region, symbol) if symbol else _other(source, region)
        found.append(entry)
    return found


def _declared(source: Source, region: Region, symbol: Symbol) -> Entry:
    inner = tuple(
        Entry(let.name, "let", let.role, let.span, let.name_span) for let in lets(source, region)
    )
    return Entry(symbol.name, symbol.role.value, symbol.role, region.span, symbol.name_span, inner)


def _other(source: Source, region: Region) -> Entry:
    """A test by its title, `override` and `disable` by what they change."""
    head = region.tokens[0]
    rest = region.tokens[1:2]
    if region.word in ("override", "disable"):
        first_line = source.slice(region.span).splitlines()[0]
        name = first_line.partition("{")[0].partition("=")[0].partition(" because ")[0].strip()
    else:
        name = rest[0].text.strip('"') if rest else ""
    return Entry(name or region.word, region.word, None, region.span, head.span)
