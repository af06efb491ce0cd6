"""Packs: finding, loading and composing them."""

from typing import TYPE_CHECKING

from ptt_rules._later import later

if TYPE_CHECKING:
    from ptt_rules.packs.arming import Arming, Unfed
    from ptt_rules.packs.choices import (
        Composition,
        Layer,
        ParamChoice,
        PolicyChoice,
        SettingsInfo,
        Where,
    )
    from ptt_rules.packs.files import (
        PACK_FILE,
        TEST_SUFFIX,
        PackFiles,
        decode_source,
        find_pack,
        named_packs,
        pack_place,
        packs_in,
        read_source,
        shipped_packs,
    )
    from ptt_rules.packs.listed import ListedPack, listed_packs
    from ptt_rules.packs.loading import (
        POLICY_PACK,
        CheckedFiles,
        Find,
        TestedPack,
        check_files,
        check_sources,
        load,
        load_tested,
        loads,
        settings_packs,
        used_packs,
    )
    from ptt_rules.packs.lock import LOCK_FILE, Lock, find_lock, lock_of, read_lock, read_run
    from ptt_rules.packs.pack import DetectorInfo, Pack, PackInfo
    from ptt_rules.packs.project import Project, Wheel, build, read_project
    from ptt_rules.packs.reading import read_bytes
    from ptt_rules.packs.starter import new_pack, origin_of_ptt
    from ptt_rules.packs.verified import verify
    from ptt_rules.packs.vocabulary import shipped_metrics
    from ptt_rules.packs.written import WrittenClause, written_clauses

__all__ = [
    "LOCK_FILE",
    "PACK_FILE",
    "POLICY_PACK",
    "TEST_SUFFIX",
    "Arming",
    "CheckedFiles",
    "Composition",
    "DetectorInfo",
    "Find",
    "Layer",
    "ListedPack",
    "Lock",
    "Pack",
    "PackFiles",
    "PackInfo",
    "ParamChoice",
    "PolicyChoice",
    "Project",
    "SettingsInfo",
    "TestedPack",
    "Unfed",
    "Wheel",
    "Where",
    "WrittenClause",
    "build",
    "check_files",
    "check_sources",
    "decode_source",
    "find_lock",
    "find_pack",
    "listed_packs",
    "load",
    "load_tested",
    "loads",
    "lock_of",
    "named_packs",
    "new_pack",
    "origin_of_ptt",
    "pack_place",
    "packs_in",
    "read_bytes",
    "read_lock",
    "read_project",
    "read_run",
    "read_source",
    "settings_packs",
    "shipped_metrics",
    "shipped_packs",
    "used_packs",
    "verify",
    "written_clauses",
]

__getattr__ = later(
    __name__,
    {
        "ptt_rules.packs.arming": "Arming Unfed",
        "ptt_rules.packs.choices": "Composition Layer ParamChoice PolicyChoice SettingsInfo Where",
        "ptt_rules.packs.files": (
            "PACK_FILE TEST_SUFFIX PackFiles decode_source find_pack named_packs pack_place "
            "packs_in read_source shipped_packs"
        ),
        "ptt_rules.packs.listed": "ListedPack listed_packs",
        "ptt_rules.packs.loading": (
            "POLICY_PACK CheckedFiles Find TestedPack check_files check_sources load "
            "load_tested loads settings_packs used_packs"
        ),
        "ptt_rules.packs.lock": "LOCK_FILE Lock find_lock lock_of read_lock read_run",
        "ptt_rules.packs.pack": "DetectorInfo Pack PackInfo",
        "ptt_rules.packs.project": "Project Wheel build read_project",
        "ptt_rules.packs.reading": "read_bytes",
        "ptt_rules.packs.starter": "new_pack origin_of_ptt",
        "ptt_rules.packs.verified": "verify",
        "ptt_rules.packs.vocabulary": "shipped_metrics",
        "ptt_rules.packs.written": "WrittenClause written_clauses",
    },
)
