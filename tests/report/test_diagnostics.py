"""Diagnostics as text, JSON and annotations, where no pack of the golden texts shows it."""

from __future__ import annotations

import json
import time

import pytest

from ptt_rules import Diagnostic, Edit, Label, PttError, Severity, loads
from ptt_rules.border.visible import visible
from ptt_rules.language.source import Source, Span
from ptt_rules.report import Colour, diagnostic_text, diagnostics_summary, github_line
from ptt_rules.report.excerpt import MAX_WIDTH, marks_of

KL = Source("kl.ptt", 'metric kl: nats = "kl"\nparam limit = 0.3\n')
OTHER = Source("lab/other.ptt", "metric entropy: nats\nmetric kl: nats\n")


def place_of(source: Source, text: str) -> Span:
    start = source.text.index(text)
    return Span(start, start + len(text))


def marked(source: Source, span: Span, *labels: Label, note: str = "") -> list[str]:
    """The lines between the place and the pages of a diagnostic, without their margin."""
    told = Diagnostic("PTT101", "m", source, span, note=note, labels=labels)
    lines = diagnostic_text(told).splitlines()
    return [line[5:] for line in lines[3:] if " | " in line]


# ---- marks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("kl > 3", "3", ["kl > 3", "     ^ note"]),
        ("\tkl > 3", "kl", ["    kl > 3", "    ^^ note"]),
        ("策略 kl", "kl", ["策略 kl", "     ^^ note"]),
        ("策略 kl", "策略", ["策略 kl", "^^^^ note"]),
        ("🚀🚀kl", "kl", ["🚀🚀kl", "    ^^ note"]),
        ("e\u0301e\u0301 kl", "kl", ["e\u0301e\u0301 kl", "   ^^ note"]),
        ("\x1b[31mkl", "kl", ["␛[31mkl", "     ^^ note"]),
        ("\u202ekl", "kl", ["\N{REPLACEMENT CHARACTER}kl", " ^^ note"]),
    ],
)
def test_marks_stand_under_what_they_mark(text: str, wanted: str, expected: list[str]) -> None:
    source = Source("a.ptt", text)
    assert marked(source, place_of(source, wanted), note="note") == expected


def test_a_place_without_characters_is_marked_with_one() -> None:
    source = Source("a.ptt", "kl >\n")
    assert marked(source, Span(4, 4), note="here") == ["kl >", "    ^ here"]


def test_texts_of_marks_on_one_line_stand_below_from_right_to_left() -> None:
    source = Source("a.ptt", "aa bb cc")
    labels = (Label(Span(3, 5), "second"), Label(Span(6, 8), "third"))
    assert marked(source, Span(0, 2), *labels, note="first") == [
        "aa bb cc",
        "^^ -- -- third",
        "   second",
        "first",
    ]


def test_marks_that_overlap_have_rows_of_their_own() -> None:
    source = Source("a.ptt", "aa bb cc")
    labels = (Label(Span(0, 8), "all"), Label(Span(3, 5), "same"))
    assert marked(source, Span(3, 5), *labels, note="here") == [
        "aa bb cc",
        "   ^^ here",
        "-------- all",
        "   -- same",
    ]


def test_a_span_over_lines_is_marked_where_it_begins_and_ends() -> None:
    source = Source("a.ptt", "on high {\n\n  }\n")
    told = diagnostic_text(Diagnostic("PTT107", "m", source, Span(0, 14), note="ends"))
    assert told.splitlines()[3:8] == [
        " 1 | on high {",
        "   | ^^^^^^^^^",
        "...",
        " 3 |   }",
        "   |   ^ ends",
    ]


def test_a_span_that_ends_before_a_line_begins_stays_in_bounds() -> None:
    source = Source("a.ptt", "ab\n  cd\n")
    assert marked(source, Span(0, 3), note="x") == ["ab", "^^", "  cd", "^ x"]


def test_a_label_in_another_file_is_a_second_place() -> None:
    label = Label(place_of(OTHER, "kl"), "first here", OTHER)
    told = Diagnostic("PTT102", "twice", KL, place_of(KL, "kl"), labels=(label,))
    text = diagnostic_text(told)
    assert "  --> kl.ptt:1:8\n" in text
    assert (
        "  --> lab/other.ptt:2:8\n   |\n 2 | metric kl: nats\n   |        -- first here\n" in text
    )
    assert told.to_json()["labels"] == [
        {
            "message": "first here",
            "file": "lab/other.ptt",
            "line": 2,
            "column": 8,
            "end_line": 2,
            "end_column": 10,
        }
    ]


@pytest.mark.parametrize("at", [0, 50, 500, 5_000, 9_990])
@pytest.mark.parametrize("char", ["x", "策", "\t", "\u0301"])
def test_a_long_line_is_shown_around_its_mark(at: int, char: str) -> None:
    line = char * at + "kl!" + char * (10_000 - at)
    source = Source("a.ptt", line)
    shown, mark = marked(source, Span(at, at + 3), note="here")[:2]
    assert len(shown.replace("\u0301", "")) <= MAX_WIDTH + 6
    assert len(shown) <= 2 * MAX_WIDTH + 6
    assert "kl!" in shown
    assert mark.strip() == "^^^ here"


def test_many_mistakes_on_one_huge_line_are_shown_in_bounded_time() -> None:
    source = Source("a.ptt", "kl " * 300_000)
    told = [Diagnostic("PTT101", "m", source, Span(n, n + 2)) for n in range(0, 900_000, 3_000)]
    began = time.perf_counter()
    assert all("^^" in diagnostic_text(one) for one in told)
    assert time.perf_counter() - began < 5


def test_the_margin_is_as_wide_as_the_largest_line_number() -> None:
    source = Source("a.ptt", "\n" * 1233 + "kl\n")
    lines = diagnostic_text(Diagnostic("PTT101", "m", source, Span(1233, 1235))).splitlines()
    assert lines[1:] == [
        "    --> a.ptt:1234:1",
        "     |",
        "1234 | kl",
        "     | ^^",
        "     = explain: ptt explain PTT101",
    ]


def test_a_message_is_one_line_and_moves_no_cursor() -> None:
    assert visible("`a\n    > b` is\x1b[2J\r none") == "`a > b` is␛[2J␍ none"


@pytest.mark.parametrize(("start", "end"), [(0, 3), (2, 4), (0, 8), (7, 8), (8, 8)])
def test_marks_lie_in_their_lines(start: int, end: int) -> None:
    source = Source("a.ptt", "ab\ncd\n\nx")
    for mark in marks_of(source, Span(start, end), "", is_primary=True):
        assert 0 <= mark.start <= mark.end <= len(source.line(mark.line))


# ---- the rest of a diagnostic --------------------------------------------------------------


def test_a_diagnostic_without_a_text_names_its_file() -> None:
    told = Diagnostic("PTT402", "there is no such run log", file="runs/a", hint="give one")
    assert diagnostic_text(told).splitlines() == [
        "error[PTT402]: there is no such run log",
        "  --> runs/a",
        "   = hint: give one",
        "   = explain: ptt explain PTT402",
    ]


def test_colour_marks_errors_red_and_warnings_yellow() -> None:
    for severity, tone in ((Severity.ERROR, "31"), (Severity.WARNING, "33")):
        told = Diagnostic("PTT101", "m", KL, Span(7, 9), severity=severity)
        text = diagnostic_text(told, Colour(is_on=True))
        assert f"\x1b[{tone}m^^\x1b[0m" in text
        plain = diagnostic_text(told)
        assert "\x1b" not in plain


def test_the_summary_counts_errors_warnings_and_files() -> None:
    error = Diagnostic("PTT101", "m", KL, Span(7, 9))
    warning = Diagnostic("PTT101", "m", OTHER, Span(7, 9), severity=Severity.WARNING)
    assert diagnostics_summary([error]) == "1 error in 1 file"
    assert diagnostics_summary([error, error, warning]) == "2 errors and 1 warning in 2 files"


def test_an_edit_is_data() -> None:
    edit = Edit(place_of(KL, "0.3"), "0.5")
    told = Diagnostic("PTT206", "m", KL, place_of(KL, "0.3"), edit=edit)
    assert told.to_json()["edit"] == {
        "text": "0.5",
        "line": 2,
        "column": 15,
        "end_line": 2,
        "end_column": 18,
    }
    assert json.loads(json.dumps(told.to_json())) == told.to_json()


def test_a_label_of_the_same_file_names_it_too() -> None:
    with pytest.raises(PttError) as raised:
        loads('metric kl: nats = "kl"\nmetric kl: nats = "b"\n', name="mine.ptt")
    (label,) = raised.value.diagnostics[0].to_json()["labels"]
    assert (label["file"], label["line"], label["message"]) == ("mine.ptt", 1, "first here")


# ---- annotations ---------------------------------------------------------------------------


def test_an_annotation_escapes_what_a_command_would_read() -> None:
    source = Source("a,b:50%.ptt", "kl\n")
    told = Diagnostic("PTT203", "50% is\r\nno: a,b", source, Span(0, 2), hint="x::y")
    assert github_line(told) == (
        "::error file=a%2Cb%3A50%25.ptt,line=1,endLine=1,col=1,endColumn=3,"
        "title=PTT203 different units::50%25 is%0D%0Ano: a,b (hint: x::y)"
    )


def test_an_annotation_over_lines_has_no_columns_and_one_without_a_file_no_place() -> None:
    over = Diagnostic("PTT107", "m", Source("a.ptt", "ab\ncd\n"), Span(0, 5))
    assert github_line(over).startswith("::error file=a.ptt,line=1,endLine=2,title=PTT107 ")
    nowhere = Diagnostic("PTT304", "m", severity=Severity.WARNING)
    assert github_line(nowhere) == "::warning title=PTT304 unknown policy::m"
