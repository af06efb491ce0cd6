"""What is known of trainers beside what they log: their arguments, and what can be set in them."""

from ptt_rules.trainers.arguments import known_arguments, numbers_of, texts_of
from ptt_rules.trainers.knobs import LEARNING_RATE, knobs_of, knobs_of_any

__all__ = [
    "LEARNING_RATE",
    "known_arguments",
    "knobs_of",
    "knobs_of_any",
    "numbers_of",
    "texts_of",
]
