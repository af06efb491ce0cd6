"""YAML with heuristics in it: one, a list of them, or a list under a key; in any document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from ptt_rules.convert.alerts import AlertReader
from ptt_rules.convert.entries import CODE_UNUSABLE, Entry, Field, inconvertible, unusable
from ptt_rules.diagnostics import Diagnostic, PttError
from ptt_rules.source import Source, Span

MARKS_A_HEURISTIC = frozenset({"metric", "condition"})
"""A mapping with one of these keys is a heuristic, and not what heuristics are listed in."""

_MERGE = "tag:yaml.org,2002:merge"
_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")}


@dataclass
class YamlReader:
    """Reads what heuristics a source has, with the places of all fields.

    Errors: raises PTT312 where it is no YAML; PTT313 for parts that are no heuristics
    """

    source: Source
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._alerts = AlertReader(self.source, self.diagnostics)
        self._merged: list[yaml.Node] = []

    def read(self) -> list[Entry]:
        try:
            # the loader in Python: the one in C counts bytes, where places are characters
            self._loader = yaml.SafeLoader(self.source.text)
            return [entry for document in self._documents() for entry in self._entries(document)]
        except yaml.MarkedYAMLError as error:
            raise PttError([_broken(self.source, error)]) from error
        except yaml.reader.ReaderError as error:
            message = f"this is no YAML: it may not hold the character U+{error.character:04X}"
            span = Span(error.position, error.position + 1)
            raise PttError([unusable(self.source, span, message)]) from error
        except RecursionError as error:
            message = "this YAML is nested too deeply"
            raise PttError.of(CODE_UNUSABLE, message, file=self.source.name) from error

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
        elif not _is_null(node):
            yield from self._entry(node)

    def _listed(self, node: yaml.MappingNode) -> Iterator[Entry]:
        """Heuristics in lists under keys such as `heuristics`; what they merge in may be beside."""
        lists = [value for _, value in node.value if isinstance(value, yaml.SequenceNode)]
        for each in lists:
            yield from self._entries(each)
        for key, value in node.value:
            if value not in lists and value not in self._merged:
                message = f"`{_word(key)}` has no list of heuristics"
                hint = "list them under a key such as `heuristics`; anything else has no meaning"
                self._tell(key, message, hint)

    def _entry(self, node: yaml.Node) -> Iterator[Entry]:
        if isinstance(node, yaml.MappingNode):
            fields = self._fields(node)
            first = fields["name"] if "name" in fields else next(iter(fields.values()), None)
            span = first.span if first else _span(node)
            yield Entry(self.source, span, fields)
        elif isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
            alert = self._alert(node)
            yield from [] if alert is None else [alert]
        else:
            message = "this is no heuristic: neither fields with a `condition`, nor a text"
            self._tell(
                node, message, "write `name`, `metric`, `condition` and so on, each with `:`"
            )

    def _alert(self, node: yaml.ScalarNode) -> Entry | None:
        span = _span(node)
        quotes = 1 if node.style in ("'", '"') else 0
        inner = Span(span.start + quotes, span.end - quotes)
        is_plain = self.source.slice(inner) == node.value
        return self._alerts.read(node.value, inner.start, None if is_plain else span)

    def _fields(self, node: yaml.MappingNode) -> dict[str, Field]:
        for key, value in node.value:
            if key.tag == _MERGE:
                self._merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        self._loader.flatten_mapping(node)
        return {_word(key): self._field(value, _span(key)) for key, value in node.value}

    def _field(self, node: yaml.Node, key: Span) -> Field:
        span = _span(node)
        if isinstance(node, yaml.SequenceNode):
            return Field(tuple(map(self._part, node.value)), span, key)
        return Field(self._part(node).value, span, key)

    def _part(self, node: yaml.Node) -> Field:
        """A value alone, or one in a list: whatever is no scalar has no meaning in a field."""
        span = _span(node)
        if isinstance(node, yaml.ScalarNode) and node.tag in _SCALARS:
            return Field(self._loader.construct_object(node), span, span)
        return Field(
            self.source.slice(span) if isinstance(node, yaml.ScalarNode) else (), span, span
        )

    def _tell(self, node: yaml.Node, message: str, hint: str) -> None:
        self.diagnostics.append(inconvertible(self.source, _span(node), message, hint=hint))


def _span(node: yaml.Node) -> Span:
    return Span(node.start_mark.index, max(node.end_mark.index, node.start_mark.index + 1))


def _word(node: yaml.Node) -> str:
    return node.value if isinstance(node, yaml.ScalarNode) else "?"


def _is_null(node: yaml.Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")


def _broken(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    at = error.problem_mark.index if error.problem_mark else 0
    message = f"this is no YAML: {error.problem or error.context}"
    hint = 'quote texts that begin with a sign or hold `: `, such as `condition: "> 0.3"`'
    end = min(at + 1, len(source.text))
    return unusable(source, Span(at, max(end, at)), message, hint=hint)
