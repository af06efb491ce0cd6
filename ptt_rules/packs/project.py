"""The folder of a pack as the source of a distribution: `pyproject.toml`, and the pack in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name, is_normalized_name

from ptt_rules.language import PttError
from ptt_rules.language.syntax import tree
from ptt_rules.packs.files import find_pack, shipped_packs
from ptt_rules.packs.installed import GROUP, MODULE, pack_in_project
from ptt_rules.packs.loading import CheckedFiles
from ptt_rules.packs.reading import read_bytes, read_source
from ptt_rules.packs.toml_file import read_toml
from ptt_rules.packs.wheel import TAG, wheel_bytes

PYPROJECT = "pyproject.toml"

_TEXT, _TEXTS, _TABLE, _TABLES = "a text", "a list of texts", "a table", "a list of tables"
_KINDS = {
    "name": _TEXT,
    "version": _TEXT,
    "description": _TEXT,
    "readme": _TEXT,
    "requires-python": _TEXT,
    "license": _TEXT,
    "license-files": _TEXTS,
    "authors": _TABLES,
    "keywords": _TEXTS,
    "classifiers": _TEXTS,
    "urls": _TABLE,
    "dependencies": _TEXTS,
    "entry-points": _TABLE,
    "dynamic": _TEXTS,
}
"""Fields of `[project]` that a wheel of rules can have."""

_CONTENT_TYPES = {".md": "text/markdown", ".rst": "text/x-rst", ".txt": "text/plain"}
_HINT = "`ptt pack new` writes one to start from"


@dataclass(frozen=True, slots=True)
class Project:
    """A distribution that is a pack: its name, `pack` and `module`, and its metadata.

    `rules` is the folder of the pack. `version` is None where that of the pack counts.
    """

    path: Path
    name: str
    pack: str
    module: str
    rules: Path
    version: str | None
    about: Mapping[str, Any]

    def refuse(self, why: str, hint: str) -> PttError:
        return PttError.of("PTT327", why, file=str(self.path), hint=hint)


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel that is not written yet: how its file is called, and what it holds."""

    file: str
    data: bytes
    digest: str
    """Of the pack in it, as locks have it."""
    rules: int
    """How many files of rules and tests are in it."""


def read_project(folder: Path) -> Project:
    """The distribution in a folder.

    Errors: PTT320 if it has the name of a shipped pack, PTT327 if it does not belong to a pack, or
        has something that a wheel of rules cannot have
    """
    path = folder / PYPROJECT
    if not path.is_file():
        message = f"there is no `{PYPROJECT}` in this folder"
        raise PttError.of("PTT327", message, file=str(folder), hint=_HINT)
    about = read_toml(path, "PTT327", _HINT).get("project", {})
    for name, value in about.items():
        if name not in _KINDS:
            message = f"`{name}` of `[project]` has no meaning for a wheel of rules"
            hint = f"leave it out, or build with `pip wheel {folder}`, which packs code too"
            raise PttError.of("PTT327", message, file=str(path), hint=hint)
        if not _is_of_kind(value, _KINDS[name]):
            message = f"`{name}` of `[project]` is not {_KINDS[name]}"
            raise PttError.of("PTT327", message, file=str(path), hint=_HINT)
    return _project(path, about)


def _is_of_kind(value: object, kind: str) -> bool:
    if kind in (_TEXTS, _TABLES):
        one = _TEXT if kind == _TEXTS else _TABLE
        return isinstance(value, list) and all(_is_of_kind(each, one) for each in value)
    if kind == _TABLE:
        return isinstance(value, dict)
    return isinstance(value, str)


def _project(path: Path, about: Mapping[str, Any]) -> Project:
    pack, module = _entry(path, about)
    name = about.get("name", "")
    if not is_normalized_name(canonicalize_name(name)):
        message = f"`{name}` is not a name of a distribution"
        raise PttError.of("PTT327", message, file=str(path), hint='write one such as "lab-grpo"')
    if pack in shipped_packs():
        message = f"`{pack}` is the name of a pack that ships with ptt"
        raise PttError.of("PTT320", message, file=str(path), hint="give yours another name")
    rules = pack_in_project(path.parent, module) if MODULE.fullmatch(module) else None
    if rules is None:
        message = f"the pack `{pack}` is said to be in `{module}`, where no `pack.ptt` is"
        hint = f"put it into `{path.parent}`, or into a folder `{module}` there"
        raise PttError.of("PTT327", message, file=str(path), hint=hint)
    return Project(path, name, pack, module, rules, about.get("version"), about)


def _entry(path: Path, about: Mapping[str, Any]) -> tuple[str, str]:
    """Name and module of the one pack."""
    groups = about.get("entry-points", {})
    packs = groups.get(GROUP, {})
    is_table = isinstance(packs, dict) and all(isinstance(each, str) for each in packs.values())
    if not is_table or len(packs) != 1 or len(groups) != 1:
        message = f"it registers {len(packs)} packs in {len(groups)} groups of entry points"
        hint = f'write [project.entry-points."{GROUP}"] and one line, `lab_grpo = "lab_grpo"`'
        raise PttError.of("PTT327", message, file=str(path), hint=hint)
    ((name, module),) = packs.items()
    return name, module


# ---- building ------------------------------------------------------------------------------


def build(project: Project, checked: CheckedFiles) -> Wheel:
    """The wheel of a pack without errors: its files of rules and tests, and no code.

    Errors: PTT327 if the pack and its metadata disagree
    """
    version = _version(project, checked)
    _refuse_missing(project, checked)
    top = project.module.replace(".", "/")
    rules = [
        (f"{top}/{Path(source.name).relative_to(project.rules).as_posix()}", source.text.encode())
        for source, _ in (*checked.modules, *checked.tests)
    ]
    stem = f"{canonicalize_name(project.name).replace('-', '_')}-{version}"
    licenses = [*_licenses(project)]
    about = [
        ("METADATA", metadata_text(project, version, [name for name, _ in licenses]).encode()),
        ("entry_points.txt", f"[{GROUP}]\n{project.pack} = {project.module}\n".encode()),
        *((f"licenses/{name}", data) for name, data in licenses),
    ]
    data = wheel_bytes(rules, f"{stem}.dist-info", about)
    return Wheel(f"{stem}-{TAG}.whl", data, checked.digest, len(rules))


def _version(project: Project, checked: CheckedFiles) -> str:
    """The version of pack and distribution, which are the same."""
    declared = checked.declaration
    if declared is None or declared.name.word != project.pack:
        name = declared.name.word if declared else "no name"
        hint = f"write `pack {project.pack} 1.0.0 {{ ... }}` in `pack.ptt`, or rename the entry"
        raise project.refuse(f"it registers `{project.pack}`, and the pack has {name}", hint)
    if project.version not in (None, declared.version):
        message = f"the distribution is {project.version}, and the pack in it {declared.version}"
        hint = 'write `dynamic = ["version"]` instead of `version`: the version of the pack counts'
        raise project.refuse(message, hint)
    if project.version is None and "version" not in project.about.get("dynamic", ()):
        raise project.refuse("it has no version", 'write `dynamic = ["version"]`')
    return declared.version


def _refuse_missing(project: Project, checked: CheckedFiles) -> None:
    """Errors: PTT327 if pip would not bring a pack that this one extends"""
    texts = project.about.get("dependencies", ())
    try:
        needed = {canonicalize_name(Requirement(text).name) for text in texts}
    except InvalidRequirement as error:
        hint = 'write one such as "lab-grpo~=1.0"'
        raise project.refuse(f"a dependency cannot be read: {error}", hint) from error
    for name in _extended_by(checked.declaration):
        distribution = find_pack(name).origin.distribution.partition(" ")[0]
        if name not in shipped_packs() and canonicalize_name(distribution) not in needed:
            message = f"the pack extends `{name}`, which pip would not install with it"
            hint = f'add "{distribution or name}" to `dependencies`'
            raise project.refuse(message, hint)


def _extended_by(declaration: tree.PackDecl | None) -> Iterator[str]:
    for clause in declaration.clauses if declaration else ():
        if isinstance(clause, tree.PackExtends):
            yield clause.pack.word


def _licenses(project: Project) -> Iterator[tuple[str, bytes]]:
    for name in project.about.get("license-files", ()):
        path = project.path.parent / name
        if Path(name).name != name or path.is_symlink():
            hint = "name files of this folder, such as `LICENSE`"
            raise project.refuse(f"`license-files` names `{name}`", hint)
        yield name, read_bytes(path)


# ---- metadata ------------------------------------------------------------------------------


def metadata_text(project: Project, version: str, licenses: Iterable[str]) -> str:
    """The `METADATA` of its wheel: what its pyproject says, as pip and indexes read it.

    Errors: PTT327 for a field that is not one line of text
    """
    about = project.about
    fields = [
        ("Metadata-Version", "2.4"),
        ("Name", project.name),
        ("Version", version),
        ("Summary", about.get("description", "")),
        *(("Author-email", text) for text in map(_person, about.get("authors", ()))),
        ("License-Expression", about.get("license", "")),
        *(("License-File", name) for name in licenses),
        ("Keywords", ",".join(about.get("keywords", ()))),
        *(("Classifier", text) for text in about.get("classifiers", ())),
        *(("Project-URL", f"{name}, {url}") for name, url in about.get("urls", {}).items()),
        ("Requires-Python", about.get("requires-python", "")),
        *(("Requires-Dist", text) for text in about.get("dependencies", ())),
    ]
    kind, readme = _readme(project)
    if kind:
        fields.append(("Description-Content-Type", kind))
    lines = [f"{word}: {_line(project, word, text)}\n" for word, text in fields if text]
    return "".join(lines) + (f"\n{readme}" if readme else "")


def _readme(project: Project) -> tuple[str, str]:
    """The content type of the readme, and its text."""
    name = project.about.get("readme", "")
    if not name:
        return "", ""
    path = project.path.parent / name
    kind = _CONTENT_TYPES.get(path.suffix)
    if Path(name).name != name or path.is_symlink() or kind is None:
        hint = "name a file of this folder, such as `README.md`"
        raise project.refuse(f"`readme` is `{name}`", hint)
    return kind, read_source(path).text


def _person(data: Mapping[str, str]) -> str:
    name, email = data.get("name", ""), data.get("email", "")
    return f"{name} <{email}>" if name and email else name or email


def _line(project: Project, word: str, text: object) -> str:
    if not isinstance(text, str) or "\n" in text or "\r" in text:
        raise project.refuse(f"`{word}` is not one line of text: {text!r}", "write it on one line")
    return text
