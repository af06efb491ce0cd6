"""All rules: one for each file of `rules`, in the order of their codes.

60x comments · 61x conditions · 62x windows · 63x levels and life · 64x texts and tests ·
65x names and declarations · 66x what nothing uses · 67x other packs · 68x policies
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ptt_rules.authoring.lint import rules
from ptt_rules.authoring.lint.rule import Rule


def _found() -> dict[str, Rule]:
    names = [module.name for module in iter_modules(rules.__path__)]
    found = {name: import_module(f"{rules.__name__}.{name}").RULE for name in names}
    return dict(sorted(found.items(), key=lambda one: one[1].code))


RULES = _found()
"""By name, which is that of the rule's file."""

PAGES = {rule.code: rule.page for rule in RULES.values()}
