"""A page of headings, paragraphs, lists, tables and pictures, as Markdown or as HTML.

Texts may have `code`, **bold** and [links](place), as in Markdown; nothing else is markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from ptt_rules.border import visible, visible_lines

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
    """An SVG, the file that it stands in beside a Markdown page, and what is to be seen."""

    svg: str
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


_PAGE_STYLE = """\
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
code{font:.9em ui-monospace,monospace}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8884}
h2{margin-top:3rem}
svg{width:100%;height:auto}"""


def html(title: str, blocks: Sequence[Block]) -> str:
    """A page that needs no other file."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_PAGE_STYLE}</style>'
    body = "\n".join(line for block in blocks for line in _html(block))
    page = f'<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>'
    return f"<!doctype html>\n{page}\n"


def _html(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text, depth=depth, anchor=anchor):
            name = f' id="{escape(anchor)}"' if anchor else ""
            yield f"<h{depth}{name}>{_inline(text)}</h{depth}>"
        case Paragraph(text=text):
            yield f"<p>{_inline(text)}</p>"
        case Bullets(items=items):
            yield f"<ul>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</ul>"
        case Table(head=head, rows=rows):
            yield "<table>"
            yield f"<tr>{''.join(f'<th>{_inline(cell)}</th>' for cell in head)}</tr>"
            for row in rows:
                yield f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>"
            yield "</table>"
        case Picture(svg=svg):
            yield svg.rstrip("\n")


def _inline(text: str) -> str:
    """Text as HTML, with its code, bold words and links; pages link to each other as .html."""
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts.append(escape(text[end : found.start()], quote=False))
        code, bold, label, place = found.groups()
        if code is not None:
            parts.append(f"<code>{escape(code, quote=False)}</code>")
        elif bold is not None:
            parts.append(f"<strong>{_inline(bold)}</strong>")
        else:
            target = re.sub(r"^([\w-]+)\.md\b", r"\1.html", place)
            parts.append(f'<a href="{escape(target)}">{_inline(label)}</a>')
        end = found.end()
    return "".join([*parts, escape(text[end:], quote=False)])
