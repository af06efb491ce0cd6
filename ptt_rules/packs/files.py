"""Where packs are and which files they are made of."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from ptt_rules.language import PttError, Source, rulepacks_path
from ptt_rules.language.check import did_you_mean
from ptt_rules.packs.installed import InstalledPack, installed_pack, installed_packs
from ptt_rules.packs.reading import (
    ON_DISK,
    PACK_FILE,
    TEST_SUFFIX,
    Texts,
    decode_source,
    read_bytes,
    read_source,
    read_sources,
    rule_files,
    split_tests,
)
from ptt_rules.packs.wheel import WHEEL, read_wheel

__all__ = [
    "NO_PLACE",
    "ON_DISK",
    "PACK_FILE",
    "TEST_SUFFIX",
    "Origin",
    "OriginKind",
    "PackFiles",
    "Texts",
    "decode_source",
    "find_installed",
    "find_pack",
    "named_packs",
    "pack_place",
    "packs_in",
    "read_source",
    "shipped_packs",
]


class OriginKind(Enum):
    """How a pack came to be found."""

    SHIPPED = "shipped"
    INSTALLED = "installed"
    FOLDER = "folder"
    FILE = "file"
    WHEEL = "wheel"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the files of a pack are from.

    `place` is a path, absent for a text; `distribution` is the name and version of the one
    that brought it, as pip shows them.
    """

    kind: OriginKind
    place: str = ""
    distribution: str = ""

    @property
    def described(self) -> str:
        """In words, for messages and lists."""
        match self.kind:
            case OriginKind.SHIPPED:
                return "ships with ptt"
            case OriginKind.INSTALLED:
                return f"installed by {self.distribution}"
            case OriginKind.TEXT:
                return "a text"
        return f"{self.kind.value} {self.place}"

    def to_json(self) -> dict[str, str]:
        """The object in lists and runs; its place is whole, as others stand elsewhere."""
        place = os.path.abspath(self.place) if self.place else ""
        data = {"kind": self.kind.value, "place": place, "distribution": self.distribution}
        return {word: value for word, value in data.items() if value}


NO_PLACE = Origin(OriginKind.TEXT)


@dataclass(frozen=True, slots=True)
class PackFiles:
    """The sources of one pack; `name` is that of its file or folder.

    `tests` are the files of tests beside them, which are checked with the pack and are no
    part of it.
    """

    name: str
    path: str
    sources: tuple[Source, ...]
    tests: tuple[Source, ...] = ()
    origin: Origin = NO_PLACE

    @property
    def folder(self) -> Path:
        """Where its files are; of a single file the folder in which it is."""
        place = Path(self.origin.place or self.path)
        return place if place.is_dir() else place.parent

    @property
    def digest(self) -> str:
        """SHA-256 over names and contents of the files."""
        hashed = hashlib.sha256()
        for source in self.sources:
            name = source.name.replace(os.sep, "/").rsplit("/", 1)[-1]
            for part in (name, source.text):
                data = part.encode()
                hashed.update(f"{len(data)}:".encode() + data)
        return f"sha256:{hashed.hexdigest()}"

    def with_source(self, old: Source, new: Source) -> PackFiles:
        """The pack with one text replaced; itself where it does not have that text."""
        if old not in self.sources and old not in self.tests:
            return self
        sources, tests = (
            tuple(new if one == old else one for one in group)
            for group in (self.sources, self.tests)
        )
        return replace(self, sources=sources, tests=tests)


def shipped_packs() -> list[str]:
    """Names of the packs that ship with ptt."""
    return sorted(path.parent.name for path in rulepacks_path().glob("*/pack.ptt"))


def named_packs() -> list[str]:
    """Packs that can be loaded by name: shipped ones, then installed ones."""
    return [*shipped_packs(), *dict.fromkeys(pack.name for pack in installed_packs())]


def find_pack(name: str | os.PathLike[str], texts: Texts = ON_DISK) -> PackFiles:
    """The files of a pack that ships or is installed, or of a path to a file, folder or wheel.

    A text under the folder counts as a file of the pack even if no such file is on disk.

    Errors: PTT301, PTT305 for a name of two packs, PTT308, PTT320 for an installed pack that has
            the name of a shipped one, PTT321 to PTT326 for packs that cannot be trusted
    """
    text = os.fspath(name)
    installed = installed_pack(text) if text.isidentifier() else None
    shipped = rulepacks_path() / text
    if text.isidentifier() and shipped.is_dir():
        if installed is not None:
            raise shadows(text, f"`{installed.site}`, from {installed.described}")
        return _folder(shipped, text, texts)
    found = _on_path(Path(text), texts)
    if installed is not None:
        return find_installed(installed, found, texts)
    if found is not None:
        return found
    if Path(text).is_dir():
        raise PttError.of(
            "PTT301",
            "this folder has no `.ptt` files",
            file=text,
            hint="give a `.ptt` file, or the folder that holds `pack.ptt`",
        )
    if Path(text).exists():
        read_bytes(Path(text))  # says what it is, as it is not a file
    raise _no_such_pack(text)


def shadows(name: str, where: str) -> PttError:
    """The error for a pack with the name of a shipped one."""
    message = f"`{name}` ships with ptt, and a pack in {where} has its name too"
    hint = "a pack of yours needs a name of its own; it can say `extends " + name + "`"
    return PttError.of("PTT320", message, hint=hint)


def _on_path(path: Path, texts: Texts) -> PackFiles | None:
    """The pack at a path; None if there is no file, and no folder with rules."""
    if path.is_dir():
        has_rules = any(not one.name.endswith(TEST_SUFFIX) for one in _files_of(path, texts))
        return _folder(path, str(path), texts) if has_rules else None
    if not _exists(path, texts):
        return None
    if path.suffix == WHEEL:
        return _wheel(path)
    beside = path.with_name(path.stem + TEST_SUFFIX)
    tests = read_sources(str(path), [beside] if _exists(beside, texts) else [], texts)
    origin = Origin(OriginKind.FILE, str(path))
    (source,) = read_sources(str(path), [path], texts)
    return PackFiles(path.stem, str(path), (source,), tuple(tests), origin)


def find_installed(
    pack: InstalledPack, beside: PackFiles | None = None, texts: Texts = ON_DISK
) -> PackFiles:
    """The files of an installed pack, which are as its wheel had them.

    Errors: PTT305 if `beside`, a pack in the present folder, is another one of the name
    """
    folder = pack.folder()
    changes = pack.changes()
    if changes:
        raise PttError(changes)
    origin = Origin(OriginKind.INSTALLED, str(folder), pack.distribution)
    files = _read_folder(folder, pack.name, str(folder), texts, origin)
    if beside is not None and beside.digest != files.digest:
        message = (
            f"two packs are called `{pack.name}`: {beside.origin.described}, "
            f"and that of {pack.described} in {folder}"
        )
        hint = f"write `./{beside.path}` for what is in this folder, or go to another one"
        raise PttError.of("PTT305", message, hint=hint)
    return files


def _wheel(path: Path) -> PackFiles:
    found = read_wheel(path)
    origin = Origin(OriginKind.WHEEL, str(path), found.distribution)
    sources, tests = split_tests(found.sources)
    return PackFiles(found.name, str(path), sources, tests, origin)


def pack_place(file: Path, texts: Texts = ON_DISK) -> Path:
    """Where the pack of a file is: the nearest folder above with `pack.ptt`, else the file.

    A file of tests belongs to the one that it tests, and a wheel is a pack by itself.
    """
    if file.suffix == WHEEL:
        return file
    for folder in file.parents:
        if _exists(folder / PACK_FILE, texts):
            return folder
    tested = file.with_name(file.name.removesuffix(TEST_SUFFIX) + ".ptt")
    return tested if file.name.endswith(TEST_SUFFIX) and _exists(tested, texts) else file


def packs_in(path: str | os.PathLike[str]) -> list[str]:
    """The path itself, or the folders of packs that lie in it if it has no rules of its own.

    A file of tests stands for the pack that it tests. What is at the path goes before an
    installed pack that is called so.
    """
    folder = Path(path)
    if folder.name.endswith(TEST_SUFFIX) and folder.is_file():
        tested = folder.with_name(folder.name.removesuffix(TEST_SUFFIX) + ".ptt")
        return [str(tested if tested.is_file() else folder.parent)]
    if folder.is_dir() and not any(folder.glob("*.ptt")):
        found = sorted(inner.parent for inner in folder.glob("*/pack.ptt"))
        if found:
            return [str(inner) for inner in found]
    text = os.fspath(path)
    is_named = text.isidentifier() and folder.exists() and text not in shipped_packs()
    return [os.path.join(os.curdir, text) if is_named else text]


def _folder(folder: Path, text: str, texts: Texts) -> PackFiles:
    resolved = folder.resolve()
    is_shipped = resolved.parent == rulepacks_path().resolve()
    kind = OriginKind.SHIPPED if is_shipped else OriginKind.FOLDER
    return _read_folder(folder, resolved.name, text, texts, Origin(kind, str(folder)))


def _read_folder(folder: Path, name: str, text: str, texts: Texts, origin: Origin) -> PackFiles:
    sources, tests = split_tests(read_sources(text, _files_of(folder, texts), texts))
    return PackFiles(name, text, sources, tests, origin)


def _files_of(folder: Path, texts: Texts) -> list[Path]:
    return sorted({*rule_files(folder), *(path for path in texts if folder in path.parents)})


def _exists(path: Path, texts: Texts) -> bool:
    return path in texts or path.is_file()


def _no_such_pack(text: str) -> PttError:
    known = named_packs()
    listed = ", ".join(f"`{name}`" for name in known)
    hint = did_you_mean(text, known, f"give a path to a file or folder, or one of {listed}")
    return PttError.of("PTT301", f"there is no pack, file or folder `{text}`", hint=hint)
