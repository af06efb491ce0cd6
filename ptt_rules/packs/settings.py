"""Settings: a YAML file that chooses packs, parameters and policy, and overrides detectors.

```yaml
packs: [grpo, ./lab]
only: true
params:
  gradient_growth: 3
policy: guard
disable:
  policy_gradient.entropy_collapse: Our reward is sparse by design.
overrides: |
  override detector reward_lost { for 3 }
```
Overrides and disables are read as if they stood in the file of a pack that extends all others, at
the same lines, so that they are checked, and mistakes reported, as everywhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from ptt_rules.border import number_of
from ptt_rules.language import (
    SCALARS,
    Diagnostic,
    PttError,
    Source,
    Span,
    broken_yaml_is_reported,
    is_null,
    loader_of,
    span_of,
    word_of,
)
from ptt_rules.language.check import did_you_mean, listed
from ptt_rules.language.syntax import MAX_SOURCE_CHARS, parse, tree
from ptt_rules.packs.choices import Layer, PackChoice, ParamChoice, PolicyChoice, Where
from ptt_rules.packs.files import read_source

CODE = "PTT340"
RULES = ".ptt"
_EXAMPLE = "write keys such as `policy: guard`, each on a line of its own"

_INSTANCE = re.compile(r'(?P<name>[^\["]+)\["(?P<label>[^"]*)"\]')
_FLAGS = {"true": True, "false": False}

Modules = tuple[tuple[Source, tree.Module], ...]
Change = tree.OverrideDetector | tree.OverridePolicy | tree.OverrideParam | tree.DisableDecl


@dataclass(frozen=True)
class Settings:
    """The settings of one file. `modules` are its overrides and disables, with their sources."""

    source: Source
    layer: Layer
    packs: tuple[PackChoice, ...] = ()
    only: bool = False
    """Whether `packs` are all that judge a training, without those of its algorithm."""
    params: tuple[ParamChoice, ...] = ()
    policy: PolicyChoice | None = None
    modules: Modules = ()

    @property
    def digest(self) -> str:
        """SHA-256 over the file and those that it names."""
        hashed = hashlib.sha256()
        others = (source for source, _ in self.modules if source.name != self.source.name)
        for source in (self.source, *others):
            data = source.text.encode()
            hashed.update(f"{len(data)}:".encode() + data)
        return f"sha256:{hashed.hexdigest()}"


def read_settings(path: Path, layer: Layer) -> tuple[Settings, list[Diagnostic]]:
    """The settings of a file, and all mistakes in it.

    Errors: raises PTT308, PTT340 for an invalid file; PTT340, 0xx, PTT303 for its parts
    """
    source = read_source(path)
    if len(source.text) > MAX_SOURCE_CHARS:
        message = f"this file has more than {MAX_SOURCE_CHARS:,} characters"
        raise PttError.of(CODE, message, file=source.name, hint="put rules into packs")
    reader = _Reader(source, layer, path.parent)
    with broken_yaml_is_reported(source, CODE, _EXAMPLE):
        reader.read(loader_of(source).get_single_node())
    settings = Settings(
        source,
        layer,
        tuple(reader.packs),
        reader.only,
        tuple(reader.params),
        reader.policy,
        tuple(reader.modules),
    )
    return settings, reader.diagnostics


@dataclass
class _Reader:
    """Reads the keys of one file; each has a method in `_keys`."""

    source: Source
    layer: Layer
    folder: Path
    packs: list[PackChoice] = field(default_factory=list)
    only: bool = False
    params: list[ParamChoice] = field(default_factory=list)
    policy: PolicyChoice | None = None
    modules: list[tuple[Source, tree.Module]] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def _keys(self) -> dict[str, Callable[[yaml.Node], None]]:
        return {
            "packs": self._packs,
            "only": self._only,
            "params": self._params,
            "policy": self._policy,
            "disable": self._disable,
            "overrides": self._overrides,
        }

    def read(self, node: yaml.Node | None) -> None:
        if node is None or is_null(node):
            return  # an empty file chooses nothing
        if not isinstance(node, yaml.MappingNode):
            self._report(node, "settings are keys with values", _EXAMPLE)
            return
        self._read_keys(node)
        if self.only and not self.packs:
            self._report(
                node, "`only` without `packs` leaves no rules", "name packs, or leave it out"
            )

    def _read_keys(self, node: yaml.MappingNode) -> None:
        for key, value in self._pairs(node):
            word = word_of(key)
            read = self._keys.get(word)
            if read is None:
                hint = did_you_mean(word, self._keys, f"there are {listed(self._keys)}")
                self._report(key, f"`{word}` is not a setting", hint)
            elif not is_null(value):
                read(value)

    def _pairs(self, node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """The keys of a mapping with their values; a repeated key is reported."""
        seen: set[str] = set()
        for key, value in node.value:
            word = word_of(key)
            if word in seen:
                self._report(key, f"`{word}` is given twice", "keep one of the two")
                continue
            seen.add(word)
            yield key, value

    # ---- keys ------------------------------------------------------------------------------

    def _packs(self, node: yaml.Node) -> None:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for item in items:
            text = self._text(item, "a pack is a name or a path", "write `packs: [grpo, ./lab]`")
            if text is not None:
                is_path = "/" in text or text.endswith(RULES)
                name = str(self.folder / text) if is_path else text
                where = Where(self.layer, self.source, span_of(item))
                self.packs.append(PackChoice(name, where))

    def _only(self, node: yaml.Node) -> None:
        if isinstance(node, yaml.ScalarNode) and node.value in _FLAGS:
            self.only = _FLAGS[node.value]
        else:
            self._report(node, "`only` is true or false", "write `only: true`")

    def _params(self, node: yaml.Node) -> None:
        for key, value in self._mapping(node, "params", "drop: 0.4"):
            word = word_of(key)
            number = number_of(value.value) if isinstance(value, yaml.ScalarNode) else None
            if number is None:
                message = f"`{word}` has no number"
                self._report(value, message, f"write one, such as `{word}: 0.4` or `{word}: 40%`")
            else:
                pair = Span(span_of(key).start, span_of(value).end)
                where = Where(self.layer, self.source, pair)
                self.params.append(ParamChoice(word, number, where))

    def _policy(self, node: yaml.Node) -> None:
        text = self._text(node, "a policy is given by its name", "write `policy: guard`")
        if text is not None:
            self.policy = PolicyChoice(text, Where(self.layer, self.source, span_of(node)))

    def _disable(self, node: yaml.Node) -> None:
        items = []
        example = "policy_gradient.entropy_collapse: Our reward is sparse by design."
        for key, value in self._mapping(node, "disable", example):
            reason = None if is_null(value) else self._scalar(value)
            if reason is None or not reason.strip():
                message = f"no reason is given why `{word_of(key)}` is disabled"
                hint = f"give the reason, such as `{example}`"
                place = span_of(key) if is_null(value) else span_of(value)
                self.diagnostics.append(
                    Diagnostic("PTT108", message, self.source, place, hint=hint)
                )
                continue
            items.append(self._disabled(key, value, reason))
        self.modules.append((self.source, tree.Module(span_of(node), tuple(items))))

    def _disabled(self, key: yaml.Node, value: yaml.Node, reason: str) -> tree.DisableDecl:
        span, end = span_of(key), span_of(value)
        found = _INSTANCE.fullmatch(word_of(key))
        name, label = (found["name"], found["label"]) if found else (word_of(key), None)
        reference = tree.Reference(span, tuple(name.split(".")))
        instance = None if label is None else tree.Text(span, label, span.start)
        text = tree.Text(end, " ".join(reason.split()), end.start)
        target = tree.Target(span, reference, instance, None)
        return tree.DisableDecl(Span(span.start, end.end), (target,), text)

    def _overrides(self, node: yaml.Node) -> None:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for item in items:
            example = f"write rules after `|` on lines of their own, or name a `{RULES}` file"
            text = self._text(item, "an override is a text or a file", example)
            if text is None:
                continue
            if text.endswith(RULES) and "\n" not in text:
                self._file(item, self.folder / text)
                continue
            within = self._within(item, text)
            if within is None:
                self._report(item, "this text is not written as it reads", example)
            else:
                self._rules(self.source, within)

    def _file(self, node: yaml.Node, path: Path) -> None:
        if path.is_file():
            source = read_source(path)
            self._rules(source, source)
        else:
            hint = "paths begin at the folder of the settings"
            self._report(node, f"there is no file `{path}`", hint)

    def _rules(self, source: Source, parsed: Source) -> None:
        """The changes in a source, or in the part of it that is left to be parsed."""
        module, diagnostics = parse(parsed)
        self.diagnostics += (replace(one, source=source) for one in diagnostics)
        for item in module.items:
            if not isinstance(item, Change):
                word = source.slice(item.span).split()[0]
                message = f"`{word}` does not belong among overrides"
                hint = "put it into a pack, and name that under `packs`"
                span = Span(item.span.start, item.span.start + len(word))
                self.diagnostics.append(Diagnostic(CODE, message, source, span, hint=hint))
        changes = tuple(item for item in module.items if isinstance(item, Change))
        self.modules.append((source, tree.Module(module.span, changes, module.broken)))

    def _within(self, node: yaml.Node, text: str) -> Source | None:
        """The rules in the place where they stand: all of the file but them is blank."""
        span = span_of(node)
        start, end = span.start, span.end
        if node.style in ("|", ">"):
            start = self.source.text.index("\n", start)
        elif node.style in ("'", '"'):
            start, end = start + 1, end - 1
            if self.source.text[start:end] != text:
                return None
        whole = self.source.text
        before, after = (_blank(part) for part in (whole[:start], whole[end:]))
        return Source(self.source.name, before + whole[start:end] + after)

    # ---- values ----------------------------------------------------------------------------

    def _mapping(
        self, node: yaml.Node, word: str, example: str
    ) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        if isinstance(node, yaml.MappingNode):
            yield from self._pairs(node)
        else:
            hint = f"write names with their values below it, such as `{example}`"
            self._report(node, f"`{word}` needs names with values", hint)

    def _text(self, node: yaml.Node, message: str, hint: str) -> str | None:
        text = self._scalar(node)
        if text is None or not text.strip():
            self._report(node, message, hint)
            return None
        return text

    def _scalar(self, node: yaml.Node) -> str | None:
        is_plain = isinstance(node, yaml.ScalarNode) and node.tag in SCALARS
        return str(node.value) if is_plain else None

    def _report(self, node: yaml.Node, message: str, hint: str | None) -> None:
        self.diagnostics.append(Diagnostic(CODE, message, self.source, span_of(node), hint=hint))


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text)
