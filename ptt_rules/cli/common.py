"""What commands share: exit codes, streams and the printing of errors."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ptt_rules.border import number_of, visible_json
from ptt_rules.language import PttError
from ptt_rules.language.stacks import STACKS
from ptt_rules.packs import Pack, load
from ptt_rules.report import Colour, Terminal, diagnostic_text

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_UNUSABLE = 2
EXIT_INTERNAL = 3

STDIN = "-"
"""Stands for standard input where a file may be given."""

Commands = Any
"""argparse's registry of subcommands, whose type is private."""


def print_json(data: Mapping[str, Any]) -> None:
    """One JSON object as a line on standard output."""
    print(visible_json(json.dumps(data, ensure_ascii=False, allow_nan=False)))


def print_data(data: bytes) -> None:
    """The contents of a file on standard output: as they are, unless people look at them.

    A stream of text alone, such as that of a notebook or of who captures it, gets them as text.
    """
    buffer = None if sys.stdout.isatty() else getattr(sys.stdout, "buffer", None)
    if buffer is None:
        print(data.decode(errors="replace"), end="")
        return
    sys.stdout.flush()
    buffer.write(data)
    buffer.flush()


def read_data() -> bytes:
    """All of standard input, also where that is a stream of text alone."""
    buffer = getattr(sys.stdin, "buffer", None)
    return sys.stdin.read().encode() if buffer is None else bytes(buffer.read())


def erase_lines(count: int) -> None:
    """Takes back the newest lines of a terminal."""
    terminal = sys.stdout if isinstance(sys.stdout, Terminal) else Terminal(sys.stdout)
    terminal.erase(count)


def show_error(error: PttError, *, as_json: bool = False) -> None:
    """Diagnostics on standard error, as text or as JSON lines."""
    colour = Colour.of(sys.stderr)
    for diagnostic in error.diagnostics:
        if as_json:
            text = visible_json(json.dumps(diagnostic.to_json(), ensure_ascii=False))
        else:
            text = diagnostic_text(diagnostic, colour) + "\n"
        print(text, file=sys.stderr)


def write_file(path: Path, data: bytes) -> None:
    """Makes or replaces a file at once, with the mode that it had; a link stays a link.

    Errors: PTT308
    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o644
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(beside, mode)
            os.replace(beside, target)
        except BaseException:
            os.unlink(beside)
            raise
    except OSError as error:
        message = f"this file cannot be written: {error.strerror}"
        hint = "nothing was changed; see who may write to its folder"
        raise PttError.of("PTT308", message, file=str(path), hint=hint) from error


def add_packs(parser: argparse.ArgumentParser) -> None:
    """Options that choose packs, parameters, policy and settings."""
    add_pack(parser)
    add_layers(parser)


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Options that choose packs, parameters and settings, where no policy is needed."""
    add_pack(parser)
    add_settings(parser)


def add_pack(parser: argparse.ArgumentParser) -> None:
    """The option that chooses packs."""
    parser.add_argument(
        "--pack",
        action="append",
        default=[],
        metavar="P",
        help="a pack by name, or a .ptt file, folder or wheel; may be given again "
        "(default: those of the settings; of a run directory those that judged it; else the one of "
        "what the log's keys show)",
    )


def add_layers(parser: argparse.ArgumentParser) -> None:
    """Options that choose parameters, policy and settings."""
    parser.add_argument("--policy", metavar="NAME", help="the policy that decides on actions")
    add_settings(parser)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Options that choose parameters and settings."""
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="sets a parameter; may be given again",
    )
    parser.add_argument(
        "--settings",
        action="append",
        default=[],
        metavar="FILE",
        help="a YAML file of settings, on top of those of the site and of ptt.yaml; may be given "
        "again",
    )
    parser.add_argument(
        "--isolated",
        action="store_true",
        help="leave out the site's settings, ptt.yaml and the environment",
    )


def load_packs(packs: Iterable[str], options: argparse.Namespace) -> Pack:
    """Packs as the options and the settings of this place want them."""
    return load(
        *packs,
        params=params(options.param),
        policy=getattr(options, "policy", None),
        settings=options.settings,
        isolated=options.isolated,
    )


def params(pairs: Iterable[str]) -> dict[str, float]:
    """`NAME=VALUE` pairs, where a value is a number or a percentage.

    Errors: PTT303
    """
    return dict(map(_param, pairs))


def _param(pair: str) -> tuple[str, float]:
    name, _, text = pair.partition("=")
    value = number_of(text)
    if value is None:
        hint = "write a name and a number, such as `--param drop=0.4`"
        raise PttError.of("PTT303", f"`{pair}` sets no parameter", hint=hint)
    return name.strip(), value


def add_config(parser: argparse.ArgumentParser) -> None:
    """Training arguments, which rules read as `config.NAME`."""
    parser.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a training argument; may be given again",
    )


def add_siblings(parser: argparse.ArgumentParser) -> None:
    """Runs that a run is compared with, which rules read as `siblings(x)`."""
    parser.add_argument(
        "--siblings",
        nargs="+",
        action="extend",
        metavar="PATH",
        help="logs of runs that each RUN is compared with (`siblings(x)`); patterns are expanded "
        "(default: of a run directory those that it names)",
    )


def add_stack(parser: argparse.ArgumentParser) -> None:
    """The framework whose keys a log has."""
    parser.add_argument(
        "--stack",
        metavar="NAME",
        help="the framework that logs, where its keys do not show it, one of "
        f"{', '.join(stack.name for stack in STACKS)}",
    )


def config_of(options: argparse.Namespace) -> dict[str, Any]:
    """The training arguments that were given.

    Errors: PTT303
    """
    return dict(map(_argument, options.config))


def _argument(pair: str) -> tuple[str, Any]:
    """A training argument as JSON has it, else as text.

    Errors: PTT303
    """
    name, sign, text = pair.partition("=")
    if not sign:
        hint = "write a name and a value, such as `--config beta=0`"
        raise PttError.of("PTT303", f"`{pair}` sets no training argument", hint=hint)
    plain = {"True": True, "False": False, "None": None}
    if text in plain:
        return name.strip(), plain[text]
    try:
        return name.strip(), json.loads(text)
    except ValueError:
        return name.strip(), text
