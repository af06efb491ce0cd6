"""Trainings of several processes, one after the other in one launch; what became of them as JSON.

Run by `test_ranks.py` under torchrun and `accelerate launch`. What happens on one rank alone is
done here: a clock that is wrong, memory that fills up, a callback that fails, a slow forward pass.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaForCausalLM, TrainerCallback

from ptt_rules.observing import judging, run
from ptt_runtime import DiagnosticsCallback, Snapshots, callback
from ptt_runtime.demo import tiny
from ptt_runtime.demo.trainers import make_trainer
from ptt_runtime.distributed import Ranks
from ptt_runtime.rank_metrics import part as rank_metrics

OUT, RANK = Path(sys.argv[1]), int(os.environ["RANK"])
ODD = 1
"""The rank on which something is different."""

LOG_RULE = """
metric gradient: norm = "grad_norm"
detector third { critical when count(gradient[all]) >= 3 }
"""
TIME_RULE = "detector late { critical when time - min(time[all]) > 1 }"
MEMORY_RULE = """
metric memory[rank]: bytes = "ranks/memory/{rank}"
detector grown for each memory { critical when memory - min(memory[first 1]) > 2e8 }
"""
SET_RULE = """
metric gradient: norm = "grad_norm"
detector third { high when count(gradient[all]) >= 3 }
policy act { on third.high { set learning_rate = learning_rate * 0.5  pause 2 s } }
"""
SNAPSHOT_RULE = """
metric said: tokens = "snapshot/length"
detector second { critical when count(said[all]) >= 2 }
"""
SLOW_RULE = """
metric said: tokens = "snapshot/length"
detector third { critical when count(said[all]) >= 3 }
"""
SILENT_RULE = """
metric of[rank]: seconds = "ranks/step_time/{rank}"
metric reporting: count = "across_ranks/reporting"
detector silent { critical when reporting == 1 for 2 }
"""


# once processes know each other, only the first one of them writes a model
tiny.tiny_model(OUT / f"model-{RANK}")
tiny.tiny_model = lambda *_, **__: LlamaForCausalLM.from_pretrained(OUT / f"model-{RANK}")


class OnOneRank(TrainerCallback):
    """Does something at the steps of one rank."""

    def __init__(self, act: Any) -> None:
        self._act = act

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if RANK == ODD:
            self._act(state.global_step, kwargs["model"])


class Notes(TrainerCallback):
    """When each step began on this rank, and with which learning rate."""

    def __init__(self) -> None:
        self.began: list[float] = []
        self.rates: list[float] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.began.append(time.monotonic())
        self.rates.append(kwargs["optimizer"].param_groups[0]["lr"])


def train(name: str, rules: str, *, steps: int, act: Any = None, **options: Any) -> None:
    """One training by the policy guard; writes what became of it on this rank."""
    pack = OUT / f"{name}.ptt"
    if RANK == 0 and rules:
        pack.write_text(rules)
    while rules and not pack.exists():
        time.sleep(0.01)
    given = {"packs": [pack] if rules else None, "only": bool(rules), "policy": "guard", **options}
    ptt = DiagnosticsCallback(run_dir=OUT / name, **given)
    notes = Notes()
    trainer = make_trainer(
        "sft",
        OUT / f"{name}-{RANK}",
        steps=steps,
        callbacks=[OnOneRank(act or (lambda step, model: None)), notes, ptt],
        ddp_backend="gloo",
        save_only_model=True,
    )
    trainer.train()
    told = {"step": trainer.state.global_step, "rates": notes.rates, "began": notes.began}
    (OUT / f"{name}-{RANK}.json").write_text(json.dumps(told))


def skewed(step: int, _: Any) -> None:
    """Steps take a while, and the clock of this rank is a minute ahead."""
    time.sleep(0.1)
    LIVE[-1].judging._began -= 60


def grows(step: int, _: Any) -> None:
    if step == 3:
        HELD.append(bytearray(os.urandom(1) * 400_000_000))


def slow(step: int, model: Any) -> None:
    """From the second step on, the forward pass takes long."""
    if step == 1:
        model.register_forward_pre_hook(lambda *_: time.sleep(0.08))


def spoils(step: int, model: Any) -> None:
    if step == 3:
        with torch.no_grad():
            next(model.parameters()).fill_(torch.nan)


def dies(step: int, _: Any) -> None:
    if step == 4:
        os.kill(os.getpid(), signal.SIGKILL)


def raises(step: int, _: Any) -> None:
    if step == 4:
        raise ValueError("its batch is broken")


def fails_at_a_row(self: Any, *_: Any) -> None:
    raise RuntimeError("a bug of ours on one rank")


HELD: list[bytearray] = []
LIVE: list[Any] = []
_init = run.Run.__init__


def remembered(self: Any, *given: Any, **options: Any) -> None:
    _init(self, *given, **options)
    LIVE.append(self)


run.Run.__init__ = remembered


def on_the_odd_rank(module: Any, name: str, other: Any, then: Any) -> Any:
    """Runs with something of ours replaced on the odd rank."""
    own = getattr(module, name)
    if RANK == ODD:
        setattr(module, name, other)
    try:
        return then()
    finally:
        setattr(module, name, own)


TAKEN = Snapshots(every=2, prompts=["a", "b", "c", "d", "e"], batch_size=2, max_new_tokens=4)
LIMIT_S = 4


def with_a_limit(then: Any) -> None:
    """Ranks wait for each other for a few seconds only."""
    own = Ranks.meet
    Ranks.meet = lambda self, **_: own(self, timeout_s=LIMIT_S)
    try:
        then()
    finally:
        Ranks.meet = own


ASKED: list[list[str]] = []


def slower_than_the_limit(prompts: list[str]) -> list[str]:
    """The second time it takes twice as long as ranks wait for each other."""
    ASKED.append(prompts)
    if len(ASKED) == 2:
        time.sleep(2 * LIMIT_S + 1)
    return ["yes"] * len(prompts)


SLOW = Snapshots(every=2, prompts=["a"], generate=slower_than_the_limit)
SCENARIOS = {
    "log": lambda: train("log", LOG_RULE, steps=6),
    "unsafe": lambda: train("unsafe", LOG_RULE, steps=6, act=spoils),
    "time": lambda: train("time", TIME_RULE, steps=40, act=skewed),
    "memory": lambda: train("memory", MEMORY_RULE, steps=20, act=grows, rank_metrics_every=2),
    "straggler": lambda: train("straggler", "", steps=30, act=slow, policy=None),
    "snapshot": lambda: train("snapshot", SNAPSHOT_RULE, steps=6, snapshots=TAKEN),
    "slow": lambda: with_a_limit(lambda: train("slow", SLOW_RULE, steps=6, snapshots=SLOW)),
    "set": lambda: train("set", SET_RULE, steps=5, policy="act"),
    "raised": lambda: train("raised", LOG_RULE, steps=9, act=raises, policy="observe"),
    "killed": lambda: train("killed", LOG_RULE, steps=9, act=dies, policy="observe"),
    "row": lambda: on_the_odd_rank(
        judging.Judging, "observe", fails_at_a_row, lambda: train("row", LOG_RULE, steps=6)
    ),
    "start": lambda: on_the_odd_rank(
        callback, "algorithm_of", fails_at_a_row, lambda: train("start", LOG_RULE, steps=5)
    ),
    "measure": lambda: on_the_odd_rank(
        rank_metrics,
        "memory_of",
        fails_at_a_row,
        lambda: train("measure", SILENT_RULE, steps=6, rank_metrics_every=1),
    ),
}


for wanted in sys.argv[2].split(","):
    began = time.monotonic()
    SCENARIOS[wanted]()
    print(f"{wanted} {RANK} {time.monotonic() - began:.1f} s", flush=True)
