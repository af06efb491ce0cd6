"""`ptt resume`: lets a run go on that a policy holds."""

from __future__ import annotations

import argparse

from ptt_rules.cli.common import EXIT_CLEAN, Commands
from ptt_rules.cli.registry import About, Group
from ptt_rules.cli.steering import give, living_run
from ptt_rules.language import PttError
from ptt_rules.runs import Command, CommandKind, State

ABOUT = About(Group.RUNS, 80, "let a run go on that a policy paused")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "resume",
        description="Ends the pause of a run, from any process that can write to its run "
        "directory. The run goes on within a second or two.",
        epilog="exit: 0, 2 unusable input\n\nexample:\n  ptt resume runs/a",
    )
    parser.add_argument("run_dir", metavar="RUN", help="the run directory of a callback")
    parser.add_argument("--json", action="store_true", help="the command as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    held, state = living_run(options.run_dir)
    if state.state is not State.PAUSED:
        message = f"this run is not paused: it is at step {held.last_step}, {state.reason}"
        hint = "a pause ends by itself when its time is up"
        raise PttError.of("PTT508", message, file=options.run_dir, hint=hint)
    text = f"{options.run_dir} goes on at step {held.last_step}"
    give(options.run_dir, Command.now(CommandKind.RESUME), text, as_json=options.json)
    return EXIT_CLEAN
