"""`python -m ptt_runtime.demo`: three real trainings, two of them with a fault."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from collections.abc import Sequence

MISSING = "ptt: the demo trains with TRL, which is not installed: install `ptt-rules[trl,report]`"
FEWEST_STEPS = 60
"""Fewer leave a run no steps that stopping could save."""

NAMES = ("grpo-constant-reward", "dpo-nan", "grpo-healthy")

_SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    # on models this small several threads wait for each other: on a busy machine 5 times slower
    "OMP_NUM_THREADS": "1",
}
"""What the libraries read when they are imported."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the demo: 0 as it should be, 1 a fault missed or a false alarm, 2 no TRL."""
    options = _parser().parse_args(arguments)
    if importlib.util.find_spec("trl") is None:
        print(MISSING, file=sys.stderr)
        return 2
    os.environ.update(_SETTINGS)
    show = importlib.import_module("ptt_runtime.demo.show")
    code: int = show.run(options.output, steps=options.steps, only=options.only)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ptt demo",
        description="Three real TRL runs of tiny models on the CPU, two of them with a fault.",
        epilog="example:\n  ptt demo --only dpo-nan",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", default="runs", help="where runs are kept (default: runs)"
    )
    parser.add_argument(
        "--steps", metavar="N", type=_steps, default=200, help="planned steps of each run"
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        choices=NAMES,
        help=f"one run of {', '.join(NAMES)}",
    )
    return parser


def _steps(text: str) -> int:
    steps = int(text)
    if steps < FEWEST_STEPS:
        raise argparse.ArgumentTypeError(f"{steps} is less than {FEWEST_STEPS}")
    return steps


if __name__ == "__main__":
    sys.exit(main())
