"""The linter: what is legal in a pack, and likely wrong.

`rules` has one file for each rule, with its page and its check; `registry` lists them. They look
at a `Subject`, a checked pack with its syntax trees, its operations by meaning and the intervals
of what its expressions can be.
"""

from ptt_rules.lint.fix import edited, edits_of, fixed
from ptt_rules.lint.registry import PAGES, RULES
from ptt_rules.lint.rule import Rule
from ptt_rules.lint.run import lint_files, lint_sources, warnings

__all__ = [
    "PAGES",
    "RULES",
    "Rule",
    "edited",
    "edits_of",
    "fixed",
    "lint_files",
    "lint_sources",
    "warnings",
]
