"""Random cases: so many for `make test`, and with `make soak` as many more as one has time for."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from hypothesis import settings

TIMES = "PTT_SOAK"
"""The variable that says how many times more cases each property has."""

TALLY = "PTT_TALLY"
"""The variable that names the file in which each case leaves a line."""

WORDS = ("invariants", "chunks", "by_row", "reference", "textbook", "bounded", "plain")
PROPERTIES = tuple(f"tests/engine/test_{word}.py" for word in WORDS)


def random_cases(count: int) -> Callable[[Any], Any]:
    """How many cases a property has; stands above `given`."""
    times = int(os.environ.get(TIMES, "1"))

    def with_cases(test: Any) -> Any:
        if TALLY in os.environ:
            test.hypothesis.inner_test = _tallied(test.hypothesis.inner_test)
        return settings(max_examples=count * times)(test)

    return with_cases


def _tallied(test: Callable[..., None]) -> Callable[..., None]:
    @wraps(test)
    def tallied(*arguments: Any, **named: Any) -> None:
        with open(os.environ[TALLY], "a") as tally:  # several processes append to it
            tally.write(f"{test.__name__}\n")
        test(*arguments, **named)

    return tallied


def main() -> int:
    """Runs the properties so many times longer, and tells how many cases there were."""
    with tempfile.TemporaryDirectory() as folder:
        tally = Path(folder) / "tally"
        tally.touch()
        environment = {**os.environ, TIMES: sys.argv[1], TALLY: str(tally)}
        pytest = [sys.executable, "-m", "pytest", "-q", "-n", "2"]
        code = subprocess.call([*pytest, *PROPERTIES], env=environment)
        cases = Counter(tally.read_text().splitlines())
    for name, count in [*cases.most_common(), ("random cases in all", cases.total())]:
        print(f"{count:7,}  {name.removeprefix('test_').replace('_', ' ')}")
    return code


if __name__ == "__main__":
    sys.exit(main())
