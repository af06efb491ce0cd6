"""How much the callback says, and its lines as records of the logger `ptt`.

Each line has a level of Python's `logging`: CRITICAL, ERROR and WARNING for findings that are
critical, high and medium, and WARNING for what ptt or a policy does; INFO for what is over, and for
the lines at the start and the end; DEBUG for details, and for findings that are low: these are
notes, and the line at the end names them. The console shows lines from the level on that
`verbosity` stands for; where none is given, from that of the logger `ptt` on, which is INFO unless
somebody sets it.
"""

from __future__ import annotations

import logging
from enum import Enum

from ptt_rules.language import Level

LOGGER = logging.getLogger("ptt")
LOGGER.addHandler(logging.NullHandler())
LOGGER.propagate = False  # the console has shown it: a root handler would show it once more

LEVELS = {
    Level.LOW: logging.DEBUG,
    Level.MEDIUM: logging.WARNING,
    Level.HIGH: logging.ERROR,
    Level.CRITICAL: logging.CRITICAL,
}


class Verbosity(Enum):
    """What the console shows: findings and deeds; also start and end; also notes and details."""

    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"

    @property
    def least(self) -> int:
        return {
            Verbosity.QUIET: logging.WARNING,
            Verbosity.NORMAL: logging.INFO,
            Verbosity.VERBOSE: logging.DEBUG,
        }[self]


def least_shown(verbosity: Verbosity | None) -> int:
    """The level from which on the console shows lines."""
    if verbosity is not None:
        return verbosity.least
    return max(LOGGER.level or logging.INFO, LOGGER.manager.disable + 1)
