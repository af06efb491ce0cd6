"""The page of a diagnostic code: its meaning, and an example that is wrong and then right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rules:
    """A whole `.ptt` file."""

    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """A command in a folder with these files, and without a library where one is named."""

    command: str
    files: Mapping[str, str] = field(default_factory=dict)
    without: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """Python, in a folder with these files."""

    text: str
    files: Mapping[str, str] = field(default_factory=dict)


Example = Rules | Session | Script


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of diagnostic.

    `what` says what the code means, `why` what would go wrong if it were let pass. `failing`
    gives this code and no other, `fixed` is the same example after the fix. `doubt` says when a
    warning
    may be wrong; it is empty for what is sure.
    """

    code: str
    title: str
    what: str
    why: str
    failing: Example
    fixed: Example
    doubt: str = ""
