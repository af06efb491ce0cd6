"""Gathers the pages of the site in one folder: those of docs, and those of the top of the project.

`docs/README.md` is the map of the site. Its headings and links are the navigation; a folder with a
`README.md` of its own is one entry, with its pages below it. Nothing of a page changes but where
its links lead. Scripts, rules and notebooks of the examples become pages that show them.

    python docs/site/stage.py build/site-source
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MAP = DOCS / "README.md"
FROM_TOP = {
    "README.md": "start.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "editors/vscode/README.md": "vscode.md",
    "tests/snapshots/README.md": "refusals.md",
}
"""Pages that lie elsewhere in the project, with their names in the site."""

FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s#]*)(#[^)\s]*)?\)")
ENTRY = re.compile(r"\[([^]]+)\]\(([^)\s#]+\.md)\)")
SECTION = re.compile(r"^## (.+)\n((?:(?!## ).*\n)*)", re.MULTILINE)
INDEX = "README.md"
EXAMPLES = DOCS / "examples"
SHOWN = {".py": "python", ".ptt": "ptt", ".ipynb": "python"}
"""Files of the examples that are shown as pages, by the language of their code."""


def staged() -> dict[Path, str]:
    """The files of the site, by where they lie in the project, with their names in the site."""
    found = {ROOT / top: name for top, name in FROM_TOP.items() if (ROOT / top).is_file()}
    for path in sorted(DOCS.rglob("*")):
        if path.suffix in (".md", ".svg", ".png") and "site" not in path.parts[-2:-1]:
            name = path.relative_to(DOCS).as_posix()
            found[path] = re.sub(r"README\.md$", "index.md", name)
    for path in sorted(EXAMPLES.rglob("*")):
        if path.suffix in SHOWN:
            found[path] = path.relative_to(DOCS).with_suffix(".md").as_posix()
    return found


def shown(path: Path) -> str:
    """A page that shows a file: code as it is, and of a notebook the text between its cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return f"# {path.name}\n\n```{SHOWN[path.suffix]}\n{text}```\n"
    parts = []
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        language = "" if source.startswith("!") else SHOWN[path.suffix]
        is_text = cell["cell_type"] == "markdown"
        parts.append(source if is_text else f"```{language}\n{source}\n```")
    return "\n\n".join([*parts, ""])


def outside_of_code(text: str) -> Iterator[tuple[bool, str]]:
    """Parts of a page in order, each with whether it is prose."""
    at = 0
    for fence in FENCED.finditer(text):
        yield True, text[at : fence.start()]
        yield False, fence.group()
        at = fence.end()
    yield True, text[at:]


def redirected(page: Path, text: str, names: Mapping[Path, str]) -> str:
    """The text of a page with the links that its place in the site needs."""
    here = Path(names[page]).parent

    def link(match: re.Match[str]) -> str:
        target = (page.parent / match[1]).resolve()
        target = target / INDEX if (target / INDEX) in names else target
        if not match[1] or target not in names:
            return match.group()
        return f"]({Path(os.path.relpath(names[target], here)).as_posix()}{match[2] or ''})"

    return "".join(
        LINK.sub(link, part) if is_prose else part for is_prose, part in outside_of_code(text)
    )


def sections(text: str) -> dict[str, dict[str, str]]:
    """The headings of the map, each with its pages: where a link leads, and what it is called."""
    return {
        title: {page: called for called, page in ENTRY.findall(below)}
        for title, below in SECTION.findall(text)
    }


def navigation(page: Path, text: str) -> str:
    """What the generator needs to know of the pages below one."""
    if page == MAP:
        return "".join(
            _tree(f":caption: {title}", [f"{called} <{to}>" for to, called in pages.items()])
            for title, pages in sections(text).items()
        )
    if page.name == INDEX and DOCS in page.parents:
        kinds = {".md", *(SHOWN if EXAMPLES in page.parents else ())}
        below = [one for one in page.parent.iterdir() if one.suffix in kinds and one != page]
        return _tree("", sorted(one.with_suffix(".md").name for one in below))
    return ""


def _tree(option: str, entries: list[str]) -> str:
    return "\n".join(["", "```{toctree}", ":hidden:", option, "", *entries, "```", ""])


def main(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    names = staged()
    for path, name in names.items():
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in SHOWN:
            target.write_text(shown(path), encoding="utf-8")
            continue
        if path.suffix != ".md":
            shutil.copyfile(path, target)
            continue
        text = redirected(path, path.read_text(encoding="utf-8"), names)
        target.write_text(text + navigation(path, text), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
