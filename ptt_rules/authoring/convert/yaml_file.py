"""YAML with heuristics in it: one, a list of them, or a list under a key; in any document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from ptt_rules.authoring.convert.alerts import AlertReader
from ptt_rules.authoring.convert.entries import CODE_UNUSABLE, Entry, Field, inconvertible
from ptt_rules.language import (
    MERGE,
    SCALARS,
    Diagnostic,
    Source,
    Span,
    broken_yaml_is_reported,
    is_null,
    loader_of,
    span_of,
    word_of,
)

MARKS_A_HEURISTIC = frozenset({"metric", "condition"})
"""A mapping with one of these keys is a heuristic, and not what heuristics are listed in."""

_HINT = 'quote texts that begin with a sign or hold `: `, such as `condition: "> 0.3"`'


@dataclass
class YamlReader:
    """Reads what heuristics a source has, with the places of all fields.

    Errors: raises PTT312 where it is not YAML; PTT313 for parts that are not heuristics
    """

    source: Source
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._alerts = AlertReader(self.source, self.diagnostics)
        self._merged: list[yaml.Node] = []

    def read(self) -> list[Entry]:
        with broken_yaml_is_reported(self.source, CODE_UNUSABLE, _HINT):
            self._loader = loader_of(self.source)
            return [entry for document in self._documents() for entry in self._entries(document)]

    def _documents(self) -> Iterator[yaml.Node]:
        while self._loader.check_node():
            yield self._loader.get_node()

    def _entries(self, node: yaml.Node) -> Iterator[Entry]:
        if isinstance(node, yaml.SequenceNode):
            for item in node.value:
                yield from self._entry(item)
        elif isinstance(node, yaml.MappingNode):
            fields = self._fields(node)
            if MARKS_A_HEURISTIC & fields.keys():
                yield from self._entry(node)
            else:
                yield from self._listed(node)
        elif not is_null(node):
            yield from self._entry(node)

    def _listed(self, node: yaml.MappingNode) -> Iterator[Entry]:
        """Heuristics in lists under keys such as `heuristics`; what they merge in may be beside."""
        lists = [value for _, value in node.value if isinstance(value, yaml.SequenceNode)]
        for each in lists:
            yield from self._entries(each)
        for key, value in node.value:
            if value not in lists and value not in self._merged:
                message = f"`{word_of(key)}` has no list of heuristics"
                hint = "list them under a key such as `heuristics`; anything else has no meaning"
                self._report(key, message, hint)

    def _entry(self, node: yaml.Node) -> Iterator[Entry]:
        if isinstance(node, yaml.MappingNode):
            fields = self._fields(node)
            first = fields["name"] if "name" in fields else next(iter(fields.values()), None)
            span = first.span if first else span_of(node)
            yield Entry(self.source, span, fields)
        elif isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
            alert = self._alert(node)
            yield from [] if alert is None else [alert]
        else:
            message = "this is not a heuristic: neither fields with a `condition`, nor a text"
            self._report(
                node, message, "write `name`, `metric`, `condition` and so on, each with `:`"
            )

    def _alert(self, node: yaml.ScalarNode) -> Entry | None:
        span = span_of(node)
        quotes = 1 if node.style in ("'", '"') else 0
        inner = Span(span.start + quotes, span.end - quotes)
        is_plain = self.source.slice(inner) == node.value
        return self._alerts.read(node.value, inner.start, None if is_plain else span)

    def _fields(self, node: yaml.MappingNode) -> dict[str, Field]:
        for key, value in node.value:
            if key.tag == MERGE:
                self._merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        self._loader.flatten_mapping(node)
        return {word_of(key): self._field(value, span_of(key)) for key, value in node.value}

    def _field(self, node: yaml.Node, key: Span) -> Field:
        span = span_of(node)
        if isinstance(node, yaml.SequenceNode):
            return Field(tuple(map(self._part, node.value)), span, key)
        return Field(self._part(node).value, span, key)

    def _part(self, node: yaml.Node) -> Field:
        """A value alone, or one in a list: whatever is not a scalar has no meaning in a field."""
        span = span_of(node)
        if isinstance(node, yaml.ScalarNode) and node.tag in SCALARS:
            return Field(self._loader.construct_object(node), span, span)
        return Field(
            self.source.slice(span) if isinstance(node, yaml.ScalarNode) else (), span, span
        )

    def _report(self, node: yaml.Node, message: str, hint: str) -> None:
        self.diagnostics.append(inconvertible(self.source, span_of(node), message, hint=hint))
