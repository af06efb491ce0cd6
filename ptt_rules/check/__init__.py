"""Syntax tree to IR: names, kinds, shapes, units, ranges and texts."""

from ptt_rules.check.overrides import inherited_detectors
from ptt_rules.check.pack import check_pack
from ptt_rules.check.scope import listed, nearest

__all__ = ["check_pack", "inherited_detectors", "listed", "nearest"]
