"""Where the name under a cursor is declared."""

from __future__ import annotations

from ptt_rules.authoring.lsp.meaning import meaning_at
from ptt_rules.authoring.lsp.symbols import Names, Symbol
from ptt_rules.language import Source


def definition_at(names: Names, source: Source, offset: int) -> Symbol | None:
    meaning = meaning_at(names, source, offset)
    return meaning.symbol if meaning else None
