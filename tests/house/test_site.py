"""The site of the documentation: its map has every page, and what is wrong with a page is found.

Pages are gathered and looked at here without the generator, which `make docs` runs.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.sources import ROOT

SITE = ROOT / "docs" / "site"
DOCS = ROOT / "docs"


def tool(name: str) -> ModuleType:
    """A tool of the site, which belongs to no package."""
    spec = importlib.util.spec_from_file_location(f"site_{name}", SITE / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


STAGE, CHECK, LEXER = tool("stage"), tool("check"), tool("lexer")
MAP = (DOCS / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out: Path = tmp_path_factory.mktemp("site")
    STAGE.main(out)
    return out


def test_the_map_names_every_page_once() -> None:
    entries = [(DOCS / page).resolve() for pages in STAGE.sections(MAP).values() for page in pages]
    there = [path for path in STAGE.staged() if path.suffix == ".md" and path != STAGE.MAP]
    below = {path for path in there if path.parent != DOCS and path.name != "README.md"}
    chapters = {path for path in below if (path.parent / "README.md") in there}
    assert Counter(entries) == Counter(
        set(there) - {one for one in chapters if DOCS in one.parents}
    )


def test_every_page_that_lies_elsewhere_is_there() -> None:
    assert [name for name in STAGE.FROM_TOP if not (ROOT / name).is_file()] == []


def test_no_link_leads_out_of_the_site(staged: Path) -> None:
    missing = []
    for page in staged.rglob("*.md"):
        prose = "".join(
            part for is_prose, part in STAGE.outside_of_code(page.read_text()) if is_prose
        )
        for target, _ in STAGE.LINK.findall(prose):
            if target and ":" not in target and not (page.parent / target).is_file():
                missing.append(f"{page.relative_to(staged)}: {target}")
    assert missing == []


def test_a_page_keeps_its_text(staged: Path) -> None:
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    moved = (staged / "tutorial.md").read_text(encoding="utf-8")
    assert "](start.md#install)" in moved
    moved = moved.replace("](start.md", "](../README.md")
    assert moved.replace("](language/index.md", "](language/README.md") == text


def test_examples_are_pages_that_show_them(staged: Path) -> None:
    script = (DOCS / "examples" / "dpo.py").read_text(encoding="utf-8")
    assert (staged / "examples/dpo.md").read_text() == f"# dpo.py\n\n```python\n{script}```\n"
    notebook = (staged / "examples/notebook.md").read_text()
    assert notebook.startswith("# Train, look, correct\n\n")
    assert "\n```\n!ptt show {callback.run_dir}\n```\n" in notebook
    index = (staged / "examples/index.md").read_text()
    assert "[dpo.py](dpo.md)" in index
    assert index.index("\ndpo.md\n") < index.index("\nnotebook.md\n")
    assert "\ntags.md\n" in (staged / "examples/our_lab/index.md").read_text()


BAD = """<img src="https://a.b/c.png" alt="c"><img src="here.svg">
<script src="//a.b/c.js"></script><link rel="stylesheet" href="http://a.b/c.css">
<a href="no.html">x</a><a href="#no">x</a><a href="good.html#no">x</a>"""
GOOD = """<h1 id="top">x</h1><a href="#top">x</a><a href="https://a.b">x</a>
<img src="here.svg" alt="x"><link rel="next" href="https://a.b">"""


def test_faults_of_built_pages_are_found(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    (tmp_path / "here.svg").write_text("<svg/>")
    (tmp_path / "good.html").write_text(GOOD)
    assert CHECK.main(tmp_path) == 0
    (tmp_path / "bad.html").write_text(BAD)
    (tmp_path / "a.css").write_text("@font-face { src: url('https://a.b/c.woff') }")
    assert CHECK.main(tmp_path) == 1
    found = capsys.readouterr().err.splitlines()
    assert [re.sub(r"https?:", "", line) for line in found] == [
        "bad.html: a picture without a text: here.svg",
        "bad.html: loads //a.b/c.png",
        "bad.html: loads //a.b/c.js",
        "bad.html: loads //a.b/c.css",
        "bad.html: no.html: no such file",
        "bad.html: #no: no such heading",
        "bad.html: good.html#no: no such heading",
        "a.css: asks another host: url('//a.b/c.woff')",
    ]


def test_a_folder_without_pages_is_an_error(tmp_path: Path) -> None:
    assert CHECK.main(tmp_path) == 2


@pytest.mark.parametrize("path", sorted((ROOT / "rulepacks").rglob("pack.ptt")), ids=str)
def test_colours_lose_no_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "".join(part for *_, part in LEXER.PttLexer().get_tokens_unprocessed(text)) == text


def test_colours_are_those_of_editors() -> None:
    text = '# a\nhigh when mean(kl[5]) > 50%\nmessage "a \\" {kl:.2f}" then'
    found = [
        (str(kind).removeprefix("Token."), part)
        for _, kind, part in LEXER.PttLexer().get_tokens_unprocessed(text)
        if part.strip()
    ]
    assert found[:4] == [
        ("Comment", "# a"),
        ("Keyword.Constant", "high"),
        ("Keyword", "when"),
        ("Name.Builtin", "mean"),
    ]
    assert ("Literal.String", '"a \\" {kl:.2f}"') in found
    assert found[-1] == ("Keyword", "then")
