"""By which names a log's keys are handed to rules: its own, or those that the rules know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import cache

from ptt_rules.language.stacks.alias import Alias, Stack
from ptt_rules.language.stacks.find import plain

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Naming:
    """One key of a log: under which other name rules read it, and whether its own stays."""

    key: str
    name: str
    alias: Alias
    stays: bool
    is_apart: bool = False
    """Whether rules are kept from reading it: by its own name they would take it for another."""


def naming(keys: Iterable[str], stack: Stack, reads: Set[str]) -> Iterator[Naming]:
    """The keys of a log that get the names that some rules read.

    A key that rules read by its own name keeps it too, and one whose other name is in the log
    already keeps its own alone. Of several keys for one name it is the first in the table. A key
    that means something else than rules take it for is kept apart.

    `reads` are keys and patterns of keys, as metrics declare them.
    """
    logged = list(keys)
    taken = {*logged}
    for key in logged:
        name = stack.apart.get(plain(key))
        if name is not None:
            yield Naming(key, name, Alias(key, (name,), ""), stays=False, is_apart=True)
    for alias in stack.aliases:
        for key in logged:
            filled = _filled(alias, key)
            for name in filled:
                if name in taken or not _is_read(name, reads):
                    continue
                taken.add(name)
                yield Naming(key, name, alias, stays=_is_read(key, reads))


def _filled(alias: Alias, key: str) -> tuple[str, ...]:
    """The names that an alias gives a key; none if it is of another one."""
    found = _pattern(plain(alias.key)).fullmatch(plain(key))
    if found is None:
        return ()
    words = found.groupdict()
    return tuple(_PLACE.sub(lambda place: words[place[1]], name) for name in alias.means)


def _is_read(key: str, reads: Set[str]) -> bool:
    """Whether rules read a key by its name or by a pattern that is not of every key."""
    return key in reads or any(
        _pattern(read).fullmatch(key) for read in reads if "{" in read and not _is_of_all(read)
    )


def _is_of_all(pattern: str) -> bool:
    return _PLACE.fullmatch(pattern) is not None


@cache
def _pattern(known: str) -> re.Pattern[str]:
    parts = _PLACE.split(known)
    texts = (
        f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    )
    return re.compile("".join(texts))
