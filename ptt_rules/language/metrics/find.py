"""Looks a key up: by name, by pattern, and after `eval_`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache

from ptt_rules.language.metrics import behaviour, policy, preference, ranks, training
from ptt_rules.language.metrics.key import LoggedKey

_ROWS = (
    *training.ROWS,
    *preference.ROWS,
    *policy.ROWS,
    *ranks.ROWS,
    *behaviour.ROWS,
)
TRAINERS = tuple(sorted({trainer for row in _ROWS for trainer in row.trainers}))

GROWING = frozenset(
    {"epoch", "episode", "num_input_tokens_seen", "num_tokens", "step", "time", "total_flos"}
)
"""Keys of counters, which never fall while a run goes on."""

EVAL = "eval_"
_PLACE = re.compile(r"\{[^{}]*\}")
_CLOSE = 0.85
"""How similar to a logged key another one must be to count as a misspelling."""

HABITS = {
    "rewards/std": "reward_std",
    "reward_mean": "reward",
    "kl_div": "kl",
    "mean_kl": "kl",
    "clip_fraction": "clip_ratio/region_mean",
    "ppo/mean_scores": "objective/scores",
    "ppo/loss/value": "loss/value_avg",
    "ppo/loss/policy": "loss/policy_avg",
    "ppo/clip_fraction": "policy/clipfrac_avg",
    "ppo/policy/entropy": "policy/entropy_avg",
    "objective/approxkl": "policy/approxkl_avg",
    "reward_per_func": "rewards/{func}/mean",
    "completion_length": "completions/mean_length",
    "rewards/{func}": "rewards/{func}/mean",
    "train/loss": "loss",
    "train/grad_norm": "grad_norm",
    "eval/loss": "eval_loss",
    "lr": "learning_rate",
    "accuracy": "rewards/accuracies",
    "margin": "rewards/margins",
}
"""Keys of older versions, other tools and other trainers, with what is logged instead."""


def all_keys() -> tuple[LoggedKey, ...]:
    """All that is known to be logged, whatever the trainer and the version."""
    return _ROWS


def logged_by(trainer: str) -> tuple[LoggedKey, ...]:
    """The keys of a trainer in any version."""
    return tuple(row for row in _ROWS if trainer in row.trainers)


def only_grows(key: str) -> bool:
    """Whether a key is that of a counter, which never falls while a run goes on."""
    return key.removeprefix(EVAL) in GROWING


@cache
def find(key: str) -> tuple[LoggedKey, ...]:
    """The rows of a key, or of a pattern of keys: one for each meaning that it has.

    A key of an evaluation is that of training; the name of a data set may stand between.
    """
    found = _rows_of(key)
    if found or not key.startswith(EVAL):
        return found
    inner = key.removeprefix(EVAL)
    return _rows_of(inner) or tuple(row for row in _ROWS if inner.endswith(f"_{row.key}"))


def _rows_of(key: str) -> tuple[LoggedKey, ...]:
    """A key by its name, else by a pattern that it fits."""
    exact = tuple(row for row in _ROWS if row.key == key)
    return exact or tuple(row for row in _ROWS if "{" in row.key and _fits(row.key, key))


@cache
def _pattern(known: str) -> re.Pattern[str]:
    return re.compile(r"[^/]+".join(map(re.escape, _PLACE.split(known))))


def _fits(known: str, key: str) -> bool:
    return _pattern(known).fullmatch(_PLACE.sub("x", key)) is not None


def is_of_one_set(key: str) -> bool:
    """Whether it is logged of one evaluation set by its name, as where there are several."""
    return key.startswith(EVAL) and not _rows_of(key) and not _rows_of(key.removeprefix(EVAL))


def is_of_the_loop(row: LoggedKey) -> bool:
    """Whether any trainer of transformers logs it, since its loop does."""
    return set(row.trainers) >= set(training.ALL)


def nearest_key(key: str, trainers: Sequence[str]) -> str | None:
    """The logged key that was probably meant by one that the trainer does not log."""
    prefix = EVAL if key.startswith(EVAL) else ""
    plain = key.removeprefix(EVAL)
    known = list(_present(trainers))
    habit = HABITS.get(key, HABITS.get(plain))
    if habit in known or habit == "eval_loss":
        return f"{prefix}{habit}" if habit in known else habit
    ends = [one for one in known if one.rpartition("/")[2] == plain.rpartition("/")[2]]
    near = ends if len(ends) == 1 else get_close_matches(plain, known, n=1, cutoff=_CLOSE)
    return prefix + near[0] if near else None


def misspelt_key(key: str, trainers: Sequence[str]) -> str | None:
    """A key of these trainers that another key nearly is, and probably is meant to be.

    What fits a pattern alone, such as that of an older version, can be misspelt too.
    """
    plain = key.removeprefix(EVAL) if key.startswith(EVAL) else key
    if any(row.key == plain or not row.until for row in _rows_of(plain)) or _PLACE.search(key):
        return None
    known = [one for one in _present(trainers) if "{" not in one]
    near = get_close_matches(plain, known, n=1, cutoff=_CLOSE)
    return key.removesuffix(plain) + near[0] if near else None


def meanings(key: str, trainers: Sequence[str]) -> tuple[LoggedKey, ...]:
    """The rows of a key for some trainers, all if none is named; none of what is misspelt."""
    if misspelt_key(key, trainers or TRAINERS):
        return ()
    return tuple(r for r in find(key) if not trainers or set(r.trainers) & set(trainers))


def _present(trainers: Sequence[str]) -> Iterable[str]:
    """Keys that the newest version with each trainer logs."""
    for trainer in trainers:
        rows = logged_by(trainer)
        is_gone = all(row.until for row in rows if trainer == row.trainers[0])
        yield from (row.key for row in rows if is_gone or not row.until)
