"""Behaviour in numbers: what a model says to fixed prompts, its features, and what changed."""

from ptt_rules.snapshots.completion import Completion
from ptt_rules.snapshots.diff import (
    Change,
    Flip,
    Flips,
    PromptDiff,
    SnapshotDiff,
    diff_snapshots,
    word_diff,
)
from ptt_rules.snapshots.features import (
    REFUSAL,
    Scores,
    TextFeatures,
    is_empty,
    repetition,
    text_features,
)
from ptt_rules.snapshots.folder import (
    DIFFS,
    SNAPSHOTS,
    diff_name,
    no_snapshot,
    read_snapshot,
    snapshot_steps,
    step_name,
)
from ptt_rules.snapshots.intervals import wilson
from ptt_rules.snapshots.metrics import (
    ENTROPY,
    LENGTHS,
    LOGPROB,
    PREFIX,
    UNLABELLED,
    distinct,
    length_of_share,
    snapshot_metrics,
)
from ptt_rules.snapshots.prompt import HARMFUL, FixedPrompt, Prompt, prompt_text
from ptt_rules.snapshots.refusals import Refusal, is_refusal, refusal_of
from ptt_rules.snapshots.similarity import chrf
from ptt_rules.snapshots.snapshot import Snapshot
from ptt_rules.snapshots.thoughts import answer_of

__all__ = [
    "DIFFS",
    "ENTROPY",
    "HARMFUL",
    "LENGTHS",
    "LOGPROB",
    "PREFIX",
    "REFUSAL",
    "SNAPSHOTS",
    "UNLABELLED",
    "Change",
    "Completion",
    "FixedPrompt",
    "Flip",
    "Flips",
    "Prompt",
    "PromptDiff",
    "Refusal",
    "Scores",
    "Snapshot",
    "SnapshotDiff",
    "TextFeatures",
    "answer_of",
    "chrf",
    "diff_name",
    "diff_snapshots",
    "distinct",
    "is_empty",
    "is_refusal",
    "length_of_share",
    "no_snapshot",
    "prompt_text",
    "read_snapshot",
    "refusal_of",
    "repetition",
    "snapshot_metrics",
    "snapshot_steps",
    "step_name",
    "text_features",
    "wilson",
    "word_diff",
]
