"""Whether packs are what they are said to be: by a lock or a run, and by their wheels."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.language import Diagnostic, PttError
from ptt_rules.packs.files import OriginKind, find_pack
from ptt_rules.packs.installed import InstalledPack, installed_packs
from ptt_rules.packs.listed import listed
from ptt_rules.packs.lock import Lock, Pin
from ptt_rules.packs.pack import PackInfo


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result for a pack: `described` in words, and what is wrong."""

    name: str
    version: str
    described: str
    wrong: tuple[Diagnostic, ...] = ()

    def to_json(self) -> dict[str, Any]:
        wrong = [one.to_json() for one in self.wrong]
        return {
            "name": self.name,
            "version": self.version,
            "verified": self.described,
            "wrong": wrong,
        }


def verify(lock: Lock | None) -> Iterator[Verdict]:
    """Every pack that is pinned, and every installed one."""
    pinned = lock.pins if lock else {}
    if lock is not None:
        yield from (_pinned(lock, pin) for pin in pinned.values())
        engine = tuple(lock.of_engine())
        if engine:
            yield Verdict("ptt", lock.engine, "another version", engine)
    for installed in installed_packs():
        if installed.name not in pinned:
            yield _unpinned(installed, lock)


def _pinned(lock: Lock, pin: Pin) -> Verdict:
    try:
        info = _info_of(pin, lock)
    except PttError as error:
        return Verdict(pin.name, pin.version, "cannot be loaded", error.diagnostics)
    wrong = tuple(lock.of_pack(info))
    if wrong:
        return Verdict(pin.name, info.version, f"not as in {lock.described}", wrong)
    is_wheel = info.origin.kind in (OriginKind.INSTALLED, OriginKind.WHEEL)
    record = ", and as its wheel had it" if is_wheel else ""
    return Verdict(pin.name, info.version, f"as in {lock.described}{record}")


def _info_of(pin: Pin, lock: Lock) -> PackInfo:
    """The pack that is here for a pin, held against its wheel's record as it is read.

    Errors: those of `find_pack`
    """
    by_name = pin.origin.kind in (OriginKind.SHIPPED, OriginKind.INSTALLED)
    place = os.path.join(lock.path.absolute().parent, pin.origin.place)
    found = listed(find_pack(pin.name if by_name or not pin.origin.place else place))
    return PackInfo(found.name, found.version, found.digest, found.origin.place, found.origin)


def _unpinned(installed: InstalledPack, lock: Lock | None) -> Verdict:
    beside = f"not in {lock.described}, " if lock else ""
    version = installed.distribution.partition(" ")[2]
    try:
        wrong = tuple(installed.changes())
        folder = Path(installed.folder())
    except PttError as error:
        return Verdict(installed.name, version, "cannot be loaded", error.diagnostics)
    if wrong:
        return Verdict(installed.name, version, "not as its wheel had it", wrong)
    if installed.recorded() is None:
        return Verdict(installed.name, version, f"{beside}without a record, in {folder}")
    return Verdict(installed.name, version, f"{beside}as its wheel had it")
