"""The packs that an editor works on: open texts over the files on disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ptt_rules.authoring.lint import lint_files
from ptt_rules.language import Diagnostic, PttError, Source
from ptt_rules.language.syntax import parse, tree
from ptt_rules.packs import PACK_FILE, PackFiles, find_pack, pack_place

Findings = dict[str, list[Diagnostic]]
"""Diagnostics by the name of the file that they are shown in."""


@lru_cache(maxsize=512)
def tree_of(source: Source) -> tree.Module:
    """The parsed part of a source."""
    return parse(source)[0]


@dataclass(frozen=True, slots=True)
class OpenPack:
    """A pack with its texts as they are now, and the packs that it extends, the nearest first."""

    name: str
    sources: tuple[Source, ...]
    extended: tuple[OpenPack, ...] = ()

    def all_packs(self) -> Iterator[OpenPack]:
        """This one and those that it extends, each once."""
        seen: dict[str, OpenPack] = {}
        waiting = [self]
        while waiting:
            pack = waiting.pop(0)
            if pack.name not in seen:
                seen[pack.name] = pack
                waiting += pack.extended
        return iter(seen.values())

    def items(self) -> Iterator[tuple[Source, tree.Item]]:
        return ((source, item) for source in self.sources for item in tree_of(source).items)


@dataclass
class Project:
    """Documents that are open, by file name, or by address where they are in no file."""

    texts: dict[str, str] = field(default_factory=dict)

    def source(self, document: str) -> Source:
        return Source(document, self.texts[document])

    def place(self, document: str) -> str:
        """The files checked together with a document: the folder of its pack, or itself."""
        path = Path(document)
        return str(pack_place(path, self._on_paths())) if path.is_absolute() else document

    def check(self, place: str) -> Findings:
        """All that is wrong with the pack at a place, file by file."""
        try:
            files = self._files(place)
        except PttError as error:
            return _by_file(error.diagnostics, place, set())
        known = {source.name for source in (*files.sources, *files.tests)}
        main = next((name for name in known if Path(name).name == PACK_FILE), min(known))
        return _by_file(lint_files(files, self._find), main, known)

    def pack(self, document: str) -> OpenPack:
        """The pack that a document belongs to."""
        try:
            files = self._files(self.place(document))
        except PttError:
            # another file of the pack cannot be read, which its diagnostics tell
            files = PackFiles(document, document, (self.source(document),))
        return self._opened(files, ())

    def shipped(self, name: str) -> OpenPack:
        """A pack that ships with ptt."""
        return self._opened(self._find(name), ())

    def _opened(self, files: PackFiles, above: tuple[str, ...]) -> OpenPack:
        declared = [
            item
            for source in files.sources
            for item in tree_of(source).items
            if isinstance(item, tree.PackDecl)
        ]
        name = declared[0].name.word if declared else files.name
        extended = []
        for word in _extended(declared):
            if word not in (*above, name):
                try:
                    found = self._find(word)
                except PttError:
                    continue  # told by the check
                extended.append(self._opened(found, (*above, name)))
        return OpenPack(name, (*files.sources, *files.tests), tuple(extended))

    def _files(self, place: str) -> PackFiles:
        if not Path(place).is_absolute():
            return PackFiles(place, place, (self.source(place),))
        return self._find(place)

    def _find(self, name: str) -> PackFiles:
        return find_pack(name, self._on_paths())

    def _on_paths(self) -> dict[Path, str]:
        paths = ((Path(name), text) for name, text in self.texts.items())
        return {path: text for path, text in paths if path.is_absolute()}


def _extended(declared: list[tree.PackDecl]) -> list[str]:
    clauses = declared[0].clauses if declared else ()
    return [clause.pack.word for clause in clauses if isinstance(clause, tree.PackExtends)]


def _by_file(
    diagnostics: list[Diagnostic] | tuple[Diagnostic, ...], main: str, known: set[str]
) -> Findings:
    """A diagnostic without a file that can be opened is shown in the main file."""
    found: Findings = {name: [] for name in known}
    for diagnostic in diagnostics:
        name = diagnostic.file_name
        is_file = name in known or (Path(name).is_absolute() and Path(name).is_file())
        found.setdefault(name if is_file else main, []).append(diagnostic)
    return found


@dataclass
class Board:
    """The diagnostics of each place; a file can be in the packs of several places."""

    _shown: dict[str, Findings] = field(default_factory=dict)

    def put(self, place: str, findings: Findings) -> list[str]:
        """Shows what is wrong at a place; gives the files whose diagnostics are to be sent."""
        before = self._shown.get(place, {})
        self._shown[place] = findings
        return sorted({*before, *findings})

    def forget(self, place: str) -> list[str]:
        return sorted(self._shown.pop(place, {}))

    def places(self) -> list[str]:
        return list(self._shown)

    def of(self, file: str) -> list[Diagnostic]:
        """All diagnostics of a file, each once."""
        found: list[Diagnostic] = []
        for findings in self._shown.values():
            found += (each for each in findings.get(file, []) if each not in found)
        return found
