"""Random cases: so many for `make test`, and with `make soak` as many more as one has time for."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from hypothesis import settings

TIMES = "PTT_SOAK"
"""The variable that says how many times more cases each property has."""

PROPERTIES = ("tests/engine/test_invariants.py", "tests/engine/test_reference.py")
PASSED = re.compile(r"(\d+) passing examples")


def random_cases(count: int) -> settings:
    """How many cases a property has."""
    return settings(max_examples=count * int(os.environ.get(TIMES, "1")))


def main() -> int:
    """Runs the properties with more cases and tells how many there were."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--hypothesis-show-statistics"]
    process = subprocess.Popen(
        [*command, *PROPERTIES],
        env={**os.environ, TIMES: sys.argv[1]},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    cases, is_statistics = 0, False
    for line in process.stdout:
        found = PASSED.search(line)
        cases += int(found[1]) if found else 0
        is_statistics = "Hypothesis Statistics" in line or (is_statistics and line[:1] in " t\n")
        if not is_statistics:
            print(line, end="", flush=True)
    print(f"{cases:,} random cases")
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
