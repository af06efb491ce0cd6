"""Semantic versioning: which version a change asks for, and whether a pack has it."""

from __future__ import annotations

from packaging.version import Version

from ptt_rules.authoring.compare.changes import Bump
from ptt_rules.authoring.compare.packs import Difference, compare
from ptt_rules.language import Diagnostic
from ptt_rules.language.syntax import tree
from ptt_rules.packs import CheckedFiles

CODE = "PTT341"
_SHOWN = 3


def required_bump(old: CheckedFiles, new: CheckedFiles) -> Bump:
    """The part of its version that a pack has to raise; both are without errors."""
    return compare(old, new).bump


def required_version(version: str, bump: Bump) -> str:
    """The least version after one. Before 1.0.0 each part counts as the one after it."""
    major, minor, patch = _release(version)
    if bump is Bump.NONE:
        return f"{major}.{minor}.{patch}"
    if major == 0:
        return f"0.{minor + 1}.0" if bump is Bump.MAJOR else f"0.{minor}.{patch + 1}"
    if bump is Bump.MAJOR:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if bump is Bump.MINOR else f"{major}.{minor}.{patch + 1}"


def is_enough(difference: Difference) -> bool:
    """Whether the version of the new pack is as high as the changes ask for."""
    least = required_version(difference.old.version, difference.bump)
    return _release(difference.new.version) >= _release(least)


def check_bump(old: CheckedFiles, new: CheckedFiles) -> list[Diagnostic]:
    """The diagnostics of the version of a pack after another one; both have no errors.

    Errors: PTT341
    """
    difference = compare(old, new)
    if is_enough(difference):
        return []
    before, after = difference.old.version, difference.new.version
    least = required_version(before, difference.bump)
    gravest = [one for one in difference.changes if one.bump is difference.bump]
    named = [*dict.fromkeys(f"{one.sort} `{one.name}` is {one.turn.value}" for one in gravest)]
    if difference.bump is Bump.NONE:
        message = f"{after} is before {before}, with the same rules"
    else:
        more = [f"{len(named) - _SHOWN} more"] if len(named) > _SHOWN else []
        why = ", ".join([*named[:_SHOWN], *more])
        word = difference.bump.value
        message = f"{after} after {before} is too low for a {word} change: {why}"
    hint = f"write `{least}`; `ptt pack diff` shows all that changed"
    for source, module in new.modules:
        for item in module.items:
            if isinstance(item, tree.PackDecl):
                return [Diagnostic(CODE, message, source, item.version_span, hint=hint)]
    return [Diagnostic(CODE, message, file=difference.new.name, hint=hint)]


def _release(version: str) -> tuple[int, int, int]:
    major, minor, patch, *_ = (*Version(version).release, 0, 0)
    return major, minor, patch
