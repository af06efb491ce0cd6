"""Where packs are and which files they are made of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ptt_rules.check.scope import did_you_mean
from ptt_rules.diagnostics import PttError
from ptt_rules.resources import rulepacks_path
from ptt_rules.source import Source

TEST_SUFFIX = "_test.ptt"
PACK_FILE = "pack.ptt"

Texts = Mapping[Path, str]
"""What an editor holds of files, in the place of what is on disk."""

ON_DISK: Texts = {}


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


def shipped_packs() -> list[str]:
    """Names of the packs that ship with ptt."""
    return sorted(path.parent.name for path in rulepacks_path().glob("*/pack.ptt"))


def find_pack(name: str | os.PathLike[str], texts: Texts = ON_DISK) -> PackFiles:
    """The files of a shipped pack, or of a path to a file or folder.

    A text under the folder is a file of the pack even where there is none on disk.
    Errors: PTT301, PTT308
    """
    text = os.fspath(name)
    shipped = rulepacks_path() / text
    if _is_plain(text) and shipped.is_dir() and not Path(text).suffix:
        return _folder(shipped, text, texts)
    path = Path(text)
    if path.is_dir():
        return _folder(path, text, texts)
    if _exists(path, texts):
        beside = path.with_name(path.stem + TEST_SUFFIX)
        tests = (_read(beside, texts),) if _exists(beside, texts) else ()
        return PackFiles(path.stem, text, (_read(path, texts),), tests)
    raise _no_such_pack(text)


def pack_place(file: Path, texts: Texts = ON_DISK) -> Path:
    """Where the pack of a file is: the nearest folder above with `pack.ptt`, else the file.

    A file of tests belongs to the one that it tests.
    """
    for folder in file.parents:
        if _exists(folder / PACK_FILE, texts):
            return folder
    tested = file.with_name(file.name.removesuffix(TEST_SUFFIX) + ".ptt")
    return tested if file.name.endswith(TEST_SUFFIX) and _exists(tested, texts) else file


def packs_in(path: str | os.PathLike[str]) -> list[str]:
    """The path itself, or the folders of packs that lie in it if it has no rules of its own.

    A file of tests stands for the pack that it tests.
    """
    folder = Path(path)
    if folder.name.endswith(TEST_SUFFIX) and folder.is_file():
        tested = folder.with_name(folder.name.removesuffix(TEST_SUFFIX) + ".ptt")
        return [str(tested if tested.is_file() else folder.parent)]
    if folder.is_dir() and not any(folder.glob("*.ptt")):
        found = sorted(inner.parent for inner in folder.glob("*/pack.ptt"))
        if found:
            return [str(inner) for inner in found]
    return [os.fspath(path)]


def _is_plain(text: str) -> bool:
    return os.sep not in text and text not in (".", "..")


def _folder(folder: Path, text: str, texts: Texts) -> PackFiles:
    found = sorted({*folder.glob("**/*.ptt"), *(p for p in texts if folder in p.parents)})
    paths = [path for path in found if not path.name.endswith(TEST_SUFFIX)]
    tests = [path for path in found if path.name.endswith(TEST_SUFFIX)]
    if not paths:
        raise PttError.of(
            "PTT301",
            "this folder has no `.ptt` files",
            file=text,
            hint="give a `.ptt` file, or the folder that holds `pack.ptt`",
        )
    sources, test_sources = (tuple(_read(p, texts) for p in one) for one in (paths, tests))
    return PackFiles(folder.resolve().name, text, sources, test_sources)


def _exists(path: Path, texts: Texts) -> bool:
    return path in texts or path.is_file()


def _read(path: Path, texts: Texts) -> Source:
    return Source(str(path), texts[path]) if path in texts else read_source(path)


def read_source(path: Path) -> Source:
    """The text of a `.ptt` file.

    Errors: PTT308
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PttError.of(
            "PTT308", f"this file cannot be read: {error.strerror}", file=str(path)
        ) from error
    return decode_source(str(path), data)


def decode_source(name: str, data: bytes) -> Source:
    """A text from its bytes: UTF-8, with or without a mark, and the line ends of any system.

    Errors: PTT308
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PttError.of(
            "PTT308",
            f"this file is not UTF-8 (byte {error.start})",
            file=name,
            hint="save it as UTF-8",
        ) from error
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def _no_such_pack(text: str) -> PttError:
    known = shipped_packs()
    listed = ", ".join(f"`{name}`" for name in known)
    hint = did_you_mean(text, known, f"give a path to a file or folder, or one of {listed}")
    return PttError.of("PTT301", f"there is no pack, file or folder `{text}`", hint=hint)
