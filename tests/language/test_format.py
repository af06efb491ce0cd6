"""The formatter: one layout, nothing lost, and the same program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules.source import Source
from ptt_rules.syntax import format_source, parse, tree
from ptt_rules.syntax.format.comments import comments_of
from ptt_rules.syntax.format.source import bare
from tests.language.programs import programs

GOLDEN = Path(__file__).parents[1] / "golden" / "format"
PACKS = sorted((Path(__file__).parents[2] / "rulepacks").rglob("*.ptt"))
CASES = sorted(GOLDEN.glob("*.in.ptt"))


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


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_the_layout_is_as_a_person_read_it(path: Path) -> None:
    golden = path.with_name(path.name.replace(".in.ptt", ".out.ptt"))
    found = formatted(path.read_text())
    if os.environ.get("PTT_REWRITE_GOLDEN"):
        golden.write_text(found)
    assert found == golden.read_text()


@pytest.mark.parametrize("path", PACKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_shipped_packs_are_formatted(path: Path) -> None:
    assert formatted(path.read_text()) == path.read_text()


def test_a_file_that_does_not_parse_is_left_alone() -> None:
    found, diagnostics = format_source(Source("a.ptt", "detector x { high kl }"))
    assert found is None
    assert diagnostics


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


@given(st.text(alphabet='#"`{}\n a\\', max_size=40))
def test_comments_are_found_in_any_text(text: str) -> None:
    for comment in comments_of(text):
        assert text.startswith(comment.text, comment.offset)
        assert comment.text.startswith("#")
