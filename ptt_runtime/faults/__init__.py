"""Faults to inject into a training at a step that is known, to see whether they are found.

All of them are callbacks for a trainer, except those of a reward function, which are wrapped
around it. `after_step=100` leaves 100 steps as they are; step 101 is the first that is spoiled.
Nothing is random but by a `seed`.

    from ptt_runtime.faults import PoisonedWeight
    trainer = DPOTrainer(..., callbacks=[PoisonedWeight(after_step=100), DiagnosticsCallback()])
"""

from ptt_runtime.faults.batches import (
    FaultyBatches,
    FaultyExamples,
    first_again,
    identical_pairs,
    masked_labels,
    random_tokens,
    swapped_pairs,
)
from ptt_runtime.faults.rewards import (
    FaultyReward,
    by_length,
    constant,
    inverted,
    missing,
    noisy,
    not_a_number,
    scaled,
)
from ptt_runtime.faults.striking import Fault
from ptt_runtime.faults.training import ScaledGradients, ScaledLearningRate, SlowSteps
from ptt_runtime.faults.weights import (
    BiasedToken,
    NoisyWeights,
    PoisonedWeight,
    ResetWeights,
    ScaledWeights,
)

__all__ = [
    "BiasedToken",
    "Fault",
    "FaultyBatches",
    "FaultyExamples",
    "FaultyReward",
    "NoisyWeights",
    "PoisonedWeight",
    "ResetWeights",
    "ScaledGradients",
    "ScaledLearningRate",
    "ScaledWeights",
    "SlowSteps",
    "by_length",
    "constant",
    "first_again",
    "identical_pairs",
    "inverted",
    "masked_labels",
    "missing",
    "noisy",
    "not_a_number",
    "random_tokens",
    "scaled",
    "swapped_pairs",
]
