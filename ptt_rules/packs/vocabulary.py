"""Logged keys by the names that shipped packs give them: for hints."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ptt_rules.language.metrics import all_keys
from ptt_rules.language.syntax import is_name, parse, tree
from ptt_rules.packs.files import find_pack, shipped_packs


@cache
def shipped_metrics() -> Mapping[str, str]:
    """The metrics of all shipped packs by name, each as one line that declares it.

    What trainers log under a plain name is there by that name, if no pack reads it.
    """
    found: dict[str, str] = {}
    for name in shipped_packs():
        for source in find_pack(name).sources:
            for item in parse(source)[0].items:
                if isinstance(item, tree.MetricDecl):
                    keys = ", ".join(source.slice(text.span) for text in item.keys.items)
                    label = f"[{item.label.word}]" if item.label else ""
                    line = f"metric {item.name.word}{label}: {item.unit.word} = {keys}"
                    found.setdefault(item.name.word, line)
    for row in all_keys():
        if is_name(row.key):
            within = f" in {row.range_text}" if row.range_text else ""
            line = f'metric {row.key}: {row.unit.value}{within} = "{row.key}"'
            found.setdefault(row.key, line)
    return found
