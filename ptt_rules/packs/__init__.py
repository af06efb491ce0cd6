"""Packs: finding, loading and composing them."""

from ptt_rules.packs.arming import Arming
from ptt_rules.packs.choices import (
    Composition,
    Layer,
    ParamChoice,
    PolicyChoice,
    SettingsInfo,
    Where,
)
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
from ptt_rules.packs.settings import number_of

__all__ = [
    "Arming",
    "Composition",
    "DetectorInfo",
    "Layer",
    "Pack",
    "PackInfo",
    "ParamChoice",
    "PolicyChoice",
    "SettingsInfo",
    "TestedPack",
    "Where",
    "check_sources",
    "decode_source",
    "load",
    "load_tested",
    "loads",
    "number_of",
    "pack_place",
    "packs_in",
    "shipped_packs",
]
