"""`.ptt` text to syntax tree, and a tree back to text."""

from typing import TYPE_CHECKING

from ptt_rules._later import later
from ptt_rules.language.syntax.written import RESERVED, as_name, is_name, quoted

if TYPE_CHECKING:
    from ptt_rules.language.syntax.format import format_source
    from ptt_rules.language.syntax.lookahead import Ahead, ahead
    from ptt_rules.language.syntax.parser import MAX_DEPTH, MAX_SOURCE_CHARS, parse
    from ptt_rules.language.syntax.single import parse_expression, shown_alone

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
    "parse_expression",
    "quoted",
    "shown_alone",
]

# These load the parser generator, which those that read trees do without.
__getattr__ = later(
    __name__,
    {
        "ptt_rules.language.syntax.format": "format_source",
        "ptt_rules.language.syntax.lookahead": "Ahead ahead",
        "ptt_rules.language.syntax.parser": "MAX_DEPTH MAX_SOURCE_CHARS parse",
        "ptt_rules.language.syntax.single": "parse_expression shown_alone",
    },
)
