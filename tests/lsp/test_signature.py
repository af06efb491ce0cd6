"""The call that a cursor is in, and the operand that comes."""

from __future__ import annotations

import pytest

from tests.lsp.cursor import signed

CALLS = [
    ("detector a { high when mean(‸) > 1 }", "mean(kl[20])", "kl[20]"),
    ("detector a { high when quantile(kl[20], ‸90%) > 1 }", "quantile(kl[20], 90%)", "90%"),
    ("detector a { high when corr(kl[20], ‸", "corr(kl[20], reward[20])", "reward[20]"),
    ("detector a { high when clamp(abs(kl), 1, ‸", "clamp(kl, 0, 1)", "1"),
    ("detector a { high when clamp(abs(‸kl), 1, 2) > 1 }", "abs(kl)", "kl"),
    ("detector a { high when share((kl > 0.3)‸", "share((kl > 0.3)[20])", "(kl > 0.3)[20]"),
    ("detector a { high when abs(kl, 1, ‸", "abs(kl)", "kl"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "call", "operand"), CALLS)
def test_the_innermost_call_is_shown_with_its_present_operand(
    text: str, call: str, operand: str
) -> None:
    found = signed(text)
    assert found is not None
    start, end = found.operands[found.present]
    assert (found.call, found.call[start:end]) == (call, operand)
    assert found.markdown


@pytest.mark.parametrize(
    "text",
    [
        "detector a { high when mean(kl[20]) ‸> 1 }",
        "detector a { high when (‸kl) > 1 }",
        'detector a { message "mean(‸" high when kl > 1 }',
        "# mean(‸",
    ],
)
def test_outside_of_calls_there_is_none(text: str) -> None:
    assert signed(text) is None
