"""Tools of those who write rules: linter, editor, conversion, comparison, skeletons."""

from typing import TYPE_CHECKING

from ptt_rules._later import later

if TYPE_CHECKING:
    from ptt_rules.authoring.pages import PAGES
    from ptt_rules.authoring.skeleton import Skeleton, new_detector

__all__ = ["PAGES", "Skeleton", "new_detector"]

__getattr__ = later(
    __name__,
    {
        "ptt_rules.authoring.pages": "PAGES",
        "ptt_rules.authoring.skeleton": "Skeleton new_detector",
    },
)
