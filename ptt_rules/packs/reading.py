"""The files of a pack, read so that a pack of a stranger does no harm.

Nothing outside of the pack's folder is read, nothing but regular files, and no more of them
than a pack may have.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ptt_rules.border import NotRegularError, open_regular, with_plain_ends
from ptt_rules.language import PttError, Source

RULES = ".ptt"
TEST_SUFFIX = "_test.ptt"
PACK_FILE = "pack.ptt"

MOST_FILES = 1000
MOST_BYTES = 16_000_000
MOST_FILE_BYTES = 4_000_000
"""A million characters, which is what a source may have, at four bytes each."""

Texts = Mapping[Path, str]
"""Texts of files that an editor holds, in place of those on disk."""

ON_DISK: Texts = {}


def rule_files(folder: Path) -> list[Path]:
    """The `.ptt` files under a folder, in the order of their names.

    Hidden files and folders and virtual environments are left out.

    Errors: PTT308 for a folder that cannot be listed, PTT321 for a link that leads out of the
            folder, PTT322 for more files than a pack may have
    """
    found: list[Path] = []
    for path in _walk(folder, folder.resolve()):
        found.append(path)
        if len(found) > MOST_FILES:
            raise too_large(str(folder), f"has more than {MOST_FILES:,} files")
    return sorted(found)


def _walk(folder: Path, top: Path) -> Iterator[Path]:
    for name in _names(folder):
        path = folder / name
        if name.startswith("."):
            continue
        if path.is_symlink():
            _refuse_leaving(path, top)
            if path.is_dir():
                continue  # what it leads to is read in its own place
        if path.is_dir():
            if not (path / "pyvenv.cfg").exists():
                yield from _walk(path, top)
        elif name.endswith(RULES):
            yield path


def _names(folder: Path) -> list[str]:
    """Errors: PTT308"""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        message = f"this folder cannot be read: {error.strerror}"
        raise PttError.of("PTT308", message, file=str(folder)) from error


def _refuse_leaving(link: Path, top: Path) -> None:
    """Errors: PTT321"""
    is_rules = link.name.endswith(RULES) or link.is_dir()
    if is_rules and not is_inside(link, top):
        raise PttError.of(
            "PTT321",
            "this link leads out of its pack, and was not followed",
            file=str(link),
            hint="put the files themselves in the pack, or name the other pack with `extends`",
        )


def is_inside(path: Path, top: Path) -> bool:
    """Whether a path, with every link followed, is in a folder whose links are followed."""
    return path.resolve().is_relative_to(top)


def too_large(file: str, why: str) -> PttError:
    hint = f"a pack has at most {MOST_FILES:,} files of {MOST_BYTES // 10**6} MB together"
    return PttError.of("PTT322", f"this pack {why}", file=file, hint=hint)


def read_sources(place: str, paths: Iterable[Path], texts: Texts = ON_DISK) -> list[Source]:
    """The texts of files.

    Errors: PTT004, PTT308, PTT322
    """
    sources: list[Source] = []
    size = 0
    for path in paths:
        source = Source(str(path), texts[path]) if path in texts else read_source(path)
        size += len(source.text)
        if size > MOST_BYTES:
            raise too_large(place, f"is larger than {MOST_BYTES // 10**6} MB")
        sources.append(source)
    return sources


def read_source(path: Path) -> Source:
    """The text of a `.ptt` file.

    Errors: PTT004, PTT308
    """
    return decode_source(str(path), read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file.

    Errors: PTT004 if it is too large to be a source, PTT308
    """
    try:
        with open_regular(path) as file:
            read = file.read(MOST_FILE_BYTES + 1)
    except NotRegularError as error:
        raise PttError.of("PTT308", str(error.strerror), file=str(path)) from error
    except OSError as error:
        raise PttError.of(
            "PTT308", f"this file cannot be read: {error.strerror}", file=str(path)
        ) from error
    return checked_size(str(path), read)


def checked_size(name: str, read: bytes) -> bytes:
    """The bytes, unless there are more of them than a source may have.

    Errors: PTT004
    """
    if len(read) > MOST_FILE_BYTES:
        message = f"this file is larger than {MOST_FILE_BYTES // 10**6} MB"
        raise PttError.of("PTT004", message, file=name, hint="split it, or leave it out")
    return read


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
    return Source(name, with_plain_ends(text))


def split_tests(sources: Sequence[Source]) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """Rules, and the files of tests beside them."""
    is_test = [source.name.endswith(TEST_SUFFIX) for source in sources]
    rules = (source for source, test in zip(sources, is_test, strict=True) if not test)
    tests = (source for source, test in zip(sources, is_test, strict=True) if test)
    return tuple(rules), tuple(tests)
