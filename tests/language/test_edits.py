"""An edit, put where it says, mends the file."""

from __future__ import annotations

import pytest

from ptt_rules import Diagnostic, PttError, loads

METRIC = 'metric kl: nats = "kl"\nmetric entropy: nats = "entropy"\n'


def told(text: str) -> tuple[Diagnostic, ...]:
    try:
        loads(text, name="mine.ptt")
    except PttError as error:
        return error.diagnostics
    return ()


@pytest.mark.parametrize(
    "rule",
    [
        "detector a { high when entrpy > 3 }",
        "detector a { high when slopee(kl[20]) > 3 }",
        "detector a { high when len(kl[20]) > 3 }",
        'detector a { high when kl > "0.3" }',
        'detector a { high when kl > 3 message "{enropy:.2f}" }',
        'metric reward: scoer = "reward"',
        "detector kl_runaway { high when kl > 3 }\npolicy p { on kl_runawy { stop } }",
    ],
)
def test_a_plain_slip_is_mended_by_its_edit(rule: str) -> None:
    text = METRIC + rule
    (diagnostic,) = told(text)
    edit = diagnostic.edit
    assert edit is not None
    assert told(text[: edit.span.start] + edit.text + text[edit.span.end :]) == ()


@pytest.mark.parametrize(
    "rule",
    [
        "detector a { high when zzz > 3 }",
        "detector a { high when maen(kl[20]) > 3 }",  # `mean` and `median` are near
        'detector a { high when kl > "high" }',
        'detector a { high when kl > "nan" }',
        'detector a { high when kl > 3 message "\\x7benropy}" }',
    ],
)
def test_where_it_is_not_plain_what_to_write_there_is_no_edit(rule: str) -> None:
    (diagnostic,) = told(METRIC + rule)
    assert diagnostic.edit is None
