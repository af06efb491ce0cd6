"""`.ptt` text to syntax tree, and a tree back to text."""

from ptt_rules.syntax.format import format_source
from ptt_rules.syntax.parser import MAX_DEPTH, MAX_SOURCE_CHARS, parse

__all__ = ["MAX_DEPTH", "MAX_SOURCE_CHARS", "format_source", "parse"]
