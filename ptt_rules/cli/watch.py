"""`ptt watch`: a live run from outside of its process."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from ptt_rules.cli.common import EXIT_CLEAN, EXIT_FINDINGS, Commands, erase_lines, print_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.report import Colour, block, line, news, trouble
from ptt_rules.runs import read_run
from ptt_rules.runs.watching import Alarm, Condition, Look, Watch, run_command, send

ABOUT = About(Group.RUNS, 60, "follow a live run; report when it hangs, slows down or dies")

EVERY_S = 2.0
PLAIN_EVERY_S = 60.0
"""How often a line is written where there is no terminal and nothing changes."""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "watch",
        description="Follows a run by its directory, from any process that can read it: how far "
        "it is, what fires, and whether it goes on. It hangs when it says nothing for five times "
        "the longest time that it ever took from one log to the next. It may be started "
        "before the run: it waits for it.",
        epilog="exit: 0 it goes on or ended well, 1 it hangs, failed, died, was preempted or "
        "invalidated, 2 unusable input\n\n"
        "example:\n  ptt watch runs/a --exec 'mail -s \"$PTT_TEXT\" me@lab.org'",
    )
    parser.add_argument("what", metavar="RUN", help="the run directory of a callback")
    parser.add_argument("--once", action="store_true", help="looks once, and does not follow")
    parser.add_argument("--json", action="store_true", help="an object for each change, one a line")
    parser.add_argument(
        "--every", type=_seconds, default=EVERY_S, metavar="S", help="seconds between looks (2)"
    )
    parser.add_argument(
        "--hang-after",
        type=_seconds,
        metavar="S",
        help="seconds of silence that are a hang (default: learned from the run)",
    )
    parser.add_argument(
        "--exec",
        action="append",
        default=[],
        metavar="COMMAND",
        help="runs it when the run changes for the worse, with the notice as JSON on its input "
        "and its text in PTT_TEXT; may be given again",
    )
    parser.add_argument(
        "--webhook",
        action="append",
        default=[],
        metavar="URL",
        help="posts the same as JSON to an address; may be given again",
    )
    return parser


def run(options: argparse.Namespace) -> int:
    watch = Watch(Path(options.what), hang_after_s=options.hang_after)
    alarm = Alarm([*map(run_command, options.exec), *map(send, options.webhook)])
    screen = _Screen(as_json=options.json, once=options.once)
    while True:
        look = watch.look()
        if options.once and look.condition is Condition.WAITING:
            read_run(options.what)  # whose error says what is not there
        screen.show(look)
        for failure in alarm.hear(look):
            print(f"ptt: {failure}", file=sys.stderr)
        if options.once or look.condition.is_over:
            return EXIT_FINDINGS if look.condition.is_bad else EXIT_CLEAN
        time.sleep(options.every)


class _Screen:
    """One block that is drawn anew on a terminal; lines for changes elsewhere."""

    def __init__(self, *, as_json: bool, once: bool) -> None:
        self._as_json = as_json
        self._once = once
        self._colour = Colour.of(sys.stdout)
        self._redraws = sys.stdout.isatty() and not as_json and not once
        self._drawn = 0
        self._before: Look | None = None
        self._said = 0.0

    def show(self, look: Look) -> None:
        if self._as_json:
            if self._has_changed(look) or look.step != getattr(self._before, "step", None):
                print_json(look.to_json())
        elif self._redraws or self._once:
            self._draw(block(look, self._colour), _above(look, self._colour))
        else:
            self._say(look)
        self._before = look
        sys.stdout.flush()

    def _draw(self, lines: list[str], above: Iterable[str]) -> None:
        """Takes the old block away; what is new stays above the new one."""
        if self._drawn:
            erase_lines(self._drawn)
        for text in above:
            print(text)
        width = os.get_terminal_size(sys.stdout.fileno()).columns if self._redraws else None
        for text in lines:
            print(text if width is None or self._colour.is_on else text[:width])
        self._drawn = len(lines) if self._redraws else 0

    def _say(self, look: Look) -> None:
        for text in _above(look, self._colour):
            print(text)
        now = time.monotonic()
        if self._has_changed(look) or now - self._said >= PLAIN_EVERY_S:
            self._said = now
            print(line(look))

    def _has_changed(self, look: Look) -> bool:
        before = self._before
        if before is None or look.condition is not before.condition:
            return True
        return bool(look.new or look.troubles)


def _above(look: Look, colour: Colour) -> list[str]:
    """Reports once: unreadable parts and events."""
    return [*map(trouble, look.troubles), *(news(one, colour) for one in look.new)]


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of seconds above 0")
    return seconds
