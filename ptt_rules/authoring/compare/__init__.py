"""Two versions of a pack: what changed, and which version that asks for."""

from ptt_rules.authoring.compare.changes import Bump, Change, Turn
from ptt_rules.authoring.compare.events import EventChanges, compare_over
from ptt_rules.authoring.compare.packs import Difference, compare
from ptt_rules.authoring.compare.versions import (
    check_bump,
    is_enough,
    required_bump,
    required_version,
)

__all__ = [
    "Bump",
    "Change",
    "Difference",
    "EventChanges",
    "Turn",
    "check_bump",
    "compare",
    "compare_over",
    "is_enough",
    "required_bump",
    "required_version",
]
