"""What trainers log: each key with its unit, its range and its meaning, per trainer.

Keys of evaluations are those of training behind `eval_`, and are not listed again.
"""

from ptt_rules.metrics.find import (
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
from ptt_rules.metrics.key import LoggedKey

__all__ = [
    "TRAINERS",
    "LoggedKey",
    "all_keys",
    "find",
    "is_of_one_set",
    "is_of_the_loop",
    "logged_by",
    "meanings",
    "misspelt_key",
    "nearest_key",
    "only_grows",
]
