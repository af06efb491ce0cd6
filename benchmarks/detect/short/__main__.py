"""Short logs, judged by the shipped packs: what is found, what is missed, what is false.

python -m benchmarks.detect.short --quick --algorithms dpo --rows 20    10 seconds
python -m benchmarks.detect.short                                       all: 40 minutes of CPU
python -m benchmarks.detect.short --log dpo:20:1:loss_jump:clear:25%    the rows of one, to replay

`--misses FOLDER` writes `misses-TRAINER.md` of each trainer there, `--write` the tables of
docs/detection.md. Verdicts are kept in `build/detect/verdicts`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from benchmarks.detect.judges import shipped_packs
from benchmarks.detect.kept import keep, kept
from benchmarks.detect.runs import Run
from benchmarks.detect.scoring import judged
from benchmarks.detect.short import page
from benchmarks.detect.short.draws import LENGTHS, Draw, faulty_runs, healthy_runs
from benchmarks.detect.short.figures import by_trainer, misses, tables, with_draws
from benchmarks.detect.synthetic import ALGORITHMS

SEED = 20_000
"""Of the tables; rules are corrected on seed 0."""
HEALTHY = 300
QUICK_HEALTHY = 90

Job = tuple[str, int, int, int, bool]


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    if options.log:
        print("\n".join(json.dumps(row) for row in _run_named(options.log, options.seed).rows))
        return 0
    jobs = [
        (algorithm, rows, options.seed, options.healthy, options.quick)
        for algorithm, rows in product(options.algorithms, options.rows)
    ]
    if not options.kept:
        with ProcessPoolExecutor(max_workers=options.workers) as pool:
            list(pool.map(_judge, jobs))
    names = [*map(_name, jobs)]
    found = with_draws(verdict for name in names for verdict in kept(name))
    counted = tables(found)
    if options.write:
        page.write(counted)
    for table in counted:
        print(f"\n{table.note}\n\n{table.markdown()}")
    for algorithm, ours in by_trainer(found).items():
        _write_misses(options.misses, algorithm, misses(ours))
    return 0


def _write_misses(folder: Path | None, algorithm: str, text: str) -> None:
    if folder is None:
        print(f"\n# {algorithm}\n\n{text}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"misses-{algorithm}.md").write_text(f"# {algorithm}\n\n{text}", encoding="utf-8")


def _judge(job: Job) -> None:
    keep((judged(run, shipped_packs) for run in _runs(job)), _name(job))


def _name(job: Job) -> str:
    """The name under which verdicts are kept."""
    algorithm, rows, seed, _, is_quick = job
    return f"short-ptt-{algorithm}-{rows}-seed{seed}{'-quick' if is_quick else ''}"


def _runs(job: Job) -> Iterator[Run]:
    algorithm, rows, seed, healthy, is_quick = job
    yield from healthy_runs(algorithm, rows, healthy, seed=seed)
    yield from faulty_runs(algorithm, rows, seed=seed, is_quick=is_quick)


def _run_named(name: str, seed: int) -> Run:
    draw = Draw.named(name)
    job = (draw.algorithm, draw.rows, seed, HEALTHY, False)
    for run in _runs(job):
        if run.name == name:
            return run
    raise SystemExit(f"no such run: {name}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detect.short")
    parser.add_argument("--quick", action="store_true", help="a third of the faults, few healthy")
    parser.add_argument("--algorithms", nargs="+", choices=ALGORITHMS, default=ALGORITHMS)
    parser.add_argument("--rows", nargs="+", type=int, default=LENGTHS)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--healthy", type=int, default=None, help="healthy runs of each")
    parser.add_argument("--write", action="store_true", help="to docs/detection.md, too")
    parser.add_argument("--kept", action="store_true", help="of the verdicts that are kept")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--misses", type=Path, help="a folder for the lists; else they are printed")
    parser.add_argument("--log", metavar="NAME", help="print the rows of a run")
    options = parser.parse_args(arguments)
    if options.seed is None:
        options.seed = 0 if options.quick or options.log else SEED
    if options.healthy is None:
        options.healthy = QUICK_HEALTHY if options.quick else HEALTHY
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
