"""Finding tests: from paths to packs with the tests that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ptt_rules.language import Diagnostic, PttError
from ptt_rules.language.ir import Test
from ptt_rules.packs import TestedPack, load_tested, pack_place, packs_in


@dataclass(frozen=True, slots=True)
class Suite:
    """A pack and those of its tests that are to run."""

    place: str
    tested: TestedPack
    tests: tuple[Test, ...]

    @property
    def pack(self) -> str:
        return self.tested.checked.name


@dataclass
class _Asked:
    """The requested tests of a pack: all (`files` is None), or those of some of its files."""

    files: set[Path] | None = field(default_factory=set)

    def add(self, file: Path | None) -> None:
        if file is None:
            self.files = None
        elif self.files is not None:
            self.files.add(file.resolve())

    def wants(self, test: Test) -> bool:
        return self.files is None or Path(test.source.name).resolve() in self.files


def find_suites(paths: Iterable[str], words: Sequence[str] = ()) -> list[Suite]:
    """The packs at some paths, with their tests whose names have one of the words.

    A folder is its pack, or all packs in it; of a single file only its own tests run.

    Errors: raises PttError for what cannot be read, and for all that is wrong in the packs
    """
    asked: dict[str, _Asked] = {}
    for path in paths:
        for place, file in _places(path):
            asked.setdefault(place, _Asked()).add(file)
    suites: list[Suite] = []
    wrong: list[Diagnostic] = []
    for place, one in asked.items():
        try:
            suites.append(_suite(place, one, words))
        except PttError as error:
            wrong += error.diagnostics
    if wrong:
        raise PttError(dict.fromkeys(wrong))  # a pack that several extend is told once
    return suites


def _places(path: str) -> list[tuple[str, Path | None]]:
    """The packs of a path; with the file where it is one of several of its pack."""
    file = Path(path)
    if not file.is_file():
        return [(place, None) for place in packs_in(path)]
    place = pack_place(file)
    return [(str(place), None if place == file else file)]


def _suite(place: str, asked: _Asked, words: Sequence[str]) -> Suite:
    tested = load_tested(place)
    tests = (test for test in tested.checked.tests if asked.wants(test))
    return Suite(place, tested, tuple(test for test in tests if is_named(test.name, words)))


def is_named(name: str, words: Sequence[str]) -> bool:
    """Whether a name has one of the words, whatever the case; without words any has."""
    return not words or any(word.lower() in name.lower() for word in words)
