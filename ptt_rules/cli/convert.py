"""`ptt convert`: alerts of older tools as packs."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ptt_rules.authoring.convert import (
    Collection,
    Converted,
    PackText,
    collect,
    convert,
    finished,
    read_collection,
)
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
)
from ptt_rules.cli.files import write_files
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.packs import PACK_FILE, TEST_SUFFIX, decode_source

ABOUT = About(Group.WRITE, 80, "make packs of YAML heuristics and one-line alerts")

STDIN_PACK = "converted"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "convert",
        description="Makes packs of YAML heuristics, and of alerts in one line such as\n"
        "`dpo: margin < 0.1 for 20 steps -> high: Margin collapsed`, with the same meaning.\n"
        "Each FILE becomes a pack, or one for each trainer if its alerts are for different\n"
        "ones. What cannot be converted is reported; the rest is converted all the same.",
        epilog="exit: 0, 1 some could not be converted, 2 unusable input\n\n"
        "example:\n  ptt convert heuristics.yaml -o heuristics.ptt",
    )
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="FILE",
        help="YAML, or text with an alert in each line; a folder stands for the YAML files in it, "
        "which become one pack; `-` is standard input",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="a .ptt file, or a folder that gets a folder for each pack, with tests beside the "
        "rules (default: print the pack on standard output, without tests)",
    )
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    parser.add_argument(
        "--json", action="store_true", help="an object a pack, one a line, then a summary"
    )
    return parser


def run(options: argparse.Namespace) -> int:
    results = [_convert(path, as_json=options.json) for path in options.paths]
    done = [result for result in results if result is not None]
    packs = [pack for result in done for pack in result.packs]
    if packs:
        _put(packs, options)
    _print_summary(done, as_json=options.json)
    if len(done) < len(results):
        return EXIT_UNUSABLE
    return EXIT_FINDINGS if any(result.diagnostics for result in done) else EXIT_CLEAN


def _convert(path: str, *, as_json: bool) -> Converted | None:
    """What became of a file; None, and reported, if it cannot be used at all."""
    try:
        converted = convert(_collection(path))
    except PttError as error:
        show_error(error, as_json=as_json)
        return None
    if converted.diagnostics:
        show_error(PttError(converted.diagnostics), as_json=as_json)
    return replace(converted, packs=tuple(map(finished, converted.packs)))


def _collection(path: str) -> Collection:
    if path == STDIN:
        return collect(STDIN_PACK, "standard input", [decode_source(STDIN, read_data())])
    return read_collection(Path(path))


def _put(packs: Sequence[PackText], options: argparse.Namespace) -> None:
    """Prints or writes the packs.

    Errors: PTT305 if two have one name, PTT308, PTT314 if the place takes only one, PTT315
    """
    _check_names(packs)
    output: str | None = options.output
    is_file = output is not None and output.endswith(".ptt") and not Path(output).is_dir()
    if len(packs) > 1 and (is_file or (output is None and not options.json)):
        names = ", ".join(f"`{pack.name}`" for pack in packs)
        hint = "name a folder with `-o FOLDER`; each pack gets a folder in it"
        message = f"these are {len(packs)} packs ({names}), and a file holds one"
        raise PttError.of("PTT314", message, file=output or "", hint=hint)
    if output is None:
        _show(packs, as_json=options.json)
        return
    paths = [Path(output) if is_file else Path(output, pack.name, PACK_FILE) for pack in packs]
    tests = [path.with_name(f"{path.stem}{TEST_SUFFIX}") for path in paths]
    texts = dict(zip(paths, (pack.text for pack in packs), strict=True))
    texts |= zip(tests, (pack.tests for pack in packs), strict=True)
    write_files(
        texts, force=options.force, hint="choose another place, or replace it with `--force`"
    )
    for pack, path, tested in zip(packs, paths, tests, strict=True):
        if options.json:
            files = {"file": str(path), "tests": str(tested)}
            print_json({"pack": pack.name, "detectors": pack.detectors, **files})
        else:
            print(f"wrote {path}: {plural(pack.detectors, 'detector')}; tests: {tested}")
    if not options.json:
        print(f"look at it, then: ptt lint --strict {output}; ptt test {output}")


def _show(packs: Sequence[PackText], *, as_json: bool) -> None:
    """Prints packs: as JSON any number, else the only one."""
    if not as_json:
        print_data(packs[0].text.encode())
        return
    for pack in packs:
        texts = {"text": pack.text, "tests": pack.tests}
        print_json({"pack": pack.name, "detectors": pack.detectors, **texts})


def _check_names(packs: Sequence[PackText]) -> None:
    for name, count in Counter(pack.name for pack in packs).items():
        if count > 1:
            message = f"{count} packs would be called `{name}`, after their files"
            hint = "convert them one by one, or the folder that holds them as one pack"
            raise PttError.of("PTT305", message, hint=hint)


def _print_summary(done: Sequence[Converted], *, as_json: bool) -> None:
    """How much was left out: on standard error, as the output may be a pack, or as JSON."""
    total = sum(result.total for result in done)
    converted = sum(result.done for result in done)
    faults = sum(len(result.diagnostics) for result in done)
    if as_json:
        counts = {"heuristics": total, "converted": converted, "errors": faults}
        print_json({"event": "summary", **counts})
    elif faults:
        told = f"{converted} of {plural(total, 'heuristic')} converted"
        print(f"{told}, {plural(faults, 'error')}", file=sys.stderr)
