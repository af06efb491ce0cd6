"""The packs that can be loaded by name, and those that someone installed and cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ptt_rules.language import Diagnostic, PttError
from ptt_rules.language.syntax import parse, tree
from ptt_rules.packs.compose import NO_VERSION
from ptt_rules.packs.files import (
    Origin,
    OriginKind,
    PackFiles,
    find_installed,
    find_pack,
    shipped_packs,
)
from ptt_rules.packs.installed import InstalledPack, installed_pack, installed_packs
from ptt_rules.packs.reading import PACK_FILE


@dataclass(frozen=True, slots=True)
class ListedPack:
    """A pack with its version and origin, or with what keeps it from being loaded."""

    name: str
    version: str
    origin: Origin
    digest: str = ""
    wrong: tuple[Diagnostic, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "version": self.version,
            "digest": self.digest,
            "origin": self.origin.to_json(),
            "wrong": [one.to_json() for one in self.wrong],
        }


def listed_packs() -> Iterator[ListedPack]:
    """Shipped packs, then installed ones."""
    installed = installed_packs()
    shadowing = {one.name for one in installed}
    for name in shipped_packs():
        if name not in shadowing:
            yield listed(find_pack(name))
        else:
            origin = Origin(OriginKind.SHIPPED)
            yield ListedPack(name, "", origin, wrong=_why_not(name))
    counts = Counter(one.name for one in installed)
    for one in installed:
        yield _installed(one, is_alone=counts[one.name] == 1)


def _installed(pack: InstalledPack, *, is_alone: bool) -> ListedPack:
    _, _, version = pack.distribution.partition(" ")
    origin = Origin(OriginKind.INSTALLED, str(pack.site), pack.distribution)
    if not is_alone or pack.name in shipped_packs():
        return ListedPack(pack.name, version, origin, wrong=_why_not(pack.name))
    try:
        return listed(find_installed(pack))
    except PttError as error:
        return ListedPack(pack.name, version, origin, wrong=error.diagnostics)


def _why_not(name: str) -> tuple[Diagnostic, ...]:
    """The errors that loading a pack of this name gives."""
    try:
        installed_pack(name)
        find_pack(name)
    except PttError as error:
        return error.diagnostics
    return ()


def listed(files: PackFiles) -> ListedPack:
    """A pack as its files have it, which are not checked."""
    first = sorted(files.sources, key=lambda source: not source.name.endswith(PACK_FILE))
    items = (item for source in first for item in parse(source)[0].items)
    declared = next((item for item in items if isinstance(item, tree.PackDecl)), None)
    version = declared.version if declared else NO_VERSION
    return ListedPack(files.name, version, files.origin, files.digest)
