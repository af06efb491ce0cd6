"""All places at which a declared name stands, and the edits that give it another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ptt_rules.authoring.lsp.meaning import Meaning, meaning_at, placeholders
from ptt_rules.authoring.lsp.project import OpenPack
from ptt_rules.authoring.lsp.symbols import Names, Role, Symbol
from ptt_rules.authoring.lsp.tokens import Sort, tokens_of
from ptt_rules.language import Source, Span
from ptt_rules.language.syntax import is_name


class NotRenamed(Exception):
    """Why a name keeps the one that it has, for people."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a name in a text."""

    source: Source
    span: Span


def references_at(names: Names, source: Source, offset: int) -> list[Place]:
    """All places of the name under a cursor, its declaration among them; none without a name."""
    meaning = meaning_at(names, source, offset)
    return [] if meaning is None or meaning.symbol is None else _places(names, meaning.symbol)


def renamed_at(names: Names, source: Source, offset: int, word: str) -> list[Place]:
    """The places to which a new word is written.

    Errors: NotRenamed where it cannot be, or where something would mean something else
    """
    symbol = renameable_at(names, source, offset)[1]
    if not is_name(word):
        message = "begin with a letter or `_`, go on with letters, digits and `_`"
        raise NotRenamed(f"`{word}` is not a name: {message}")
    places = _places(names, symbol)
    if word != symbol.name:
        _refuse_what_is_taken(names, symbol, word)
        _refuse_other_meanings(names, symbol, places, word)
    return places


def renameable_at(names: Names, source: Source, offset: int) -> tuple[Span, Symbol]:
    """The span of a name that can be renamed, and what it names.

    Errors: NotRenamed
    """
    meaning = meaning_at(names, source, offset)
    if meaning is None or meaning.symbol is None or _is_key(meaning):
        raise NotRenamed("this is not a name that a pack declares")
    symbol = meaning.symbol
    if symbol.source not in names.pack.sources:
        owner = names.owners.get(symbol)
        where = f"pack `{owner}`" if owner else symbol.source.name
        raise NotRenamed(f"`{symbol.name}` is declared in {where}: rename it there")
    return meaning.span, symbol


def _is_key(meaning: Meaning) -> bool:
    """Whether it is a key as logged, which is not ours to name."""
    return bool(meaning.text)


# ---- where it stands -----------------------------------------------------------------------


def _places(names: Names, symbol: Symbol) -> list[Place]:
    found = []
    for pack in names.pack.all_packs():
        for source in pack.sources:
            for span in _candidates(source, symbol):
                meaning = meaning_at(names, source, span.start)
                if meaning is not None and meaning.symbol == symbol and not _is_key(meaning):
                    found.append(Place(source, meaning.span))
    return found


def _candidates(source: Source, symbol: Symbol) -> Iterator[Span]:
    """Where the word of a symbol stands, whatever it means there."""
    for token in tokens_of(source):
        if token.sort is Sort.NAME and token.text == symbol.name:
            yield token.span
        elif token.sort is Sort.STRING:
            yield from (span for name, span in placeholders(token) if name == symbol.name)


# ---- what a new name would change ------------------------------------------------------------


def _refuse_what_is_taken(names: Names, symbol: Symbol, word: str) -> None:
    tables: Mapping[Role, Mapping[str, Symbol]] = {
        Role.DETECTOR: names.detectors, Role.POLICY: names.policies, Role.PACK: names.packs,
    }  # fmt: skip
    taken = tables.get(symbol.role, names.quantities).get(word)
    if taken is not None and symbol.role not in (Role.LET, Role.LABEL):
        raise NotRenamed(f"`{word}` is declared already, in {taken.source.name}")


def _refuse_other_meanings(
    names: Names, symbol: Symbol, places: Sequence[Place], word: str
) -> None:
    """With the new word everywhere, just the same places have to mean it."""
    texts = {source.name: _written(source, places, word) for source in names.pack.sources}
    after = Names(_with_texts(names.pack, texts))
    moved = [Place(texts[p.source.name], _moved(p, places, word)) for p in places]
    at = moved[0]
    meaning = meaning_at(after, at.source, at.span.start)
    new = meaning.symbol if meaning else None
    if new is None or set(_places(after, new)) != set(moved):
        raise NotRenamed(f"`{word}` means something else where `{symbol.name}` stands, or nearby")


def _with_texts(pack: OpenPack, texts: Mapping[str, Source]) -> OpenPack:
    return OpenPack(pack.name, tuple(texts[one.name] for one in pack.sources), pack.extended)


def _written(source: Source, places: Sequence[Place], word: str) -> Source:
    text = source.text
    for start, end in sorted(_spans(source, places), reverse=True):
        text = text[:start] + word + text[end:]
    return Source(source.name, text)


def _moved(place: Place, places: Sequence[Place], word: str) -> Span:
    """Where a place is once all of its text have the new word."""
    before = sum(start < place.span.start for start, _ in _spans(place.source, places))
    longer = len(word) - (place.span.end - place.span.start)
    start = place.span.start + before * longer
    return Span(start, start + len(word))


def _spans(source: Source, places: Sequence[Place]) -> set[tuple[int, int]]:
    return {(one.span.start, one.span.end) for one in places if one.source == source}
