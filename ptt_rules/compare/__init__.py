"""Two versions of a pack: what changed, and which version that asks for."""

from ptt_rules.compare.changes import Bump, Change, Turn
from ptt_rules.compare.packs import Difference, compare
from ptt_rules.compare.versions import check_bump, required_bump, required_version

__all__ = [
    "Bump",
    "Change",
    "Difference",
    "Turn",
    "check_bump",
    "compare",
    "required_bump",
    "required_version",
]
