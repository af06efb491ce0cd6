"""Files to alerts: which of the two forms a file has, and which files belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ptt_rules.authoring.convert.alerts import AlertReader, is_alerts
from ptt_rules.authoring.convert.entries import CODE_UNUSABLE, Entry
from ptt_rules.authoring.convert.yaml_file import YamlReader
from ptt_rules.language import Diagnostic, PttError, Source
from ptt_rules.language.syntax import as_name
from ptt_rules.packs import read_source

YAML_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Collection:
    """Alerts that become one pack; `origin` says where they are from."""

    name: str
    origin: str
    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_collection(path: Path) -> Collection:
    """The alerts of a file, or of all YAML files in a folder and in its folders.

    Errors: PTT308, PTT312
    """
    if path.is_dir():
        found = [inner for suffix in YAML_SUFFIXES for inner in path.rglob(f"*{suffix}")]
        sources = [read_source(inner) for inner in sorted(found)]
    else:
        sources = [read_source(path)]
    name = path.resolve().name if path.is_dir() else path.stem
    return collect(name, str(path), sources)


def collect(name: str, origin: str, sources: Sequence[Source]) -> Collection:
    """The alerts of some texts.

    Errors: PTT312 where one of them is not YAML, or none of them has an alert
    """
    entries: list[Entry] = []
    diagnostics: list[Diagnostic] = []
    for source in sources:
        reader = _reader(source)
        entries += reader.read_lines() if isinstance(reader, AlertReader) else reader.read()
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
