"""Why a detector fired at a row of a log, or why it did not."""

from ptt_rules.evaluation.why.data import Explanation, LevelPart, Part, Role, Wait
from ptt_rules.evaluation.why.explain import explain, explain_condition, explain_in
from ptt_rules.evaluation.why.parts import lets_of
from ptt_rules.evaluation.why.reasons import keys_text, skipped_text

__all__ = [
    "Explanation",
    "LevelPart",
    "Part",
    "Role",
    "Wait",
    "explain",
    "explain_condition",
    "explain_in",
    "keys_text",
    "lets_of",
    "skipped_text",
]
