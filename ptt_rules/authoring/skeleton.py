"""A new detector to start from, with its tests, in the place where its pack has such files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Template

from ptt_rules.authoring.lsp import Project
from ptt_rules.language import Diagnostic, PttError, Source
from ptt_rules.language.syntax import as_name, format_source, is_name, quoted, tree
from ptt_rules.packs import PACK_FILE, TEST_SUFFIX, pack_place, shipped_metrics

WATCHED = "watched"
"""The name of the metric until the user names it."""

_TO_FILL_IN = """\
# what the trainer logs: a unit, and the key
metric $metric: UNIT = "KEY"
"""
_DETECTOR = """\
detector $name {
  summary   "Say in a few words what is wrong"
  let now   = mean($metric[20])
  let base  = mean($metric[first 20])
  after     40
  high      when now > 2 * base
  for       3
  message   "$metric is {now:.3g}, {base:.3g} at the start."
  why       "Say what it means for the run when this fires."
  remedy    "Say what to do: an argument to change, data to look at, a checkpoint to go back to."
  reference "Name the paper, issue or page that describes it."
}
"""
_TESTS = """\
test "$name fires once $metric has doubled" {
  $metric = 1.0 x 40, 3.0 x 30
  expect $name.high at 50..60
}

test "$name stays silent where $metric has nearly doubled" {
  $metric = 1.0 x 40, 1.9 x 30
  expect no $name
}

test "$name stays silent without $metric" {
  `another/key` = 1.0 x 70
  expect no $name
}
"""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The files of a new detector. `checked` is what to check and test: a pack or a file.

    `is_filled` says whether its metric is known.
    """

    texts: Mapping[Path, str]
    checked: Path
    is_filled: bool


def new_detector(name: str, folder: Path, key: str | None = None) -> Skeleton:
    """The files of a new detector in a folder.

    The folder need not be there. In a pack its tests are a file of their own beside it. `key` is
    a key that trainers log, or the name that the pack has for it.

    Errors: PTT102 if the pack has a detector of the name, PTT301 if a file is in the place
            of the folder, PTT316 if the name is invalid
    """
    if not is_name(name):
        hint = f"use letters, digits and `_`, such as `{as_name(name, 'detector')}`"
        raise PttError.of("PTT316", f"a detector cannot be called `{name}`", hint=hint)
    if folder.exists() and not folder.is_dir():
        hint = "name a folder, or leave it out for the present one"
        raise PttError.of("PTT301", "this is not a folder", file=str(folder), hint=hint)
    path = folder / f"{name}.ptt"
    place = pack_place(path.absolute())
    pack = _shown(place, folder) if place.is_dir() else None
    declared = _Declared.of(place, pack) if pack else _Declared()
    declared.refuse(name)
    detector, tests = _texts(name, declared, key)
    beside = folder / f"{name}{TEST_SUFFIX}"
    texts = {path: detector, beside: tests} if pack else {path: f"{detector}\n{tests}"}
    laid_out = {at: _in_layout(at, text) for at, text in texts.items()}
    return Skeleton(laid_out, pack or path, key is not None)


def _texts(name: str, declared: _Declared, key: str | None) -> tuple[str, str]:
    """The detector, with its metric unless the pack has that, and its tests."""
    if key is None:
        metric, line = declared.free(WATCHED, name), _TO_FILL_IN
    else:
        metric, line = declared.metric(key)
    words = {"name": name, "metric": metric}
    head = Template(line).substitute(words) if key is None else line
    detector, tests = (Template(text).substitute(words) for text in (_DETECTOR, _TESTS))
    return f"{head}\n{detector}", tests


@dataclass(frozen=True, slots=True)
class _Declared:
    """The declarations of the pack and of those that it extends."""

    items: tuple[tuple[Source, tree.Item], ...] = ()
    quantities: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, place: Path, shown: Path) -> _Declared:
        """All of the pack in a folder; its files are named as under the folder that is shown."""
        packs = Project().pack(str(place / PACK_FILE)).all_packs()
        items = tuple(
            (_renamed(source, place, shown), item)
            for pack in packs
            for source, item in pack.items()
        )
        sorts = (tree.MetricDecl, tree.MetricListDecl, tree.DeriveDecl, tree.ParamDecl)
        names = (item.name.word for _, item in items if isinstance(item, sorts))
        return cls(items, frozenset(names))

    def refuse(self, name: str) -> None:
        """Errors: PTT102 if a detector has the name"""
        for source, item in self.items:
            if isinstance(item, tree.DetectorDecl) and item.name.word == name:
                message = f"the pack has a detector `{name}` already"
                hint = "choose another name; `override detector` changes one of an extended pack"
                mistake = Diagnostic("PTT102", message, source, item.name.span, hint=hint)
                raise PttError([mistake])

    def metric(self, key: str) -> tuple[str, str]:
        """The name of a key's metric, and the line that declares it unless the pack does.

        What the shipped packs know of the key (its unit, other keys of it) is taken over.
        """
        for _, item in self.items:
            if isinstance(item, tree.MetricDecl) and not item.label and _is_of(item, key):
                return item.name.word, ""
        for name, line in shipped_metrics().items():
            if quoted(key) in line.partition("=")[2] and name not in self.quantities:
                return name, f"{line}\n"
        name = self.free(as_name(key, "metric"), "metric")
        return name, f"metric {name}: none = {quoted(key)}\n"

    def free(self, name: str, other: str) -> str:
        """The name, or a longer one if it is taken."""
        return f"{other}_{name}" if name in self.quantities else name


def _is_of(metric: tree.MetricDecl, key: str) -> bool:
    return key in (metric.name.word, *(text.value for text in metric.keys.items))


def _renamed(source: Source, place: Path, shown: Path) -> Source:
    path = Path(source.name)
    is_inside = place in path.parents
    return replace(source, name=str(shown / path.relative_to(place))) if is_inside else source


def _in_layout(path: Path, text: str) -> str:
    formatted, diagnostics = format_source(Source(str(path), text))
    if formatted is None:
        raise RuntimeError(f"{path}: {diagnostics[0].message}")
    return formatted


def _shown(place: Path, folder: Path) -> Path:
    """The pack's folder as a person would write it who named a folder in it."""
    shown = folder
    for _ in folder.absolute().relative_to(place).parts:
        shown = shown.parent if shown.name not in ("", "..") else shown / ".."
    return shown
