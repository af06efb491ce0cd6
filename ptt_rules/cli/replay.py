"""`ptt replay`: what a pack would have told and done on runs of the past."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    Commands,
    add_packs,
    print_json,
)
from ptt_rules.cli.judging import packs_for
from ptt_rules.engine import Action, Event, EventKind
from ptt_rules.packs import Pack
from ptt_rules.replaying import Replay, replay
from ptt_rules.report import (
    Colour,
    action_text,
    blind_text,
    disabled_lines,
    event_text,
    incidents_text,
)
from ptt_rules.types import LEVEL_WORDS, Level
from ptt_rules.visible import visible

_FINDINGS = (EventKind.FIRED, EventKind.ESCALATED)


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "replay",
        help="what a pack would have told and done on a run",
        description="Judges logs of runs: a run directory, trainer_state.json, JSON lines of log "
        "dicts, CSV, Parquet or TensorBoard events.",
        epilog="exit: 0; with --fail-on: 1 if told; 2 unusable input\n\n"
        "example:\n  ptt replay runs/demo-dpo-nan --pack dpo --policy guard",
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="the log of a run")
    add_packs(parser)
    parser.add_argument("--json", action="store_true", help="events as JSON lines")
    parser.add_argument(
        "--fail-on",
        choices=LEVEL_WORDS,
        metavar="LEVEL",
        help="exit 1 if something of this level or worse was told",
    )
    return parser


def run(options: argparse.Namespace) -> int:
    pack_for = packs_for(options)
    told = False
    for path in options.runs:
        pack = pack_for(path)
        judged = replay(pack, path)
        if options.json:
            _print_json(judged, path, len(options.runs) > 1)
        else:
            _print_text(judged, pack, path)
        told |= _is_told(judged, options.fail_on)
    return EXIT_FINDINGS if told else EXIT_CLEAN


def _is_told(judged: Replay, fail_on: str | None) -> bool:
    if fail_on is None:
        return False
    least = Level.of(fail_on)
    return any(event.level >= least for event in judged.events if _is_finding(event))


def _is_finding(event: Event) -> bool:
    return event.is_told and event.event in _FINDINGS


def _print_json(judged: Replay, path: str, several: bool) -> None:
    """Events and actions in order, then the summary; with several runs, each names its own."""
    run: dict[str, Any] = {"run": path} if several else {}
    lines: list[Event | Action] = [*judged.events, *judged.actions]
    for line in sorted(lines, key=lambda line: line.row):
        print_json({**line.to_json(), **run})
    print_json({**_summary(judged), **run})


def _summary(judged: Replay) -> dict[str, Any]:
    return {
        "event": "summary",
        "rows": judged.rows,
        "steps": judged.last_step,
        "events": len(judged.events),
        "findings": {level.word: count for level, count in _findings(judged).items()},
        "incidents": [incident.to_json() for incident in judged.incidents],
        "blind": [blind.to_json() for blind in judged.blind],
        "unreadable": judged.unreadable,
        "abandoned": judged.abandoned,
        "torn": judged.torn,
    }


def _findings(judged: Replay) -> dict[Level, int]:
    counts = Counter(event.level for event in judged.events if _is_finding(event))
    return {level: counts[level] for level in sorted(counts, reverse=True)}


def _print_text(judged: Replay, pack: Pack, path: str) -> None:
    colour = Colour.of(sys.stdout)
    count = len(pack.detectors)
    detectors = f"{count} detector{'' if count == 1 else 's'} of {pack.name}"
    print(colour(visible(path), "bold"))
    rows = f"{judged.rows} row{'' if judged.rows == 1 else 's'}"
    print(f"  {rows} to step {judged.last_step}, {detectors}")
    files = pack.composition.settings
    if files:
        print(f"  settings of {', '.join(one.file for one in files)}")
    for line in disabled_lines(pack.disabled):
        print(f"  {line}")
    print()
    for events, actions in _by_row(judged):
        texts = [event_text(event, pack.detector(event.detector), colour) for event in events]
        print("\n\n".join(texts), end="\n" if texts else "")
        if actions:
            print(f"         {action_text(actions)}")
        print()
    print(_closing(judged))
    if judged.incidents:
        print(incidents_text(judged.incidents))
    untold = Counter(event.who for event in judged.events if not event.is_told)
    if untold:
        named = ", ".join(f"{who} {count}" for who, count in sorted(untold.items()))
        print(f"  recorded and not told (in shadow or suppressed): {named}")
    off = [event.who for event in judged.events if event.event is EventKind.BROKEN]
    if off:
        print(f"  off, as the rule failed: {', '.join(off)}")
    for blind in judged.blind:
        print(f"  blind: {blind_text(blind)}")
    if judged.abandoned:
        print(f"  left out, as a resume went back before them: {judged.abandoned} rows")
    if judged.torn:
        print("  left out, as the writer was killed in it: the last line")
    if judged.unreadable:
        keys = ", ".join(f"`{visible(key)}`" for key in sorted(judged.unreadable))
        print(f"  left out, as their values are no numbers: {keys}")
    print()


def _by_row(judged: Replay) -> Iterator[tuple[list[Event], list[Action]]]:
    """What is told of each row in which something is told or done."""
    rows: dict[int, tuple[list[Event], list[Action]]] = {}
    for event in judged.events:
        if event.is_told:
            rows.setdefault(event.row, ([], []))[0].append(event)
    for action in judged.actions:
        rows.setdefault(action.row, ([], []))[1].append(action)
    return (rows[row] for row in sorted(rows))


def _closing(judged: Replay) -> str:
    findings = _findings(judged)
    if not findings:
        return "Nothing found."
    counts = ", ".join(f"{count} {level.word}" for level, count in findings.items())
    return f"Found: {counts}."
