"""Every code of an error with its page: PTT and three digits.

0 syntax · 1 names · 2 types and units · 3 packs · 4 tests and replay · 5 run time ·
6 lint, whose pages are in the files of the rules: `ptt_rules.authoring.pages` has them all.
"""

from __future__ import annotations

from ptt_rules.language.codes import logs, names, packs, runtime, syntax, types
from ptt_rules.language.codes.page import Code, Example, Rules, Script, Session

_GROUPS = (syntax, names, types, packs, logs, runtime)

CODES: dict[str, Code] = {page.code: page for group in _GROUPS for page in group.PAGES}

__all__ = ["CODES", "Code", "Example", "Rules", "Script", "Session"]
