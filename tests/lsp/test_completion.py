"""What is offered at a cursor."""

from __future__ import annotations

import pytest

from ptt_rules.language.types import UNIT_WORDS
from tests.lsp.cursor import suggested, words

HEAD = """pack mine 1.0.0 { extends grpo }
metric margin: nats = "rewards/margins"
metric reward_of[func]: score = "rewards/{func}/mean"
param drop = 50%
detector narrow { high when margin < 1 low when margin < 2 }
"""

# text behind the head, some that are offered, some that are not
CASES = [
    ("‸", ["metric", "detector", "policy", "override"], ["when", "margin", "pack.drop"]),
    ("det‸", ["detector"], ["margin"]),
    ("metric x: ‸", list(UNIT_WORDS), ["margin", "metric"]),
    ("metric x: na‸", ["nats"], []),
    ('metric x: nats = "‸"', ["entropy", "rewards/margins", "kl"], ["rewards/{func}/mean"]),
    ('metric x[f]: nats = "‸"', ["rewards/{func}/mean"], []),
    ("param ‸", [], ["margin"]),
    ("detector x {\n ‸\n}", ["high", "let", "for", "message", "suppresses"], ["margin", "metric"]),
    ("detector x {\n high ‸\n}", ["when"], ["margin"]),
    ("detector x {\n high when ‸\n}", ["margin", "drop", "mean", "kl", "config", "not"], ["high"]),
    ("detector x {\n high when mar‸\n}", ["margin"], []),
    ("detector x {\n let now = margin\n high when ‸\n}", ["now", "margin"], []),
    ("detector x {\n high when > >\n low when ‸\n}", ["margin"], []),
    ("detector x {\n high when kl > 1 ‸\n}", ["and", "or", "for", "low"], ["margin"]),
    ("detector x {\n high when mean(‸", ["margin"], []),
    ("detector x {\n high when coalesce(kl, ‸", ["margin"], ["narrow"]),
    ("detector x {\n high when mean(kl[‸", ["first", "all", "decay", "drop"], ["margin"]),
    ("detector x {\n high when mean(kl[all ‸", ["before"], ["steps"]),
    ("detector x {\n high when mean(kl[all before ‸", ["drop"], ["margin"]),
    ("detector x {\n high when mean(kl[20 ‸", ["steps", "before", "min"], ["margin"]),
    ("detector x {\n for 3 ‸", ["steps", "epochs", "min", "until"], []),
    ("detector x {\n for ‸", ["drop"], ["margin", "kl"]),
    ("detector x {\n again ‸", ["every"], []),
    ("detector x {\n suppresses ‸", ["narrow", "entropy_collapse"], ["margin"]),
    ("detector x {\n suppresses narrow, ‸", ["narrow", "entropy_collapse"], ["margin"]),
    ("detector x {\n high when firing(‸", ["narrow", "entropy_collapse"], ["margin", "mean"]),
    ("detector x {\n high when firing(narrow.‸", ["high", "low"], ["critical", "margin"]),
    ("detector x {\n judged on ‸", ["margin", "kl"], ["narrow"]),
    ("detector x {\n judged on margin, ‸", ["margin", "kl"], ["narrow"]),
    ("detector x {\n high when kl > 1 {\n ‸", ["for", "message", "remedy"], ["high", "margin"]),
    ("detector x {\n high when config.‸ > 1 }", ["beta", "max_steps"], ["margin"]),
    ("detector x {\n high when `‸` > 1 }", ["entropy", "kl"], ["rewards/{func}/mean"]),
    ('detector x {\n let now = kl\n message "{‸}" }', ["now", "margin", "drop"], ["mean"]),
    ('detector x {\n message "{marg‸"\n}', ["margin"], []),
    ('detector x {\n message "marg‸"\n}', [], ["margin"]),
    ("detector x for each ‸", ["reward_of"], ["margin"]),
    ('detector x for each reward_of {\n message "{‸}" }', ["func", "reward_of"], []),
    ("override ‸", ["detector", "param"], ["metric"]),
    ("override detector ‸", ["entropy_collapse"], ["narrow"]),
    ("override detector entropy_collapse {\n ‸", ["high", "until"], ["margin"]),
    ("override detector entropy_collapse {\n until ‸", ["now", "base"], []),
    ("override param ‸", ["entropy_floor"], ["margin"]),
    ("disable ‸", ["entropy_collapse"], ["narrow"]),
    ("disable entropy_collapse ‸", ["because"], []),
    ("policy p {\n ‸", ["on"], ["stop"]),
    ("policy p {\n on ‸", ["critical", "high", "narrow"], ["margin", "stop"]),
    ("policy p {\n on narrow.‸", ["high", "low"], ["critical", "margin"]),
    ("policy p {\n on grpo.‸", ["no_group_has_contrast"], ["entropy_collapse", "narrow"]),
    ("policy p {\n on policy_gradient.‸", ["entropy_collapse"], ["narrow"]),
    ("policy p {\n on narrow { ‸", ["stop", "set", "checkpoint"], ["on"]),
    (
        "policy p {\n on narrow ‸",
        ["except", "when", "for", "every", "resolves"],
        ["stop", "margin"],
    ),
    ("policy p {\n on narrow, ‸", ["critical", "narrow"], ["margin", "stop"]),
    ('policy p {\n on low except a["x"], ‸', ["critical", "narrow"], ["margin", "stop"]),
    ("policy p {\n on narrow when ‸", ["margin", "drop", "mean"], ["stop"]),
    ("policy p {\n on narrow when least(margin, ‸", ["margin", "drop", "mean"], ["narrow"]),
    ("policy p {\n on narrow { stop } ‸", ["at", "on"], ["stop"]),
    ("policy p {\n on narrow { stop } at most 2 ‸", ["times", "time"], ["on"]),
    ("policy p {\n on narrow { stop } at most 2 times ‸", ["then", "on"], ["stop"]),
    ("policy p {\n on narrow { reset ‸", ["learning_rate"], []),
    ("policy p {\n on narrow { rollback to ‸", ["lowest", "highest"], ["margin"]),
    ("policy p {\n on narrow { rollback to lowest ‸", ["margin"], ["reward_of", "drop"]),
    ("disable entropy_collapse, ‸", ["entropy_collapse", "kl_above_target"], ["narrow"]),
    ("policy p {\n on narrow { set ‸", ["learning_rate"], []),
    ("policy p {\n on narrow { set learning_rate = ‸", ["margin", "drop"], []),
    ('test "t" {\n ‸', ["with", "expect", "margin", "reward_of"], ["drop", "stop"]),
    ('test "t" {\n with ‸', ["drop", "entropy_floor"], ["margin"]),
    ('test "t" {\n expect ‸', ["silence", "no", "action", "narrow", "margin"], []),
    ('test "t" {\n expect no ‸', ["narrow"], ["margin"]),
    ('test "t" {\n expect narrow.‸', ["high", "low"], ["critical"]),
    ('test "t" {\n expect action ‸', ["stop"], ["margin"]),
    ("# ‸", [], ["metric"]),
    ('test "‸" {}', [], ["margin"]),
]


@pytest.mark.parametrize(("text", "offered", "absent"), CASES, ids=[repr(c[0]) for c in CASES])
def test_completion(text: str, offered: list[str], absent: list[str]) -> None:
    found = words(suggested(HEAD + text))
    assert [word for word in offered if word not in found] == []
    assert [word for word in absent if word in found] == []


def test_packs_are_offered_behind_extends() -> None:
    found = words(suggested("pack mine 1.0.0 {\n  extends ‸\n}"))
    assert {"grpo", "common", "dpo"} <= found


def test_clauses_of_a_pack_are_offered() -> None:
    assert {"title", "extends"} <= words(suggested("pack mine 1.0.0 {\n  ‸\n}"))


def test_names_of_the_block_come_first_and_functions_last() -> None:
    found = suggested(HEAD + "detector x {\n let now = kl\n high when ‸\n}")
    assert found[0].text == "now"
    assert [one.sign.value for one in found][-1] == "function"


def test_a_suggestion_replaces_the_whole_word() -> None:
    text = HEAD + "detector x { high when mar‸gn > 1 }"
    chosen = next(one for one in suggested(text) if one.text == "margin")
    source = text.replace("‸", "")
    assert source[chosen.span.start : chosen.span.end] == "margn"


@pytest.mark.parametrize(
    ("place", "replaced"),
    [("`ent‸ro` > 1 }", "entro"), ("`ent‸ > 1 }", "ent"), ("`‸", ""), ("`ent‸", "ent")],
)
def test_a_key_replaces_what_is_in_its_quotes(place: str, replaced: str) -> None:
    text = HEAD + "detector x { high when " + place
    chosen = next(one for one in suggested(text) if one.text == "entropy")
    source = text.replace("‸", "")
    assert source[chosen.span.start : chosen.span.end] == replaced


def test_nothing_is_offered_among_quotes() -> None:
    assert suggested(HEAD + 'metric x: nats = "‸""a"""') == []
