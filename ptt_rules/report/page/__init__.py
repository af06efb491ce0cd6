"""Pages of HTML that need no other file: one frame, one style sheet, tables and sections."""

from ptt_rules.report.page.blocks import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Picture,
    Table,
    html_page,
    markdown,
)
from ptt_rules.report.page.html import (
    addresses,
    badge,
    code,
    folded,
    page,
    section,
    sides,
    table,
    with_code,
    with_links,
)

__all__ = [
    "Block",
    "Bullets",
    "Heading",
    "Paragraph",
    "Picture",
    "Table",
    "addresses",
    "badge",
    "code",
    "folded",
    "html_page",
    "markdown",
    "page",
    "section",
    "sides",
    "table",
    "with_code",
    "with_links",
]
