"""The detector that people mean by its name, with or without its pack's."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ptt_rules.language.diagnostics import PttError
from ptt_rules.language.who import Who


def meant(name: str, known: Iterable[str]) -> list[str]:
    """Those of qualified names that a name means: it itself, or each that is called so."""
    return [one for one in known if name in (one, Who.parse(one).name)]


def spellings(known: Collection[str]) -> list[str]:
    """Qualified names, and what each is without its pack."""
    return [*known, *(Who.parse(one).name for one in known)]


def the_one_meant(
    name: str, known: Iterable[str], several: str = "{count} packs have a detector"
) -> str | None:
    """The qualified name of what is meant; None if there is no such.

    Errors: PTT101 if there are more than one
    """
    found = meant(name, known)
    if len(found) > 1:
        message = f"{several.format(count=len(found))} `{name}`"
        hint = f"write {' or '.join(f'`{one}`' for one in found)}"
        raise PttError.of("PTT101", message, hint=hint)
    return found[0] if found else None
