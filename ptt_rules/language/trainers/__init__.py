"""Trainers: their arguments, and the hyper-parameters that can be set."""

from ptt_rules.language.trainers.arguments import HABITS as ARGUMENT_HABITS
from ptt_rules.language.trainers.arguments import known_arguments, numbers_of, texts_of
from ptt_rules.language.trainers.hyperparameters import HABITS as HYPERPARAMETER_HABITS
from ptt_rules.language.trainers.hyperparameters import (
    LEARNING_RATE,
    hyperparameters_of,
    hyperparameters_of_any,
    known_of,
    who,
)

__all__ = [
    "ARGUMENT_HABITS",
    "HYPERPARAMETER_HABITS",
    "LEARNING_RATE",
    "hyperparameters_of",
    "hyperparameters_of_any",
    "known_arguments",
    "known_of",
    "numbers_of",
    "texts_of",
    "who",
]
