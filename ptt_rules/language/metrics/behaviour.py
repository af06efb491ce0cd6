"""Metrics of snapshots: the callback logs them, for every trainer.

They are means and shares over the completions of the fixed prompts of one snapshot.
Source: `ptt_rules.snapshots.features`
"""

from __future__ import annotations

from ptt_rules.language.metrics.conditions import TAKES_SNAPSHOTS
from ptt_rules.language.metrics.key import LoggedKey
from ptt_rules.language.types import Unit

_GENERATING = ("sft", "dpo", "kto", "grpo", "rloo", "orpo", "cpo", "ppo")
"""Trainers of models that give text; a reward model gives none."""
_OVER = "the fixed prompts of a snapshot"


def _share(name: str, about: str) -> LoggedKey:
    key = f"snapshot/{name}"
    return LoggedKey(
        key,
        Unit.RATIO,
        about,
        _GENERATING,
        low=0,
        high=1,
        is_noisy=False,
        over=_OVER,
        when=TAKES_SNAPSHOTS,
    )


ROWS = (
    LoggedKey(
        "snapshot/length",
        Unit.TOKENS,
        "Mean length of the completions of the fixed prompts.",
        _GENERATING,
        low=0,
        is_noisy=False,
        over=_OVER,
        when=TAKES_SNAPSHOTS,
    ),
    _share("empty_rate", "Share of completions with nothing but white space."),
    _share("truncated_rate", "Share of completions that were cut off at max_new_tokens."),
    _share("refusal_rate", "Fraction of completions that decline, by their wording."),
    _share("partial_rate", "Fraction of completions that decline a part, by their wording."),
    _share("refusal_known", "Fraction of completions in a language that is judged."),
    _share("repetition", "Mean share of runs of 4 words that came before in the same completion."),
    _share("distinct_1", "Different words of all completions, divided by their words."),
    _share("distinct_2", "Different pairs of words of all completions, divided by their words."),
    _share("similarity_first", "Mean chrF to the completions of the first snapshot."),
    _share("similarity_last", "Mean chrF to the completions of the snapshot before."),
)
