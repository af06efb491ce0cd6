"""Wheels of packs: written the same, byte for byte, from the same files, and read as data.

The archive has no compression, no times and no order but that of names, so that it depends on
neither the machine nor the versions of libraries.
"""

from __future__ import annotations

import configparser
import io
import stat
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from ptt_rules.language import Diagnostic, PttError, Source
from ptt_rules.packs import record
from ptt_rules.packs.installed import GROUP, MODULE
from ptt_rules.packs.reading import (
    MOST_BYTES,
    MOST_FILE_BYTES,
    MOST_FILES,
    PACK_FILE,
    RULES,
    checked_size,
    decode_source,
    too_large,
)

WHEEL = ".whl"
TAG = "py3-none-any"
MOST_WHEEL_BYTES = 10 * MOST_BYTES
"""A wheel may carry more than rules."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MODE = stat.S_IFREG | 0o644
_UNIX = 3
_WHEEL_FILE = f"""\
Wheel-Version: 1.0
Generator: ptt-rules
Root-Is-Purelib: true
Tag: {TAG}
"""

Files = Sequence[tuple[str, bytes]]
"""Paths inside of an archive, with contents."""


# ---- writing -------------------------------------------------------------------------------


def wheel_bytes(files: Files, dist_info: str, about: Files) -> bytes:
    """A wheel with these files; `about` are those of its folder `dist_info`."""
    described = [*about, ("WHEEL", _WHEEL_FILE.encode())]
    members = [*files, *((f"{dist_info}/{name}", data) for name, data in described)]
    members.sort()
    own = f"{dist_info}/RECORD"
    members.append((own, record.record_text(members, own).encode()))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        for name, data in members:
            info = zipfile.ZipInfo(name, _EARLIEST)
            info.create_system, info.external_attr = _UNIX, _MODE << 16
            file.writestr(info, data)
    return archive.getvalue()


# ---- reading -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WheelPack:
    """The pack in a wheel: what it is called, whose it is, and its files."""

    name: str
    distribution: str
    sources: tuple[Source, ...]


def read_wheel(path: Path) -> WheelPack:
    """The one pack of a wheel, each of whose files is as the wheel's record has it.

    Errors: PTT004, PTT308, PTT321 for a member that would leave the folder, PTT322, PTT325 for
            what is not a wheel of a pack, PTT326 for a file that is not as recorded
    """
    try:
        if path.stat().st_size > MOST_WHEEL_BYTES:
            raise too_large(str(path), f"is in a wheel of more than {MOST_WHEEL_BYTES // 10**6} MB")
        with zipfile.ZipFile(path) as archive:
            return _Wheel(path, archive).pack()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise _no_pack(path, f"cannot be unpacked: {error}") from error
    except OSError as error:
        message = f"this file cannot be read: {error.strerror}"
        raise PttError.of("PTT308", message, file=str(path)) from error


def _no_pack(path: Path, why: str) -> PttError:
    hint = "`ptt pack build` makes the wheel of a pack"
    return PttError.of("PTT325", f"this wheel {why}", file=str(path), hint=hint)


class _Wheel:
    """An open wheel whose members all lead inside of it."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        """Errors: PTT321, PTT325"""
        self.path, self.archive = path, archive
        self.members: dict[str, zipfile.ZipInfo] = {}
        for info in archive.infolist():
            if _leads_out(info):
                message = f"`{info.filename}` in this wheel leads out of the folder it is for"
                hint = "nothing was read; ask whoever gave you the wheel"
                raise PttError.of("PTT321", message, file=str(path), hint=hint)
            if info.filename in self.members:
                raise _no_pack(path, f"has `{info.filename}` twice")
            self.members[info.filename] = info
        about = {PurePosixPath(name).parts[0] for name in self.members}
        infos = sorted(name for name in about if name.endswith(".dist-info"))
        if len(infos) != 1:
            raise _no_pack(path, f"has {len(infos)} folders `*.dist-info`, not one")
        self.dist_info = infos[0]

    def pack(self) -> WheelPack:
        name, module = self._entry()
        top = f"{module.replace('.', '/')}/"
        names = sorted(filter(lambda one: _is_rules(one, top), self.members), key=_in_order)
        if f"{top}{PACK_FILE}" not in names:
            raise _no_pack(self.path, f"has no `{top}{PACK_FILE}`")
        if len(names) > MOST_FILES:
            raise too_large(str(self.path), f"has more than {MOST_FILES:,} files")
        return WheelPack(name, self._identity(), tuple(self._sources(names)))

    def _entry(self) -> tuple[str, str]:
        """The name of its pack, and the module that holds it."""
        parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        try:
            parser.read_string(self._text("entry_points.txt"))
        except configparser.Error as error:
            raise _no_pack(self.path, f"has entry points that cannot be read: {error}") from error
        packs = parser.items(GROUP) if parser.has_section(GROUP) else []
        if len(packs) != 1:
            raise _no_pack(self.path, f"registers {len(packs)} packs under `{GROUP}`, not one")
        ((name, module),) = packs
        if not MODULE.fullmatch(module):
            message = f"the pack `{name}` of this wheel is at `{module}`, which is not a module"
            raise PttError.of("PTT321", message, file=str(self.path), hint="nothing was read")
        return name, module

    def _identity(self) -> str:
        data = HeaderParser().parsestr(self._text("METADATA"))
        return f"{data['Name']} {data['Version']}"

    def _sources(self, names: Sequence[str]) -> list[Source]:
        recorded = record.read_record(self._text("RECORD"))
        read = {name: self._data(name) for name in names}
        if sum(map(len, read.values())) > MOST_BYTES:
            raise too_large(str(self.path), f"is larger than {MOST_BYTES // 10**6} MB")
        changed = [n for n, data in read.items() if not record.fits(recorded.get(n, ""), data)]
        if changed:
            raise PttError(map(self._changed, changed))
        return [decode_source(f"{self.path}/{name}", data) for name, data in read.items()]

    def _changed(self, name: str) -> Diagnostic:
        message = f"`{name}` is not as the wheel's record has it"
        hint = "get the wheel again from a source that you trust"
        return Diagnostic("PTT326", message, file=str(self.path), hint=hint)

    def _text(self, name: str) -> str:
        """A file of its `dist-info`."""
        member = f"{self.dist_info}/{name}"
        if member not in self.members:
            raise _no_pack(self.path, f"has no `{member}`")
        return decode_source(f"{self.path}/{member}", self._data(member)).text

    def _data(self, name: str) -> bytes:
        """A member, of which no more is unpacked than a source may have."""
        with self.archive.open(self.members[name]) as file:
            return checked_size(f"{self.path}/{name}", file.read(MOST_FILE_BYTES + 1))


def _leads_out(info: zipfile.ZipInfo) -> bool:
    name = info.filename
    path = PurePosixPath(name)
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    return is_link or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name


def _is_rules(name: str, top: str) -> bool:
    inner = name.removeprefix(top)
    is_hidden = any(part.startswith(".") for part in PurePosixPath(inner).parts)
    return name.startswith(top) and name.endswith(RULES) and not is_hidden


def _in_order(name: str) -> tuple[str, ...]:
    """As the files of a folder are ordered."""
    return PurePosixPath(name).parts
