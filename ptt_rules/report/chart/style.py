"""How drawings look: rules whose colours are named, and two sets of colours for the names."""

from __future__ import annotations

import re

PALETTES = {
    "light": {
        "page": "#f6f8fa", "card": "#ffffff", "text": "#1f2328", "soft": "#59636e",
        "line": "#d1d9e0", "accent": "#0969da", "good": "#1a7f37", "critical": "#cf222e",
        "high": "#bc4c00", "medium": "#9a6700", "low": "#0550ae", "lost": "#ffd7d5",
        "new": "#ccf2d4",
    },
    "dark": {
        "page": "#0d1117", "card": "#151b23", "text": "#e6edf3", "soft": "#9198a1",
        "line": "#30363d", "accent": "#58a6ff", "good": "#3fb950", "critical": "#ff7b72",
        "high": "#f0883e", "medium": "#d29922", "low": "#79c0ff", "lost": "#6b2a2a",
        "new": "#1f5130",
    },
}  # fmt: skip

RULES = """\
svg text{font:11px system-ui,sans-serif}
svg text{fill:var(--soft)}
svg .key{font-family:ui-monospace,SFMono-Regular,Menlo,monospace}
svg .key{fill:var(--text)}
svg .title{font-size:15px;font-weight:600;fill:var(--text)}
svg .frame{fill:none;stroke:var(--line)}
svg .curve{fill:none;stroke:var(--accent)}
svg polyline{stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}
svg .dot{fill:var(--accent)}
svg .broken{stroke:var(--critical);stroke-width:1.4;fill:none}
svg .lane{stroke:var(--line);stroke-dasharray:1 4}
svg .since{stroke:var(--soft);stroke-dasharray:3 3}
svg .critical{fill:var(--critical)}svg line.critical{stroke:var(--critical)}
svg .high{fill:var(--high)}svg line.high{stroke:var(--high)}
svg .medium{fill:var(--medium)}svg line.medium{stroke:var(--medium)}
svg .low{fill:var(--low)}svg line.low{stroke:var(--low)}
svg .good{fill:var(--good)}
svg rect.before{fill-opacity:.28}
svg rect.band{fill-opacity:.12}
svg text.level{font-weight:600}
svg .mark{fill:var(--soft)}
svg .never{fill:var(--line);fill-opacity:.45}
svg .heat{fill:var(--accent)}"""
"""A rule stands on one line. Levels come after `text`, so that a label has their colour."""


def style_of_its_own(drawn: str) -> str:
    """The rules that a drawing needs where no page gives colours: light or dark, as preferred."""
    used = {name for names in re.findall(r'class="([^"]+)"', drawn) for name in names.split()}
    rules = [rule for rule in RULES.split("\n") if used.issuperset(re.findall(r"\.([a-z]+)", rule))]
    coloured = [rule for rule in rules if "var(" in rule]
    light = "\n".join(_coloured(rule, PALETTES["light"]) for rule in rules)
    dark = "\n".join(_coloured(rule, PALETTES["dark"]) for rule in coloured)
    return f"{light}\n@media (prefers-color-scheme:dark){{\n{dark}\n}}"


def _coloured(rule: str, palette: dict[str, str]) -> str:
    # written out, as programs other than browsers know no variables
    return re.sub(r"var\(--(\w+)\)", lambda found: palette[found[1]], rule)
