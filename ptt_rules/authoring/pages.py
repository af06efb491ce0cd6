"""Every code with its page: those of errors, and those in the linter's rules."""

from __future__ import annotations

from ptt_rules.authoring.lint import PAGES as RULE_PAGES
from ptt_rules.language.codes import CODES, Code

PAGES: dict[str, Code] = CODES | RULE_PAGES
