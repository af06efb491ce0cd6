"""Logs of real TRL runs of tiny models on the CPU: healthy ones, and ones broken at a known step.

python -m benchmarks.detect.real [--algorithms dpo grpo] [--healthy 10] [--again]

Writes JSON lines and `labels.jsonl` into `build/detect/real`; runs that are there are kept.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import datasets
import transformers
from transformers import PrinterCallback, TrainerCallback

from benchmarks.detect.recorded import MADE
from benchmarks.detect.runs import Kind
from ptt_runtime import faults
from ptt_runtime.demo.tiny import CHARACTERS
from ptt_runtime.demo.trainers import algorithms, make_trainer

END_TOKEN, SOME_TOKEN = 2, 10
VOCABULARY = len(CHARACTERS) + 4
HEALTHY_RUNS = 10
PAIRS = ("dpo", "orpo", "cpo", "reward")
FIXED_DATA = ("sft", "kto", *PAIRS)
SAMPLING = ("grpo", "rloo")
LOOP = (*FIXED_DATA, *SAMPLING)
EVERY = (*LOOP, "ppo")

UNTRAINED = "most completions hit max_completion_length (an untrained model hardly ever ends)"

Break = Callable[[Any, int], None]
"""Breaks a trainer after so many steps."""


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault of the corpus: who can have it, what it is in the log, and how it is made."""

    name: str
    algorithms: tuple[str, ...]
    kind: Kind
    level: str
    """The least level that counts as having found it."""
    break_: Break
    options: Mapping[str, Any] = field(default_factory=dict)


def _callback(make: Callable[..., TrainerCallback]) -> Break:
    return lambda trainer, step: trainer.add_callback(make(after_step=step))


def _examples(make: Callable[[], Callable[..., Any]]) -> Break:
    """A change of examples, made for each run: some remember."""
    return _callback(lambda after_step: faults.FaultyExamples(make(), after_step=after_step))


def _reward(make: Callable[[], Callable[..., Any]]) -> Break:
    def break_(trainer: Any, step: int) -> None:
        trainer.reward_funcs = [
            faults.FaultyReward(each, make(), after_step=step) for each in trainer.reward_funcs
        ]

    return break_


def _scorer(trainer: Any, step: int) -> None:
    """The reward model of PPO, on another scale."""
    model = trainer.reward_model
    trainer.add_callback(
        faults.ScaledWeights(after_step=step, factor=100, name="score", module=model)
    )


def _scaled(name: str, factor: float) -> Break:
    return _callback(
        lambda after_step: faults.ScaledWeights(after_step=after_step, factor=factor, name=name)
    )


def _token(token: int, by: float) -> Break:
    return _callback(
        lambda after_step: faults.BiasedToken(after_step=after_step, token=token, by=by)
    )


def _rate(factor: float) -> Break:
    return _callback(
        lambda after_step: faults.ScaledLearningRate(after_step=after_step, factor=factor)
    )


def _gradients(factor: float) -> Break:
    return _callback(
        lambda after_step: faults.ScaledGradients(after_step=after_step, factor=factor)
    )


_NAN, _SHIFT, _DRIFT = Kind.STATE_LOSS, Kind.LEVEL_SHIFT, Kind.DRIFT

INJECTIONS = (
    # a policy that samples from NaN ends by an exception, with no log of the fault
    Injection("nan_weight", FIXED_DATA, _NAN, "critical", _callback(faults.PoisonedWeight)),
    Injection(
        "inf_weight",
        FIXED_DATA,
        _NAN,
        "critical",
        _callback(
            lambda after_step: faults.PoisonedWeight(after_step=after_step, value=float("inf"))
        ),
    ),
    Injection("learning_rate_x300", LOOP, _SHIFT, "medium", _rate(300)),
    Injection("learning_rate_zero", LOOP, _SHIFT, "medium", _rate(0)),
    Injection("gradients_x1000", LOOP, _SHIFT, "medium", _gradients(1000)),
    Injection("gradients_zero", LOOP, _SHIFT, "high", _gradients(0)),
    Injection(
        "weights_noisy",
        EVERY,
        _SHIFT,
        "medium",
        _callback(lambda after_step: faults.NoisyWeights(after_step=after_step, share=10)),
    ),
    Injection("weights_reset", ("sft", *PAIRS), _SHIFT, "medium", _callback(faults.ResetWeights)),
    Injection(
        "steps_slow",
        FIXED_DATA,
        _SHIFT,
        "low",
        _callback(lambda after_step: faults.SlowSteps(after_step=after_step, seconds=0.15)),
    ),
    Injection("batch_stuck", ("sft", *PAIRS), _DRIFT, "medium", _examples(faults.first_again)),
    Injection(
        "tokens_random",
        FIXED_DATA,
        _SHIFT,
        "medium",
        _examples(lambda: faults.random_tokens(VOCABULARY)),
    ),
    Injection(
        "labels_masked",
        ("sft",),
        _NAN,
        "high",
        _callback(
            lambda after_step: faults.FaultyBatches(faults.masked_labels, after_step=after_step)
        ),
    ),
    Injection("pairs_swapped", PAIRS, _SHIFT, "medium", _examples(lambda: faults.swapped_pairs)),
    Injection(
        "labels_swapped", ("kto",), _SHIFT, "medium", _examples(lambda: faults.swapped_pairs)
    ),
    Injection(
        "pairs_identical", PAIRS, _SHIFT, "medium", _examples(lambda: faults.identical_pairs)
    ),
    Injection("head_scaled_up", ("sft", "dpo", "kto"), _SHIFT, "medium", _scaled("lm_head", 10)),
    Injection("scores_scaled_up", ("reward",), _SHIFT, "medium", _scaled("score", 30)),
    Injection("scores_scaled_down", ("reward",), _SHIFT, "medium", _scaled("score", 0.01)),
    Injection("reward_constant", SAMPLING, _SHIFT, "high", _reward(lambda: faults.constant(1.0))),
    Injection("reward_nan", SAMPLING, _NAN, "critical", _reward(lambda: faults.not_a_number)),
    Injection("reward_missing", SAMPLING, _NAN, "critical", _reward(lambda: faults.missing)),
    Injection("reward_x50", SAMPLING, _SHIFT, "high", _reward(lambda: faults.scaled(50))),
    Injection("reward_inverted", SAMPLING, _SHIFT, "medium", _reward(lambda: faults.inverted)),
    Injection("reward_noisy", SAMPLING, _SHIFT, "medium", _reward(lambda: faults.noisy(1.0))),
    Injection("reward_by_length", SAMPLING, _SHIFT, "medium", _reward(lambda: faults.by_length)),
    Injection("entropy_collapse", (*SAMPLING, "ppo"), _SHIFT, "medium", _scaled("lm_head", 30)),
    Injection("one_token", (*SAMPLING, "ppo"), _SHIFT, "medium", _token(SOME_TOKEN, 30)),
    Injection("ends_at_once", (*SAMPLING, "ppo"), _SHIFT, "medium", _token(END_TOKEN, 30)),
    Injection("never_ends", (*SAMPLING, "ppo"), _SHIFT, "low", _token(END_TOKEN, -30)),
    Injection("scores_x100", ("ppo",), _SHIFT, "medium", _scorer),
    Injection("learning_rate_x100", ("ppo",), _DRIFT, "medium", _rate(100)),
)


# ---- settings ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """How a run is trained. Logs, not steps, are what rules see."""

    seed: int
    logs: int
    every: int
    rate: float
    """Times the learning rate of the recipe."""
    batch: int

    @property
    def steps(self) -> int:
        return self.logs * self.every


_HEALTHY = (
    Setting(1, 200, 1, 1.0, 8),
    Setting(2, 200, 1, 0.3, 8),
    Setting(3, 60, 5, 1.0, 8),
    Setting(4, 50, 10, 0.3, 8),
    Setting(5, 300, 1, 0.5, 8),
    Setting(6, 120, 2, 1.0, 16),
    Setting(7, 150, 1, 0.1, 16),
    Setting(8, 80, 2, 0.5, 8),
    Setting(9, 150, 1, 1.0, 16),
    Setting(10, 60, 4, 1.0, 8),
)
_FAULTY = (Setting(11, 160, 1, 0.5, 8), Setting(12, 80, 2, 0.5, 8))

_RATES = {"sft": 3e-3, "ppo": 3e-4}
_RATE = 1e-3
_EXAMPLES = 512


def _options(algorithm: str, setting: Setting) -> dict[str, Any]:
    options: dict[str, Any] = {
        "seed": setting.seed,
        "logging_steps": setting.every,
        "learning_rate": _RATES.get(algorithm, _RATE) * setting.rate,
        "per_device_train_batch_size": setting.batch,
    }
    if algorithm in FIXED_DATA and setting.seed % 3 == 0:
        every = max(setting.steps // 15, 1)
        options |= {"eval_strategy": "steps", "eval_steps": every}
    return options


# ---- runs ----------------------------------------------------------------------------------


class _Recording(TrainerCallback):
    """Every log event as a row, as the callback of ptt sees it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._began = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._began = time.monotonic()

    def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        own = {"step": state.global_step, "time": round(time.monotonic() - self._began, 3)}
        self.rows.append({**own, **kwargs["logs"], **own})


@dataclass(frozen=True, slots=True)
class Job:
    algorithm: str
    setting: Setting
    injection: Injection | None = None

    @property
    def file(self) -> str:
        what = self.injection.name if self.injection else "healthy"
        return f"{self.algorithm}-{what}-s{self.setting.seed}.jsonl"

    @property
    def after_step(self) -> int:
        """An onset a little before the middle, on a log."""
        return self.setting.logs * 45 // 100 * self.setting.every

    def label(self, config: Mapping[str, Any]) -> dict[str, Any]:
        about = {
            "file": self.file,
            "trainer": self.algorithm,
            "seed": self.setting.seed,
            "logging_steps": self.setting.every,
            "config": config,
        }
        if self.injection is None:
            known = {"also_true": UNTRAINED} if self.algorithm in SAMPLING else {}
            return {**about, "verdict": "healthy", **known}
        return {
            **about,
            "verdict": "faulty",
            "fault": self.injection.name,
            "kind": self.injection.kind.value,
            "at_least": self.injection.level,
            "visible_from_step": self.after_step + 1,
        }


def jobs(algorithms: Sequence[str], healthy: int) -> Iterator[Job]:
    """All runs, ordered so that a benchmark that is cut short has something of each trainer."""
    for injected, setting in zip_longest(_FAULTY, _HEALTHY[:healthy]):
        for algorithm in algorithms:
            yield Job(algorithm, setting)
            for injection in INJECTIONS if injected else ():
                if algorithm in injection.algorithms:
                    yield Job(algorithm, injected, injection)


_CONFIG = ("beta", "num_generations", "logging_steps", "learning_rate", "max_steps", "kl_coef")


def train(job: Job, folder: Path) -> dict[str, Any]:
    """Trains one run, writes its log, and gives its label."""
    scratch = folder / "training"
    options = _options(job.algorithm, job.setting)
    steps = job.setting.steps
    trainer = make_trainer(job.algorithm, scratch, steps=steps, examples=_EXAMPLES, **options)
    recording = _Recording()
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(recording)
    if job.injection is not None:
        job.injection.break_(trainer, job.after_step)
    gc.freeze()  # PPOTrainer collects garbage several times a step, which is most of its time
    trainer.train()
    lines = "".join(json.dumps(row) + "\n" for row in recording.rows)
    (folder / job.file).write_text(lines, encoding="utf-8")
    shutil.rmtree(scratch)
    config = {name: getattr(trainer.args, name, None) for name in _CONFIG}
    return job.label({name: value for name, value in config.items() if value is not None})


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detect.real")
    parser.add_argument("--algorithms", nargs="+", default=algorithms())
    parser.add_argument("--healthy", type=int, default=HEALTHY_RUNS)
    parser.add_argument("--again", action="store_true", help="also train runs that are there")
    options = parser.parse_args(arguments)
    _quiet()
    for algorithm in options.algorithms if options.again else ():
        shutil.rmtree(MADE / algorithm, ignore_errors=True)
    for job in jobs(options.algorithms, options.healthy):
        _make(job)
    return 0


def _make(job: Job) -> None:
    """Trains a run, unless it is there; its label is written last."""
    folder = MADE / job.algorithm
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / job.file).exists():
        return
    began = time.monotonic()
    label = train(job, folder)
    with (folder / "labels.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(label) + "\n")
    print(f"{job.file:<40} {time.monotonic() - began:5.1f} s", flush=True)


def _quiet() -> None:
    transformers.utils.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    warnings.filterwarnings("ignore")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
