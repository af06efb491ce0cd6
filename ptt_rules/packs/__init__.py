"""Packs: finding, loading and composing them."""

from ptt_rules.packs.arming import Arming
from ptt_rules.packs.files import decode_source, pack_place, packs_in
from ptt_rules.packs.load import (
    TestedPack,
    check_sources,
    load,
    load_tested,
    loads,
    shipped_packs,
)
from ptt_rules.packs.pack import DetectorInfo, Pack, PackInfo

__all__ = [
    "Arming",
    "DetectorInfo",
    "Pack",
    "PackInfo",
    "TestedPack",
    "check_sources",
    "decode_source",
    "load",
    "load_tested",
    "loads",
    "pack_place",
    "packs_in",
    "shipped_packs",
]
