"""Offsets and positions, as the protocol counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules.authoring.lsp.positions import Encoding, Positions

TEXT = "a🔥b\r\né\x0cc\nlast"


@pytest.mark.parametrize(
    ("encoding", "at_b", "at_c"),
    [
        (Encoding.UTF16, (0, 3), (1, 2)),
        (Encoding.UTF8, (0, 5), (1, 3)),
        (Encoding.UTF32, (0, 2), (1, 2)),
    ],
)
def test_columns_count_units(
    encoding: Encoding, at_b: tuple[int, int], at_c: tuple[int, int]
) -> None:
    positions = Positions(TEXT, encoding)
    assert positions.position(TEXT.index("b")) == at_b
    assert positions.position(TEXT.index("c")) == at_c  # a form feed ends no line
    assert positions.offset(*at_b) == TEXT.index("b")
    assert positions.offset(*at_c) == TEXT.index("c")


@pytest.mark.parametrize(
    ("line", "column", "rest"), [(0, 99, "\r\né\x0cc\nlast"), (2, 99, ""), (99, 0, "")]
)
def test_what_is_past_an_end_is_that_end(line: int, column: int, rest: str) -> None:
    assert TEXT[Positions(TEXT).offset(line, column) :] == rest


@given(st.text(alphabet="ab🔥é\n\r\x0c\u2028", max_size=20), st.sampled_from(Encoding), st.data())
def test_a_position_leads_back_to_its_offset(
    text: str, encoding: Encoding, data: st.DataObject
) -> None:
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n":
        return  # between the two there is no position
    positions = Positions(text, encoding)
    assert positions.offset(*positions.position(offset)) == offset
