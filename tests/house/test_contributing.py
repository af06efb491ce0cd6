"""CONTRIBUTING says which files to write to add something; an example of each shows it."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (an? [^|]+) \| ([^|]+) \| [^|]+ \|$", re.MULTILINE)
PATH = re.compile(r"`((?:ptt_rules|ptt_runtime|grammar|rulepacks)/[^`]+)`")
ROWS = {kind: set(PATH.findall(files)) for kind, files in ROW.findall(TEXT)}

NAMED = {
    "a detector": r"\ball_masked\b",
    "a statistic": r'"mad"',
    "a rule of the linter": r"\bPTT622\b",
    "a command": r"which checkpoints are good, and",
    "a log format": r"\bTENSORBOARD\b|ptt_rules.logs.tensorboard",
    "a framework's keys": r"\bOPENRLHF\b",
    "an error": r"\bPTT509\b",
    "an action": r"\bEVALUATE\b|\bEvaluate\b|\bevaluate\||\"evaluate\"",
    "a tracker": r"\btrackio\.|trackers\.trackio_alerts",
    "a trainer": r'"cpo"|"CPOTrainer"',
}
"""By what the example of each kind is found in the product."""

ALSO = {
    "a log format": {"ptt_runtime/trackers/tensorboard_events.py"},  # writes them
    "a trainer": {
        "ptt_rules/authoring/convert/heuristics.py",  # words of another tool
        "ptt_rules/language/metrics/behaviour.py",  # keys that several trainers log
        "ptt_rules/language/metrics/training.py",
        "ptt_rules/language/stacks/algorithm.py",  # the keys of its first rows
        "ptt_rules/language/stacks/on_trl.py",  # packs of what frameworks train
    },
}
"""What names the example for another reason."""

SOURCES = [
    path
    for folder in ("ptt_rules", "ptt_runtime", "grammar", "rulepacks")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".lark", ".ptt")
]


def test_each_kind_has_an_example() -> None:
    assert ROWS.keys() == NAMED.keys()


@pytest.mark.parametrize("kind", NAMED)
def test_the_files_to_write_are_those_that_name_the_example(kind: str) -> None:
    pattern = re.compile(NAMED[kind])
    found = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    assert found - ALSO.get(kind, set()) == ROWS[kind]
