"""`ptt ack`: quiets a detector of a run that goes on."""

from __future__ import annotations

import argparse
import re
import time
from typing import Any

from ptt_rules.cli.common import EXIT_CLEAN, Commands
from ptt_rules.cli.registry import About, Group
from ptt_rules.cli.steering import give, living_run
from ptt_rules.language import SPAN_SECONDS, PttError, Who
from ptt_rules.language.check import did_you_mean, spellings, the_one_meant
from ptt_rules.runs import Command, CommandKind, Run

ABOUT = About(Group.RUNS, 90, "quiet a detector of a live run, once you know of its finding")

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(steps|s|min|h)")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "ack",
        description="Acknowledges a finding that you know of: the run still records it, but no "
        "longer reports it on the console, in notices or in trackers, for a span or until the run "
        "ends. The policy acts as before, so that the same log leads to the same decisions.",
        epilog="exit: 0, 2 unusable input\n\n"
        "example:\n  ptt ack runs/a preference.margin_lost --for 2 h",
    )
    parser.add_argument("run_dir", metavar="RUN", help="the run directory of a callback")
    parser.add_argument(
        "detector",
        metavar="DETECTOR",
        help="`margin_lost`, `preference.margin_lost`, or one instance: "
        "`reward_function_flat[format]`",
    )
    parser.add_argument(
        "--for",
        dest="span",
        nargs="+",
        metavar="SPAN",
        help="how long, such as `30 min`, `2 h` or `500 steps` (default: as long as it runs)",
    )
    parser.add_argument("--undo", action="store_true", help="report it again")
    parser.add_argument("--json", action="store_true", help="the command as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    living, _ = living_run(options.run_dir)
    detector = _detector(living, options.detector)
    if options.undo:
        again = f"{options.run_dir} reports {detector} again"
        command = Command.now(CommandKind.UNACK, detector=detector)
        give(options.run_dir, command, again, as_json=options.json)
        return EXIT_CLEAN
    text = " ".join(options.span or ())
    until = _until(text, living.last_step) if text else {}
    length = f"for {text}" if text else "as long as it runs"
    quiet = f"{options.run_dir} is quiet about {detector} {length}"
    command = Command.now(CommandKind.ACK, detector=detector, **until)
    give(options.run_dir, command, quiet, as_json=options.json)
    return EXIT_CLEAN


def _detector(living: Run, name: str) -> str:
    """The qualified name of a detector of the run, with its instance as given.

    Errors: PTT101
    """
    asked, known = Who.parse(name), living.rules.by_detector
    plain = asked.qualified
    found = the_one_meant(plain, known, "the run has {count} detectors")
    if found is None:
        otherwise = f"`ptt show {living.path}` lists what was found"
        hint = did_you_mean(plain, spellings(known), otherwise)
        raise PttError.of("PTT101", f"the run has no detector `{plain}`", hint=hint)
    return str(Who.of(found, [asked.instance]))


def _until(text: str, step: int) -> dict[str, Any]:
    """When a span that begins now is over. Errors: PTT508"""
    match = _SPAN.fullmatch(text)
    if match is None:
        hint = "write `--for 30 min`, `--for 2 h` or `--for 500 steps`"
        raise PttError.of("PTT508", f"`{text}` is not a span", hint=hint)
    amount, unit = float(match[1]), match[2]
    if unit == "steps":
        return {"until_step": step + round(amount)}
    return {"until_time": time.time() + amount * SPAN_SECONDS[unit]}
