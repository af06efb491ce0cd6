"""Files to alerts: which of the two forms a file has, and which files belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from ptt_rules.authoring.convert.alerts import AlertReader, is_alerts
from ptt_rules.authoring.convert.entries import CODE_UNUSABLE, Entry
from ptt_rules.authoring.convert.heuristics import TRAINERS
from ptt_rules.authoring.convert.yaml_file import YamlReader
from ptt_rules.language import Diagnostic, PttError, Source
from ptt_rules.language.syntax import as_name
from ptt_rules.packs import read_source

YAML_SUFFIXES = (".yaml", ".yml")
NO_FOLDERS: Mapping[Source, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Collection:
    """Alerts that become one pack; `origin` says where they are from."""

    name: str
    origin: str
    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_collection(path: Path) -> Collection:
    """The alerts of a file, or of all YAML files in a folder and in its folders.

    A folder in it that is called like a trainer holds rules for that trainer alone.

    Errors: PTT308, PTT312
    """
    if not path.is_dir():
        return collect(path.stem, str(path), [read_source(path)])
    found = [inner for suffix in YAML_SUFFIXES for inner in path.rglob(f"*{suffix}")]
    folders = {read_source(inner): _folder_of(inner, path) for inner in sorted(found)}
    return collect(path.resolve().name, str(path), list(folders), folders)


def _folder_of(file: Path, root: Path) -> str:
    """The trainer whose folder a file lies in; empty if it is in none."""
    first = file.relative_to(root).parts[0].lower()
    return first if first in TRAINERS else ""


def collect(
    name: str, origin: str, sources: Sequence[Source], folders: Mapping[Source, str] = NO_FOLDERS
) -> Collection:
    """The alerts of some texts; `folders` names the trainer whose folder a text lies in.

    Errors: PTT312 where one of them is not YAML, or none of them has an alert
    """
    entries: list[Entry] = []
    diagnostics: list[Diagnostic] = []
    for source in sources:
        reader = _reader(source)
        read = reader.read_lines() if isinstance(reader, AlertReader) else reader.read()
        entries += [replace(entry, folder=folders.get(source, "")) for entry in read]
        diagnostics += reader.diagnostics
    if not entries and not diagnostics:
        hint = "give YAML with heuristics, or a file with one alert in each line"
        message = "there are no heuristics here"
        raise PttError.of(CODE_UNUSABLE, message, file=origin, hint=hint)
    return Collection(as_name(name, "pack"), origin, tuple(entries), tuple(diagnostics))


def collect_alerts(name: str, alerts: Sequence[str]) -> Collection:
    """One-line alerts, each a string.

    Errors: PTT312 if there is none
    """
    return collect(name, name, [Source(name, "\n".join(alerts) + "\n")])


def _reader(source: Source) -> AlertReader | YamlReader:
    is_yaml = Path(source.name).suffix in YAML_SUFFIXES
    return YamlReader(source) if is_yaml or not is_alerts(source.text) else AlertReader(source)
