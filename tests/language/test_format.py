"""The formatter: one layout, nothing lost, and the same program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules.language.source import Source
from ptt_rules.language.syntax import format_source, parse, tree
from ptt_rules.language.syntax.format.comments import comments_of
from ptt_rules.language.syntax.format.layout import Layout
from ptt_rules.language.syntax.format.source import bare
from tests.language.programs import programs

ROOT = Path(__file__).parents[2]
PACKS = [
    *sorted((ROOT / "rulepacks").rglob("*.ptt")),
    *(ROOT / "tests" / name for name in ("golden/taste.ptt", "tour/mine.ptt")),
]


def formatted(text: str) -> str:
    found, diagnostics = format_source(Source("a.ptt", text))
    assert found is not None, diagnostics
    return found


def nodes_of(node: Any) -> Iterator[tuple[tree.Node, tree.Node]]:
    """Each node with its parent."""
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, tree.Node) and is_dataclass(child):
                yield child, node
                yield from nodes_of(child)


def classes_of(node: Any) -> set[type]:
    return {type(node), *(type(child) for child, _ in nodes_of(node))}


def test_the_programs_are_of_every_class_of_the_tree() -> None:
    seen: set[type] = set()

    @settings(max_examples=2500, derandomize=True, database=None)
    @given(text=programs())
    def collect(text: str) -> None:
        seen.update(classes_of(parse(Source("a.ptt", text))[0]))

    collect()
    every = {each for each in vars(tree).values() if isinstance(each, type) and _is_node(each)}
    assert every - seen == {tree.Node, tree.BrokenDecl}


def _is_node(each: type) -> bool:
    return issubclass(each, tree.Node)


@settings(max_examples=600)
@given(text=programs())
def test_a_formatted_program_is_the_same_program(text: str) -> None:
    source = Source("a.ptt", text)
    module, diagnostics = parse(source)
    assert diagnostics == []
    again = formatted(text)
    assert bare(parse(Source("a.ptt", again))[0]) == bare(module)
    kept = [comment.text for comment in comments_of(again)]
    assert kept == [comment.text for comment in comments_of(text)]


@settings(max_examples=600)
@given(text=programs())
def test_formatting_twice_is_once(text: str) -> None:
    once = formatted(text)
    assert formatted(once) == once
    assert once == "" or once.endswith("\n")
    assert "\n\n\n" not in once.replace('"""', "")
    outside = once.split('"""')[::2]
    assert all(line == line.rstrip() for part in outside for line in part.split("\n")[:-1])


@settings(max_examples=200)
@given(text=programs())
def test_the_span_of_each_node_lies_in_its_parent(text: str) -> None:
    module, _ = parse(Source("a.ptt", text))
    for child, parent in nodes_of(module):
        assert parent.span.contains(child.span), (parent, child)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_shipped_packs_and_examples_are_formatted(path: Path) -> None:
    assert formatted(path.read_text()) == path.read_text()


def test_a_file_that_does_not_parse_is_left_alone() -> None:
    found, diagnostics = format_source(Source("a.ptt", "detector x { high kl }"))
    assert found is None
    assert diagnostics


@pytest.mark.parametrize(
    ("damaged", "told"),
    [
        ('metric kl: nats = "kl"\n', "other comments"),
        ('metric kl: nats = "kl"  # logged twice\n', "other comments"),
        ('metric kl: nats = "KL"  # logged\n', "something else"),
        ('metric kl: nats = "kl" {  # logged\n', "something else"),
    ],
)
def test_a_text_that_was_damaged_is_never_returned(
    monkeypatch: pytest.MonkeyPatch, damaged: str, told: str
) -> None:
    monkeypatch.setattr(Layout, "file", lambda *_: damaged)
    with pytest.raises(RuntimeError, match=told):
        format_source(Source("a.ptt", 'metric kl: nats = "kl"  # logged\n'))


def test_a_layout_that_would_be_larger_than_the_limit_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "detector d{low when a>1}"
    monkeypatch.setattr("ptt_rules.language.syntax.format.source.MAX_SOURCE_CHARS", len(text))
    found, diagnostics = format_source(Source("a.ptt", text))
    assert found is None
    assert [diagnostic.code for diagnostic in diagnostics] == ["PTT004"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n\n", ""),
        ("  # only a comment  \n", "# only a comment\n"),
        ("# a\n\n\n# b", "# a\n\n# b\n"),
        ("\r\n# a\r\n", "# a\n"),
    ],
)
def test_files_without_declarations(text: str, expected: str) -> None:
    assert formatted(text) == expected


@pytest.mark.parametrize("ends", ["\r\r\n", "\r", "\r\n", "\r\r\r\n\n\r", "\n\r"])
def test_line_ends_in_a_text_become_plain_in_one_pass(ends: str) -> None:
    text = (
        f'detector d {{{ends}  high when kl > 1{ends}  message """{ends}a{ends}  b{ends}"""{ends}}}'
    )
    once = formatted(text)
    assert "\r" not in once
    assert formatted(once) == once


@given(st.text(alphabet='#"`{}\n a\\', max_size=40))
def test_comments_are_found_in_any_text(text: str) -> None:
    for comment in comments_of(text):
        assert text.startswith(comment.text, comment.offset)
        assert comment.text.startswith("#")
