"""The shipped packs on labelled logs of real runs, and on traces made for each detector."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import Event, EventKind, Level, load, replay, shipped_packs

FINDINGS = (EventKind.FIRED, EventKind.ESCALATED)
NOT_YET_FOUND = {
    # reward scale and one-sided data: detectors of the full packs
    "grpo-1.16-reward_spike-s0.jsonl",
    "kto-1.16-imbalance-s0.jsonl",
}


def _labels(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]


def _findings(events: Iterable[Event], least: Level = Level.LOW) -> list[Event]:
    return [event for event in events if event.event in FINDINGS and event.level >= least]


def test_healthy_runs_have_no_finding_of_level_medium_or_worse(labelled_runs: Path) -> None:
    healthy = [label for label in _labels(labelled_runs) if label["verdict"] == "healthy"]
    assert len(healthy) >= 8
    for label in healthy:
        judged = replay(load(label["trainer"]), labelled_runs / label["file"])
        assert not _findings(judged.events, Level.MEDIUM), label["file"]


def test_faults_are_found_at_the_level_of_their_label(labelled_runs: Path) -> None:
    missed, labels = set(), _labels(labelled_runs)
    for label in labels:
        if label["verdict"] != "faulty":
            continue
        judged = replay(load(label["trainer"]), labelled_runs / label["file"])
        least = Level.of(label["at_least"])
        after = [e for e in _findings(judged.events, least) if e.step >= label["visible_from_step"]]
        if not after:
            missed.add(label["file"])
    assert missed == NOT_YET_FOUND & {label["file"] for label in labels}


def test_nan_is_found_at_the_row_in_which_it_shows(labelled_runs: Path) -> None:
    nans = [label for label in _labels(labelled_runs) if label.get("fault") in ("nan", "inf")]
    for label in nans:
        if label["verdict"] != "faulty":
            continue
        judged = replay(load(label["trainer"]), labelled_runs / label["file"])
        first = _findings(judged.events, Level.CRITICAL)[0]
        assert first.step == label["visible_from_step"], label["file"]


@pytest.mark.parametrize("name", shipped_packs())
def test_every_detector_tells_why_and_what_to_do(name: str) -> None:
    for detector in load(name).detectors:
        assert detector.summary, detector.name
        assert detector.why, detector.name
        assert detector.remedy, detector.name
        assert detector.reference, detector.name


# ---- traces: one that fires each detector, and one that nearly does --------------------------

Series = dict[str, list[float]]
nan, inf = math.nan, math.inf


def _flat(value: float, count: int = 60) -> list[float]:
    return [value] * count


TRACES: list[tuple[str, str, Series, Series]] = [
    (
        "sft",
        "common.gradient_not_finite",
        {"grad_norm": [1, nan], "loss": [1, 0]},
        {"grad_norm": [1, 1e30], "loss": [1, 0]},
    ),
    (
        "sft",
        "common.gradient_not_finite",
        {"grad_norm": [1, inf, inf, inf], "loss": _flat(1, 4)},
        {"grad_norm": [1, 2, 3, 4], "loss": _flat(1, 4)},
    ),
    (
        "sft",
        "common.loss_not_finite",
        {"loss": [1, nan], "grad_norm": [1, 1]},
        {"loss": [1, 1e30], "grad_norm": [1, 1]},
    ),
    (
        "sft",
        "common.loss_exactly_zero",
        {"loss": _flat(0, 20), "grad_norm": _flat(1, 20)},
        {"loss": [*_flat(0, 19), 1e-9, 0], "grad_norm": _flat(1, 21)},
    ),
    (
        "sft",
        "common.gradient_exactly_zero",
        {"grad_norm": _flat(0, 10)},
        {"grad_norm": [*_flat(0, 9), 1e-9]},
    ),
    (
        "sft",
        "common.gradient_explosion",
        {"grad_norm": [*_flat(1, 40), *_flat(11, 20)]},
        {"grad_norm": [*_flat(1, 40), *_flat(9, 20)]},
    ),
    (
        "sft",
        "common.learning_rate_zero",
        {"learning_rate": [0, 0, 0, 0, 0]},
        {"learning_rate": [0, 0, 0, 0, 1e-6]},
    ),
    (
        "sft",
        "sft.loss_hides_nan",
        {"loss": [1, 0], "entropy": [1, nan]},
        {"loss": [1, 0], "entropy": [1, 1]},
    ),
    (
        "sft",
        "sft.loss_jump",
        {"loss": [*_flat(1, 100), *_flat(2.1, 20)]},
        {"loss": [*_flat(1, 100), *_flat(1.9, 20)]},
    ),
    (
        "dpo",
        "dpo.margin_lost",
        {"rewards/margins": [0.1, nan], "loss": [0.6, 0]},
        {"rewards/margins": [0.1, 0.2], "loss": [0.6, 0]},
    ),
    (
        "dpo",
        "dpo.margin_exactly_zero",
        {"rewards/margins": _flat(0, 5)},
        {"rewards/margins": [0, 0, 0, 0, 1e-9]},
    ),
    (
        "dpo",
        "dpo.likelihood_collapse",
        {
            "logps/chosen": [*_flat(-20, 20), *_flat(-70, 20)],
            "logps/rejected": [*_flat(-20, 20), *_flat(-90, 20)],
        },
        {
            "logps/chosen": [*_flat(-20, 20), *_flat(-50, 20)],
            "logps/rejected": [*_flat(-20, 20), *_flat(-90, 20)],
        },
    ),
    (
        "dpo",
        "dpo.accuracy_at_chance",
        {"rewards/accuracies": _flat(0.5, 160)},
        {"rewards/accuracies": _flat(0.6, 160)},
    ),
    (
        "orpo",
        "orpo.margin_lost",
        {"rewards/margins": [0.1, 0.1], "nll_loss": [1, nan]},
        {"rewards/margins": [0.1, 0.1], "nll_loss": [1, 9]},
    ),
    (
        "orpo",
        "orpo.accuracy_at_chance",
        {"rewards/accuracies": _flat(0.5, 160)},
        {"rewards/accuracies": _flat(0.4, 160)},
    ),
    (
        "cpo",
        "cpo.margin_lost",
        {"rewards/margins": [0.1, nan], "nll_loss": [1, 1]},
        {"rewards/margins": [0.1, 5], "nll_loss": [1, 1]},
    ),
    (
        "cpo",
        "cpo.accuracy_at_chance",
        {"rewards/accuracies": _flat(0.55, 160)},
        {"rewards/accuracies": _flat(0.65, 160)},
    ),
    ("reward", "reward.margin_lost", {"margin": [0.1, nan]}, {"margin": [0.1, 0.0]}),
    (
        "reward",
        "reward.accuracy_at_chance",
        {"accuracy": _flat(0.45, 160)},
        {"accuracy": _flat(0.6, 160)},
    ),
    ("kto", "kto.kl_not_finite", {"kl": [0, nan]}, {"kl": [0, 0]}),
    (
        "kto",
        "kto.kl_runaway",
        {"kl": [*_flat(1, 30), *_flat(120, 40)]},
        {"kl": [*_flat(1, 30), *_flat(9, 40)]},
    ),
    *[
        trace
        for pack in ("grpo", "rloo")
        for trace in (
            (
                pack,
                f"{pack}.no_group_has_contrast",
                {"frac_reward_zero_std": _flat(1, 10)},
                {"frac_reward_zero_std": [*_flat(1, 9), 0.5]},
            ),
            (
                pack,
                f"{pack}.few_groups_have_contrast",
                {"frac_reward_zero_std": [0.5, 1, 1, 1] * 6},
                {"frac_reward_zero_std": [0.5, 1] * 12},
            ),
            (pack, f"{pack}.reward_lost", {"reward": [0.1, nan]}, {"reward": [0.1, 0.0]}),
            (
                pack,
                f"{pack}.entropy_collapse",
                {"entropy": [*_flat(2, 40), *_flat(0.1, 40)], "reward": _flat(0.5, 80)},
                {"entropy": [*_flat(2, 40), *_flat(0.3, 40)], "reward": _flat(0.5, 80)},
            ),
        )
    ],
    (
        "ppo",
        "ppo.kl_not_finite",
        {"objective/kl": [1, nan], "policy/entropy_avg": [1, 1]},
        {"objective/kl": [1, 90], "policy/entropy_avg": [1, 1]},
    ),
    (
        "ppo",
        "ppo.entropy_collapse",
        {"policy/entropy_avg": [*_flat(2, 30), *_flat(0.1, 30)], "objective/scores": _flat(1, 60)},
        {"policy/entropy_avg": [*_flat(2, 30), *_flat(0.3, 30)], "objective/scores": _flat(1, 60)},
    ),
    (
        "ppo",
        "ppo.value_loss_explosion",
        {"loss/value_avg": [*_flat(1, 40), *_flat(11, 20)]},
        {"loss/value_avg": [*_flat(1, 40), *_flat(9, 20)]},
    ),
]


def _rows(series: Series) -> list[dict[str, float]]:
    length = max(map(len, series.values()))
    return [
        {"step": i + 1, **{key: values[i] for key, values in series.items() if i < len(values)}}
        for i in range(length)
    ]


def _fires(pack: str, detector: str, series: Series) -> bool:
    return any(e.detector == detector for e in _findings(replay(load(pack), _rows(series)).events))


@pytest.mark.parametrize(("pack", "detector", "fires", "nearly"), TRACES, ids=lambda v: str(v)[:40])
def test_a_trace_fires_it_and_another_nearly_does(
    pack: str, detector: str, fires: Series, nearly: Series
) -> None:
    assert _fires(pack, detector, fires)
    assert not _fires(pack, detector, nearly)


def test_overfitting_fires_when_evaluation_rises_while_training_falls() -> None:
    def rows(evals: list[float]) -> list[dict[str, float]]:
        train = [{"step": i, "loss": 3 - i / 50} for i in range(1, 101)]
        told = [{"step": 20 * (i + 1), "eval_loss": value} for i, value in enumerate(evals)]
        return sorted([*train, *told], key=lambda row: row["step"])

    def fires(evals: list[float]) -> bool:
        events = replay(load("sft"), rows(evals)).events
        return any(event.detector == "sft.overfitting" for event in _findings(events))

    assert fires([2.0, 1.5, 1.8, 1.9, 2.0])
    assert not fires([2.0, 1.5, 1.55, 1.4, 1.3])
    assert not fires([2.0, 1.5, 1.8, 1.5, 1.4])


def test_every_shipped_detector_has_a_trace() -> None:
    traced = {detector for _, detector, _, _ in TRACES} | {"sft.overfitting"}
    shipped = {info.name for name in shipped_packs() for info in load(name).detectors}
    assert traced == shipped


@pytest.mark.parametrize("name", shipped_packs())
def test_without_its_metrics_a_detector_is_blind(name: str) -> None:
    judged = replay(load(name), [{"step": 1, "nothing_of_this": 1.0}])
    assert {blind.detector for blind in judged.blind} == {d.name for d in load(name).detectors}
    assert not judged.events
