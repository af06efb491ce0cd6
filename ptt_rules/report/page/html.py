"""The frame of a page, and what pages are made of: tables, badges, sections, texts side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ptt_rules.report.markup import Html, Text, html, joined, tag
from ptt_rules.report.page.style import STYLE

_ADDRESS = re.compile(r"(?<![(\[])https?://[^\s,;)]+|arXiv:(\d{4}\.\d{4,5})")
"""An address, or a paper by its number: what a reference of a rule names."""


def page(title: str, parts: Iterable[Text], *, css: str = "") -> str:
    """A whole page, which needs no other file and no network."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html(title)}</title><style>{STYLE}</style>"
    )
    content = joined(parts, "\n")
    body = tag("main", Html(f"\n{content}\n"), css=css)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def code(text: object) -> Html:
    return tag("code", str(text))


def with_code(text: str) -> Html:
    """A sentence whose commands are in backticks."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return html(text)
    return joined(code(one) if place % 2 else one for place, one in enumerate(pieces))


def addresses(text: str) -> Iterator[tuple[str, str]]:
    """The pieces of a text in order, each with the address that it names, or with none."""
    end = 0
    for found in _ADDRESS.finditer(text):
        yield text[end : found.start()], ""
        yield found[0], f"https://arxiv.org/abs/{found[1]}" if found[1] else found[0]
        end = found.end()
    yield text[end:], ""


def with_links(text: str) -> Html:
    """A text whose addresses and papers can be followed."""
    return joined(
        tag("a", piece, href=address) if address else piece for piece, address in addresses(text)
    )


def badge(word: str, colour: str = "") -> Html:
    """A word in a frame; a level has the colour of its own name."""
    return tag("span", word, css=f"badge {colour or word}")


def table(head: Sequence[Text], rows: Iterable[Sequence[Text]], *, css: str = "") -> Html:
    """A table that can be scrolled by itself where it is wider than the page.

    On a phone, where a line of several texts has no room, its cells stand below each other, with
    the word of the head before each; a table of numbers stays as it is.
    """
    top = joined(tag("th", cell) for cell in head)
    body = joined((tag("tr", _row(head, row)) for row in rows), "\n")
    inner = Html(f"<thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody>")
    return tag("div", tag("table", inner, css=css), css="wide")


def _row(head: Sequence[Text], row: Sequence[Text]) -> Html:
    words = ({} if not word or isinstance(word, Html) else {"data_head": word} for word in head)
    return joined(tag("td", cell, **word) for cell, word in zip(row, words, strict=True))


def section(title: str, anchor: str, parts: Iterable[Text]) -> Html:
    """A part of the page; nothing if there is nothing in it."""
    content = joined(parts, "\n")
    if not content:
        return Html("")
    return tag("section", Html(f"\n{tag('h2', title)}\n{content}\n"), id=anchor)


def folded(summary: str, content: Text) -> Html:
    return tag("details", joined([tag("summary", summary), content]))


def sides(columns: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> Html:
    """Texts side by side: of each a title, and its pieces, which are `del`, `ins` or plain."""
    return tag("div", joined(_side(title, pieces) for title, pieces in columns), css="sides")


def _side(title: str, pieces: Iterable[tuple[str, str]]) -> Html:
    head = tag("b", title) if title else Html("")
    text = joined(tag(name, piece) if name else html(piece) for name, piece in pieces)
    return tag("div", joined([head, text or tag("i", "nothing")]))
