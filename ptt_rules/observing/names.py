"""The rows of a run that is alive, by the names that rules read: as `--stack` has them in a log.

Who logs is found from the keys of the first rows. From then on a key gets the name of the quantity
that it is, where some rule reads that name; what no rule reads keeps its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from ptt_rules.border import number
from ptt_rules.language.stacks import Naming, Stack, by_name, find_stack, naming
from ptt_rules.logs import POSITION_KEYS

LOOKED_AT = 256
"""Rows whose keys show who logs, as of a log."""


class LiveNames:
    """Names the keys of rows as they come.

    `said` gets who logs and how that is known, once, with the keys that have another name then;
    `stack` is who it is where a caller says it.

    Errors: PTT303 for a framework that is not known
    """

    def __init__(
        self, reads: Set[str], stack: str | None, said: Callable[[str, Mapping[str, str]], None]
    ) -> None:
        self._reads = reads
        self._stack: Stack | None = by_name(stack) if stack else None
        self._shown = "as you say" if stack else ""
        self._said = said
        self._has_said = False
        self._rows = 0
        self._seen: dict[str, None] = {}
        self._names: dict[str, list[Naming]] = {}

    @property
    def stack(self) -> Stack | None:
        """Who logs; None where nothing shows it."""
        return self._stack

    def read(self, reads: Set[str]) -> None:
        """Other rules judge from the next row on, and read other names."""
        self._reads = reads
        self._name(())

    def row(self, logs: Mapping[str, Any]) -> Mapping[str, Any]:
        """A log event by the names that rules read; a row that has them already stays as it is."""
        new = [k for k in logs if k not in self._seen and _is_named(k)]
        if new:
            self._name(new)
        self._rows += 1
        if self._stack is None:
            return logs
        return self._renamed(self._with_dropped(logs, self._stack))

    def _name(self, new: Iterable[str]) -> None:
        self._seen.update(dict.fromkeys(new))
        if self._stack is None and self._rows < LOOKED_AT:
            found = find_stack(self._seen)
            if found is not None:
                self._stack, self._shown = found.stack, f"`{found.by[0]}` is logged"
        if self._stack is None:
            return
        self._names = {}
        for one in naming(self._seen, self._stack, self._reads):
            self._names.setdefault(one.key, []).append(one)
        self._say(self._stack)

    def _say(self, stack: Stack) -> None:
        if self._has_said or not self._seen:
            return
        self._has_said = True
        names = {key: ", ".join(one.name for one in many) for key, many in self._names.items()}
        count = sum(not many[0].is_apart for many in self._names.values())
        known = f"{count} of its keys are read by the names of the rules"
        text = f"{stack.title} ({self._shown}): {known if count else 'the keys of TRL'}"
        self._said(text, names)

    def _with_dropped(self, logs: Mapping[str, Any], stack: Stack) -> Mapping[str, Any]:
        """With NaN for what the logger left out since it is not finite, in a row that is whole."""
        if not stack.dropped or not any(key in logs for key in stack.beside):
            return logs
        lost = [key for key in stack.dropped if key in self._seen and key not in logs]
        return {**logs, **dict.fromkeys(lost, math.nan)} if lost else logs

    def _renamed(self, logs: Mapping[str, Any]) -> Mapping[str, Any]:
        row: dict[str, Any] = {}
        for key, value in logs.items():
            names = self._names.get(key, ())
            if not names or names[0].stays:
                row[key] = value
            row |= {one.name: _as_ours(value, one) for one in names if not _is_unknown(value, one)}
        return row


def _is_named(key: object) -> bool:
    """Keys that are no texts are of no framework, and may not even have a text."""
    return isinstance(key, str) and key not in POSITION_KEYS


def _is_unknown(value: Any, name: Naming) -> bool:
    """Whether a value is the one that says nothing."""
    return name.alias.unknown is not None and number(value) == name.alias.unknown


def _as_ours(value: Any, name: Naming) -> Any:
    """A value in the unit of the rules; what is not a number is left to who reads rows."""
    alias = name.alias
    read = None if alias.factor == 1 and not alias.offset else number(value)
    return value if read is None else read * alias.factor + alias.offset
