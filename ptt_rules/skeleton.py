"""A new detector to start from, with its tests, in the place where its pack has such files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ptt_rules.diagnostics import Diagnostic, PttError
from ptt_rules.lsp.project import OpenPack, Project
from ptt_rules.packs.files import TEST_SUFFIX, pack_place
from ptt_rules.packs.vocabulary import shipped_metrics
from ptt_rules.source import Source
from ptt_rules.syntax import format_source, tree
from ptt_rules.syntax.written import as_name, is_name, quoted

_TO_FILL_IN = '# what the trainer logs: a unit, and the key\nmetric METRIC: UNIT = "KEY"'

_DETECTOR = """\
detector NAME {
  summary   "Say in a few words what is wrong"
  let now   = mean(METRIC[20])
  let base  = mean(METRIC[first 20])
  after     40
  high      when now > 2 * base
  for       3
  message   "METRIC is {now:.3g}, {base:.3g} at the start."
  why       "Say what it means for the run when this fires."
  remedy    "Say what to do: an argument to change, data to look at, a checkpoint to go back to."
  reference "Name the paper, issue or page that describes it."
}
"""
_TESTS = """\
test "NAME fires once METRIC has doubled" {
  METRIC = 1.0 x 40, 3.0 x 30
  expect NAME.high at 50..60
}

test "NAME stays silent where METRIC has nearly doubled" {
  METRIC = 1.0 x 40, 1.9 x 30
  expect no NAME
}

test "NAME stays silent without METRIC" {
  `another/key` = 1.0 x 70
  expect no NAME
}
"""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The files of a new detector. `checked` is what to check and test: a pack or a file.

    `metric` is what it watches; None where that is left to fill in.
    """

    texts: Mapping[Path, str]
    checked: Path
    metric: str | None


def new_detector(name: str, folder: Path, key: str | None = None) -> Skeleton:
    """The files of a new detector in a folder.

    In a pack its tests are a file of their own beside it. `key` is a key that trainers log,
    or the name that the pack has for it.

    Errors: PTT102 if the pack has a detector of the name, PTT301 if there is no such folder,
            PTT316 if the name is none
    """
    if not is_name(name):
        hint = f"use letters, digits and `_`, such as `{as_name(name, 'detector')}`"
        raise PttError.of("PTT316", f"a detector cannot be called `{name}`", hint=hint)
    if not folder.is_dir():
        hint = "make the folder first, or leave it out for the present one"
        raise PttError.of("PTT301", "there is no such folder", file=str(folder), hint=hint)
    path = folder / f"{name}.ptt"
    place = pack_place(path.absolute())
    is_in_pack = place.is_dir()
    surroundings = _Surroundings.of(place) if is_in_pack else _Surroundings()
    surroundings.refuse(name)
    metric, declared = surroundings.metric(key, name)
    words = (("NAME", name), ("METRIC", metric))
    detector = _filled(f"{declared}\n\n{_DETECTOR}", words)
    tests = _filled(_TESTS, words)
    texts = {path: detector, folder / f"{name}{TEST_SUFFIX}": tests}
    if not is_in_pack:
        texts = {path: f"{detector}\n{tests}"}
    return Skeleton(
        texts={at: _in_layout(at, text) for at, text in texts.items()},
        checked=_shown(place, folder) if is_in_pack else path,
        metric=metric if key else None,
    )


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What the pack and those that it extends declare."""

    items: tuple[tuple[Source, tree.Item], ...] = ()
    names: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, pack_folder: Path) -> _Surroundings:
        items = tuple(_items(Project().pack(str(pack_folder / "pack.ptt"))))
        quantities = (tree.MetricDecl, tree.DeriveDecl, tree.ParamDecl)
        names = (item.name.word for _, item in items if isinstance(item, quantities))
        return cls(items, frozenset(names))

    def refuse(self, name: str) -> None:
        """Errors: PTT102 if a detector has the name"""
        for source, item in self.items:
            if isinstance(item, tree.DetectorDecl) and item.name.word == name:
                message = f"the pack has a detector `{name}` already"
                hint = "choose another name; `override detector` changes one of an extended pack"
                told = Diagnostic("PTT102", message, source, item.name.span, hint=hint)
                raise PttError([told])

    def metric(self, key: str | None, detector: str) -> tuple[str, str]:
        """The name of the metric of a key, and the line that declares it unless the pack does."""
        if key is None:
            return (f"{detector}_watched" if "watched" in self.names else "watched"), _TO_FILL_IN
        for _, item in self.items:
            if isinstance(item, tree.MetricDecl) and not item.label and _is_called(item, key):
                return item.name.word, ""
        shipped = shipped_metrics()
        known = {name: line for name, line in shipped.items() if quoted(key) in line.split("= ")[1]}
        for name, line in known.items():
            if name not in self.names:
                return name, line
        name = as_name(key, "metric")
        name = f"{name}_metric" if name in self.names else name
        return name, f"metric {name}: none = {quoted(key)}"


def _items(pack: OpenPack) -> Iterator[tuple[Source, tree.Item]]:
    for one in pack.all_packs():
        yield from one.items()


def _is_called(metric: tree.MetricDecl, key: str) -> bool:
    return key in (metric.name.word, *(text.value for text in metric.keys.items))


def _filled(template: str, words: tuple[tuple[str, str], ...]) -> str:
    for word, meant in words:
        template = template.replace(word, meant)
    return template


def _in_layout(path: Path, text: str) -> str:
    formatted, diagnostics = format_source(Source(str(path), text))
    if formatted is None:
        raise RuntimeError(f"{path}: {diagnostics[0].message}")
    return formatted


def _shown(place: Path, folder: Path) -> Path:
    """The pack's folder as a person would write it who named the other folder."""
    steps = folder.absolute().relative_to(place).parts
    shown = folder
    for _ in steps:
        shown = shown.parent if shown.name not in ("", "..") else shown / ".."
    return shown
