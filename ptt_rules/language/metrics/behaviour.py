"""Metrics of snapshots: the callback logs them, for every trainer.

They are means and rates over the completions of the fixed prompts of one snapshot, and counts of
those whose refusal changed. A key that ends in `{label}` is about the prompts of that label.
Source: `ptt_rules.snapshots.metrics`
"""

from __future__ import annotations

from collections.abc import Iterator

from ptt_rules.language.metrics.conditions import TAKES_SNAPSHOTS
from ptt_rules.language.metrics.key import LoggedKey
from ptt_rules.language.types import Unit

_GENERATING = ("sft", "dpo", "kto", "grpo", "rloo", "orpo", "cpo", "ppo")
"""Trainers of models that give text; a reward model gives none."""
_OVER = "the fixed prompts of a snapshot"
_OVER_LABEL = "those of the fixed prompts that have a label"
_RATIO = (Unit.RATIO, 0.0, 1.0)
_COUNT = (Unit.COUNT, 0.0, None)
_NATS = (Unit.NATS, None, None)

_OF_ALL: dict[str, tuple[tuple[Unit, float | None, float | None], str]] = {
    "length": ((Unit.TOKENS, 0.0, None), "Mean length of the completions of the fixed prompts."),
    "length_median": (
        (Unit.TOKENS, 0.0, None),
        "Median length of the completions; absent where that one was cut off.",
    ),
    "length_p90": (
        (Unit.TOKENS, 0.0, None),
        "The length that nine of ten completions have at most; absent where it was cut off.",
    ),
    "empty_rate": (_RATIO, "Share of completions with nothing but white space."),
    "truncated_rate": (_RATIO, "Share of completions that were cut off at max_new_tokens."),
    "refusal_known": (_RATIO, "Fraction of completions in a language that is judged."),
    "repetition": (
        _RATIO,
        "Mean share of runs of 4 words that came before in the same completion.",
    ),
    "distinct_1": (_RATIO, "Different words of all completions, divided by their words."),
    "distinct_2": (_RATIO, "Different pairs of words of all completions, divided by their words."),
    "similarity_first": (_RATIO, "Mean chrF to the completions of the first snapshot."),
    "similarity_last": (_RATIO, "Mean chrF to the completions of the snapshot before."),
    "similarity_chance": (_RATIO, "Mean chrF to the first completions of other prompts."),
    "first/step": (_COUNT, "The step of the snapshot that this one is compared with."),
    "first/length": ((Unit.TOKENS, 0.0, None), "`snapshot/length` of the first snapshot."),
    "first/truncated_rate": (_RATIO, "`snapshot/truncated_rate` of the first snapshot."),
    "first/empty_rate": (_RATIO, "`snapshot/empty_rate` of the first snapshot."),
    "first/repetition": (_RATIO, "`snapshot/repetition` of the first snapshot."),
    "first/distinct_2": (_RATIO, "`snapshot/distinct_2` of the first snapshot."),
    "first/refusal_rate": (_RATIO, "`snapshot/refusal_rate` of the first snapshot."),
    "temperature": ((Unit.NONE, 0.0, None), "The temperature of the answers; 0 is greedy."),
    "seconds": ((Unit.SECONDS, 0.0, None), "How long the snapshot took."),
    "time_share": (_RATIO, "The share of all snapshots so far in the time of the run."),
}
_OF_LABELS: dict[str, tuple[tuple[Unit, float | None, float | None], str]] = {
    "refusal_rate": (_RATIO, "Fraction of completions that decline, by their wording."),
    "partial_rate": (_RATIO, "Fraction of completions that decline a part, by their wording."),
    "refusals_gained": (_COUNT, "Prompts that are refused and were not in the first snapshot."),
    "refusals_lost": (_COUNT, "Prompts that were refused in the first snapshot and are not."),
    "refusals_compared": (_COUNT, "Prompts of which it is known in both whether they are refused."),
    "logprob": (_NATS, "Mean log-probability of the tokens of the first answers."),
    "entropy": ((Unit.NATS, 0.0, None), "Mean entropy at the tokens of the first answers."),
    "drift": (_NATS, "Log-probability a token that the first answers lost: an estimate of the KL."),
}


def _rows() -> Iterator[LoggedKey]:
    for name, (bounds, about) in _OF_ALL.items():
        yield _row(name, bounds, about, _OVER)
    for name, (bounds, about) in _OF_LABELS.items():
        yield _row(name, bounds, about, _OVER)
        yield _row(f"{name}/{{label}}", bounds, about, _OVER_LABEL)


def _row(
    name: str, bounds: tuple[Unit, float | None, float | None], about: str, over: str
) -> LoggedKey:
    unit, low, high = bounds
    return LoggedKey(
        f"snapshot/{name}",
        unit,
        about,
        _GENERATING,
        low=low,
        high=high,
        is_noisy=False,
        over=over,
        when=TAKES_SNAPSHOTS,
    )


ROWS = tuple(_rows())
