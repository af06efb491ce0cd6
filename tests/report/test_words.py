"""Every rule has words: each node, statistic, window and clause, and no other."""

from __future__ import annotations

import re

import pytest

from ptt_rules import load, loads, shipped_packs
from ptt_rules.language.functions import STATISTICS, FloatClass, Function
from ptt_rules.language.ir import nodes
from ptt_rules.language.syntax import tree
from ptt_rules.language.types import Quantity
from ptt_rules.packs import load_tested
from ptt_rules.report import rule_words
from ptt_rules.report.rules import RuleWords
from ptt_rules.report.words import FLOAT_CLASSES, FUNCTIONS, POSITIONS, Words

RULES = """
metric kl: nats = "kl"
metric reward: score = "reward"
metric of[func]: score = "rewards/{func}/mean"
param limit = 0.3 in 0..1
"""


def words(detector: str) -> RuleWords:
    pack = loads(f"{RULES} {detector}")
    return rule_words(pack.compiled.detectors[-1].detector, pack.params)


def said(condition: str) -> str:
    (level,) = words(f"detector x {{ high when {condition} }}").levels
    return level[1]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ("kl > 0.3", "`kl` is over 0.3"),
        ("kl >= limit", "`kl` is at least `limit` (0.3)"),
        ("kl < 1", "`kl` is under 1"),
        ("kl <= 1", "`kl` is at most 1"),
        ("kl == 0", "`kl` is exactly 0"),
        ("kl != 0", "`kl` is not 0"),
        ("kl in 0.1..0.2", "`kl` lies in 0.1..0.2"),
        ("not kl > 1", "it is not so that `kl` is over 1"),
        ("kl > 1 and reward > 2 and step > 3",
         "`kl` is over 1, `reward` is over 2 and the step is over 3"),
        ("kl > 1 or reward > 2", "`kl` is over 1 or `reward` is over 2"),
        ("(kl > 1 or kl < 0) and reward > 2",
         "(`kl` is over 1 or `kl` is under 0) and `reward` is over 2"),
        ("isnan(kl)", "`kl` is NaN"),
        ("isinf(kl)", "`kl` is infinite"),
        ("isfinite(kl)", "`kl` is finite"),
        ("not isfinite(kl)", "`kl` is NaN or infinite"),
        ("not isnan(kl)", "`kl` is not NaN"),
        ("observed(kl)", "`kl` is logged"),
        ("not observed(kl)", "`kl` is not logged"),
        ("absent(kl)", "`kl` was never logged"),
        ("not absent(kl)", "it is not so that `kl` was never logged"),
        ("age(kl) > 9", "the steps since `kl` was last logged is over 9"),
        ("streak(kl > 1) > 3", "the number of logs in a row in which `kl` is over 1 is over 3"),
        ("config.beta > 1", "the argument `beta` is over 1"),
        ("progress > 10%", "the share of the run that is done is over 0.1"),
        ("coalesce(kl, 0) > 1", "`kl` (or, where that is unknown, 0) is over 1"),
        ("abs(kl) > 1", "the size of `kl` is over 1"),
        ("abs(kl - 1) > 1", "the size of (`kl` minus 1) is over 1"),
        ("least(2 * kl, 2) > 1", "the lesser of 2 times `kl` and 2 is over 1"),
        ("least(kl, 2) > 1", "the lesser of `kl` and 2 is over 1"),
        ("-kl > 1", "minus `kl` is over 1"),
        ("2 * kl + 1 > 3", "2 times `kl` plus 1 is over 3"),
        ("2 * (kl + 1) > 3", "2 times (`kl` plus 1) is over 3"),
        ("kl - (kl - 1) > 3", "`kl` minus (`kl` minus 1) is over 3"),
        ("kl / (2 * kl) > 3", "`kl` divided by (2 times `kl`) is over 3"),
        ("median(kl[20]) > 1", "the median of `kl` over the last 20 logs is over 1"),
        ("max(kl[1]) > 1", "the greatest `kl` of the last log is over 1"),
        ("mean(kl[20 before 5]) > 1",
         "the mean of `kl` over the 20 logs before the last 5 is over 1"),
        ("mean(kl[5..20]) > 1", "the mean of `kl` over the last 5 to 20 logs is over 1"),
        ("mean(kl[first 30]) > 1", "the mean of `kl` over the first 30 logs is over 1"),
        ("mean(kl[first 30 after 5]) > 1",
         "the mean of `kl` over the 30 logs after the first 5 is over 1"),
        ("mean(kl[200 steps]) > 1", "the mean of `kl` over the last 200 steps is over 1"),
        ("mean(kl[15 min]) > 1", "the mean of `kl` over the last 15 min is over 1"),
        ("mean(kl[2 h]) > 1", "the mean of `kl` over the last 2 h is over 1"),
        ("mean(kl[90 s]) > 1", "the mean of `kl` over the last 90 s is over 1"),
        ("mean(kl[all]) > 1", "the mean of `kl` over all logs so far is over 1"),
        ("mean(kl[decay 9]) > 1",
         "the mean of `kl` over all logs so far, weighted by half every 9 logs is over 1"),
        ("quantile(kl[20], 90%) > 1",
         "the quantile at 0.9 of `kl` over the last 20 logs is over 1"),
        ("cusum(kl[all], 0.1) > 1",
         "the running sum of `kl` above 0.1 (Page) over all logs so far is over 1"),
        ("corr(kl[9], reward[9]) > 0",
         "the correlation of `kl` and `reward` over the last 9 logs is over 0"),
        ("any((kl > 1)[5])", "`kl` is over 1 in any of the last 5 logs"),
        ("all((kl > 1)[5])", "`kl` is over 1 in each of the last 5 logs"),
        ("not any((kl > 1)[5])", "`kl` is over 1 in none of the last 5 logs"),
        ("share((kl > 1)[5]) > 50%",
         "the share of the last 5 logs in which `kl` is over 1 is over 0.5"),
        ("count((kl > 1)[5]) > 2",
         "the number of logs in which `kl` is over 1, among the last 5 logs is over 2"),
        ("count(kl[5]) > 2", "the number of values of `kl` in the last 5 logs is over 2"),
        ("mean((kl - 1)[5]) > 2", "the mean of (`kl` minus 1) over the last 5 logs is over 2"),
    ],
)  # fmt: skip
def test_conditions_as_people_say_them(condition: str, text: str) -> None:
    assert said(condition) == text


def test_what_a_rule_names_is_told_by_its_name_and_defined_once() -> None:
    told = words(
        "detector x { let base = median(kl[first 9]) let now = median(kl[9])"
        " let high_now = now > 2 * base high when high_now and kl > 1 low when now > base }"
    )
    assert dict(told.names) == {
        "base": "the median of `kl` over the first 9 logs",
        "now": "the median of `kl` over the last 9 logs",
        "high_now": "`now` is over 2 times `base`",
    }
    assert [text for _, text in told.levels] == [
        "`high_now` and `kl` is over 1",
        "`now` is over `base`",
    ]


CLAUSES = {
    tree.AfterClause: ("after 5", "It leaves out the first 4 rows at which it would be judged."),
    tree.JudgedClause: ("judged on every row", "It is judged at every row."),
    tree.ForClause: ("for 3", "A level fires once it has held at 3 judgements in a row."),
    tree.UntilClause: ("until kl < 1", "It ends once `kl` is under 1."),
    tree.KeepClause: (
        "keep 20 steps",
        "It fires on for at least 20 steps after it fired or got worse.",
    ),
    tree.AgainClause: ("again every 10 min", "While it fires it is reported again every 10 min."),
    tree.SuppressesClause: (
        "suppresses other",
        "While it fires, `inline.other` is recorded and not reported.",
    ),
    tree.ShadowClause: ("shadow", "It is in shadow: recorded, but neither reported nor acted on."),
}
SAID_ELSEWHERE = {tree.LevelClause, tree.LetClause, tree.TextClause}


@pytest.mark.parametrize(("clause", "note"), CLAUSES.values())
def test_clauses_as_people_say_them(clause: str, note: str) -> None:
    rules = f"detector other {{ high when kl > 9 }} detector x {{ high when kl > 1 {clause} }}"
    assert words(rules).notes == (note,)


@pytest.mark.parametrize(
    ("clause", "note"),
    [
        ("after 50 steps", "It judges after 50 steps of the run."),
        ("after 10 min", "It judges after 10 min of the run."),
        ("after 2", "It leaves out the first row at which it would be judged."),
        ("judged on `a`, kl", "It is judged where `a` or `kl` is logged."),
        ("for 10 min", "A level fires once it has held for 10 min."),
        ("for 50 steps", "A level fires once it has held for 50 steps."),
        ("keep 1", "It fires on for at least 1 judgement after it fired or got worse."),
    ],
)
def test_spans_as_people_say_them(clause: str, note: str) -> None:
    assert words(f"detector x {{ high when kl > 1 {clause} }}").notes == (note,)


def test_each_instance_of_a_family_is_judged_by_itself() -> None:
    told = words("detector x for each of { high when of > 1 }")
    assert told.notes == ("Each `of` is judged by itself.",)
    assert told.levels[0][1] == "`of` is over 1"


def test_members_of_a_family_by_list_are_all_named() -> None:
    family = 'metric chosen: score = "chosen" metric pair[which] = kl, chosen'
    ((_, told),) = words(f"{family} detector x {{ high when max(pair[each]) > 1 }}").levels
    assert told == "the greatest `chosen` or `kl` of all instances is over 1"


# ---- the whole language --------------------------------------------------------------------


def test_no_clause_is_without_words() -> None:
    assert {*CLAUSES, *SAID_ELSEWHERE} == set(tree.DetectorClause.__args__)


def test_every_function_and_class_has_a_phrase() -> None:
    assert set(FUNCTIONS) == set(Function)
    assert set(FLOAT_CLASSES) == set(FloatClass)
    assert set(POSITIONS) == set(Quantity)


@pytest.mark.parametrize("word", STATISTICS)
def test_every_aggregate_is_said(word: str) -> None:
    written = STATISTICS[word].written("kl")
    is_truth = word in ("any", "all")
    text = said(written if is_truth else f"{written} > 0.5")
    assert "the last 20 logs" in text
    assert "`kl`" in text


def test_every_node_of_a_condition_has_words() -> None:
    """Those that no condition has by itself are parts of others, or of a detector or policy."""
    leaves = {one for one in vars(nodes).values() if isinstance(one, type)}
    concrete = {one for one in leaves if issubclass(one, nodes.Node) and not one.__subclasses__()}
    loaded = loads(f"{RULES} {MORE} detector x {{ high when {EVERYTHING} }}")
    detector = loaded.compiled.detectors[-1].detector
    met = {type(node) for node in nodes.walk([level.condition for level in detector.levels])}
    assert concrete - met == {nodes.FamilyColumn, nodes.Hyperparameter, nodes.Judged}
    assert rule_words(detector, loaded.params).levels
    hyperparameter = nodes.Hyperparameter(detector.levels[0].condition.span, "learning_rate")
    assert Words().say(hyperparameter) == "the present `learning_rate`"


MORE = """
metric chosen: nats = "chosen"
derive moved = kl - prev(kl)
derive apart = mean(kl[5]) - mean(chosen[5])
metric pair[which] = kl, chosen
detector other { high when kl > 9 }
"""

EVERYTHING = """
  kl > limit and not reward > config.beta or age(kl) > 3 or streak(kl > 1) > 2 and -kl > 1
  or mean((kl + 1)[5]) > 1 or abs(kl) > coalesce(kl, 0) or isnan(kl) or observed(kl)
  or at_least(2, kl > 1, config.optim in {"adam"}, config.use_vllm) or run.parameters > 1
  or moved > 0 or apart > 0 or mean(apart[5]) > 1 or max(of[each]) > 1 or max(pair[each]) > 1
  or reward < siblings(reward, 10%) or firing(other) or coalesce(config.use_vllm, false)
"""

ODD = re.compile(r"<|\bobject\b|Node\(|None|\{|\}|  |\( | \)|\bptt_rules\b")


@pytest.mark.parametrize("name", [*shipped_packs(), "tests/golden/everything.ptt"])
def test_no_rule_of_a_pack_falls_back_to_code(name: str) -> None:
    pack = load(name)
    for one in pack.compiled.detectors:
        told = rule_words(one.detector, pack.params)
        texts = [text for _, text in (*told.levels, *told.names)] + [*told.notes]
        assert not [text for text in texts if ODD.search(text)], one.name
        assert len(told.levels) == len(one.detector.levels)


def test_words_are_of_the_pack_as_it_is_composed() -> None:
    tested = load_tested("grpo")
    pack = tested.compose({"policy_gradient.clip_limit": 0.5}, None)
    named = "policy_gradient.clip_fraction_high"
    one = next(d.detector for d in pack.compiled.detectors if d.name == named)
    assert "`clip_limit` (0.5)" in rule_words(one, pack.params).levels[0][1]
