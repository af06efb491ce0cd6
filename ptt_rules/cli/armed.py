"""`ptt armed`: which detectors a run could feed, before it begins, or did feed."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ptt_rules.authoring.lint import RULES, lint_files
from ptt_rules.border import plural
from ptt_rules.cli.common import (
    EXIT_CLEAN,
    Commands,
    add_config,
    add_settings,
    add_stack,
    config_of,
    load_packs,
    print_json,
)
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import Diagnostic, PttError, Severity
from ptt_rules.language.metrics import PLAIN, TRAINERS
from ptt_rules.language.stacks import by_name
from ptt_rules.packs import Arming, find_pack, shipped_packs
from ptt_rules.report import (
    arming_lines,
    disabled_lines,
    width_of,
    wrapped,
)
from ptt_rules.runs import is_run, reach_of_run, reach_text, read_run, unjudged_lines

ABOUT = About(Group.JUDGE, 30, "which detectors a trainer and its arguments can feed")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "armed",
        description="Shows which detectors are armed for a trainer, a version of TRL and training "
        "arguments, and which are not and why; with max_steps and logging_steps also which of them "
        "need more logs than the run will write. Without arguments, detectors that depend on them "
        "are unknown.\n`ptt armed RUN` shows the same for a run: the detectors armed at its start, "
        "and those that could not judge.",
        epilog="exit: 0, 2 unusable input\n\n"
        "examples:\n  ptt armed grpo --trl 1.16.0 --config beta=0 --config eval_strategy=no\n"
        "  ptt armed sft --config max_steps=200 --config logging_steps=5\n"
        "  ptt armed --stack verl\n  ptt armed runs/demo-dpo-nan",
    )
    parser.add_argument(
        "packs",
        nargs="*",
        metavar="PACK | RUN",
        help="a pack by name, or a .ptt file, folder or wheel; or the directory of one run "
        "(default: with --stack the packs of what the framework trains)",
    )
    parser.add_argument(
        "--algorithm",
        choices=(*TRAINERS, *PLAIN),
        metavar="NAME",
        help=f"what the trainer does, one of {', '.join((*TRAINERS, *PLAIN))} (default: the name "
        "of the first pack)",
    )
    parser.add_argument("--trl", metavar="VERSION", help="the version of TRL (default: any)")
    add_config(parser)
    add_stack(parser)
    add_settings(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    if options.packs and is_run(Path(options.packs[0])):
        return _of_run(Path(options.packs[0]), options)
    for packs in [options.packs] if options.packs else _packs_of(options.stack):
        _print_armed(packs, options, titled=not options.packs)
    return EXIT_CLEAN


def _packs_of(stack: str | None) -> list[list[str]]:
    """The packs of what a framework trains, one by one. Errors: PTT303"""
    if stack is None:
        hint = "name a pack, such as `ptt armed grpo`, or a framework, such as `--stack verl`"
        raise PttError.of("PTT303", "neither a pack nor a framework is named", hint=hint)
    return [[pack] for pack in by_name(stack).packs]


def _print_armed(packs: list[str], options: argparse.Namespace, *, titled: bool) -> None:
    pack = load_packs(packs, options)
    algorithm = options.algorithm or _trainer(packs[0])
    config = config_of(options)
    misspelt = [one for path in packs for one in _unknown_arguments(path, config)]
    if misspelt:
        raise PttError(misspelt)
    armed = pack.armed(algorithm, options.trl, config, stack=options.stack)
    if options.json:
        print_json(armed.to_json())
        return
    if titled:
        print(f"{pack.name}:")
    _print(arming_lines(armed, shown=None))
    _print(disabled_lines(pack.disabled))


def _unknown_arguments(path: str, config: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Arguments that a pack reads, that none of its trainers has, and that were not given.

    Such a rule never fires; the linter warns of it, here it is an error.
    """
    if path in shipped_packs():
        return
    for found in lint_files(find_pack(path), rules=[RULES["argument_unknown"]]):
        asked = found.source.slice(found.span) if found.source else ""
        name = re.match(r"config\.(\w+)", asked)
        if name is None or name[1] not in config:
            yield replace(found, severity=Severity.ERROR)


def _of_run(path: Path, options: argparse.Namespace) -> int:
    """Errors: PTT303 where more is given than the run, PTT401, PTT408"""
    if len(options.packs) > 1 or options.config or options.algorithm:
        hint = f"give `{path}` alone: it has its packs, its trainer and its arguments"
        raise PttError.of("PTT303", f"`{path}` is a run", hint=hint)
    found = read_run(path)
    armed, reach = found.provenance.get("detectors"), reach_of_run(found, ask_rules=True)
    if options.json:
        print_json({"armed": armed, "reach": reach and reach.to_json()})
        return EXIT_CLEAN
    if armed:
        _print(["at the start:", *arming_lines(Arming.from_json(armed), shown=None)])
    if reach is None:
        _print(
            ["what could not judge is not known: the packs of the run are not here as they were"]
        )
        return EXIT_CLEAN
    _print([f"of its {plural(reach.rows, 'row')}: {reach_text(reach)}"])
    _print(f"  {line}" for line in unjudged_lines(reach.unjudged, shown=None))
    return EXIT_CLEAN


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(wrapped(line, width_of(sys.stdout), hang="    "))


def _trainer(pack: str) -> str:
    """Errors: PTT303"""
    if pack in TRAINERS:
        return pack
    message = f"`{pack}` is the name of no trainer"
    raise PttError.of("PTT303", message, hint="say for which one, such as `--algorithm grpo`")
