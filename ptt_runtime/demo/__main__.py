"""`python -m ptt_runtime.demo`: three real trainings, two of them with a fault."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys

MISSING = "ptt: the demo trains with TRL, which is not installed: install `ptt-rules[trl,report]`"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="ptt demo", description="Three real TRL runs of tiny models on the CPU."
    )
    parser.add_argument("--out", metavar="DIR", default="runs", help="where runs are kept")
    options = parser.parse_args()
    if importlib.util.find_spec("trl") is None:
        print(MISSING, file=sys.stderr)
        return 2
    os.environ.update(_QUIET)
    show = importlib.import_module("ptt_runtime.demo.show")
    code: int = show.run(options.out)
    return code


_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}
"""Settings that the libraries read when they are imported."""

if __name__ == "__main__":
    sys.exit(main())
