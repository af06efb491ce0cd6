"""What is wrong with the pages that were built: links that lead nowhere, requests to other hosts.

A page may *link* to another host. It may not load anything from one: no script, style, font or
picture, so that reading the site reports to nobody.

    python docs/site/check.py build/site
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "object": "data",
}
"""Tags that load something, by the attribute that says from where."""

LINKED = ("canonical", "index", "search", "next", "prev", "author", "license", "help")
"""Kinds of `<link>` that load nothing."""

REQUEST = re.compile(r"""@import|url\(\s*['"]?\s*(?:https?:)?//[^)]*\)|\bfetch\(['"]https?:""")


@dataclass
class Page(HTMLParser):
    """What a page loads, links to, and can be linked at."""

    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.ids |= {has[name] for name in ("id", "name") if name in has}
        if tag == "a" and "href" in has:
            self.links.append(has["href"])
        if tag == "link" and has.get("rel") not in LINKED:
            self.loads.append(has.get("href", ""))
        if tag in LOADS and LOADS[tag] in has:
            self.loads.append(has[LOADS[tag]])
        if tag == "img" and "alt" not in has:
            self.faults.append(f"a picture without a text: {has.get('src')}")


def is_elsewhere(address: str) -> bool:
    """Whether an address is on another host; data in the page itself is not."""
    return address.startswith("//") or urlsplit(address).scheme in ("http", "https")


def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def faults(site: Path) -> Iterator[str]:
    """Each fault of a site, with the file that has it."""
    pages = {path.resolve(): read(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site.resolve())
        yield from (f"{name}: {fault}" for fault in page.faults)
        yield from (f"{name}: loads {one}" for one in page.loads if is_elsewhere(one))
        for link in [*page.links, *page.loads]:
            if why := _leads_nowhere(path, link, pages):
                yield f"{name}: {link}: {why}"
    for path in sorted([*site.rglob("*.css"), *site.rglob("*.svg"), *site.rglob("*.js")]):
        for found in REQUEST.findall(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site)}: asks another host: {found}"


def _leads_nowhere(path: Path, link: str, pages: dict[Path, Page]) -> str | None:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return "no such file"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
        return "no such heading"
    return None


def main(site: Path) -> int:
    """Prints what is wrong; exits with 1 if anything is."""
    pages = len(list(site.rglob("*.html")))
    if not pages:
        print(f"{site}: no pages", file=sys.stderr)
        return 2
    found = list(faults(site))
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{pages} pages in {site}, {len(found)} faults")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
