"""Where names are declared, also across `extends` and in files with errors."""

from __future__ import annotations

import pytest

from tests.lsp.cursor import DOCUMENT, defined

KL = 'metric kl: nats = "kl"\n'

HERE = [
    (KL + "detector a { high when k‸l > 1 }", KL.strip()),
    (KL + "detector a { high when kl‸ > 1 }", KL.strip()),
    (KL + "detector a { high when `k‸l` > 1 }", KL.strip()),
    (KL + 'detector a { high when kl > 1 message "{‸kl}" }', KL.strip()),
    (KL + "derive d: nats = kl\ndetector a { high when ‸d > 1 }", "derive d: nats = kl"),
    ("param p = 3\ndetector a { high when step > ‸p }", "param p = 3"),
    ('param p = 3\ntest "t" { with ‸p = 4 }', "param p = 3"),
    ("detector a {\nlet n = step\nhigh when ‸n > 3 }", "let n = step"),
    ("detector a {\nlet n = step\nhigh when n > > 3 until ‸n < 3 }", "let n = step"),
    (
        "detector a { high when step > 3 }\ndetector b { suppresses ‸a high when step > 4 }",
        "detector a { high when step > 3 }",
    ),
    (
        "detector a { high when step > 3 }\npolicy p { on ‸a.high { stop } }",
        "detector a { high when step > 3 }",
    ),
    (
        'detector a { high when step > 3 }\ntest "t" { expect no ‸a }',
        "detector a { high when step > 3 }",
    ),
    (
        'detector a { high when step > 3 }\ntest "t" { expect ‸a.high at 3 }',
        "detector a { high when step > 3 }",
    ),
    (
        'metric r[f]: score = "r/{f}"\ndetector a for each ‸r { high when r > 1 }',
        'metric r[f]: score = "r/{f}"',
    ),
    (
        'metric r[f]: score = "r/{f}"\ndetector a for each r { high when r > 1 message "{‸f}" }',
        'metric r[f]: score = "r/{f}"',
    ),
]

ON_GRPO = "pack m 1.0.0 { extends grpo }\n"
ACROSS = [
    (ON_GRPO + "detector a { high when ‸kl > 1 }", "metrics.ptt", "metric kl:"),
    (
        ON_GRPO + "detector a { high when ‸loss > 1 }",
        "metrics.ptt",
        "metric loss",
    ),
    ("pack m 1.0.0 { extends ‸grpo }", "pack.ptt", "pack grpo"),
    (
        'pack m 1.0.0 { extends grpo }\ndisable ‸reward_lost because "x"',
        "reward.ptt",
        "reward_lost",
    ),
    (
        'pack m 1.0.0 { extends grpo }\ndisable policy_gradient.‸reward_lost because "x"',
        "reward.ptt",
        "reward_lost",
    ),
    (
        ON_GRPO + "override detector ‸entropy_collapse { for 5 }",
        "entropy.ptt",
        "detector entropy_collapse",
    ),
    (
        ON_GRPO + "override detector entropy_collapse { until ‸now > 5 }",
        "entropy.ptt",
        "now",
    ),
    (
        ON_GRPO + "override param ‸entropy_floor = 5%",
        "entropy.ptt",
        "param entropy_floor",
    ),
]


@pytest.mark.parametrize(("text", "line"), HERE)
def test_a_name_leads_to_its_declaration(text: str, line: str) -> None:
    assert defined(text) == (DOCUMENT, line)


@pytest.mark.parametrize(("text", "file", "part"), ACROSS)
def test_a_name_leads_to_the_pack_that_declares_it(text: str, file: str, part: str) -> None:
    found, line = defined(text)
    assert found == file
    assert part in line


@pytest.mark.parametrize("text", ["detector a { high when ‸mean(step) }", "# k‸l", "12‸3"])
def test_what_is_not_declared_leads_nowhere(text: str) -> None:
    assert defined(text) == ("", "")
