"""`make bench-detect`: what the shipped packs find, how late, and what they find that is not there.

python -m benchmarks.detect [--corpus synthetic shared real] [--algorithms dpo grpo] [--quick]
                            [--seed N] [--misses]

Verdicts are kept in `build/detect/verdicts`; `python -m benchmarks.detect.tables` makes the tables
of the documentation of them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from benchmarks.detect import recorded, synthetic
from benchmarks.detect.judges import shipped_packs
from benchmarks.detect.kept import keep
from benchmarks.detect.rival import rules_of_today
from benchmarks.detect.runs import Run
from benchmarks.detect.scoring import Judge, Tally, Verdict, judged
from benchmarks.detect.tables import table

HEALTHY_RUNS = 300
QUICK_RUNS = 40
TABLE_SEED = 20_000
"""Rules were tuned on other seeds (0 to 9)."""

JUDGES: dict[str, Judge] = {"ptt": shipped_packs, "today": rules_of_today}


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    for corpus in options.corpus:
        for judge in options.judges:
            tallies = _tallies(corpus, judge, options)
            if not tallies:
                continue
            print(f"\n## {corpus}, {judge}\n\n{table(tallies)}", flush=True)
            if options.misses:
                _tell_misses(tallies)
    return 0


def _tallies(corpus: str, judge: str, options: argparse.Namespace) -> dict[str, Tally]:
    """What a judge finds in the runs of each algorithm; algorithms are shared out to the cores."""
    jobs = [(corpus, judge, algorithm, options) for algorithm in options.algorithms]
    with ProcessPoolExecutor() as pool:
        tallies = zip(options.algorithms, pool.map(_tally, jobs), strict=True)
        return {algorithm: tally for algorithm, tally in tallies if tally.verdicts}


def _tally(job: tuple[str, str, str, argparse.Namespace]) -> Tally:
    corpus, judge, algorithm, options = job
    tally = Tally().add(judged(run, JUDGES[judge]) for run in _runs(corpus, algorithm, options))
    if tally.verdicts:
        keep(tally.verdicts, f"{corpus}-{judge}-{algorithm}")
    return tally


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


# ---- misses --------------------------------------------------------------------------------


def _tell_misses(tallies: dict[str, Tally]) -> None:
    for tally in tallies.values():
        for verdict in tally.verdicts:
            for line in _faults_of(verdict):
                print(line)


def _faults_of(verdict: Verdict) -> Iterator[str]:
    """What a judge did wrong on a run: the fault it missed, what it told that is not there."""
    fault = verdict.fault
    if fault is not None and verdict.delay is None:
        told = [f"{each.rule} {each.level} +{each.row - fault.onset}" for each in verdict.findings]
        at = f"(onset {fault.onset} of {verdict.rows})"
        yield f"missed  {verdict.name} {at}: {', '.join(told)}"
    for each in verdict.false:
        if each.level != "low":
            what = "false " if fault is None else "early "
            at = f"at row {each.row} of {verdict.rows}"
            yield f"{what}  {verdict.name}: {each.rule} {each.level} {at}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
