"""One canonical layout for every program, with its comments where they belong."""

from ptt_rules.syntax.format.source import format_source

__all__ = ["format_source"]
