"""`ptt replay`: what a pack would have reported and done on runs of the past."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ptt_rules.border import plural, visible
from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    Commands,
    add_config,
    add_packs,
    add_siblings,
    add_stack,
    config_of,
    print_json,
)
from ptt_rules.cli.judging import packs_for
from ptt_rules.cli.registry import About, Group
from ptt_rules.evaluation import MOST_REPORTS, REPORT_ROWS, Action, Event, EventKind, Reports
from ptt_rules.language import LEVEL_WORDS, Level
from ptt_rules.logs import Siblings
from ptt_rules.packs import Pack
from ptt_rules.replaying import Replay, replay
from ptt_rules.report import (
    Colour,
    action_text,
    crowded_text,
    disabled_lines,
    event_text,
    incidents_text,
    width_of,
    wrapped,
)
from ptt_rules.runs import Mismatch, is_run, mismatch_of, reach_text, read_records, unjudged_lines

ABOUT = About(Group.JUDGE, 10, "what a pack would have reported and done on past runs")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "replay",
        description="Judges logs of runs: a run directory, trainer_state.json, JSON lines, CSV, "
        "Parquet, what a trainer printed, TensorBoard events, files of Weights & Biases, MLflow "
        "and Trackio, and the logs of verl, prime-rl, LLaMA-Factory, ms-swift and torchtune. Of "
        "a place with several runs, one is named after `#`: `mlflow.db#calm`.",
        epilog="exit: 0; with --fail-on: 1 if reported; with --fail-on-blind: 1 if too few could "
        "judge; 2 unusable input\n\n"
        "examples:\n  ptt replay runs/demo-dpo-nan --pack dpo --policy guard\n"
        "  ptt replay log.jsonl --pack sft --config beta=0.1 --fail-on-blind 50%",
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="the log of a run")
    add_packs(parser)
    add_config(parser)
    add_siblings(parser)
    add_stack(parser)
    parser.add_argument("--json", action="store_true", help="events as JSON lines")
    parser.add_argument(
        "--unjudged", action="store_true", help="name each detector that could not judge, and why"
    )
    parser.add_argument(
        "--fail-on",
        choices=LEVEL_WORDS,
        metavar="LEVEL",
        help="exit 1 if something of this level or worse was reported",
    )
    parser.add_argument(
        "--fail-on-blind",
        type=_share,
        metavar="SHARE",
        help="exit 1 if more than this share of the detectors could not judge, such as 0.5 or 50%%",
    )
    parser.add_argument(
        "--most-reports",
        type=_least_one,
        default=MOST_REPORTS,
        metavar="N",
        help=f"of one detector print at most N events in {REPORT_ROWS:,} rows, what is worse than "
        "they were aside, and count the rest; JSON has all (default: %(default)s)",
    )
    return parser


def _least_one(text: str) -> int:
    """Errors: ValueError, which argparse reports"""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def run(options: argparse.Namespace) -> int:
    pack_for, config = packs_for(options), config_of(options)
    siblings = Siblings.of(options.siblings)
    fails = False
    for path in options.runs:
        pack = pack_for(path)
        judged = replay(pack, path, config=config, siblings=siblings, stack=options.stack)
        if options.json:
            _print_json(judged, path, len(options.runs) > 1)
        else:
            _print_text(judged, pack, path, options)
        fails |= _is_reported(judged, options.fail_on) or _is_blind(judged, options.fail_on_blind)
    return EXIT_FINDINGS if fails else EXIT_CLEAN


def _share(text: str) -> float:
    """A share, as a number of 0 to 1 or in percent."""
    word = text.strip()
    share = float(word[:-1]) / 100 if word.endswith("%") else float(word)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not a share: write 0 to 1, or 0% to 100%")
    return share


def _is_blind(judged: Replay, most: float | None) -> bool:
    return most is not None and judged.reach.idle_share > most


def _is_reported(judged: Replay, fail_on: str | None) -> bool:
    if fail_on is None:
        return False
    least = Level.of(fail_on)
    return any(event.level >= least for event in _all_findings(judged))


def _all_findings(judged: Replay) -> Iterator[Event]:
    """What is reported of findings that begin or get worse, those too that come too often."""
    reports = Reports()
    for event in judged.events:
        if event.is_visible and reports.take(event).is_finding:
            yield event


def _print_json(judged: Replay, path: str, several: bool) -> None:
    """Events and actions in order, then the summary; with several runs, each names its own."""
    run: dict[str, Any] = {"run": path} if several else {}
    lines: list[Event | Action] = [*judged.events, *judged.actions]
    for line in sorted(lines, key=lambda line: line.row):
        print_json({**line.to_json(), **run})
    mismatch = _mismatch(path)
    print_json({**_summary(judged), "mismatch": mismatch and mismatch.to_json(), **run})


def _summary(judged: Replay) -> dict[str, Any]:
    return {
        "event": "summary",
        "steps": judged.last_step,
        "events": len(judged.events),
        "findings": {level.word: count for level, count in _findings(judged).items()},
        "incidents": [incident.to_json() for incident in judged.incidents],
        **judged.reach.to_json(),
        "crowded": [crowded.to_json() for crowded in judged.crowded],
        "unreadable": judged.unreadable,
        "abandoned": judged.abandoned,
        "after_stop": judged.after_stop,
        "torn": judged.torn,
        "notes": [*judged.notes],
    }


def _mismatch(path: str) -> Mismatch | None:
    """What differed seriously when a run that the callback recorded was resumed."""
    folder = Path(path)
    if not is_run(folder):
        return None
    return mismatch_of(read_records(folder, skip=lambda error: None).notes)


def _findings(judged: Replay) -> dict[Level, int]:
    counts = Counter(event.level for event in _all_findings(judged))
    return {level: counts[level] for level in sorted(counts, reverse=True)}


def _print_text(judged: Replay, pack: Pack, path: str, options: argparse.Namespace) -> None:
    _print_head(judged, pack, path)
    reports = Reports(options.most_reports)
    _print_rows(judged, pack, reports)
    mismatch = _mismatch(path)
    if mismatch is not None:
        print(f"{mismatch.text} What begins soon after it has this as its first cause.")
    print(_closing(judged))
    if judged.reach.unjudged:
        _print_unjudged(judged, in_full=options.unjudged)
    if judged.incidents:
        print(incidents_text(judged.incidents, width_of(sys.stdout)))
    for line in _left_out(judged, reports):
        print(f"  {line}")
    print()


def _print_head(judged: Replay, pack: Pack, path: str) -> None:
    detectors = f"{plural(len(pack.detectors), 'detector')} of {pack.name}"
    print(Colour.of(sys.stdout)(visible(path), "bold"))
    rows = plural(judged.rows, "row")
    print(f"  {rows} to step {judged.last_step}, {detectors}")
    for note in judged.notes:
        print(f"  {visible(note)}")
    files = pack.composition.settings
    if files:
        print(f"  settings of {', '.join(one.file for one in files)}")
    for line in disabled_lines(pack.disabled):
        print(f"  {line}")
    print()


def _print_rows(judged: Replay, pack: Pack, reports: Reports) -> None:
    colour = Colour.of(sys.stdout)
    for events, actions in _by_row(judged):
        texts = [text for event in events for text in _texts(event, pack, reports, colour)]
        if not texts and not actions:
            continue
        print("\n\n".join(texts), end="\n" if texts else "")
        if actions:
            print(f"         {action_text(actions)}")
        print()


def _left_out(judged: Replay, reports: Reports) -> Iterator[str]:
    """What was recorded or read and is not among what was printed, and why."""
    unreported = Counter(event.who for event in judged.events if not event.is_visible)
    if unreported:
        yield f"recorded and not reported (in shadow or suppressed): {_counted(unreported)}"
    if reports.left_out:
        yield f"recorded and not reported, as they came too often: {_counted(reports.left_out)}"
    off = [event.who for event in judged.events if event.event is EventKind.BROKEN]
    if off:
        yield f"off, as the rule failed: {', '.join(off)}"
    sets = dict.fromkeys(
        f"set {one.arguments['hyperparameter']}" for one in judged.actions if one.fault
    )
    if sets:
        yield f"off, as the formula failed: {', '.join(sets)}"
    yield from map(crowded_text, judged.crowded)
    if judged.abandoned:
        yield f"left out, as a resume went back before them: {plural(judged.abandoned, 'row')}"
    if judged.after_stop:
        yield f"left out, as they come after a `stop`: {plural(judged.after_stop, 'row')}"
    if judged.torn:
        yield "left out, as the writer was killed in it: the last line"
    if judged.unreadable:
        keys = ", ".join(f"`{visible(key)}`" for key in sorted(judged.unreadable))
        yield f"left out, as their values are not numbers: {keys}"


def _counted(by_name: Mapping[str, int]) -> str:
    return ", ".join(f"{who} {count}" for who, count in sorted(by_name.items()))


def _texts(event: Event, pack: Pack, reports: Reports, colour: Colour) -> Iterator[str]:
    """What is said of an event: itself, or once that more of them are left out, or nothing."""
    report = reports.take(event)
    if report.is_reported:
        info = pack.detector(event.detector)
        yield event_text(event, info, colour, width_of(sys.stdout), is_finding=report.is_finding)
    elif report.is_first_left_out:
        yield reports.too_often(event.who)


def _by_row(judged: Replay) -> Iterator[tuple[list[Event], list[Action]]]:
    """The lines for each row in which something is reported or done."""
    rows: dict[int, tuple[list[Event], list[Action]]] = {}
    for event in judged.events:
        if event.is_visible:
            rows.setdefault(event.row, ([], []))[0].append(event)
    for action in judged.actions:
        rows.setdefault(action.row, ([], []))[1].append(action)
    return (rows[row] for row in sorted(rows))


def _closing(judged: Replay) -> str:
    """What was found, and where not all detectors could judge, by how many."""
    findings = _findings(judged)
    counts = ", ".join(f"{count} {level.word}" for level, count in findings.items())
    found = f"Found: {counts}" if findings else "Nothing found"
    judged_by = f"; {reach_text(judged.reach)}" if judged.reach.unjudged else ""
    return f"{found}{judged_by}."


def _print_unjudged(judged: Replay, *, in_full: bool) -> None:
    """Why not all could judge, by reason; in full by name."""
    every = list(unjudged_lines(judged.reach.unjudged, shown=None))
    lines = every if in_full else list(unjudged_lines(judged.reach.unjudged))
    for line in lines:
        print(wrapped(line, width_of(sys.stdout), label="  ", hang="    "))
    if lines != every:
        print("  `ptt replay --unjudged` names all of them")
