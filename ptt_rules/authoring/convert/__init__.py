"""Alerts of older tools to packs: YAML heuristics, and alerts that are one line of text."""

from ptt_rules.authoring.convert.finish import finished
from ptt_rules.authoring.convert.packs import Converted, PackText, convert
from ptt_rules.authoring.convert.read import Collection, collect, collect_alerts, read_collection

__all__ = [
    "Collection",
    "Converted",
    "PackText",
    "collect",
    "collect_alerts",
    "convert",
    "finished",
    "read_collection",
]
