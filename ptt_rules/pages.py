"""Every code with its page: those of errors, and those in the linter's rules."""

from __future__ import annotations

from ptt_rules.codes import CODES, Code
from ptt_rules.lint import PAGES as RULE_PAGES

PAGES: dict[str, Code] = CODES | RULE_PAGES
