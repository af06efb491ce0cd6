"""Packs of installed distributions, found and read as data: nothing of them is imported."""

from __future__ import annotations

import json
import os
import re
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from ptt_rules.language import Diagnostic, PttError
from ptt_rules.packs import record
from ptt_rules.packs.reading import PACK_FILE, is_inside, read_bytes, rule_files

GROUP = "ptt.rulepacks"
"""The entry points that are packs: a name, and the module in whose folder the files are."""

MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack as its distribution registers it; the folder may turn out not to be there."""

    name: str
    module: str
    distribution: str
    """Its name and version, as pip shows them."""
    found: metadata.Distribution = field(repr=False, compare=False)

    @property
    def described(self) -> str:
        """Its name in messages."""
        return f"distribution {self.distribution}"

    @property
    def is_editable(self) -> bool:
        return _project_of(self.found) is not None

    def folder(self) -> Path:
        """The place of its files.

        Errors: PTT321 for a place outside of what was installed, PTT325 if there is no pack
        """
        if not MODULE.fullmatch(self.module):
            message = (
                f"`{self.name}` of {self.described} is at `{self.module}`, which is not a module"
            )
            hint = 'nothing was read; an entry point is written as `lab_grpo = "lab_grpo"`'
            raise PttError.of("PTT321", message, hint=hint)
        inner = "/".join(self.module.split("."))
        project = _project_of(self.found)
        place = pack_in_project(project, self.module) if project else self.site / inner
        if place is None or not (place / PACK_FILE).is_file():
            raise self.broken(f"has no `{inner}/{PACK_FILE}`")
        self._refuse_outside(place, project or self.site)
        return place

    def _refuse_outside(self, place: Path, top: Path) -> None:
        """Errors: PTT321 for a link, PTT325 for files of another distribution"""
        if not is_inside(place, top.resolve()):
            message = (
                f"the folder of `{self.name}`, of {self.described}, is a link that leads elsewhere"
            )
            raise PttError.of("PTT321", message, file=str(place), hint=_reinstall(self))
        recorded = self.recorded()
        pack_file = f"{'/'.join(self.module.split('.'))}/{PACK_FILE}"
        if recorded is not None and pack_file not in recorded:
            raise self.broken(f"did not install `{pack_file}`, which is there")

    @property
    def site(self) -> Path:
        """The folder that it was installed in."""
        return Path(str(self.found.locate_file("")))

    def recorded(self) -> record.Record | None:
        """The wheel's record; None of a distribution that was installed in another way."""
        text = None if self.is_editable else self.found.read_text("RECORD")
        return None if text is None else record.read_record(text)

    def changes(self) -> list[Diagnostic]:
        """The files in its folder that differ from the wheel.

        Errors: PTT308, PTT321, PTT325
        """
        recorded = self.recorded()
        if recorded is None:
            return []
        folder = self.folder()
        top = "/".join(self.module.split("."))
        there = {
            f"{top}/{path.relative_to(folder).as_posix()}": path for path in rule_files(folder)
        }
        wanted = {name for name in recorded if _is_of(name, top)}
        found = [
            self._changed(path, "is not in the wheel's record")
            for name, path in there.items()
            if name not in wanted
        ]
        found += [self._changed(self.site / name, "is gone") for name in wanted - set(there)]
        for name in sorted(wanted & set(there)):
            if not record.fits(recorded[name], read_bytes(there[name])):
                found.append(self._changed(there[name], "is not as the wheel had it"))
        return found

    def _changed(self, path: Path, what: str) -> Diagnostic:
        message = f"this file of `{self.name}`, of {self.described}, {what}"
        return Diagnostic("PTT326", message, file=str(path), hint=_reinstall(self))

    def broken(self, why: str) -> PttError:
        message = f"{self.described} registers the pack `{self.name}` and {why}"
        return PttError.of("PTT325", message, file=str(self.site), hint=_reinstall(self))


def installed_packs() -> list[InstalledPack]:
    """The packs of all distributions that can be imported from, by name.

    Of a distribution that is there twice, the first one counts, as for imports.
    """
    seen: set[str] = set()
    found: list[InstalledPack] = []
    for distribution in metadata.distributions():
        entries = _entries(distribution)
        if not entries:
            continue
        name, version = _identity(distribution)
        if canonicalize_name(name) not in seen:
            seen.add(canonicalize_name(name))
            described = f"{name} {version}"
            found += (
                InstalledPack(pack, module, described, distribution) for pack, module in entries
            )
    return sorted(found, key=lambda one: (one.name, one.distribution))


def installed_pack(name: str) -> InstalledPack | None:
    """The installed pack of a name.

    Errors: PTT305 if several distributions have one
    """
    named = [one for one in installed_packs() if one.name == name]
    if len(named) > 1:
        who = " and ".join(f"{one.described} in {one.site}" for one in named)
        hint = f"uninstall one of them: {', '.join(one.distribution.split()[0] for one in named)}"
        raise PttError.of("PTT305", f"two packs are called `{name}`: {who}", hint=hint)
    return named[0] if named else None


def pack_in_project(project: Path, module: str) -> Path | None:
    """Where the source of a distribution has its pack: in `src`, beside, or at the top."""
    parts = module.split(".")
    places = (project.joinpath(*inner) for inner in (("src", *parts), parts, ()))
    return next((place for place in places if (place / PACK_FILE).is_file()), None)


def _entries(distribution: metadata.Distribution) -> list[tuple[str, str]]:
    """Names and places of the packs that a distribution registers; a file that is not INI has none.

    Not by `entry_points`: newer readers of metadata raise at the first invalid place, and the
    packs of all other distributions would be lost with it.
    """
    entries = ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    entries.optionxform = str  # type: ignore[assignment,method-assign] # names keep their case
    try:
        text = distribution.read_text("entry_points.txt")
        if text is None or GROUP not in text:
            return []
        entries.read_string(text)
    except (OSError, UnicodeDecodeError, ConfigParserError):
        return []
    return list(entries.items(GROUP)) if entries.has_section(GROUP) else []


def _identity(distribution: metadata.Distribution) -> tuple[str, str]:
    data = distribution.metadata
    names, versions = data.get_all("Name") or [], data.get_all("Version") or []
    return (names or ["(unnamed)"])[0], (versions or ["(no version)"])[0]


@dataclass(frozen=True, slots=True)
class Origin:
    """From where pip installed ptt itself: what it is asked for elsewhere.

    `wheel` is a file of this machine, `is_folder` a checkout; no index need have either.
    """

    requirement: str
    wheel: Path | None = None
    is_folder: bool = False


def origin_of(name: str, otherwise: str) -> Origin:
    """What pip noted of a distribution (PEP 610); `otherwise` is asked of an index."""
    try:
        data: Any = json.loads(metadata.distribution(name).read_text("direct_url.json") or "{}")
        address = urlsplit(str(data.get("url", "")))
    except (metadata.PackageNotFoundError, ValueError, AttributeError):
        return Origin(otherwise)
    if address.scheme == "file":
        wheel = _path_of(address.path)
        is_there = wheel.suffix == ".whl" and wheel.is_file()
        return Origin(otherwise, wheel if is_there else None, is_folder=not is_there)
    if "vcs_info" in data:
        seen = data["vcs_info"]
        return Origin(f"{name} @ {seen['vcs']}+{data['url']}@{seen['commit_id']}")
    return Origin(f"{name} @ {data['url']}" if address.scheme else otherwise)


def _project_of(distribution: metadata.Distribution) -> Path | None:
    """The folder that an editable installation stands for (PEP 610)."""
    text = distribution.read_text("direct_url.json")
    try:
        data: Any = json.loads(text or "{}")
        is_editable = bool(data["dir_info"]["editable"])
        address = urlsplit(data["url"])
    except (ValueError, KeyError, TypeError):
        return None
    return _path_of(address.path) if is_editable and address.scheme == "file" else None


def _path_of(url_path: str) -> Path:
    """A local file of a `file:` address; `urllib.request`, which has it too, loads HTTP and TLS."""
    path = unquote(url_path)
    return Path(path[1:] if os.name == "nt" else path)


def _is_of(name: str, top: str) -> bool:
    """Whether a recorded file is a rule file in the folder of the pack."""
    path = PurePosixPath(name)
    inner = path.parts[len(top.split("/")) :]
    return (
        name.startswith(f"{top}/")
        and path.suffix == ".ptt"
        and not any(part.startswith(".") for part in inner)
    )


def _reinstall(pack: InstalledPack) -> str:
    name = pack.distribution.split()[0]
    return f"install it again from a source that you trust: `pip install --force-reinstall {name}`"
