"""The tables of docs/stacks.md: what frameworks log, and which detectors that arms.

python -m benchmarks.stacks --write
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from ptt_rules import Pack, load
from ptt_rules.language.stacks import STACKS, Alias, Stack
from ptt_rules.packs import Arming

PAGE = Path(__file__).parent.parent / "docs" / "stacks.md"
MARK = "<!-- tables: python -m benchmarks.stacks --write -->"


def page(head: str) -> str:
    """The page: what people wrote, up to the mark, and the tables."""
    return head.split(MARK)[0] + "\n".join([MARK, "", *_armed_table(), *_key_tables()])


def _armed_table() -> Iterator[str]:
    yield "## Armed detectors"
    yield ""
    yield "Of the detectors of a pack: those that keys with the names of TRL arm, those that the"
    yield "keys arm now, those that need a setting of the framework (`use_kl_loss`, a critic) or a"
    yield "metric of your own, and those whose quantity it does not log."
    yield ""
    yield "| framework | pack | detectors | before | armed | with a setting | not logged |"
    yield "|---|---|---|---|---|---|---|"
    for stack in STACKS:
        if stack.on_trl:
            continue
        for name in stack.packs:
            before, after = (_armed(name, one) for one in (_by_own_names(stack), stack))
            counts = (len(before.armed), len(after.armed), _of(after.unknown), _of(after.not_armed))
            shown = " | ".join(map(str, counts))
            yield f"| {stack.title} | `{name}` | {after.detectors} | {shown} |"
    yield ""


def _armed(pack: str, stack: Stack) -> Arming:
    return _pack(pack).armed(pack, stack=stack)


@cache
def _pack(name: str) -> Pack:
    return load(name, isolated=True)


def _of(unfed: Iterable[object]) -> int:
    return len({name for one in unfed for name in getattr(one, "detectors", ())})


def _by_own_names(stack: Stack) -> Stack:
    """A framework of which only the keys count that are called as TRL calls them."""
    kept = tuple(a for a in stack.aliases if a.key.removeprefix("train/") in a.means)
    return replace(stack, aliases=kept)


def _key_tables() -> Iterator[str]:
    for stack in STACKS:
        if not stack.aliases:
            continue
        yield f"## {stack.title}"
        yield ""
        yield f"`--stack {stack.name}`; read in {stack.source}."
        yield ""
        yield "| key | read as | unit | a value is of | remarks | read in |"
        yield "|---|---|---|---|---|---|"
        for alias in stack.aliases:
            means = ", ".join(f"`{mean}`" for mean in alias.means)
            shown = f"{alias.likeness.value} {means}", alias.unit.value, alias.over
            yield f"| `{alias.key}` | {' | '.join(shown)} | {_remarks(alias)} | {alias.source} |"
        yield ""
        if stack.own:
            yield "Logged, and not a quantity that a shipped rule reads; for rules of your own:"
            yield ""
            yield "```ptt"
            for own in stack.own:
                yield own.declaration
                yield f'  "{own.about}"'
            yield "```"
            yield ""


def _remarks(alias: Alias) -> str:
    scale = [] if alias.factor == 1 else [f"times {alias.factor:g}"]
    offset = [f"plus {alias.offset:g}"] if alias.offset else []
    when = [f"with {alias.when}"] if alias.when else []
    return "; ".join([*scale, *offset, *when, *([alias.note] if alias.note else [])])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/stacks.md")
    text = page(PAGE.read_text(encoding="utf-8"))
    if parser.parse_args().write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
