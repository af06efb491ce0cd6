"""A drawing: inside of a page, inside of another drawing, or as a file of its own."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.report.chart.style import style_of_its_own
from ptt_rules.report.markup import Html, joined, tag


@dataclass(frozen=True, slots=True)
class Drawing:
    """Pieces of SVG, the size that they fill, and what is to be seen."""

    width: float
    height: float
    about: str
    parts: tuple[Html, ...]

    def inline(self, *, css: str = "") -> Html:
        """For a page that has the style of drawings."""
        return self._svg(joined(self.parts, "\n"), css=css, role="img", aria_label=self.about)

    def placed(self, x: float, y: float, width: float) -> Html:
        """For another drawing, as wide as that wants it."""
        height = self.height * width / self.width
        return self._svg(joined(self.parts, "\n"), x=x, y=y, width=width, height=height)

    def file(self) -> str:
        """For a file: it brings its style and needs no page."""
        drawn = joined(self.parts, "\n")
        head = [tag("title", self.about), tag("style", Html(style_of_its_own(drawn)))]
        inner = joined([*head, drawn], "\n")
        return self._svg(inner, xmlns="http://www.w3.org/2000/svg", role="img") + "\n"

    def _svg(self, inner: Html, *, css: str = "", **attributes: object) -> Html:
        size = f"0 0 {self.width:g} {self.height:g}"
        return tag("svg", Html(f"\n{inner}\n"), css=css, **attributes, viewBox=size)
