"""The algorithm is told from the class of the arguments, and from the bases of that class."""

from __future__ import annotations

from ptt_runtime.algorithms import algorithm_of


class TrainingArguments: ...


class GRPOConfig(TrainingArguments): ...


class LabConfig(GRPOConfig): ...


class SFTConfig(TrainingArguments): ...


class GKDConfig(SFTConfig): ...


def test_the_nearest_class_tells() -> None:
    assert algorithm_of(GRPOConfig()) == "grpo"
    assert algorithm_of(LabConfig()) == "grpo"
    assert algorithm_of(GKDConfig()) == "gkd"
    assert algorithm_of(TrainingArguments()) == "unknown"
