"""The formatted text of a file, which is proved to be the same program."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.language.source import Source
from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format.comments import Comment, comments_of
from ptt_rules.language.syntax.format.declarations import entry_of
from ptt_rules.language.syntax.format.expressions import Printer
from ptt_rules.language.syntax.format.layout import Layout
from ptt_rules.language.syntax.parser import MAX_SOURCE_CHARS, parse


def format_source(source: Source) -> tuple[str | None, list[Diagnostic]]:
    """The file in its canonical layout; None, and why, for a file that does not parse.

    Errors: PTT001 to PTT005, PTT206; raises RuntimeError rather than return a text that would mean
            something else or have lost a comment
    """
    module, diagnostics = parse(source)
    if diagnostics:
        return None, diagnostics
    comments = comments_of(source.text)
    printer = Printer(source)
    entries = [entry_of(printer, item) for item in module.items]
    formatted = Layout(source.text, comments).file(entries)
    if len(formatted) > MAX_SOURCE_CHARS:
        return None, [_too_large(source, len(formatted))]
    _check(source, module, comments, formatted)
    return formatted, []


def _too_large(source: Source, size: int) -> Diagnostic:
    message = f"the file would have {size:,} characters, the limit is {MAX_SOURCE_CHARS:,}"
    hint = "split the pack into several files in one folder"
    return Diagnostic("PTT004", message, source, hint=hint)


def _check(source: Source, module: tree.Module, comments: list[Comment], formatted: str) -> None:
    again, diagnostics = parse(Source(source.name, formatted))
    kept = [comment.text for comment in comments_of(formatted)]
    if diagnostics or bare(again) != bare(module):
        raise RuntimeError(f"{source.name}: the formatted text means something else")
    if kept != [comment.text for comment in comments]:
        raise RuntimeError(f"{source.name}: the formatted text has other comments")


def bare(node: Any) -> Any:
    """A tree without its places: what it means."""
    if isinstance(node, tuple):
        return tuple(map(bare, node))
    if isinstance(node, float):
        return repr(node)  # by which a NaN is itself
    if not isinstance(node, tree.Node) or not is_dataclass(node):
        return node
    if isinstance(node, tree.Text):
        return "Text", node.value
    meant = [field.name for field in fields(node) if not field.name.endswith("span")]
    return type(node).__name__, *(bare(getattr(node, name)) for name in meant)
