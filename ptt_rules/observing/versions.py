"""The versions of TRL that ptt is tested with, and the one that is installed."""

from __future__ import annotations

from functools import cache
from importlib import metadata

from packaging.version import InvalidVersion, Version

OLDEST, NEWEST = Version("0.24"), Version("1.16")
"""Of which real trainings are in the tests."""


@cache
def installed_trl() -> Version | None:
    """The installed version of TRL; None where there is none, or one without a number."""
    try:
        return Version(metadata.version("trl"))
    except (metadata.PackageNotFoundError, InvalidVersion):
        return None


def is_before(version: str) -> bool:
    """Whether the installed TRL is older than a version."""
    found = installed_trl()
    return found is not None and found < Version(version)


def untested_text(text: str | None) -> str | None:
    """A line on a version of TRL outside of what is tested; None for one within."""
    try:
        version = Version(text) if text else None
    except InvalidVersion:
        return f"TRL {text} is not a version that ptt is tested with ({_range()}): {_WHAT_IF}"
    if version is None or OLDEST.release[:2] <= version.release[:2] <= NEWEST.release[:2]:
        return None
    how = "older" if version < OLDEST else "newer"
    return f"TRL {version} is {how} than what ptt is tested with ({_range()}): {_WHAT_IF}"


_WHAT_IF = "after the run `ptt armed` names keys that were expected and never logged"


def _range() -> str:
    return f"{OLDEST} to {NEWEST}"
