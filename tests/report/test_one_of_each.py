"""Escaping, the frame of a page, drawings, and wrapped lines: each is made in one place."""

from __future__ import annotations

import os
import re

import pytest

from ptt_rules.report import width_of
from ptt_rules.report.chart import Extent, ends, fitting, label, nice
from ptt_rules.report.markup import Html, tag
from ptt_rules.report.terminal import WIDEST, WIDTH, wrapped
from tests.house.sources import place, sources

PLACES = {
    r"\bfrom html import escape\b": ["ptt_rules/report/markup"],
    r"<!doctype html>": ["ptt_rules/report/page/html"],
    r"""["']svg["']|<svg""": ["ptt_rules/report/chart/drawing"],
    r"\btextwrap\.(fill|wrap)\b": ["ptt_rules/report/terminal"],
    # `watch` cuts the lines that it takes back
    r"\bget_terminal_size\b": ["ptt_rules/cli/watch", "ptt_rules/report/terminal"],
    r"prefers-color-scheme": ["ptt_rules/report/chart/style", "ptt_rules/report/page/style"],
}


@pytest.mark.parametrize(("what", "where"), PLACES.items(), ids=PLACES)
def test_it_is_made_in_one_place(what: str, where: list[str]) -> None:
    found = [place(path) for path in sources() if re.search(what, path.read_text())]
    assert sorted(found) == where


def test_what_is_no_markup_is_escaped() -> None:
    assert tag("p", '<b> & "c"', css="x", title="'<'") == (
        '<p class="x" title="&#x27;&lt;&#x27;">&lt;b&gt; &amp; &quot;c&quot;</p>'
    )
    assert tag("p", Html("<b>c</b>")) == "<p><b>c</b></p>"
    assert tag("line", x1=1.25, stroke_width=2) == '<line x1="1.2" stroke-width="2"/>'


# ---- axes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.04423, "0.0442"),
        (72000.0, "72000"),
        (1234567.0, "1.23e6"),
        (-1.23456e15, "-1.23e15"),
        (4e-15, "4e-15"),
        (1e-5, "1e-5"),
    ],
)
def test_a_number_of_an_axis_is_short(value: float, text: str) -> None:
    assert label(value) == text


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 2.0, ["2", "0"]),
        (1.0, 1.0, ["1"]),
        (1.2301, 1.2302, ["1.2302", "1.2301"]),
        (-123456.0, -123454.0, ["-123454", "-123456"]),
        (-1e308, 1e308, ["1e308", "-1e308"]),
    ],
)
def test_the_ends_of_an_axis_can_be_told_apart(low: float, high: float, labels: list[str]) -> None:
    assert list(ends(Extent(low, high))) == labels


@pytest.mark.parametrize(("last", "count"), [(1, 2), (2, 3), (7, 8), (160, 9), (999_999, 11)])
def test_steps_of_an_axis_are_round_and_few(last: int, count: int) -> None:
    ticks = nice(last)
    assert ticks[0] == 0
    assert ticks[-1] == last
    assert 2 <= len(ticks) <= 12
    assert len(ticks) == count


def test_a_text_without_room_is_cut_where_it_matters_less() -> None:
    assert fitting("a/long/key", 1000) == "a/long/key"
    assert fitting("a/long/key", 35) == "a/lo…"
    assert fitting("a/long/key", 35, keeps_end=True) == "…/key"


# ---- lines ---------------------------------------------------------------------------------


class Screen:
    """A stream that a terminal shows."""

    def fileno(self) -> int:
        return 1


@pytest.mark.parametrize(
    ("columns", "asked", "width"),
    [(60, "", 60), (100, "", 100), (240, "", WIDEST), (7, "", 40), (60, "130", 130), (60, "5", 40)],
)
def test_lines_are_as_wide_as_the_terminal(
    columns: int, asked: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", asked)
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((columns, 24)))
    assert width_of(Screen()) == width  # type: ignore[arg-type]


def test_a_pipe_has_the_usual_width() -> None:
    with open("/dev/null") as stream:
        assert width_of(stream) == WIDTH


def test_what_people_copy_stays_whole() -> None:
    text = "see runs/a-very-long-name/of-a/checkpoint-400 and go on"
    assert wrapped(text, 20, label="  ").split("\n") == [
        "  see",
        "  runs/a-very-long-name/of-a/checkpoint-400",
        "  and go on",
    ]
