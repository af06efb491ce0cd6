"""How Sphinx builds the site out of what `stage.py` gathers."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from lexer import PttLexer  # noqa: E402
from pygments.lexers.special import TextLexer  # noqa: E402

project = "ptt"
author = "The ptt authors"
project_copyright = author
version = release = re.findall(
    r'__version__ = "(.+)"', (HERE.parents[1] / "ptt_rules/_version.py").read_text("utf-8")
)[0]

extensions = ["myst_parser"]
myst_heading_anchors = 4
nitpicky = True
highlight_language = "none"

html_theme = "furo"
html_title = f"ptt {version}"
html_static_path = [str(HERE / "static")]
html_js_files = ["ptt.js"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": False}

DATA = "alerts config events facts rows statuses values".split()
"""Fences whose text is data of the tests, as it is."""


def with_levels(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Headings of the navigation get the level that the theme leaves out."""
    shown = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = shown.replace(
        'role="heading"', 'role="heading" aria-level="2"'
    )


def setup(app: Any) -> None:
    app.add_lexer("ptt", PttLexer)
    for name in DATA:
        app.add_lexer(name, TextLexer)
    app.connect("html-page-context", with_levels, priority=900)
