"""What the callback costs and does on a GPU: SFT, DPO, GRPO of half a billion weights.

    python -m benchmarks.gpu             on a machine with CUDA, about 15 minutes
    python -m benchmarks.gpu --write     keeps the tables in docs/speed.md
    python -m benchmarks.gpu --tiny      a tiny model, a few steps, also on a CPU: whether it works

The model is made from a configuration, with random weights, in bf16; nothing is downloaded. GRPO
samples with vLLM if it is installed.
"""

from __future__ import annotations

import argparse
import logging
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

import torch

from benchmarks.on_device import (
    BesideClock,
    Pace,
    WatchedCallback,
    Watcher,
    graphs_compiled,
    half_billion,
)
from benchmarks.tables import Table, commit
from benchmarks.training import ALGORITHMS, TimedCallback, quiet
from ptt_rules import __version__
from ptt_runtime import DiagnosticsCallback, Snapshots
from ptt_runtime.demo.trainers import make_trainer

PAGE = Path(__file__).parent.parent / "docs" / "speed.md"
MARK = "<!-- from here on: python -m benchmarks.gpu --write -->"
VERSIONS = ("torch", "transformers", "trl", "accelerate", "vllm")
FIRST = 5
"""Steps that are left out: they warm up kernels, caches and the allocator."""
NOT_KNOWN = "-"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is trained."""

    device: torch.device
    seconds: float
    """Each of the two trainings that are compared ends after so long."""
    steps: int
    """Or after so many steps."""
    checked_steps: int
    batch: int
    is_tiny: bool
    algorithms: tuple[str, ...] = ALGORITHMS

    @property
    def has_vllm(self) -> bool:
        return self.device.type == "cuda" and installed("vllm") is not None


def installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


# ---- trainings -----------------------------------------------------------------------------


def trained(scale: Scale, algorithm: str, folder: Path, *callbacks: Any, **options: Any) -> Any:
    """A trainer that has trained, on the device, with these callbacks."""
    given: dict[str, Any] = {"logging_steps": 1, "per_device_train_batch_size": scale.batch}
    if scale.device.type == "cuda":
        given |= {"use_cpu": False, "bf16": True, "dataloader_pin_memory": True}
    if not scale.is_tiny:
        given |= {"policy": half_billion(folder / "model", scale.device), "learning_rate": 1e-5}
    if algorithm == "grpo" and scale.has_vllm:
        given |= {"use_vllm": True, "vllm_mode": "colocate", "vllm_gpu_memory_utilization": 0.3}
    given = {"steps": scale.steps, **given, **options}
    trainer = make_trainer(algorithm, folder, callbacks=list(callbacks), **given)
    trainer.train()
    return trainer


@contextmanager
def fresh() -> Iterator[Path]:
    """A folder for one training, quiet; what the training held on the device is given back."""
    logging.disable(logging.WARNING)
    try:
        with tempfile.TemporaryDirectory() as folder, quiet():
            yield Path(folder)
    finally:
        logging.disable(logging.NOTSET)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


# ---- tables --------------------------------------------------------------------------------


def shares(scale: Scale) -> Table:
    """The same training without and with the callback."""
    table = Table(
        "The callback's share of a step",
        "Median ms of a step without and with the callback, every step logged; what the callback "
        "takes by the time inside its own hooks, and its share of the step.",
        ("trainer", "steps", "ms without", "ms with", "difference", "hooks us", "p99 us", "share"),
    )
    for algorithm in scale.algorithms:
        bare, with_ptt = Pace(scale.seconds), Pace(scale.seconds)
        with fresh() as folder:
            trained(scale, algorithm, folder, bare)
        with fresh() as folder:
            callback = TimedCallback(run_dir=folder / "run")
            trained(scale, algorithm, folder, callback, with_ptt)
        us = [1e6 * took for step, took in callback.seconds.items() if step > FIRST]
        one, other = (1000 * median(pace.steps[FIRST:]) for pace in (bare, with_ptt))
        found = f"{other / one - 1:+.2%}", mean(us), quantiles(us, n=100)[98]
        share = f"{mean(us) / 1000 / other:.2%}"
        table.rows.append((algorithm, len(with_ptt.steps), one, other, *found, share))
    return table


def checks(scale: Scale) -> Table:
    """What the callback makes the device do."""
    table = Table(
        "What it makes the device do",
        "In all hooks of a shorter training: values that were read off tensors, and calls that "
        "waited for the device (`torch.cuda.set_sync_debug_mode`); snapshots of fixed prompts, "
        "apart from these; and the keys of the sampler that were logged.",
        ("trainer", "values read", "waits", "snapshots", "s each", "keys of the sampler"),
    )
    for algorithm in scale.algorithms:
        watcher = Watcher(scale.device)
        with fresh() as folder:
            callback = WatchedCallback(watcher, run_dir=folder / "run")
            trained(scale, algorithm, folder, callback, steps=scale.checked_steps)
            frame = callback.frame
            keys = [] if frame is None else frame.columns
        sampler = sorted(key for key in keys if key.startswith("sampling/"))
        shown = ", ".join(f"`{key}`" for key in sampler) or NOT_KNOWN
        waits = NOT_KNOWN if watcher.waits is None else watcher.waits
        snapshots = _snapshots(scale, algorithm)
        table.rows.append((algorithm, watcher.read, waits, *snapshots, shown))
    return table


def _snapshots(scale: Scale, algorithm: str) -> tuple[int, float]:
    """How many were taken, and what the step of one takes longer than others, in seconds."""
    every = scale.checked_steps // 2
    with fresh() as folder:
        asked = Snapshots(every=every, max_new_tokens=16)
        callback = TimedCallback(run_dir=folder / "run", snapshots=asked)
        trained(scale, algorithm, folder, callback, steps=scale.checked_steps)
        taken = len(list((folder / "run").glob("**/snapshots/*")))
    times = [took for step, took in callback.seconds.items() if step and step % every == 0]
    return taken, mean(times)


def clocks(scale: Scale) -> Table:
    """The quantities of rank metrics."""
    table = Table(
        "Clock and memory of the device",
        "What rank metrics record of one rank: their clock of a step and their counters of memory, "
        "beside the callback, which turns them on where there are several ranks.",
        ("quantity", *scale.algorithms),
    )
    found = []
    for algorithm in scale.algorithms:
        beside = BesideClock(scale.device)
        with fresh() as folder:
            callback = DiagnosticsCallback(run_dir=folder / "run")
            trained(scale, algorithm, folder, callback, beside, steps=scale.checked_steps)
        found.append(beside.found)
    for name in sorted({name for one in found for name in one}):
        table.rows.append((name, *(one.get(name, NOT_KNOWN) for one in found)))
    return table


def graphs(scale: Scale) -> Table:
    """Whether a compiled model is compiled anew for the callback."""
    backend = "eager" if scale.is_tiny else "inductor"
    table = Table(
        "Compiling",
        "Graphs that `torch_compile` makes in a training without and with the callback.",
        ("trainer", "without", "with"),
    )

    def count(*made: Callable[[Path], Any]) -> int:
        with fresh() as folder, graphs_compiled() as compiled:
            options = {"torch_compile": True, "torch_compile_backend": backend}
            callbacks = [make(folder) for make in made]
            trained(scale, "sft", folder, *callbacks, steps=scale.checked_steps, **options)
        return compiled()

    with_ptt = count(lambda folder: DiagnosticsCallback(run_dir=folder / "run"))
    table.rows.append(("sft", count(), with_ptt))
    return table


# ---- the page ------------------------------------------------------------------------------


def made_where(scale: Scale) -> str:
    """Date, card and versions, in one line."""
    is_cuda = scale.device.type == "cuda"
    card = torch.cuda.get_device_name(scale.device) if is_cuda else "the CPU"
    versions = [f"{name} {installed(name) or 'not installed'}" for name in VERSIONS]
    day = datetime.now(timezone.utc).date().isoformat()
    ptt = f"ptt {__version__} ({commit()})"
    return f"{day}, {card}, Python {platform.python_version()}, {ptt}, {', '.join(versions)}."


def text_of(scale: Scale) -> str:
    parts = [f"Measured {made_where(scale)}"]
    for make in (shares, checks, clocks, graphs):
        table = make(scale)
        parts.append(f"**{table.name}.** {table.note}\n\n{table.markdown()}")
        print(f"{table.name}: done", file=sys.stderr, flush=True)
    return "\n\n".join(parts) + "\n"


def scale_of(*, is_tiny: bool, minutes: float, algorithms: tuple[str, ...]) -> Scale | None:
    """What this machine can train; None without CUDA, unless a tiny model is asked for."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if is_tiny:
        return Scale(device, 600, FIRST + 3, 2, 4, True, algorithms)
    if device.type == "cpu":
        return None
    return Scale(device, 60 * minutes, 100_000, 40, 16, False, algorithms)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/speed.md")
    parser.add_argument("--tiny", action="store_true", help="whether it works: measures nothing")
    parser.add_argument("--minutes", type=float, default=2, help="of each compared training (2)")
    parser.add_argument("--algorithms", nargs="+", choices=ALGORITHMS, default=ALGORITHMS)
    given = parser.parse_args(words)
    if given.tiny and given.write:
        print("--tiny measures nothing that is worth keeping: leave out --write", file=sys.stderr)
        return 2
    scale = scale_of(is_tiny=given.tiny, minutes=given.minutes, algorithms=(*given.algorithms,))
    if scale is None:
        print("no GPU: torch finds no CUDA here; --tiny tries it on the CPU", file=sys.stderr)
        return 2
    text = text_of(scale)
    print(text)
    if given.write:
        head = PAGE.read_text(encoding="utf-8").split(MARK)[0]
        PAGE.write_text(f"{head}{MARK}\n\n{text}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
