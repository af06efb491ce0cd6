"""What other frameworks log: which of their keys are quantities that the rules read."""

from ptt_rules.language.stacks.algorithm import Guess, algorithm_by_keys
from ptt_rules.language.stacks.alias import Alias, Likeness, Own, Stack
from ptt_rules.language.stacks.find import STACKS, Found, by_name, find_stack
from ptt_rules.language.stacks.names import Naming, naming

__all__ = [
    "STACKS",
    "Alias",
    "Found",
    "Guess",
    "Likeness",
    "Naming",
    "Own",
    "Stack",
    "algorithm_by_keys",
    "by_name",
    "find_stack",
    "naming",
]
