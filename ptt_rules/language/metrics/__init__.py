"""The keys that trainers log: unit, range and meaning of each, per trainer.

Keys of evaluations are those of training with the prefix `eval_`, and are not listed again.
"""

from ptt_rules.language.metrics.conditions import IS_EVALUATED, TAKES_SNAPSHOTS, is_met, settings_of
from ptt_rules.language.metrics.find import (
    EVAL,
    TRAINERS,
    all_keys,
    find,
    is_of_one_set,
    is_of_the_loop,
    logged_by,
    meanings,
    misspelt_key,
    nearest_key,
    only_grows,
)
from ptt_rules.language.metrics.key import LoggedKey
from ptt_rules.language.metrics.trainers import CLASSES, PLAIN, trainer_name

__all__ = [
    "CLASSES",
    "EVAL",
    "IS_EVALUATED",
    "PLAIN",
    "TAKES_SNAPSHOTS",
    "TRAINERS",
    "LoggedKey",
    "all_keys",
    "find",
    "is_met",
    "is_of_one_set",
    "is_of_the_loop",
    "logged_by",
    "meanings",
    "misspelt_key",
    "nearest_key",
    "only_grows",
    "settings_of",
    "trainer_name",
]
