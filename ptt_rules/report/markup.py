"""Markup of pages and drawings: every text is escaped here, unless it is markup already."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is markup already; every other text is escaped where it is used."""

    __slots__ = ()


Text = str | Html


def html(text: object) -> Html:
    """A text as markup."""
    return text if isinstance(text, Html) else Html(escape(str(text), quote=True))


def tag(name: str, content: Text | None = None, *, css: str = "", **attributes: object) -> Html:
    """An element; one without content closes itself. `text_anchor` is written `text-anchor`."""
    given = {"class": css, **attributes} if css else attributes
    parts = [name, *(f'{key.replace("_", "-")}="{html(_short(given[key]))}"' for key in given)]
    opening = " ".join(parts)
    return Html(f"<{opening}/>" if content is None else f"<{opening}>{html(content)}</{name}>")


def joined(parts: Iterable[Text], between: str = "") -> Html:
    return Html(between.join(html(part) for part in parts))


def _short(value: object) -> object:
    """A coordinate with one digit at most; other values as they are."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value
