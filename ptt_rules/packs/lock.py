"""Lock files: which packs a project loads, pinned by version and by what is in them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules._version import __version__
from ptt_rules.language import Diagnostic, PttError
from ptt_rules.language.syntax import quoted
from ptt_rules.packs.files import Origin, OriginKind
from ptt_rules.packs.pack import PackInfo
from ptt_rules.packs.reading import read_source
from ptt_rules.packs.toml_file import read_toml

LOCK_FILE = "ptt.lock"
RUN_FILE = "run.json"

_FORMAT = 1
_HEAD = """\
# Made by `ptt pack lock`. With this file, packs are loaded as they are pinned here or not at all.
"""
_REMAKE = "`ptt pack lock` writes it anew"
_SHOWN = 12
"""Digits of a digest in a message."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A pack as it was: what it is called, which version, and what was in it."""

    name: str
    version: str
    digest: str
    origin: Origin

    @classmethod
    def of(cls, info: PackInfo, folder: Path) -> Pin:
        """A pack as it is, its place as seen from the folder of the lock."""
        return cls(info.name, info.version, info.digest, _seen_from(info.origin, folder))


@dataclass(frozen=True, slots=True)
class Lock:
    """The pins of a file: the version of ptt, and every pack by its name.

    `asked` are the packs that it was made for, as they were named.
    """

    path: Path
    engine: str
    asked: tuple[str, ...]
    pins: Mapping[str, Pin]

    @property
    def is_run(self) -> bool:
        """Whether it is what a run recorded, not a lock."""
        return self.path.name == RUN_FILE

    @property
    def described(self) -> str:
        return "the run" if self.is_run else "the lock"

    def text(self) -> str:
        """The file."""
        asked = ", ".join(map(quoted, self.asked))
        head = f"format = {_FORMAT}\nptt = {quoted(self.engine)}\npacks = [{asked}]\n"
        pins = (self.pins[name] for name in sorted(self.pins))
        return "\n".join([_HEAD + head, *map(_pin_text, pins)])

    def differences(
        self, used: Sequence[PackInfo], extended: Mapping[str, Iterable[str]]
    ) -> list[Diagnostic]:
        """The differences of these packs, and of ptt itself, from their pins.

        `extended` are the packs that each builds on, by name: whoever pins the one pins them, too.
        """
        missing = [info.name for info in used if info.name not in self.pins]
        pinned_too = {name for one in missing for name in extended.get(one, ())}
        to_add = [name for name in missing if name not in pinned_too]
        packs = (one for info in used for one in self.of_pack(info, to_add))
        return [*self.of_engine(), *packs]

    def of_engine(self) -> Iterator[Diagnostic]:
        if self.engine == __version__:
            return
        message = f"this is ptt {__version__}, and {self.described} has {self.engine}"
        hint = f"install `ptt-rules=={self.engine}`"
        yield self._report(message, hint if self.is_run else f"{hint}, or lock again")

    def of_pack(self, info: PackInfo, to_add: Sequence[str] = ()) -> Iterator[Diagnostic]:
        """The difference of a pack from its pin; `to_add` are the packs that a new lock needs."""
        pin = self.pins.get(info.name)
        if pin is None:
            hint = f"`ptt pack lock {' '.join([*self.asked, *to_add])}` pins it too"
            yield self._report(
                f"`{info.name}` is not in {self.described}", None if self.is_run else hint
            )
        elif pin.version != info.version:
            message = f"`{pin.name}` is {info.version} here, and {pin.version} in {self.described}"
            yield self._report(f"{message} ({info.origin.described})", self._back_to(pin))
        elif pin.digest != info.digest:
            message = (
                f"`{pin.name}` {pin.version} has other rules than in {self.described} "
                f"({info.origin.described}): {_shown(info.digest)} here, {_shown(pin.digest)} there"
            )
            yield self._report(message, self._back_to(pin))

    def _back_to(self, pin: Pin) -> str:
        name, _, version = pin.origin.distribution.partition(" ")
        back = f"install `{name}=={version}`" if name else "go back to those rules"
        return back if self.is_run else f"{back}; if the change is meant, `ptt pack lock`"

    def _report(self, message: str, hint: str | None) -> Diagnostic:
        return Diagnostic("PTT323", message, file=str(self.path), hint=hint)


def lock_of(asked: Sequence[str], used: Iterable[PackInfo], path: Path) -> Lock:
    """The lock for these packs as they are now."""
    folder = path.absolute().parent
    pins = {info.name: Pin.of(info, folder) for info in used}
    return Lock(path, __version__, tuple(asked), pins)


def find_lock(folder: Path | None = None) -> Lock | None:
    """The lock that holds in a folder (the present one): the nearest there or above.

    As for `ptt.yaml`, what is above the root of a checkout does not count.

    Errors: PTT324 if it cannot be used
    """
    start = (folder or Path()).absolute()
    for place in (start, *start.parents):
        path = place / LOCK_FILE
        if path.is_file():
            shown = Path(os.path.relpath(path)) if place == start else path
            return read_lock(shown)
        if (place / ".git").exists():
            break
    return None


def read_lock(path: Path) -> Lock:
    """Errors: PTT308, PTT324"""
    data = read_toml(path, "PTT324", _REMAKE)
    if data.get("format") != _FORMAT:
        message = f"this lock has the format {data.get('format')}, and this ptt reads {_FORMAT}"
        hint = f"use the ptt that made it, or {_REMAKE}"
        raise PttError.of("PTT324", message, file=str(path), hint=hint)
    return _lock(path, data.get("ptt"), data.get("packs"), data.get("pack", []), _REMAKE)


def read_run(folder: Path) -> Lock:
    """The packs that judged the run in a folder.

    Errors: PTT308, PTT324
    """
    path = folder / RUN_FILE
    hint = f"name the folder of a run, which holds `{RUN_FILE}`"
    try:
        data = json.loads(read_source(path).text)
        engine, packs = data["ptt_version"], data["packs"]
        rows = [{**row, **_flat(row.get("origin", {}))} for row in packs]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "this file does not say which packs judged the run"
        raise PttError.of("PTT324", message, file=str(path), hint=hint) from error
    return _lock(path, engine, [], rows, hint)


def _flat(origin: Mapping[str, Any]) -> dict[str, Any]:
    words = {"kind": "origin", "place": "place", "distribution": "distribution"}
    return {name: origin[word] for word, name in words.items() if word in origin}


def _lock(path: Path, engine: Any, asked: Any, rows: Any, hint: str) -> Lock:
    """Errors: PTT324 if a field is missing or is not a text"""
    try:
        texts = [_text(engine), *map(_text, asked)]
        pins = [_pin(row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"this lock lacks a field, or has one that is not a text: {error}"
        raise PttError.of("PTT324", message, file=str(path), hint=hint) from error
    return Lock(path, texts[0], tuple(texts[1:]), {pin.name: pin for pin in pins})


def _pin(row: Mapping[str, Any]) -> Pin:
    kind = OriginKind(row.get("origin", OriginKind.TEXT.value))
    origin = Origin(kind, _text(row.get("place", "")), _text(row.get("distribution", "")))
    name, version, digest = (_text(row[word]) for word in ("name", "version", "digest"))
    return Pin(name, version, digest, origin)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r}")
    return value


def _pin_text(pin: Pin) -> str:
    fields = {
        "name": pin.name,
        "version": pin.version,
        "digest": pin.digest,
        "origin": pin.origin.kind.value,
        "place": pin.origin.place,
        "distribution": pin.origin.distribution,
    }
    lines = (f"{word} = {quoted(text)}\n" for word, text in fields.items() if text)
    return "".join(["[[pack]]\n", *lines])


def _seen_from(origin: Origin, folder: Path) -> Origin:
    """An origin as it is said to others: a place in the project, not one of this machine."""
    if origin.kind in (OriginKind.SHIPPED, OriginKind.INSTALLED):
        return Origin(origin.kind, "", origin.distribution)
    place = Path(os.path.relpath(origin.place, folder)).as_posix()
    return Origin(origin.kind, place, origin.distribution)


def _shown(digest: str) -> str:
    algorithm, _, digits = digest.partition(":")
    return f"{algorithm}:{digits[:_SHOWN]}"
