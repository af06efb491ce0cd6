"""One canonical layout for every program, with its comments where they belong."""

from ptt_rules.language.syntax.format.comments import Comment, comments_of
from ptt_rules.language.syntax.format.expressions import Printer
from ptt_rules.language.syntax.format.source import format_source

__all__ = ["Comment", "Printer", "comments_of", "format_source"]
