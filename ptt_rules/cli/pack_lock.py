"""`ptt pack lock`: pins the packs that a project uses."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ptt_rules.border import plural
from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json, write_file
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.packs import LOCK_FILE, Lock, load, lock_of, read_lock, used_packs

ABOUT = About(Group.PACKS, 30, "pin the packs that a project uses")

_DESCRIPTION = f"""\
Writes {LOCK_FILE}: version and content of the packs that a project uses, of all that they extend,
and of `common`, whose policies go with any pack. With this file in the present folder, or in one
above, nothing is loaded that differs from it. Without PACK, the packs that the file pins are
pinned as they are now."""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "lock",
        description=_DESCRIPTION,
        epilog="exit: 0, 2 unusable input\n\nexample:\n  ptt pack lock lab_grpo ./team",
    )
    parser.add_argument(
        "packs",
        nargs="*",
        metavar="PACK",
        help="a pack by its name, or a .ptt file, folder or wheel",
    )
    parser.add_argument("--json", action="store_true", help="the lock as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    path = Path(LOCK_FILE)
    before = read_lock(path) if path.is_file() else None
    lock = _lock(path, options.packs or _asked(before))
    write_file(path, lock.text().encode())
    if options.json:
        packs = list(_packs_json(before, lock))
        print_json({"file": str(path), "ptt": lock.engine, "packs": packs})
        return EXIT_CLEAN
    for line in _changes(before, lock):
        print(line)
    print(f"wrote {path}: {plural(len(lock.pins), 'pack')}, ptt {lock.engine}")
    return EXIT_CLEAN


def _packs_json(before: Lock | None, lock: Lock) -> Iterator[dict[str, Any]]:
    """The packs that are pinned; `changed` where one was not pinned like this before."""
    old = before.pins if before else {}
    for name, pin in sorted(lock.pins.items()):
        is_same = name in old and (old[name].version, old[name].digest) == (pin.version, pin.digest)
        yield {
            "name": name,
            "version": pin.version,
            "digest": pin.digest,
            "changed": not is_same,
        }


def _asked(before: Lock | None) -> tuple[str, ...]:
    """Errors: PTT324 if there is no lock to renew"""
    if before is None:
        hint = "name the packs that the project uses: `ptt pack lock PACK...`"
        raise PttError.of("PTT324", f"there is no `{LOCK_FILE}` in this folder", hint=hint)
    return before.asked


def _lock(path: Path, asked: tuple[str, ...] | list[str]) -> Lock:
    return lock_of(asked, used_packs(load(*asked, isolated=True)), path)


def _changes(before: Lock | None, lock: Lock) -> list[str]:
    """What is pinned otherwise than before."""
    old, lines = before.pins if before else {}, []
    for name in sorted({*old, *lock.pins}):
        was, now = old.get(name), lock.pins.get(name)
        if now is None:
            lines.append(f"  {name}  no more")
        elif was is None:
            lines.append(f"  {name} {now.version}  {now.origin.described}")
        elif was.version != now.version:
            lines.append(f"  {name} {now.version}  before: {was.version}")
        elif was.digest != now.digest:
            lines.append(f"  {name} {now.version}  with other rules than before")
    return lines
