"""Pages of packs: those of the shipped packs are always true, and every picture can be drawn."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ptt_rules import Event, EventKind, Level, load, shipped_packs
from ptt_rules.authoring.tests.traces import Curve, Trace, traces
from ptt_rules.cli.docs import pages
from ptt_rules.cli.main import main
from ptt_rules.packs import load_tested
from ptt_rules.report.chart import MAX_POINTS, Drawing
from ptt_rules.report.firing import LEFT, RIGHT, WIDTH, firing_drawing
from ptt_rules.report.markup import Html
from ptt_rules.report.page import (
    Bullets,
    Heading,
    Paragraph,
    Picture,
    Table,
    html_page,
    markdown,
)

PAGES = Path(__file__).parents[2] / "docs" / "packs"
Capture = pytest.CaptureFixture[str]
HEIGHT = 200


@cache
def shipped() -> dict[str, str]:
    return pages(shipped_packs(), "markdown")


def test_the_pages_of_the_shipped_packs_are_up_to_date() -> None:
    """`ptt docs -o docs/packs` writes them."""
    there = {
        path.relative_to(PAGES).as_posix(): path.read_text(encoding="utf-8")
        for path in PAGES.rglob("*.*")
    }
    assert sorted(there) == sorted(shipped())
    assert [name for name, text in shipped().items() if there[name] != text] == []


@pytest.mark.parametrize("name", shipped_packs())
def test_a_page_tells_of_every_detector_of_its_own(name: str) -> None:
    page = shipped()[f"{name}.md"]
    own = [one for one in load(name).detectors if one.name.startswith(f"{name}.")]
    told = re.findall(r"^## (\w+)$", page, re.MULTILINE)
    assert {one.name.partition(".")[2] for one in own} <= set(told)
    for one in own:
        section = page.split(f"## {one.name.partition('.')[2]}\n")[1].split("\n## ")[0]
        assert all(f"**{level.word}** when " in section for level in one.levels)
        assert "**Why:**" in section
        assert "**What to do:**" in section
        assert "**Reference:**" in section


@pytest.mark.parametrize("name", shipped_packs())
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    page = shipped()[f"{name}.md"]
    headings = set(re.findall(r"^## (\w+)$", page, re.MULTILINE))
    for target in re.findall(r"\]\(([^)]+)\)", page):
        if target.startswith("#"):
            assert target[1:] in headings
        elif not target.startswith("https://"):
            assert target in shipped()


@pytest.mark.parametrize("name", shipped_packs())
def test_every_detector_that_reads_metrics_has_a_picture(name: str) -> None:
    own = [one for one in load(name).detectors if one.name.startswith(f"{name}.") and one.keys]
    assert [one.name for one in own if f"pictures/{one.name}.svg" not in shipped()] == []


def test_pictures_are_whole_and_of_one_size() -> None:
    for name, text in shipped().items():
        if name.endswith(".svg"):
            root = ET.fromstring(text)
            assert root.get("viewBox", "").startswith("0 0 720 ")
            assert "nan" not in text.replace("NaN", "").partition("</style>")[2].lower().split()
            numbers = re.findall(r' (?:x|y|x1|x2)="([^"]+)"', text)
            assert all(0 <= float(number) <= 720 for number in numbers), name


# ---- pictures ------------------------------------------------------------------------------


def event(word: str, level: Level, step: int, since: int | None = None) -> Event:
    return Event(EventKind(word), "p.x", level, step, step, None, "", since_step=since)


@pytest.mark.parametrize(
    "values",
    [
        [1.0] * 50,
        [None] * 25 + [1.0] * 25,
        [math.nan] * 50,
        [1.0, math.nan, math.inf, -math.inf, 2.0] * 10,
        [1e308, -1e308] * 25,
        [0.0] * 49 + [1e-300],
    ],
)
def test_any_values_can_be_drawn(values: list[float | None]) -> None:
    events = (event("fired", Level.HIGH, 30, 20), event("resolved", Level.HIGH, 40))
    trace = Trace("t <&>", tuple(range(1, 51)), (Curve("a/b<c>", tuple(values)),), events)
    root = ET.fromstring(firing_drawing(trace).file())
    words = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "since 20" in words
    assert "high at 30" in words
    for line in root.iter("{http://www.w3.org/2000/svg}polyline"):
        points = [tuple(map(float, pair.split(","))) for pair in line.get("points", "").split()]
        assert all(LEFT <= x <= WIDTH - RIGHT and 0 < y < HEIGHT for x, y in points)


def test_a_long_curve_keeps_its_spikes() -> None:
    values = [1.0] * 5000
    values[2345] = 9.0
    trace = Trace(
        "t", tuple(range(5000)), (Curve("a", tuple(values)),), (event("fired", Level.LOW, 2400),)
    )
    (line,) = ET.fromstring(firing_drawing(trace).file()).iter(
        "{http://www.w3.org/2000/svg}polyline"
    )
    points = [tuple(map(float, pair.split(","))) for pair in line.get("points", "").split()]
    assert len(points) <= MAX_POINTS
    assert min(y for _, y in points) < max(y for _, y in points) - 30


def test_a_trace_is_of_the_first_test_that_fires_a_detector(tmp_path: Path) -> None:
    path = tmp_path / "lab.ptt"
    path.write_text(
        'metric a: none = "a"\n'
        "detector up { high when a > 1 }\n"
        "detector down { low when a < -1 }\n"
        'test "silent" { a = 0 x 5 expect no up }\n'
        'test "first" { a = 0 x 5, 2 x 5 expect up.high at 6 }\n'
        'test "second" { a = 0 x 5, 3 x 5 expect up }\n'
    )
    found = traces(load_tested(path))
    assert list(found) == ["lab.up"]
    assert found["lab.up"].test == "first"
    assert found["lab.up"].curves[0].values[5] == 2


# ---- documents -----------------------------------------------------------------------------

DOCUMENT = [
    Heading("A `b` <c>", 1),
    Paragraph("**bold `x`** and [link](grpo.md#a), [out](https://x.org/a?b&c) a < b"),
    Bullets(("one", "`two|three`")),
    Table(("a", ""), (("`x|y`", "**z**"),)),
    Heading("part", 2, anchor="part"),
    Picture(Drawing(9, 8, "a", (Html("<g/>"),)), "pictures/a.svg", "x[y]: what"),
]


def test_a_document_as_markdown() -> None:
    assert markdown(DOCUMENT) == (
        "# A `b` <c>\n\n"
        "**bold `x`** and [link](grpo.md#a), [out](https://x.org/a?b&c) a < b\n\n"
        "- one\n- `two|three`\n\n"
        "| a |  |\n| --- | --- |\n| `x\\|y` | **z** |\n\n"
        "## part\n\n"
        "![x(y): what](pictures/a.svg)\n"
    )


def test_a_document_as_html() -> None:
    page = html_page("A & B", DOCUMENT)
    body = page.partition('<main class="reading">\n')[2]
    assert body.splitlines()[:3] == [
        "<header><h1>A <code>b</code> &lt;c&gt;</h1>",
        '<p><strong>bold <code>x</code></strong> and <a href="grpo.html#a">link</a>, '
        '<a href="https://x.org/a?b&amp;c">out</a> a &lt; b</p>',
        "<ul><li>one</li><li><code>two|three</code></li></ul>",
    ]
    assert '<section><h2 id="part">part</h2>\n<svg role="img" aria-label="a"' in body
    assert "<title>A &amp; B</title>" in page


class Outside(HTMLParser):
    """What a page would have to fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("img", "script", "link", "iframe"):
            self.found.append(tag)


def test_html_pages_need_no_other_file() -> None:
    files = pages(["rloo", "sft"], "html")
    assert sorted(files) == ["index.html", "rloo.html", "sft.html"]
    for text in files.values():
        parser = Outside()
        parser.feed(text)
        assert parser.found == []
    assert 'href="sft.html"' in files["index.html"]


# ---- the command ---------------------------------------------------------------------------


def test_pages_are_written_and_checked(tmp_path: Path, capsys: Capture) -> None:
    arguments = ["docs", "sft", "-o", str(tmp_path / "a" / "b")]
    assert main([*arguments, "--check"]) == 1
    assert main(arguments) == 0
    assert main([*arguments, "--check"]) == 0
    assert (tmp_path / "a" / "b" / "sft.md").is_file()
    (tmp_path / "a" / "b" / "sft.md").write_text("old")
    capsys.readouterr()
    assert main([*arguments, "--check"]) == 1
    assert capsys.readouterr().out == f"{tmp_path / 'a' / 'b' / 'sft.md'} would change\n"
    assert main(arguments) == 0
    assert "1 of " in capsys.readouterr().out


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").write_text("")
    assert main(["docs", "sft", "-o", str(tmp_path / "file" / "b")]) == 2
    assert "PTT308" in capsys.readouterr().err
