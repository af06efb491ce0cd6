"""`.ptt` text to syntax tree."""

from ptt_rules.syntax.parser import MAX_DEPTH, MAX_SOURCE_CHARS, parse

__all__ = ["MAX_DEPTH", "MAX_SOURCE_CHARS", "parse"]
