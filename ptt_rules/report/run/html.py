"""Pieces of a page: text that is escaped, tables, badges and sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ptt_rules.language import Level


class Html(str):
    """Text that is HTML already; every other text is escaped where it is used."""

    __slots__ = ()


Text = str | Html


def html(text: object) -> Html:
    """A text as HTML."""
    return text if isinstance(text, Html) else Html(escape(str(text), quote=True))


def tag(name: str, content: Text, *, css: str = "") -> Html:
    style = f' class="{css}"' if css else ""
    return Html(f"<{name}{style}>{html(content)}</{name}>")


def joined(parts: Iterable[Text], between: str = "") -> Html:
    return Html(between.join(html(part) for part in parts))


def code(text: object) -> Html:
    return tag("code", str(text))


def badge(level: Level) -> Html:
    return tag("span", level.word, css=f"badge {level.word}")


def table(head: Sequence[Text], rows: Iterable[Sequence[Text]], *, css: str = "") -> Html:
    """A table that can be scrolled by itself where it is wider than the page."""
    top = joined(tag("th", cell) for cell in head)
    body = joined((tag("tr", joined(tag("td", cell) for cell in row)) for row in rows), "\n")
    inner = f"<thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody>"
    return Html(f'<div class="wide"><table class="{css}">{inner}</table></div>')


def section(title: str, anchor: str, parts: Iterable[Text]) -> Html:
    """A part of the page; nothing if there is nothing in it."""
    content = joined(parts, "\n")
    if not content:
        return Html("")
    return Html(f'<section id="{anchor}">\n<h2>{html(title)}</h2>\n{content}\n</section>')


def folded(summary: str, content: Text) -> Html:
    return Html(f"<details><summary>{html(summary)}</summary>{html(content)}</details>")
