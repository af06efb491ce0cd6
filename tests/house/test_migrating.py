"""docs/migrating.md has all of post-training-toolkit, and what it names of ptt is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from ptt_rules.cli.registry import commands
from ptt_runtime.migrating import PARAMETERS

PAGE = (Path(__file__).parents[2] / "docs" / "migrating.md").read_text(encoding="utf-8")
SAME = {"run_dir", "stop_on_critical", "custom_alerts", "custom_heuristics_dir"}
COMMANDS = {"ptt-diagnose", "ptt-compare", "ptt-validate-resume", "ptt-agent-diagnose"}
NAMES = set(
    """
    DiagnosticsCallback TrainerType run_diagnostics run_heuristics Insight load_metrics
    RunArtifactManager RunMetadata Snapshot SnapshotEntry Postmortem collect_full_provenance
    get_git_info get_hardware_info get_package_versions compute_config_hash get_model_identity
    get_tokenizer_identity get_dataset_identity SnapshotManager GenerationConfig
    DEFAULT_EVAL_PROMPTS DiffManager diff_snapshots DiffThresholds RefusalDetector RefusalResult
    RefusalType is_refusal detect_refusal PostmortemRecorder CheckpointComparator
    CheckpointRecommendation recommend_checkpoint ResumeValidator ResumeValidationResult
    validate_resume AgentRunLog Episode Step StepType analyze_runs AgentDiagnosticsReport
    AgentInsight to_preference_pairs to_kto_dataset to_sft_dataset to_grpo_dataset
    format_episode_as_conversation AgentTrainingLoop ComparisonResult TrajectoryLogger
    EpisodeHandle
    """.split()
)
"""What its `__init__` exports, at 7ab9855."""
HOW = {"the same", "another name", "better", "no more"}
ROW = re.compile(r"^\| (`[^|]+`) \| ([^|]*) \| ([^|]+) \|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
OURS = re.compile(r"ptt_(?:rules|runtime)(?:\.\w+)+")


def rows(heading: str) -> list[tuple[str, str, str]]:
    """Name, how, and the words of each row of a section's table."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [(one[1].strip("`"), one[2].strip(), one[3]) for one in ROW.finditer(section)]


def test_each_command_and_each_name_has_a_row() -> None:
    assert len(NAMES) == 53
    assert {name for name, _, _ in rows("Its commands")} == COMMANDS
    found = [name for name, _, _ in rows("Its names")]
    assert set(found) == NAMES
    assert len(found) == len(NAMES)


def test_each_row_says_how() -> None:
    for name, how, words in [*rows("Its commands"), *rows("Its names")]:
        assert how in HOW, name
        names_ours = bool(re.search(r"`|callback|always on|a list", words))
        assert how == "no more" or names_ours, name


def test_each_parameter_has_a_row() -> None:
    section = PAGE.partition("\n## Its parameters\n")[2].partition("\n## ")[0]
    firsts = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
    named = {name for first in firsts for name in CODE.findall(first)}
    assert named == {*PARAMETERS, *SAME}


@pytest.mark.parametrize("name", sorted(set(OURS.findall(PAGE))))
def test_what_is_named_of_ptt_is_there(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(import_module(module), attribute)


def test_commands_that_are_named_are_there() -> None:
    known = {command.words[0] for command in commands()}
    named = set(re.findall(r"`ptt (\w+)", PAGE))
    assert named
    assert named <= known
