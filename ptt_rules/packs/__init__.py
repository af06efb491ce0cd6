"""Packs: finding, loading and composing them."""

from ptt_rules.packs.files import read_source
from ptt_rules.packs.load import check_sources, load, loads, shipped_packs
from ptt_rules.packs.pack import DetectorInfo, Pack, PackInfo

__all__ = [
    "DetectorInfo",
    "Pack",
    "PackInfo",
    "check_sources",
    "load",
    "loads",
    "read_source",
    "shipped_packs",
]
