"""Names of detectors, taken apart and put together."""

from __future__ import annotations

import pytest

from ptt_rules import PttError, Who
from ptt_rules.language.check import meant, spellings, the_one_meant

KNOWN = ("grpo.drop", "lab.drop", "lab.flat")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("grpo.drop", ("grpo", "drop", "")),
        ("drop", ("", "drop", "")),
        ("grpo.flat[format]", ("grpo", "flat", "format")),
        ("flat[format]", ("", "flat", "format")),
        ("grpo.flat[a.b[0]]", ("grpo", "flat", "a.b[0]")),
        ("flat[a, b]", ("", "flat", "a, b")),
        ("grpo.drop.high", ("grpo", "drop.high", "")),
    ],
)
def test_a_name_is_its_parts(text: str, parts: tuple[str, str, str]) -> None:
    assert Who.parse(text) == Who(*parts)
    assert str(Who.parse(text)) == text


def test_an_instance_stays_on_one_line_and_is_still_another_one() -> None:
    one, other = Who.of("grpo.flat", ["a\nb"]), Who.of("grpo.flat", ["a\rb"])
    assert str(one) == "grpo.flat[a␊b]"
    assert str(other) == "grpo.flat[a␍b]"
    assert one.to_json() == ["grpo.flat", "a\nb"]


def test_names_are_in_the_order_of_what_is_written() -> None:
    written = ["a.b", "a.b2", "a.c", "a.c[x]", "a.c[y]", "a_b.a", "b.a"]
    assert [str(one) for one in sorted(map(Who.parse, reversed(written)))] == written


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("lab.drop", ["lab.drop"]),
        ("drop", ["grpo.drop", "lab.drop"]),
        ("flat", ["lab.flat"]),
        ("lab", []),
        ("grpo.flat", []),
        ("", []),
    ],
)
def test_a_name_without_its_pack_means_each_that_is_called_so(name: str, found: list[str]) -> None:
    assert meant(name, KNOWN) == found


def test_one_is_meant_or_none_or_it_is_said_which() -> None:
    assert the_one_meant("flat", KNOWN) == "lab.flat"
    assert the_one_meant("steep", KNOWN) is None
    with pytest.raises(PttError, match="2 packs have a detector `drop`") as error:
        the_one_meant("drop", KNOWN)
    assert error.value.diagnostics[0].hint == "write `grpo.drop` or `lab.drop`"


def test_a_name_may_be_written_with_its_pack_and_without() -> None:
    assert spellings(KNOWN) == [*KNOWN, "drop", "drop", "flat"]
