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
from ptt_rules.packs.files import PackFiles, decode_source, named_packs, pack_place, packs_in
from ptt_rules.packs.load import (
    TestedPack,
    check_sources,
    load,
    load_tested,
    loads,
    settings_packs,
    shipped_packs,
)
from ptt_rules.packs.pack import DetectorInfo, Pack, PackInfo

__all__ = [
    "Arming",
    "Composition",
    "DetectorInfo",
    "Layer",
    "Pack",
    "PackFiles",
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
    "named_packs",
    "pack_place",
    "packs_in",
    "settings_packs",
    "shipped_packs",
]
