"""A page of headings, paragraphs, lists, tables and pictures, as Markdown or as HTML.

Texts may have `code`, **bold** and [links](place), as in Markdown; nothing else is markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ptt_rules.border import visible, visible_lines
from ptt_rules.report.chart import Drawing
from ptt_rules.report.markup import Html, Text, joined, tag
from ptt_rules.report.page.html import code, page, table

_INLINE = re.compile(r"`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)]+)\)")


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    depth: int
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing, the file that it stands in beside a Markdown page, and what is to be seen."""

    drawing: Drawing
    file: str
    about: str


Block = Heading | Paragraph | Bullets | Table | Picture


def markdown(blocks: Sequence[Block]) -> str:
    return "\n\n".join(map(_markdown, blocks)) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(text=text, depth=depth):
            return f"{'#' * depth} {visible(text)}"
        case Paragraph(text=text):
            return visible_lines(text)
        case Bullets(items=items):
            return "\n".join(f"- {visible(item)}" for item in items)
        case Table(head=head, rows=rows):
            lines = [head, ("---",) * len(head), *rows]
            return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)
        case Picture(file=file, about=about):
            return f"![{visible(about).replace('[', '(').replace(']', ')')}]({file})"


def _cell(text: str) -> str:
    return visible(text).replace("|", "\\|")


def html_page(title: str, blocks: Sequence[Block]) -> str:
    """A page that needs no other file, with a card for each heading of the second depth."""
    cards: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, Heading) and block.depth == 2:
            cards.append([])
        cards[-1].append(block)
    first, *rest = (joined(map(_html, card), "\n") for card in cards)
    parts = [tag("header", first), *(tag("section", card) for card in rest)]
    return page(title, parts, css="reading")


def _html(block: Block) -> Html:
    match block:
        case Heading(text=text, depth=depth, anchor=anchor):
            name = {"id": anchor} if anchor else {}
            return tag(f"h{depth}", _inline(text), **name)
        case Paragraph(text=text):
            return tag("p", _inline(text))
        case Bullets(items=items):
            return tag("ul", joined(tag("li", _inline(item)) for item in items))
        case Table(head=head, rows=rows):
            return table([*map(_inline, head)], [[*map(_inline, row)] for row in rows])
        case Picture(drawing=drawing):
            return drawing.inline()


def _inline(text: str) -> Html:
    """Text as HTML, with its code, bold words and links; pages link to each other as .html."""
    parts: list[Text] = []
    end = 0
    for found in _INLINE.finditer(text):
        parts.append(text[end : found.start()])
        shown, bold, label, place = found.groups()
        if shown is not None:
            parts.append(code(shown))
        elif bold is not None:
            parts.append(tag("strong", _inline(bold)))
        else:
            target = re.sub(r"^([\w-]+)\.md\b", r"\1.html", place)
            parts.append(tag("a", _inline(label), href=target))
        end = found.end()
    return joined([*parts, text[end:]])
