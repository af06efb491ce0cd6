"""The algorithm is told from the class of the arguments, and from the bases of that class."""

from __future__ import annotations

from ptt_rules.language.metrics.trainers import CLASSES, PLAIN, trainer_name
from ptt_rules.observing import ALGORITHMS
from ptt_runtime.algorithms import _BY_CONFIG, _PLAIN, algorithm_of, framework_of


class TrainingArguments: ...


class GRPOConfig(TrainingArguments): ...


class LabConfig(GRPOConfig): ...


class SFTConfig(TrainingArguments): ...


class GKDConfig(SFTConfig): ...


def test_the_nearest_class_tells() -> None:
    assert algorithm_of(GRPOConfig()) == "grpo"
    assert algorithm_of(LabConfig()) == "grpo"
    assert algorithm_of(GKDConfig()) == "gkd"
    assert algorithm_of(TrainingArguments()) == "trainer"
    assert algorithm_of(object()) == "unknown"


def test_each_trainer_of_trl_is_called_by_its_class() -> None:
    called = {algorithm: trainer_name(algorithm) for algorithm in _BY_CONFIG.values()}
    assert called == {
        algorithm: f"{config.removesuffix('Config')}Trainer"
        for config, algorithm in _BY_CONFIG.items()
    }
    assert set(_PLAIN.values()) == set(PLAIN)
    assert set(CLASSES) == {*called, *PLAIN}


def test_each_algorithm_is_known_by_a_class() -> None:
    assert tuple(_BY_CONFIG.values()) == ALGORITHMS
    assert set(_PLAIN.values()) == set(PLAIN)


def test_a_framework_is_known_by_the_module_of_its_trainer() -> None:
    made = type("CustomKTOTrainer", (), {"__module__": "llamafactory.train.kto.trainer"})
    assert framework_of(GRPOConfig(), made()) == "llamafactory"
    assert framework_of(GRPOConfig()) is None
