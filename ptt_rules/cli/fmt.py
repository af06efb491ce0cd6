"""`ptt fmt`: the canonical layout of packs, comments kept."""

from __future__ import annotations

import argparse
import difflib
import io
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path

from ptt_rules.border import plural
from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    EXIT_UNUSABLE,
    STDIN,
    Commands,
    print_data,
    print_json,
    read_data,
    show_error,
    write_file,
)
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.language.syntax import format_source
from ptt_rules.packs import decode_source, read_bytes
from ptt_rules.report import Colour

ABOUT = About(Group.WRITE, 30, "put .ptt files into the one canonical layout")

_TONES = {"+": "green", "-": "red", "@": "cyan"}


class _Outcome(Enum):
    """What became of a file, in the word that JSON has."""

    IN_ORDER = "in order"
    CHANGED = "changed"
    UNUSABLE = "unusable"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "fmt",
        description="Rewrites .ptt files in the one canonical layout; comments are kept. A file "
        "that does not parse is left alone. `-` formats standard input to standard output.",
        epilog="exit: 0 done, or nothing to do; with --check or --diff: 1 would change; "
        "2 unusable input\n\nexample:\n  ptt fmt --diff mine.ptt",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a .ptt file or a folder")
    parser.add_argument("--check", action="store_true", help="change nothing, name what would")
    parser.add_argument("--diff", action="store_true", help="change nothing, show what would")
    parser.add_argument("--json", action="store_true", help="an object a file, one a line")
    return parser


def run(options: argparse.Namespace) -> int:
    outcomes = Counter(_format(path, options) for path in _files(options.paths))
    is_dry = options.check or options.diff
    if options.paths != [STDIN] and not options.json:
        print(_summary(outcomes, is_dry))
    if outcomes[_Outcome.UNUSABLE]:
        return EXIT_UNUSABLE
    return EXIT_FINDINGS if outcomes[_Outcome.CHANGED] and is_dry else EXIT_CLEAN


def _files(paths: Iterable[str]) -> list[str]:
    """Each file once; a folder stands for what lies in it, hidden folders left out.

    Those hold what others installed, such as the packs in a `.venv`.
    """
    files = []
    for path in paths:
        found = _inside(Path(path)) if path != STDIN and Path(path).is_dir() else []
        files += found or [path]
    return list({Path(path): path for path in files}.values())


def _inside(folder: Path) -> list[str]:
    return [
        str(path)
        for path in sorted(folder.rglob("*.ptt"))
        if path.is_file() and not any(part[0] == "." for part in path.relative_to(folder).parts)
    ]


def _format(path: str, options: argparse.Namespace) -> _Outcome:
    """Formats a file as the options want it, and says what became of it."""
    try:
        before = _read(path)
        source = decode_source(path, before)
        formatted, diagnostics = format_source(source)
        if formatted is None:
            raise PttError(diagnostics)
        after = formatted.encode()
        _put(path, before, after, options)
    except PttError as error:
        show_error(error, as_json=options.json)
        if options.json:
            print_json({"file": path, "outcome": _Outcome.UNUSABLE.value})
        return _Outcome.UNUSABLE
    return _Outcome.IN_ORDER if before == after else _Outcome.CHANGED


def _put(path: str, before: bytes, after: bytes, options: argparse.Namespace) -> None:
    is_dry = options.check or options.diff
    if options.json:
        if path != STDIN and before != after and not is_dry:
            write_file(Path(path), after)
        _print_json(path, before, after, options)
    elif path == STDIN and not is_dry:
        print_data(after)
    elif before != after:
        _change(path, before, after, options)


def _print_json(path: str, before: bytes, after: bytes, options: argparse.Namespace) -> None:
    """What became of a file; with what was asked for: the text of standard input, the diff."""
    outcome = _Outcome.IN_ORDER if before == after else _Outcome.CHANGED
    told = {"file": path, "outcome": outcome.value}
    if options.diff:
        told["diff"] = "".join(_diff(path, before.decode(), after.decode()))
    if path == STDIN:
        told["text"] = after.decode()
    print_json(told)


def _change(path: str, before: bytes, after: bytes, options: argparse.Namespace) -> None:
    if options.diff:
        _show_diff(path, before.decode(), after.decode())
    elif options.check:
        print(f"would change {path}")
    else:
        write_file(Path(path), after)
        print(f"formatted {path}")


def _summary(outcomes: Counter[_Outcome], is_dry: bool) -> str:
    changed, unusable = outcomes[_Outcome.CHANGED], outcomes[_Outcome.UNUSABLE]
    files = plural(outcomes.total(), "file")
    left = f", {unusable} left alone" if unusable else ""
    if changed:
        return f"{changed} of {files} {'would change' if is_dry else 'formatted'}{left}"
    in_order = f", {outcomes[_Outcome.IN_ORDER]} already in order"
    return f"{files}{in_order}{left}" if unusable else f"{files} already in order"


def _show_diff(path: str, before: str, after: str) -> None:
    colour = Colour.of(sys.stdout)
    for line in _diff(path, before, after):
        text, end, rest = line.partition("\n")
        tone = _TONES.get(line[:1])
        print_data(f"{colour(text, tone) if tone else text}{end}{rest}".encode())


def _diff(path: str, before: str, after: str) -> Iterator[str]:
    """The lines of a unified diff with their ends, one that lacks its own with a note below it."""
    for line in difflib.unified_diff(_lines(before), _lines(after), path, path):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines with their ends, of which only those that the formatter writes are one."""
    return io.StringIO(text, newline="\n").readlines()


# ---- files ---------------------------------------------------------------------------------


def _read(path: str) -> bytes:
    """Errors: PTT301 for a folder without rules, PTT308 for what cannot be read"""
    if path == STDIN:
        return read_data()
    if Path(path).is_dir():
        message, hint = "this folder has no `.ptt` files", "give a `.ptt` file or a folder"
        raise PttError.of("PTT301", message, file=path, hint=hint)
    return read_bytes(Path(path))
