"""`make bench-detect`: what the shipped packs find, how late, and what they find that is not there.

python -m benchmarks.detect [--corpus synthetic shared real] [--algorithms dpo grpo] [--quick]
                            [--seed N] [--misses] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.detect import recorded, synthetic
from benchmarks.detect.judges import shipped_packs
from benchmarks.detect.rival import rules_of_today
from benchmarks.detect.runs import Kind, Run, Size
from benchmarks.detect.scoring import Judge, Tally, Verdict, judged, wilson

HEALTHY_RUNS = 300
QUICK_RUNS = 40
TABLE_SEED = 20_000
"""Rules were tuned on other seeds (0 to 9)."""

JUDGES: dict[str, Judge] = {"ptt": shipped_packs, "today": rules_of_today}


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    results = []
    for corpus in options.corpus:
        for judge in options.judges:
            tallies = _tallies(corpus, judge, options)
            if not tallies:
                continue
            print(f"\n## {corpus}, {judge}\n\n{_table(tallies)}", flush=True)
            if options.misses:
                print(_misses(tallies.values()))
            results += [{"corpus": corpus, "judge": judge, **row} for row in _figures(tallies)]
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


def _tallies(corpus: str, judge: str, options: argparse.Namespace) -> dict[str, Tally]:
    """What a judge finds in the runs of each algorithm; algorithms are shared out to the cores."""
    jobs = [(corpus, judge, algorithm, options) for algorithm in options.algorithms]
    with ProcessPoolExecutor() as pool:
        tallies = zip(options.algorithms, pool.map(_tally, jobs), strict=True)
        return {algorithm: tally for algorithm, tally in tallies if tally.verdicts}


def _tally(job: tuple[str, str, str, argparse.Namespace]) -> Tally:
    corpus, judge, algorithm, options = job
    return Tally().add(judged(run, JUDGES[judge]) for run in _runs(corpus, algorithm, options))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detect")
    corpora = ("synthetic", "shared", "real")
    parser.add_argument("--corpus", nargs="+", choices=corpora, default=corpora)
    parser.add_argument("--algorithms", nargs="+", default=synthetic.ALGORITHMS)
    parser.add_argument("--judges", nargs="+", choices=JUDGES, default=tuple(JUDGES))
    parser.add_argument("--quick", action="store_true", help="a part of the healthy runs")
    parser.add_argument("--seed", type=int, default=TABLE_SEED)
    parser.add_argument(
        "--misses", action="store_true", help="list what was missed and what was false"
    )
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args(arguments)


def _runs(corpus: str, algorithm: str, options: argparse.Namespace) -> Iterator[Run]:
    if corpus == "synthetic":
        count = QUICK_RUNS if options.quick else HEALTHY_RUNS
        yield from synthetic.healthy_runs(algorithm, count, seed=options.seed)
        yield from synthetic.faulty_runs(algorithm, seed=options.seed)
        return
    folder = recorded.SHARED if corpus == "shared" else recorded.MADE / algorithm
    if (folder / "labels.jsonl").is_file():
        yield from recorded.recorded_runs(folder, algorithm)


# ---- tables --------------------------------------------------------------------------------


def _figures(tallies: dict[str, Tally]) -> Iterator[dict[str, Any]]:
    everything = Tally([one for tally in tallies.values() for one in tally.verdicts])
    for name, tally in [*tallies.items(), ("all", everything)]:
        low, high = wilson(tally.found, len(tally.faulty))
        yield {
            "trainer": name,
            "faults": len(tally.faulty),
            "found": tally.recall,
            "found_from": low,
            "found_to": high,
            "subtle": tally.of_size(Size.SUBTLE).recall,
            "clear": Tally(
                [*tally.of_size(Size.CLEAR).verdicts, *tally.of_size(Size.TOTAL).verdicts]
            ).recall,
            **{f"delay_{kind.value}": tally.of_kind(kind).median_delay for kind in Kind},
            "delay_p95": tally.quantile_delay(0.95),
            "healthy": len(tally.healthy),
            **{level: tally.false_runs(level) for level in ("critical", "high", "medium")},
            "saved": tally.saved,
        }


_COLUMNS = (
    ("trainer", "trainer"),
    ("faults", "faults"),
    ("found", "found"),
    ("clear", "clear"),
    ("subtle", "subtle"),
    ("delay_state_loss", "delay: lost numbers"),
    ("delay_level_shift", "shifts"),
    ("delay_drift", "drifts"),
    ("delay_p95", "p95"),
    ("healthy", "healthy"),
    ("critical", "false critical"),
    ("high", "high"),
    ("medium", "medium"),
    ("saved", "rows saved"),
)
_SHARES = ("found", "clear", "subtle", "saved")


def _table(tallies: dict[str, Tally]) -> str:
    lines = ["| " + " | ".join(head for _, head in _COLUMNS) + " |", "|" + " --- |" * len(_COLUMNS)]
    for row in _figures(tallies):
        lines.append("| " + " | ".join(_cell(key, row) for key, _ in _COLUMNS) + " |")
    return "\n".join(lines)


def _cell(key: str, row: Mapping[str, Any]) -> str:
    value = row[key]
    if key == "found":
        return f"{value:.0%} ({row['found_from']:.0%} to {row['found_to']:.0%})"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return f"{value:.0%}" if key in _SHARES else f"{value:g}"
    return str(value)


def _misses(tallies: Iterable[Tally]) -> str:
    verdicts = [verdict for tally in tallies for verdict in tally.verdicts]
    return "\n".join(line for verdict in verdicts for line in _faults_of(verdict))


def _faults_of(verdict: Verdict) -> Iterator[str]:
    """What a judge did wrong on a run: the fault it missed, what it told that is not there."""
    run, fault = verdict.run, verdict.run.fault
    if fault is not None and verdict.delay is None:
        told = [f"{each.rule} {each.level} +{each.row - fault.onset}" for each in verdict.findings]
        at = f"(onset {fault.onset} of {len(run.rows)})"
        yield f"missed  {run.name} {at}: {', '.join(told)}"
    for each in verdict.false:
        if each.level != "low":
            what = "false " if fault is None else "early "
            at = f"at row {each.row} of {len(run.rows)}"
            yield f"{what}  {run.name}: {each.rule} {each.level} {at}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
