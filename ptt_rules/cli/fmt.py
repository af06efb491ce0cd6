"""`ptt fmt`: the canonical layout of packs, comments kept."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    EXIT_UNUSABLE,
    Commands,
    show_error,
)
from ptt_rules.diagnostics import PttError
from ptt_rules.packs import read_source
from ptt_rules.report import Colour
from ptt_rules.source import Source
from ptt_rules.syntax import format_source

STDIN = "-"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "fmt",
        help="put packs into the canonical layout",
        description="Rewrites .ptt files in the one canonical layout; comments are kept. A file "
        "that does not parse is left alone. `-` formats standard input to standard output.",
        epilog="exit: 0 done, or nothing to do; with --check or --diff: 1 would change; "
        "2 unusable input\n\nexample:\n  ptt fmt --diff mine.ptt",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a .ptt file or a folder")
    parser.add_argument("--check", action="store_true", help="change nothing, name what would")
    parser.add_argument("--diff", action="store_true", help="change nothing, show what would")
    return parser


def run(options: argparse.Namespace) -> int:
    changed, unusable, count = [], False, 0
    for source in _sources(options.paths):
        count += 1
        formatted, diagnostics = format_source(source)
        if formatted is None:
            show_error(PttError(diagnostics))
            unusable = True
        elif source.name == STDIN and not (options.check or options.diff):
            sys.stdout.write(formatted)
        elif formatted != source.text:
            changed.append(source.name)
            _change(source, formatted, options)
    if options.paths != [STDIN]:
        _tell(len(changed), count, options.check or options.diff)
    if unusable:
        return EXIT_UNUSABLE
    return EXIT_FINDINGS if changed and (options.check or options.diff) else EXIT_CLEAN


def _change(source: Source, formatted: str, options: argparse.Namespace) -> None:
    if options.diff:
        _show_diff(source, formatted)
    elif options.check:
        print(f"would change {source.name}")
    else:
        write_whole(Path(source.name), formatted)
        print(f"formatted {source.name}")


def _tell(changed: int, count: int, dry: bool) -> None:
    files = f"{count} file{'' if count == 1 else 's'}"
    done = "would change" if dry else "formatted"
    print(f"{changed} of {files} {done}" if changed else f"{files} already in order")


def _sources(paths: Sequence[str]) -> Iterator[Source]:
    """Errors: PTT301 for a folder without rules, PTT308 for what cannot be read"""
    for path in paths:
        if path == STDIN:
            yield Source(STDIN, sys.stdin.read())
            continue
        place = Path(path)
        files = sorted(place.rglob("*.ptt")) if place.is_dir() else [place]
        if not files:
            message, hint = "this folder has no `.ptt` files", "give a `.ptt` file or a folder"
            raise PttError.of("PTT301", message, file=path, hint=hint)
        yield from (read_source(file) for file in files)


def _show_diff(source: Source, formatted: str) -> None:
    colour = Colour.of(sys.stdout)
    tones = {"+": "green", "-": "red", "@": "cyan"}
    before, after = source.text.splitlines(), formatted.splitlines()
    for line in difflib.unified_diff(before, after, source.name, source.name, lineterm=""):
        tone = tones.get(line[:1])
        print(colour(line, tone) if tone else line)


def write_whole(path: Path, text: str) -> None:
    """Replaces a file at once, with the mode that it had; a link stays a link."""
    target = path.resolve()
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(beside, target.stat().st_mode & 0o7777)
        os.replace(beside, target)
    except OSError:
        os.unlink(beside)
        raise
