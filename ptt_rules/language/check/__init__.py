"""Syntax tree to IR: names, kinds, shapes, units, ranges and texts."""

from ptt_rules.language.check.amounts import size_fault
from ptt_rules.language.check.conditions import Asked
from ptt_rules.language.check.lets import names_in
from ptt_rules.language.check.meant import meant, spellings, the_one_meant
from ptt_rules.language.check.overrides import inherited_detectors
from ptt_rules.language.check.pack import check_expression, check_pack
from ptt_rules.language.check.scope import did_you_mean, listed, nearest
from ptt_rules.language.check.texts import is_number_format

__all__ = [
    "Asked",
    "check_expression",
    "check_pack",
    "did_you_mean",
    "inherited_detectors",
    "is_number_format",
    "listed",
    "meant",
    "names_in",
    "nearest",
    "size_fault",
    "spellings",
    "the_one_meant",
]
