"""What is shown of the name under a cursor."""

from __future__ import annotations

import pytest

from tests.lsp.cursor import hovered

PACK = """pack mine 1.0.0 { title "Mine" extends grpo }
metric margin: nats in 0.. = "rewards/margins", "margin"
  "Chosen minus rejected."
metric reward_of[func]: score = "rewards/{func}/mean"
derive gap: nats = margin - kl
  "What is left."
param drop = 50% in 10%..90%
  "Fall that counts."
detector narrow {
  summary "The margin is narrow"
  let now = mean(margin[20])
  high when now < drop * 2 and margin > 0
  for 3
  message "It is {now:.2f}."
  why "Because."
}
detector flat for each reward_of { high when std(reward_of[5]) == 0 message "Of {func}." }
policy guard { on narrow.high { stop } }
override param entropy_floor = 20%
"""

KL = 'metric kl: nats = "kl"\n'

CASES = [
    ("mean(mar‸gin[20])", ["metric margin: nats in 0..", "`rewards/margins`", "Chosen minus"]),
    ("metric mar‸gin:", ["metric margin: nats in 0.."]),
    ("each re‸ward_of", ["metric reward_of[func]: score"]),
    ("- k‸l", ["metric kl: nats in 0..", "From pack `grpo`"]),
    ("derive ga‸p", ["derive gap: nats = margin - kl", "What is left."]),
    ("< dr‸op", ["param drop = 50% in 10%..90%", "Fall that counts."]),
    ("when no‸w", ["let now = mean(margin[20])"]),
    ("is {no‸w", ["let now = mean(margin[20])"]),
    ("{fu‸nc}.", ["label func", "`reward_of`"]),
    ("on nar‸row", ["detector narrow", "high when now < drop * 2 and margin > 0", "for 3"]),
    ("narrow.hi‸gh", ["**high**, a level"]),
    ("  hi‸gh when", ["critical > high > medium > low"]),
    ("me‸an(", ["mean(kl[20])", "Mean."]),
    ("st‸d(", ["n-1 below the line", "from 2 observations"]),
    ("gap: na‸ts", ["**nats**, a unit"]),
    ("extends gr‸po", ["pack grpo 1.0.0", "Group relative"]),
    ("pack mi‸ne", ["pack mine 1.0.0", "Mine"]),
    ("param entropy_‸floor = 20%", ["param entropy_floor = 10%", "`mine` sets it to 20%"]),
]


@pytest.mark.parametrize(("place", "expected"), CASES, ids=[place for place, _ in CASES])
def test_hover(place: str, expected: list[str]) -> None:
    plain = place.replace("‸", "")
    assert plain in PACK
    shown = hovered(PACK.replace(plain, place, 1))
    assert [part for part in expected if part not in shown] == [], shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KL + "detector a { high when kl > }\ndetector b { low when k‸l > 1 }", "nats"),
        (KL + "detector a { let x = kl\n high when x‸ > > 1 }", "let x = kl"),
        ("detector a { high when ste‸p > 1 }", "Training step"),
        ("detector a { high when config.be‸ta > 1 }", "training argument"),
        ("detector a { high when `a/‸b` > 1 }", "logged key `a/b`"),
        (
            "detector a { high when `k‸l` > 1 }",
            "summed over a completion, clamped at 0. nats in 0..",
        ),
        ("detector a { high when `cispo_clip‸_ratio` > 1 }", 'grpo, with loss_type="cispo"'),
        ("detector a { high when lea‸st(step, 1) > 1 }", "least(kl, 0.3)"),
        ("detector a { high when isn‸an(`a`) }", "isnan(kl)"),
        ('metric kl: nats "kl"\ndetector b { low when k‸l > 1 }', "metric kl"),
        ('metric k: no‸ne = "k"', "without a unit"),
    ],
)
def test_hover_in_texts_of_their_own(text: str, expected: str) -> None:
    assert expected in hovered(text)


@pytest.mark.parametrize(
    "text", ["‸", "# a com‸ment", "detector a { high when un‸known > 1 }", 'test "a‸" { }', "1.‸0"]
)
def test_nothing_is_shown_where_nothing_is_known(text: str) -> None:
    assert hovered(text) == ""
