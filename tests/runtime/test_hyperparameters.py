"""`set`: hyper-parameters of real trainings, with what follows from them in the next step."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.version import Version

from ptt_rules import PttError, load, replay
from ptt_rules.observing import versions
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.actions.hyperparameters import NoHyperparameter, find_hyperparameter
from ptt_runtime.actions.learning_rate import LearningRate
from ptt_runtime.demo import tiny
from ptt_runtime.demo.trainers import algorithms, make_trainer
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime


def rules(folder: Path, *actions: str, metric: str = "grad_norm", row: int = 2) -> Path:
    """A pack whose policy `p` acts at a row."""
    path = folder / "rules.ptt"
    path.write_text(
        f'metric seen: none = "{metric}"\n'
        f"detector late {{ high when count(seen[all]) >= {row} keep 1000 }}\n"
        f"policy p {{ on late {{ {' '.join(actions)} }} }}\n"
    )
    return path


Rows = list[dict[str, Any]]


@pytest.fixture
def rows_of(tmp_path: Path, train: Callable[..., Any]) -> Callable[..., Rows]:
    """Trains with a policy that acts at the second row; what was logged, by step."""

    def run(algorithm: str, *actions: str, steps: int = 4, **options: Any) -> Rows:
        name = "set" if actions else "plain"
        folder = tmp_path / name
        folder.mkdir()
        callback = DiagnosticsCallback(
            run_dir=folder / "run",
            packs=[rules(folder, *(actions or ["invalidate"]))],
            only=True,
            policy="p",
            fail_fast=True,
        )
        trainer = make_trainer(algorithm, folder, steps=steps, callbacks=[callback], **options)
        callback.attach(trainer).attach(trainer)
        trainer.train()
        rows: Rows = trainer.state.log_history
        return rows

    return run


def changed(run_dir: Path) -> list[tuple[str, float, float, int]]:
    """The changes on the record of a run: hyper-parameter, before, after, step."""
    lines = json_lines(run_dir / "events.jsonl")
    notes = [line for line in lines if line["event"] == "set"]
    return [(line["hyperparameter"], line["before"], line["after"], line["step"]) for line in notes]


# ---- learning rate -------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sft", "grpo"])
def test_a_learning_rate_lasts_along_the_schedule(
    algorithm: str, rows_of: Callable[..., Rows], tmp_path: Path
) -> None:
    planned = [row["learning_rate"] for row in rows_of(algorithm, steps=6)[:-1]]
    halved = "set learning_rate = learning_rate * 0.5"
    rates = [row["learning_rate"] for row in rows_of(algorithm, halved, steps=6)[:-1]]
    assert rates[:2] == planned[:2]
    assert rates[2:] == pytest.approx([rate / 2 for rate in planned[2:]])
    ((hyperparameter, before, after, step),) = changed(tmp_path / "set" / "run")
    assert (hyperparameter, step) == ("learning_rate", 2)
    assert (before, after) == pytest.approx((planned[2], rates[2]))
    judged = replay(load(tmp_path / "set" / "rules.ptt", policy="p"), tmp_path / "set" / "run")
    assert judged.actions[0].arguments["value"] == pytest.approx(rates[1] / 2)


RISING = {"warmup_steps": 3, "learning_rate": 3e-3}
RESTARTS = {
    "lr_scheduler_type": "cosine_with_restarts",
    "lr_scheduler_kwargs": {"num_cycles": 2},
    "learning_rate": 3e-3,
}


@pytest.mark.parametrize("options", [RISING, RESTARTS], ids=["warm-up", "restart"])
def test_half_the_logged_rate_is_half_of_what_was_planned(
    options: dict[str, Any], rows_of: Callable[..., Rows]
) -> None:
    options = {"steps": 8, **options}
    planned = [row["learning_rate"] for row in rows_of("sft", **options)[:-1]]
    halved = rows_of("sft", "set learning_rate = learning_rate / 2", **options)
    rates = [row["learning_rate"] for row in halved[:-1]]
    assert rates == pytest.approx([*planned[:2], *(rate / 2 for rate in planned[2:])])


def test_half_of_the_rate_of_zero_that_a_warm_up_begins_with_is_refused(
    tmp_path: Path, train: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = rules(tmp_path, "set learning_rate = learning_rate / 2", row=1)
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[path], policy="p", fail_fast=True
    )
    trainer = train("sft", callback, steps=4, **RISING)
    rates = [row["learning_rate"] for row in trainer.state.log_history[:-1]]
    assert rates == pytest.approx([0, 1e-3, 2e-3, 3e-3])
    printed = unwrapped(capsys.readouterr().err)
    assert "`set learning_rate` was not carried out: its formula makes 0 of the rate 0" in printed
    assert changed(tmp_path / "run") == []


def test_a_rate_that_was_set_in_a_warm_up_is_the_most_that_comes(
    rows_of: Callable[..., Rows],
) -> None:
    rows = rows_of("sft", "set learning_rate = 0.001", steps=8, warmup_steps=4, learning_rate=3e-3)
    rates = [row["learning_rate"] for row in rows[:-1]]
    assert rates[2:5] == pytest.approx([1e-3] * 3)
    assert rates[5:] == pytest.approx([1e-3 * share for share in (3 / 4, 1 / 2, 1 / 4)])


def test_a_rate_that_was_set_is_the_most_that_comes_after_a_resume(tmp_path: Path) -> None:
    pack = rules(tmp_path, "set learning_rate = 0.0001")
    options: Mapping[str, Any] = {
        "save_strategy": "steps", "save_steps": 4, "warmup_steps": 6, "learning_rate": 3e-3,
    }  # fmt: skip
    for resume in (None, str(tmp_path / "out" / "checkpoint-4")):
        callback = DiagnosticsCallback(
            run_dir=tmp_path / "run", packs=[pack], policy="p", fail_fast=True
        )
        trainer = make_trainer("sft", tmp_path / "out", steps=8, callbacks=[callback], **options)
        trainer.args.max_steps = 8 if resume else 4
        trainer.train(resume_from_checkpoint=resume)
    rates = [row["learning_rate"] for row in trainer.state.log_history if "loss" in row]
    assert rates[2:7] == pytest.approx([1e-4] * 5)
    assert rates[7] < 1e-4


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("learning_rate - 1", "and a rate has to be above 0"),
        ("seen * 0", "makes a learning rate of 0"),
        ("0 - seen", "cannot be below 0"),
    ],
)
def test_what_is_no_rate_comes_out_of_no_formula(
    formula: str, told: str, rows_of: Callable[..., Rows], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of("sft", f"set learning_rate = {formula}")
    rates = [row["learning_rate"] for row in rows[:-1]]
    assert rates == pytest.approx([3e-3, 2.25e-3, 1.5e-3, 0.75e-3])
    assert told in unwrapped(capsys.readouterr().err)


def test_groups_keep_their_proportions_and_zero_is_the_end() -> None:
    optimizer = SimpleNamespace(param_groups=[{"lr": 0.1}, {"lr": 0.01}])
    scheduler = SimpleNamespace(base_lrs=[0.2, 0.02])
    rate = LearningRate(optimizer, SimpleNamespace(scheduler=scheduler))
    rate.write(0.05)
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.05, 0.005])
    assert scheduler.base_lrs == pytest.approx([0.1, 0.01])
    rate.write(0.0)
    with pytest.raises(ValueError, match="the schedule is at 0 here"):
        rate.write(0.05)
    with pytest.raises(ValueError, match="cannot be below 0"):
        rate.write(-0.05)


# ---- beta ----------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["dpo", "kto", "orpo", "cpo"])
def test_beta_scales_the_rewards_of_the_next_step(
    algorithm: str, rows_of: Callable[..., Rows], tmp_path: Path
) -> None:
    plain = rows_of(algorithm, steps=3)
    changed_rows = rows_of(algorithm, "set beta = beta * 4", steps=3)
    sides = {"rewards/chosen", "rewards/rejected"} & plain[1].keys() & plain[2].keys()
    assert sides  # a batch of KTO may lack one
    for key in sides:
        assert changed_rows[1][key] == plain[1][key]
        assert changed_rows[2][key] == pytest.approx(4 * plain[2][key], rel=1e-4)
    ((hyperparameter, before, after, step),) = changed(tmp_path / "set" / "run")
    assert (hyperparameter, step) == ("beta", 2)
    assert after == pytest.approx(4 * before)


def test_beta_of_grpo_weighs_the_divergence_of_the_next_step(rows_of: Callable[..., Rows]) -> None:
    plain = rows_of("grpo", steps=3, beta=0.001)
    rows = rows_of("grpo", "set beta = 1000", steps=3, beta=0.001)
    assert rows[2]["kl"] == plain[2]["kl"] > 0
    added = rows[2]["loss"] - plain[2]["loss"]
    assert added == pytest.approx(1000 * plain[2]["kl"], rel=0.01)


def test_beta_of_rloo_is_taken_off_the_rewards(rows_of: Callable[..., Rows]) -> None:
    plain = rows_of("rloo", steps=3, beta=0.001)
    rows = rows_of("rloo", "set beta = 1000", steps=3, beta=0.001)
    assert rows[2]["kl"] == plain[2]["kl"]
    assert rows[2]["grad_norm"] > 10 * plain[2]["grad_norm"]


# ---- temperature and the bounds of clipping --------------------------------------------------


@pytest.mark.parametrize("algorithm", ["grpo", "rloo"])
def test_a_temperature_changes_log_probabilities_and_sampling(
    algorithm: str, rows_of: Callable[..., Rows]
) -> None:
    cold = rows_of(algorithm, "set temperature = temperature / 1e6", steps=3, beta=0.0)
    assert cold[1]["entropy"] > 3
    assert cold[2]["entropy"] < 0.1
    assert cold[2]["frac_reward_zero_std"] == 1.0  # all completions of a prompt are the same


def test_a_high_temperature_makes_all_tokens_alike(rows_of: Callable[..., Rows]) -> None:
    hot = rows_of("grpo", "set temperature = 1000", steps=3)
    assert hot[2]["entropy"] == pytest.approx(math.log(len(tiny.CHARACTERS) + 4), abs=1e-3)


@pytest.mark.parametrize(("algorithm", "factor"), [("grpo", 1e-6), ("rloo", 1e6)])
def test_bounds_of_clipping_are_read_at_each_step(
    algorithm: str, factor: float, rows_of: Callable[..., Rows]
) -> None:
    """A ratio of GRPO is of a token and near 1, one of RLOO is of a sequence and is not."""
    bounds = [f"set {bound} = {bound} * {factor}" for bound in ("epsilon_low", "epsilon_high")]
    rows = rows_of(algorithm, *bounds, steps=4, num_iterations=2, gradient_accumulation_steps=1)
    before, after = (rows[step]["clip_ratio/region_mean"] for step in (1, 3))
    assert (before < 0.1, after > 0.1) == (factor < 1, factor < 1)


@pytest.mark.skipif("ppo" not in algorithms(), reason="this TRL has no PPOTrainer")
def test_ppo_reads_its_arguments_which_need_no_hand_over(
    train: Callable[..., Any], tmp_path: Path
) -> None:
    pack = rules(tmp_path, "set kl_coef = 50", metric="policy/entropy_avg")
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[pack], only=True, policy="p", fail_fast=True
    )
    trainer = train("ppo", callback, steps=4)
    rows = trainer.state.log_history
    before, after = (
        abs(rows[step]["objective/non_score_reward"] / rows[step]["objective/kl"])
        for step in (1, 2)
    )
    assert (before, after) == pytest.approx((0.05, 50), rel=0.01)
    assert trainer.args.kl_coef == 0.05  # once the training is over


# ---- several places: all or none ---------------------------------------------------------------


@pytest.fixture
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    """TRL as it keeps its temperature now, whichever is installed."""
    monkeypatch.setattr(versions, "installed_trl", lambda: Version("1.16.0"))


def sampler(**lacking: Any) -> Any:
    """A trainer that samples, as `find_hyperparameter` sees it."""
    return SimpleNamespace(
        **{
            "temperature": 1.0,
            "model": None,
            "args": SimpleNamespace(generation_kwargs=None),
            "generation_config": SimpleNamespace(temperature=1.0),
            "generation_kwargs": {"temperature": 1.0},
            **lacking,
        }
    )


def temperatures(trainer: Any) -> list[float]:
    kept = (trainer.temperature, trainer.generation_config.temperature)
    return [*kept, trainer.generation_kwargs["temperature"]]


def temperature_of(trainer: Any) -> Any:
    return find_hyperparameter("temperature", SimpleNamespace(algorithm="grpo", trainer=trainer))


@pytest.mark.usefixtures("present")
def test_a_hyper_parameter_of_several_places_is_written_in_all_and_put_back() -> None:
    trainer = sampler()
    trainer.generation_kwargs["temperature"] = 0.9
    put_back = temperature_of(trainer).write(0.5)
    assert temperatures(trainer) == [0.5] * 3
    put_back()
    assert temperatures(trainer) == [1.0, 1.0, 0.9]


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize("name", ["generation_kwargs", "generation_config", "temperature", "args"])
def test_a_place_that_a_trainer_lacks_is_named_before_anything_is_written(name: str) -> None:
    trainer = sampler()
    missing = "generation_kwargs" if name == "args" else name
    if name == "args":
        trainer.args = SimpleNamespace()
    else:
        delattr(trainer, name)
    with pytest.raises(NoHyperparameter, match=f"this trainer has no `{missing}`"):
        temperature_of(trainer)


@pytest.mark.usefixtures("present")
def test_a_place_that_refuses_leaves_the_others_as_they_were() -> None:
    class Fixed(dict[str, float]):
        def __setitem__(self, key: str, value: float) -> None:
            if value != 1.0:
                raise RuntimeError("read only")

    trainer = sampler(generation_kwargs=Fixed(temperature=1.0))
    with pytest.raises(RuntimeError, match="read only"):
        temperature_of(trainer).write(0.5)
    assert temperatures(trainer) == [1.0] * 3


@pytest.mark.parametrize("value", [None, [0.1, 0.2], "0.1"])
def test_what_is_no_number_is_no_hyperparameter(value: Any) -> None:
    training = SimpleNamespace(algorithm="dpo", trainer=SimpleNamespace(beta=value))
    with pytest.raises(NoHyperparameter, match="and not a number"):
        find_hyperparameter("beta", training)
    training = SimpleNamespace(algorithm="dpo", trainer=SimpleNamespace())
    with pytest.raises(NoHyperparameter, match="this trainer has no `beta`"):
        find_hyperparameter("beta", training)


def test_an_optimizer_that_makes_its_rates_itself_has_no_hyperparameter() -> None:
    optimizer = SimpleNamespace(param_groups=[{"lr": 0.1}, {"lr": None}])
    training = SimpleNamespace(algorithm="sft", optimizer=optimizer, lr_scheduler=None)
    with pytest.raises(NoHyperparameter, match="makes its rates itself"):
        find_hyperparameter("learning_rate", training)


# ---- resume, and the trainer afterwards -----------------------------------------------------


def test_what_was_set_is_kept_across_a_resume_and_given_back_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = rules(tmp_path, "set beta = 0.7", "set learning_rate = learning_rate / 10")

    def trained(steps: int, resume: str | None = None) -> Any:
        callback = DiagnosticsCallback(
            run_dir=tmp_path / "run", packs=[pack], only=True, policy="p", fail_fast=True
        )
        options: Mapping[str, Any] = {
            "save_strategy": "steps",
            "save_steps": 4,
            "lr_scheduler_type": "constant",
        }
        trainer = make_trainer("dpo", tmp_path / "out", steps=8, **options)
        trainer.args.max_steps = steps
        callback.attach(trainer)
        trainer.train(resume_from_checkpoint=resume)
        assert trainer.beta == 0.1
        return trainer

    trained(4)
    printed = unwrapped(capsys.readouterr().err)
    assert "beta is now 0.7, was 0.1" in printed
    resumed = trained(8, str(tmp_path / "out" / "checkpoint-4"))
    assert "beta is 0.7, as it was set before the resume" in unwrapped(capsys.readouterr().err)
    rates = [row["learning_rate"] for row in resumed.state.log_history if "loss" in row]
    assert rates == pytest.approx([1e-3] * 2 + [1e-4] * 6)
    hyperparameters = [hyperparameter for hyperparameter, *_ in changed(tmp_path / "run")]
    assert sorted(hyperparameters) == ["beta", "learning_rate"]


# ---- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("algorithm", "hyperparameter", "options", "told"),
    [
        (
            "dpo",
            "temperature",
            {},
            r"`set temperature`: this trainer \(dpo\) has no such hyper-parameter",
        ),
        ("sft", "beta", {}, "has no such hyper-parameter"),
        ("grpo", "beta", {}, "with `beta=0` this trainer has no reference model"),
        ("grpo", "epsilon_low", {"loss_type": "cispo"}, "the loss `cispo` .* does not read it"),
    ],
)
def test_a_hyperparameter_that_the_trainer_lacks_is_an_error_before_the_first_step(
    algorithm: str, hyperparameter: str, options: dict[str, Any], told: str, tmp_path: Path
) -> None:
    pack = rules(tmp_path, f"set {hyperparameter} = 0.5")
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[pack], only=True, policy="p")
    trainer = make_trainer(algorithm, tmp_path / "out", steps=2, **options)
    callback.attach(trainer)
    with pytest.raises(PttError, match=f"PTT506(.|\n)*{told}"):
        trainer.train()
    assert trainer.state.global_step == 0


def test_a_hyperparameter_of_the_trainer_needs_the_trainer(
    tmp_path: Path, train: Callable[..., Any]
) -> None:
    pack = rules(tmp_path, "set beta = 0.5")
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[pack], only=True, policy="p")
    with pytest.raises(PttError, match=r"callback\.attach\(trainer\)"):
        train("dpo", callback, steps=2)


def test_a_copy_in_a_fused_loss_is_no_hyperparameter() -> None:
    trainer = SimpleNamespace(liger_loss=object(), beta=0.1)
    training = SimpleNamespace(algorithm="dpo", trainer=trainer)
    with pytest.raises(NoHyperparameter, match="the Liger loss of this trainer has a copy"):
        find_hyperparameter("beta", training)


def test_a_value_that_cannot_be_is_told_and_not_set(
    rows_of: Callable[..., Rows], tmp_path: Path, train: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    pack = rules(tmp_path, "set beta = 0 - 1")
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[pack], only=True, policy="p")
    trainer = make_trainer("dpo", tmp_path / "out", steps=3)
    callback.attach(trainer)
    trainer.train()
    assert "beta would be -1, and has to be above 0 [PTT506]" in unwrapped(capsys.readouterr().err)
    assert trainer.state.global_step == 3
    assert changed(tmp_path / "run") == []


# ---- back to what was planned --------------------------------------------------------------


@pytest.mark.parametrize("name", ["learning_rate", "beta"])
def test_a_reset_undoes_what_was_set(name: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.ptt"
    path.write_text(
        'metric seen: none = "loss"\n'
        "detector two { high when count(seen[all]) == 2 }\n"
        "policy p {\n"
        f"  on two {{ set {name} = 0.25 }}\n"
        f"  on two resolves {{ reset {name} }}\n"
        "}\n"
    )
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[path], only=True, policy="p", fail_fast=True
    )
    trainer = make_trainer("dpo", tmp_path / "out", steps=4)
    callback.attach(trainer)
    trainer.train()
    (_, planned, then, first), (_, before, after, second) = changed(tmp_path / "run")
    assert (then, before, first, second) == pytest.approx((0.25, before, 2, 3))
    assert after < 0.25 if name == "learning_rate" else after == planned


def test_a_rollback_is_refused_at_start(tmp_path: Path) -> None:
    path = rules(tmp_path, "rollback")
    with pytest.raises(PttError, match="`rollback`, which a training does not carry out"):
        DiagnosticsCallback(run_dir=tmp_path / "run", packs=[path], policy="p")
