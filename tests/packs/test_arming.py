"""Which detectors a run can feed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ptt_rules import Arming, load, loads, shipped_packs
from ptt_rules.cli.main import main
from ptt_rules.language.metrics import TRAINERS, logged_by
from ptt_rules.language.metrics.conditions import NOT_IN_ARGUMENTS, is_met, settings_of
from ptt_rules.report import arming_lines, disabled_lines, surprise_lines

RULES = """
metric kl: nats = "kl"
metric loss: loss = "loss"
metric tools: ratio = "tools/failure_frequency"
metric old: tokens = "completion_length"
metric both: tokens = "completion_length", "completions/mean_length"
metric own: none = "lab/own"
metric eval_loss: loss = "eval_loss"
metric entropy_sum: nats = "objective/entropy"
metric of[func]: score = "rewards/{func}/mean"
metric any_key[key]: none = "{key}"
"""


def armed(
    condition: str, trainer: str = "grpo", version: str = "1.16.0", **config: object
) -> Arming:
    pack = loads(f"{RULES} detector x {{ high when {condition} }}")
    return pack.armed(trainer, version, config)


@pytest.mark.parametrize(
    "condition",
    [
        "loss > 1",
        "both > 1",
        "loss > 1 or own > 1",
        "loss > 1 or kl > 1",
        "absent(kl)",
        "not observed(kl) and loss > 1",
        "coalesce(kl, 0.5) > 0.1",
        "not (kl > 1 and loss > 1)",
        "count(kl[20]) == 0",
        "any((kl > 1 or loss > 1)[5])",
    ],
)
def test_armed_where_a_level_can_be_true_by_what_is_logged(condition: str) -> None:
    assert armed(condition, beta=0.0).armed == ("inline.x",)


@pytest.mark.parametrize(
    ("condition", "config", "reason"),
    [
        ("kl > 1", {"beta": 0}, "which is logged only with beta that is not 0 (beta is 0)"),
        ("loss > 1 and kl > 1", {"beta": 0.0}, "which is logged only with beta that is not 0"),
        ("not (kl > 1 or loss > 1)", {"beta": 0.0}, "which is logged only with beta that is"),
        ("old > 1", {}, "which is no longer logged since TRL 0.17"),
        ("entropy_sum > 1", {}, "which GRPOTrainer does not log"),
        (
            "eval_loss > 1",
            {"eval_strategy": "no"},
            'only with an eval_strategy (eval_strategy is "no")',
        ),
        ("count(kl[all]) >= 3", {"beta": 0}, "which is logged only with beta"),
        ("observed(kl)", {"beta": 0}, "which is logged only with beta"),
    ],
)
def test_not_armed_is_told_with_the_reason(condition: str, config: dict, reason: str) -> None:
    found = armed(condition, **config)
    assert found.armed == found.unknown == ()
    (one,) = found.not_armed
    assert one.detectors == ("inline.x",)
    assert reason in one.reason


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("own > 1", "which TRL itself does not log"),
        ("kl > 1", "which is logged only with beta that is not 0"),
        ("tools > 1", "which is logged only with tools"),
        ("loss > 1 and eval_loss > 1", "which is logged only with an eval_strategy"),
    ],
)
def test_what_nobody_can_tell_is_unknown_until_logged(condition: str, reason: str) -> None:
    (one,) = armed(condition).unknown
    assert one.reason == reason


def test_a_key_of_an_old_version_is_armed_there() -> None:
    assert armed("old > 1", version="0.15.2").armed
    assert armed("loss > 1", version="2.0.0.dev0").armed


def test_families_are_armed_by_their_pattern() -> None:
    pack = loads(
        f"{RULES} detector x for each of {{ high when of > 1 }}"
        "detector y for each any_key { high when isnan(any_key) }"
    )
    assert pack.armed("grpo").armed == ("inline.x", "inline.y")
    assert pack.armed("sft").armed == ("inline.y",)


def test_a_detector_of_no_metric_is_armed() -> None:
    assert loads("detector x { high when config.beta > 1 }").armed("grpo").armed == ("inline.x",)


def test_every_need_of_the_vocabulary_is_one_that_arguments_tell_or_is_known_not_to_be() -> None:
    needs = {row.when for trainer in TRAINERS for row in logged_by(trainer)} - {""}
    assert {need for need in needs if not settings_of(need)} <= NOT_IN_ARGUMENTS


@pytest.mark.parametrize(
    ("need", "arguments", "met"),
    [
        ("", {}, True),
        ("beta that is not 0", {}, None),
        ("beta that is not 0", {"beta": 0.04}, True),
        ("an entropy bonus", {"entropy_coef": 0.0}, None),
        ("an entropy bonus", {"entropy_coef": 0.0, "use_adaptive_entropy": False}, False),
        ("an entropy bonus", {"entropy_coef": 0.0, "use_adaptive_entropy": True}, True),
        ("tools", {"tools": []}, None),
    ],
)
def test_needs_by_training_arguments(need: str, arguments: dict, met: bool | None) -> None:
    assert is_met(need, arguments) is met


def test_the_arguments_that_decide_are_those_of_the_trainer() -> None:
    fields = pytest.importorskip("trl").GRPOConfig.__dataclass_fields__
    needs = {row.when for row in logged_by("grpo") if not row.until}
    own = {"world_size", "snapshots"}  # known of the run and of the callback itself
    assert {name for need in needs for name in settings_of(need)} <= set(fields) | own


@pytest.mark.parametrize("name", sorted(set(shipped_packs()) & set(TRAINERS)))
def test_most_of_a_shipped_pack_is_armed_for_its_trainer(name: str) -> None:
    pack = load(name)
    config = {"eval_strategy": "steps", "beta": 0.1, "use_vllm": True}
    found = pack.armed(name, "1.12.0" if name == "ppo" else "1.16.0", config)
    assert found.detectors == len(pack.detectors)
    own = {one.name for one in pack.detectors if one.name.startswith(f"{name}.")}
    lacking = {each for one in found.not_armed for each in one.detectors}
    assert not own & lacking


# ---- what is told --------------------------------------------------------------------------


def test_reasons_are_told_in_lines() -> None:
    pack = loads(
        f"{RULES} detector a {{ high when kl > 1 }} detector b {{ high when kl > 2 }}"
        "detector c { high when loss > 1 } detector d { high when own > 1 }"
        "detector e { high when old > 1 }"
    )
    found = pack.armed("grpo", "1.16.0", {"beta": 0.0})
    assert list(arming_lines(found)) == [
        "1 of 5 detectors armed for GRPOTrainer (TRL 1.16.0)",
        "  not armed: inline.a and 1 other need `kl`, which is logged only with beta that is not 0 "
        "(beta is 0.0)",
        "  not armed: inline.e needs `completion_length`, which is no longer logged since TRL 0.17",
        "  unknown until logged: inline.d needs `lab/own`, which TRL itself does not log",
    ]
    assert list(arming_lines(found, shown=1))[2] == "  not armed: 1 more for other reasons"


def test_detectors_that_are_turned_off_for_one_reason_are_told_together() -> None:
    lines = list(disabled_lines(load("grpo").disabled))
    (many,) = [line for line in lines if line.endswith(": the loss is about 0 by construction")]
    assert " others are disabled by policy_gradient: " in many
    assert (
        "common.gradient_vanishing is disabled by policy_gradient: it needs a loss that falls"
        in lines
    )


def test_what_was_armed_and_never_logged_is_a_surprise() -> None:
    pack = loads(f"{RULES} detector a {{ high when kl > 1 }} detector c {{ high when loss > 1 }}")
    engine = pack.engine()
    engine.observe({"step": 1, "reward": 1})
    surprises = pack.armed("grpo", "1.16.0", {"beta": 0.0}).surprises(engine.unjudged())
    assert list(surprise_lines(surprises)) == ["inline.c was armed, but `loss` was never logged"]


def test_the_command_tells_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["armed", "grpo", "--trl", "1.16.0", "--config", "beta=0"]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads(
        json.dumps(load("grpo").armed("grpo", "1.16.0", {"beta": 0}).to_json())
    )
    assert main(arguments) == 0
    assert "detectors armed for GRPOTrainer (TRL 1.16.0)" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["common"], ["grpo", "--config", "beta"]])
def test_the_command_asks_for_what_it_lacks(
    wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["armed", *wrong]) == 2
    assert "PTT303" in capsys.readouterr().err


def test_a_version_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["armed", "grpo", "--trl", "newest"]) == 2
    assert "`newest` is not a version" in capsys.readouterr().err


# ---- what the run will not give ------------------------------------------------------------

WAITS = f"""{RULES}
detector at_once {{ high when loss > 9 }}
detector soon {{ high when mean(loss[20]) > 9 }}
detector late {{ high when mean(loss[first 20 after 5]) > 9 for 5 after 30 }}
detector sure {{ high when mean(loss[50]) > 9 or loss > 99 }}
"""


def armed_text_of(text: str, **arguments: object) -> str:
    return next(arming_lines(loads(text).armed("grpo", None, arguments)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "4 of 4 detectors armed for GRPOTrainer"),
        ({"max_steps": 200, "logging_steps": 1}, "4 of 4 detectors armed for GRPOTrainer"),
        (
            {"max_steps": 120, "logging_steps": 4},
            "4 of 4 detectors armed for GRPOTrainer; 1 of them needs more than the 30 logs that "
            "the run will write: logging_steps=3 would feed it",
        ),
        (
            {"max_steps": 100, "logging_steps": 10},
            "4 of 4 detectors armed for GRPOTrainer; 2 of them need more than the 10 logs that the "
            "run will write: logging_steps=2 would feed them",
        ),
        (
            {"max_steps": 20, "logging_steps": 10},
            "4 of 4 detectors armed for GRPOTrainer; 2 of them need more than the 2 logs that the "
            "run will write: logging_steps=1 would feed 1",
        ),
        (
            {"max_steps": 10, "logging_steps": 1},
            "4 of 4 detectors armed for GRPOTrainer; 2 of them need more than the 10 logs that the "
            "run will write",
        ),
        (
            {"num_train_epochs": 3, "logging_strategy": "epoch", "max_steps": 900},
            "4 of 4 detectors armed for GRPOTrainer; 2 of them need more than the 3 logs that the "
            "run will write",
        ),
        (
            {"max_steps": 100, "logging_steps": 0.1},
            "4 of 4 detectors armed for GRPOTrainer; 2 of them need more than the 10 logs that the "
            "run will write",
        ),
        (
            {"max_steps": 60, "logging_steps": 500},
            "0 of 4 detectors armed for GRPOTrainer: the run will write no logs that they could "
            "judge",
        ),
        (
            {"max_steps": 60, "logging_strategy": "no"},
            "0 of 4 detectors armed for GRPOTrainer: the run will write no logs that they could "
            "judge",
        ),
    ],
)
def test_the_logs_of_a_run_are_counted_before_it_begins(
    arguments: dict[str, object], said: str
) -> None:
    assert armed_text_of(WAITS, **arguments) == said


@pytest.mark.parametrize(
    ("condition", "arguments", "reason"),
    [
        ("loss > config.lerning_rate", {}, "`config.lerning_rate` is not set"),
        ("loss > config.beta", {"output_dir": "out"}, "`config.beta` is not set"),
        ("loss > 1", {"max_steps": 60, "logging_steps": 500},
         "which is logged first at step 500 (logging_steps), in a run of 60"),
        ("loss > 1", {"logging_strategy": "no"}, 'which logging_strategy="no" never logs'),
        ("eval_loss > 1", {"eval_strategy": "steps", "eval_steps": 100, "max_steps": 60},
         "which is logged first at step 100 (eval_steps), in a run of 60"),
        ("eval_loss - loss > 1 and mean(gap[2]) > 1", {"eval_strategy": "steps"},
         "`eval_loss` and `loss`: they are never in one row"),
    ],
)  # fmt: skip
def test_what_will_never_be_known_is_not_armed(
    condition: str, arguments: dict[str, object], reason: str
) -> None:
    text = f"{RULES} derive gap: loss = eval_loss - loss detector d {{ high when {condition} }}"
    found = loads(text).armed("sft", None, arguments)
    assert found.armed == ()
    assert [one.reason for one in found.not_armed] == [reason]


def test_what_a_run_says_of_it_is_read_again() -> None:
    found = loads(WAITS).armed("grpo", "1.16.0", {"max_steps": 100, "logging_steps": 10})
    again = Arming.from_json(json.loads(json.dumps(found.to_json())))
    assert again.to_json() == found.to_json()
    assert list(arming_lines(again)) == list(arming_lines(found))


@pytest.mark.parametrize("trainer", ["trainer", "sentence_transformer", "seq2seq", "xpo", "new"])
def test_what_every_loop_logs_is_armed_for_every_trainer(trainer: str) -> None:
    pack = loads(
        f'{RULES} metric rate: rate = "learning_rate" metric norm: norm = "grad_norm"'
        " detector a { high when loss > 1 } detector b { high when norm > 1 and rate > 1 }"
        " detector c { high when eval_loss > 1 } detector d { high when kl > 1 }"
    )
    found = pack.armed(trainer, None, {"eval_strategy": "no"})
    assert found.armed == ("inline.a", "inline.b")
    assert [one.detectors for one in found.not_armed] == [("inline.c",)]
    assert [one.detectors for one in found.unknown] == [("inline.d",)]
    assert pack.armed(trainer, None, {"eval_strategy": "steps"}).armed[-1] == "inline.c"


@pytest.mark.parametrize(
    ("trainer", "said"),
    [
        ("trainer", "detectors armed for Trainer"),
        ("sentence_transformer", "detectors armed for SentenceTransformerTrainer"),
        ("reward", "detectors armed for RewardTrainer"),
        ("online_dpo", "detectors armed for OnlineDPOTrainer"),
        ("nash_md", "detectors armed for NashMDTrainer"),
        ("unknown", "detectors armed for this trainer"),
    ],
)
def test_a_trainer_is_called_what_it_is(trainer: str, said: str) -> None:
    text = "\n".join(arming_lines(load("common").armed(trainer)))
    assert text.partition("\n")[0].endswith(said)
    assert "UNKNOWN" not in text
    if trainer == "trainer":
        assert "TRL" not in text


def test_one_evaluation_set_is_no_surprise() -> None:
    pack = load("dpo")
    found = pack.armed("dpo", "1.16.0", {"eval_strategy": "steps"})
    assert "common.evaluation_set_worse" not in found.armed
    (unsure,) = [one for one in found.unknown if "several evaluation sets" in one.reason]
    assert "common.evaluation_set_worse" in unsure.detectors
    engine = pack.engine()
    engine.observe({"step": 1, "loss": 0.7, "eval_loss": 0.7})
    assert not any("{" in key for keys in found.surprises(engine.unjudged()) for key in keys)


def test_an_argument_that_no_trainer_has_is_an_error_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "lab.ptt"
    rule = 'detector {} {{ high when loss > 1 and config.{} == "dapo" {}}}\n'
    pack.write_text(
        'pack lab 1.0.0 { algorithms grpo }\nmetric loss: loss = "loss"\n'
        + rule.format("a", "los_type", "")
        + rule.format("b", "loss_type", "")
        + rule.format("c", "our_own", "# allow PTT659: our trainer has it\n")
    )
    asked = ["armed", str(pack), "--algorithm", "grpo"]
    assert main(asked) == 2
    told = capsys.readouterr().err
    assert told.count("error[") == 1
    assert "no trainer of grpo has the argument `los_type`" in told
    assert "did you mean `config.loss_type`?" in told
    assert main([*asked, "--config", "los_type=dapo"]) == 0
    assert "detectors armed for GRPOTrainer" in capsys.readouterr().out


def test_a_fact_is_missing_only_where_the_facts_of_the_run_are_known() -> None:
    pack = loads(
        'metric loss: loss = "loss" detector a { high when loss > 1 and run.examples > 1 }'
    )
    assert pack.armed("sft").not_armed == ()
    assert pack.armed("sft", facts={"examples": 9}).not_armed == ()
    (found,) = pack.armed("sft", facts={"world_size": 1}).not_armed
    assert found.reason == "`run.examples` is not recorded"
