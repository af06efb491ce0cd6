"""`.ptt` text to syntax tree, and a tree back to text."""

from ptt_rules.language.syntax.ahead import Ahead, ahead
from ptt_rules.language.syntax.format import format_source
from ptt_rules.language.syntax.parser import MAX_DEPTH, MAX_SOURCE_CHARS, parse
from ptt_rules.language.syntax.written import RESERVED, as_name, is_name, quoted

__all__ = [
    "MAX_DEPTH",
    "MAX_SOURCE_CHARS",
    "RESERVED",
    "Ahead",
    "ahead",
    "as_name",
    "format_source",
    "is_name",
    "parse",
    "quoted",
]
