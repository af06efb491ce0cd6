"""The linter: what is legal in a pack, and likely wrong.

`rules` has one file for each rule, with its page and its check; `registry` finds them. They look
at a `Subject`, a checked pack with its syntax trees, its operations by meaning and the intervals
of what its expressions can be.
"""

from ptt_rules.authoring.lint.fix import edited, edits_of, fixed
from ptt_rules.authoring.lint.implication import Implications
from ptt_rules.authoring.lint.registry import PAGES, RULES
from ptt_rules.authoring.lint.rule import Rule
from ptt_rules.authoring.lint.run import lint_files, lint_sources, warnings
from ptt_rules.authoring.lint.subject import Subject

__all__ = [
    "PAGES",
    "RULES",
    "Implications",
    "Rule",
    "Subject",
    "edited",
    "edits_of",
    "fixed",
    "lint_files",
    "lint_sources",
    "warnings",
]
