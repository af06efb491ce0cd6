"""The outline of a file, the edits that mend it, and which files make a pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptt_rules.authoring.lsp.actions import mendings
from ptt_rules.authoring.lsp.outline import outline
from ptt_rules.authoring.lsp.project import Board, Project
from ptt_rules.language.diagnostics import Diagnostic, Edit
from ptt_rules.language.source import Source, Span

TEXT = """pack mine 1.0.0 { extends grpo }
metric kl: nats = "kl"
override param entropy_floor = 5%
disable policy_gradient.reward_lost because "x"
detector a {
  let now = kl
  high when now > > 1
}
test "it fires" { kl = 1 }
"""


def test_every_declaration_is_in_the_outline_also_one_with_an_error() -> None:
    entries = [(one.detail, one.name) for one in outline(Source("a.ptt", TEXT))]
    assert entries == [
        ("pack", "mine"),
        ("metric", "kl"),
        ("override", "override param entropy_floor"),
        ("disable", "disable policy_gradient.reward_lost"),
        ("detector", "a"),
        ("test", "it fires"),
    ]


def test_lets_are_inside_of_their_detector() -> None:
    source = Source("a.ptt", TEXT)
    (detector,) = [one for one in outline(source) if one.name == "a"]
    assert [source.slice(let.span) for let in detector.inner] == ["let now = kl"]


@pytest.mark.parametrize(
    ("edit", "title"),
    [
        (Edit(Span(0, 4), "metric"), "replace `pack` by `metric`"),
        (Edit(Span(0, 4), ""), "remove `pack`"),
        (Edit(Span(4, 4), " x"), "insert `x`"),
    ],
)
def test_a_mending_says_what_it_does(edit: Edit, title: str) -> None:
    source = Source("a.ptt", TEXT)
    found = Diagnostic("PTT001", "wrong", source, Span(0, 4), edit=edit)
    assert [one.title for one in mendings([found], source, Span(2, 2))] == [title]


def test_no_mending_is_offered_elsewhere_or_for_another_text() -> None:
    source = Source("a.ptt", TEXT)
    found = Diagnostic("PTT001", "wrong", source, Span(0, 4), edit=Edit(Span(0, 4), "x"))
    assert list(mendings([found], source, Span(9, 9))) == []
    assert list(mendings([found], Source("a.ptt", TEXT + " "), Span(2, 2))) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pack.ptt").write_text("pack mine 1.0.0 { }\n")
    (tmp_path / "rules.ptt").write_text("detector a { high when kl > 1 }\n")
    (tmp_path / "deep").mkdir()
    return tmp_path


def codes(project: Project, place: str) -> dict[str, list[str]]:
    found = project.check(place)
    return {Path(file).name: [one.code for one in each] for file, each in found.items()}


def test_the_pack_of_a_file_is_the_nearest_folder_above_that_declares_one(folder: Path) -> None:
    inner = folder / "deep" / "new.ptt"
    project = Project({str(inner): 'metric kl: nats = "kl"\n'})
    assert project.place(str(inner)) == str(folder)
    assert set(codes(project, str(folder))) == {"pack.ptt", "rules.ptt", "new.ptt"}


def test_an_open_text_takes_the_place_of_the_file(folder: Path) -> None:
    rules = str(folder / "rules.ptt")
    assert codes(Project({rules: ""}), str(folder))["rules.ptt"] == []
    assert codes(Project(), str(folder))["rules.ptt"] == ["PTT101"]


def test_tests_of_a_single_file_belong_to_it(tmp_path: Path) -> None:
    rules, tests = str(tmp_path / "a.ptt"), str(tmp_path / "a_test.ptt")
    assert Project({tests: ""}).place(tests) == tests
    project = Project(
        {rules: "param p = 1\n", tests: 'test "t" { with q = 2 `kl` = 1 expect silence }\n'}
    )
    assert project.place(tests) == rules
    assert codes(project, rules) == {"a.ptt": [], "a_test.ptt": ["PTT101"]}


def test_tests_beside_a_pack_are_checked_with_it(folder: Path) -> None:
    tests = str(folder / "a_test.ptt")
    project = Project({tests: 'test "t" { `kl` = 1 expect no b }\n'})
    assert codes(project, project.place(tests))["a_test.ptt"] == ["PTT101"]


def test_an_open_text_of_an_extended_pack_counts(root: Path) -> None:
    metrics = root / "rulepacks" / "common" / "metrics.ptt"
    text = metrics.read_text().replace("metric loss:", "metric lost:")
    project = Project({str(metrics): text})
    assert "PTT101" in codes(project, str(root / "rulepacks" / "grpo"))["numerics.ptt"]


def test_a_file_that_cannot_be_read_is_told_in_that_file(folder: Path) -> None:
    (folder / "rules.ptt").write_bytes(b"\xff")
    document = str(folder / "pack.ptt")
    project = Project({document: "pack mine 1.0.0 { }"})
    assert codes(project, str(folder))["rules.ptt"] == ["PTT308"]
    assert project.pack(document).sources == (project.source(document),)


def test_a_diagnostic_of_two_packs_is_shown_once_and_stays_until_both_are_mended() -> None:
    found = Diagnostic("PTT001", "wrong", Source("a.ptt", "x"))
    board = Board()
    assert board.put("one", {"a.ptt": [found]}) == ["a.ptt"]
    board.put("two", {"a.ptt": [found], "b.ptt": []})
    assert board.of("a.ptt") == [found]
    assert board.put("one", {}) == ["a.ptt"]
    assert board.of("a.ptt") == [found]
    assert board.forget("two") == ["a.ptt", "b.ptt"]
    assert board.of("a.ptt") == []
