"""Alerts of one line: `dpo: margin < 0.1 for 20 steps -> high: Margin collapsed`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ptt_rules.authoring.convert.conditions import fault_of
from ptt_rules.authoring.convert.entries import Entry, Field, inconvertible
from ptt_rules.language import Diagnostic, Source, Span

DEFAULT_WINDOW = 20
ROWS_BEYOND_WINDOW = 10
"""An alert of one line waits for this many rows more than its window."""

_ALERT = re.compile(
    r"\s*(?P<trainers>\w+)\s*:"
    r"\s*(?P<metric>[A-Za-z_][\w./]*)"
    r"\s*(?P<condition>\S.*?)"
    r"(?:\s+for\s+(?P<window>\d+)\s+steps?)?"
    r"\s*->\s*(?P<severity>\w+)\s*:"
    r"\s*(?P<message>.*\S)\s*",
    re.DOTALL,
)
_LOOKS_LIKE_ONE = re.compile(r"\s*\w+\s*:.*->")
_HINT = "write `dpo: margin < 0.1 for 20 steps -> high: Margin collapsed`; `for` may be left out"


def is_alerts(text: str) -> bool:
    """Whether a text has an alert in each line, going by the first line that says anything."""
    first = next(_lines_that_say(text), (0, ""))[1]
    return _LOOKS_LIKE_ONE.match(first) is not None


def _lines_that_say(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their offsets; `#` starts a comment at the start of a line only."""
    offset = 0
    for line in text.split("\n"):
        if line.strip() and not line.lstrip().startswith("#"):
            yield offset, line
        offset += len(line) + 1


@dataclass
class AlertReader:
    """Alerts of one source; their names are made of what they watch, and numbered if need be."""

    source: Source
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _names: Counter[str] = field(default_factory=Counter)

    def read_lines(self) -> list[Entry]:
        read = (self.read(line, at) for at, line in _lines_that_say(self.source.text))
        return [entry for entry in read if entry is not None]

    def read(self, text: str, at: int, whole: Span | None = None) -> Entry | None:
        """The alert of a text that begins at an offset; `whole` where offsets do not fit it."""
        found = _ALERT.fullmatch(text)
        if found is None:
            span = whole or _stripped(text, at)
            message = (
                "this is not an alert: it is not of the form `trainer: condition -> level: text`"
            )
            self.diagnostics.append(inconvertible(self.source, span, message, hint=_HINT))
            return None
        fields = {
            name: _field(value, whole or _at(found, name, at))
            for name, value in found.groupdict().items()
            if value is not None
        }
        first = fields["metric"].span
        window = int(found["window"] or DEFAULT_WINDOW)
        where = fields["window"].span if "window" in fields else first
        fields["window"] = _field(window, where)
        fields["min_steps"] = _field(window + ROWS_BEYOND_WINDOW, where)
        fields["name"] = _field(self._name(found["metric"], found["condition"]), first)
        return Entry(self.source, first, fields)

    def _name(self, metric: str, condition: str) -> str:
        name = f"{metric}_{fault_of(condition)}"
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name}_{self._names[name]}"


def _field(value: str | int, span: Span) -> Field:
    return Field(value, span, span)


def _at(found: re.Match[str], group: str, at: int) -> Span:
    return Span(at + found.start(group), at + found.end(group))


def _stripped(text: str, at: int) -> Span:
    start = at + len(text) - len(text.lstrip())
    return Span(start, at + len(text.rstrip()))
