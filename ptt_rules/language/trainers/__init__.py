"""What is known of trainers beside what they log: their arguments, and what can be set in them."""

from ptt_rules.language.trainers.arguments import HABITS as ARGUMENT_HABITS
from ptt_rules.language.trainers.arguments import known_arguments, numbers_of, texts_of
from ptt_rules.language.trainers.knobs import HABITS as KNOB_HABITS
from ptt_rules.language.trainers.knobs import LEARNING_RATE, knobs_of, knobs_of_any, known_of, who

__all__ = [
    "ARGUMENT_HABITS",
    "KNOB_HABITS",
    "LEARNING_RATE",
    "knobs_of",
    "knobs_of_any",
    "known_arguments",
    "known_of",
    "numbers_of",
    "texts_of",
    "who",
]
