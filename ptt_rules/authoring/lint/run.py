"""Runs the rules on a pack, and takes out what its comments allow."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from ptt_rules.authoring.lint.allow import Allow, allows_in
from ptt_rules.authoring.lint.registry import PAGES, RULES
from ptt_rules.authoring.lint.rule import Rule
from ptt_rules.authoring.lint.rules import allow_without_effect, allow_without_reason
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Diagnostic
from ptt_rules.language.codes import CODES
from ptt_rules.packs import CheckedFiles, Find, PackFiles, check_files, find_pack, packs_in

ALL_RULES = tuple(RULES.values())


def lint_sources(
    path: str | os.PathLike[str], rules: Sequence[Rule] = ALL_RULES
) -> list[Diagnostic]:
    """All errors of the packs at a path, and warnings about valid but probably wrong rules.

    Errors: raises PttError if there is no such pack or file
    """
    found = [d for pack in packs_in(path) for d in lint_files(find_pack(pack), rules=rules)]
    return sorted(found, key=Diagnostic.sort_key)


def lint_files(
    files: PackFiles, find: Find = find_pack, rules: Sequence[Rule] = ALL_RULES
) -> list[Diagnostic]:
    """The errors of a pack; its warnings if it has none."""
    checked = check_files(files, find)
    return list(checked.diagnostics) or warnings(checked, rules)


def warnings(checked: CheckedFiles, rules: Sequence[Rule] = ALL_RULES) -> list[Diagnostic]:
    """The warnings about a pack without errors, sorted by place."""
    subject = Subject(checked)
    found = [
        diagnostic
        for rule in rules
        for diagnostic in rule.diagnostics(subject)
        if diagnostic.source in subject.sources
    ]
    allows = [allow for source in subject.sources for allow in allows_in(source)]
    reported = [*_not_allowed(found, allows)]
    if any(rule is allow_without_effect.RULE for rule in rules):
        reported += _without_effect(found, allows, frozenset(rule.code for rule in rules))
    return sorted(reported, key=Diagnostic.sort_key)


def _not_allowed(found: Iterable[Diagnostic], allows: Iterable[Allow]) -> Iterator[Diagnostic]:
    allowed = {(allow.source, allow.line, allow.code) for allow in allows if allow.reason}
    for diagnostic in found:
        if _key(diagnostic) not in allowed or diagnostic.code == allow_without_reason.RULE.code:
            yield diagnostic


def _without_effect(
    found: Iterable[Diagnostic], allows: Iterable[Allow], ran: frozenset[str]
) -> Iterator[Diagnostic]:
    """Allowances of rules that ran and found nothing there, and of what is not a rule."""
    silenced = {_key(diagnostic) for diagnostic in found}
    for allow in allows:
        is_known = allow.code in PAGES or allow.code in CODES
        is_silent = allow.code in ran and (allow.source, allow.line, allow.code) not in silenced
        if is_silent or not is_known:
            yield allow_without_effect.warning(allow, is_known=is_known)


def _key(diagnostic: Diagnostic) -> tuple[object, int, str]:
    source = diagnostic.source
    line = source.position(diagnostic.span.start)[0] if source else 0
    return source, line, diagnostic.code
