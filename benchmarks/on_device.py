"""What `benchmarks.gpu` measures with: a model of half a billion weights, and what looks on."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch._dynamo import reset
from torch._dynamo.utils import counters
from torch.utils._python_dispatch import TorchDispatchMode
from transformers import LlamaConfig, LlamaForCausalLM, TrainerCallback

from benchmarks.training import EVENTS
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.tiny import MAX_TOKENS, tiny_tokenizer
from ptt_runtime.rank_metrics.clock import StepClock
from ptt_runtime.rank_metrics.memory import memory_of

WAITS = "called a synchronizing CUDA operation"
"""How torch says that a call waited for the device. Source: `torch.cuda.set_sync_debug_mode`"""


def half_billion(folder: Path, device: torch.device) -> Any:
    """A Llama of 0.5 billion random weights in bf16, saved in `folder` with its tokenizer.

    Its vocabulary is the tokenizer's of the demo, so a step is shorter than that of a published
    model of this size, and the share of the callback greater.
    """
    tokenizer = tiny_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=1280,
        intermediate_size=5120,
        num_hidden_layers=19,
        num_attention_heads=20,
        max_position_embeddings=2 * MAX_TOKENS,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    torch.manual_seed(0)
    made: Any = LlamaForCausalLM(config)
    made.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    saved: Any = LlamaForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    return saved.to(device)


class Pace(TrainerCallback):
    """Seconds of each step, from the end of one to the end of the next; ends after so many."""

    def __init__(self, seconds: float) -> None:
        self.steps: list[float] = []
        self._most = seconds
        self._began = self._last = 0.0

    def on_train_begin(self, *_: Any, **__: Any) -> None:
        self._began = self._last = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        now = time.perf_counter()
        self.steps.append(now - self._last)
        self._last = now
        if now - self._began > self._most:
            control.should_training_stop = True


class _Reads(TorchDispatchMode):
    """Counts values that Python reads off tensors, on any device: `.item()`, `float(tensor)`."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func is torch.ops.aten._local_scalar_dense.default
        return func(*args, **(kwargs or {}))


class Watcher:
    """Counts what calls make the device do.

    `waits` is None where there is no device that could be waited for.
    """

    def __init__(self, device: torch.device) -> None:
        self._is_cuda = device.type == "cuda"
        self.read = 0
        self.waits: int | None = 0 if self._is_cuda else None

    @contextmanager
    def watching(self) -> Iterator[None]:
        if self._is_cuda:
            torch.cuda.set_sync_debug_mode("warn")
        try:
            with warnings.catch_warnings(record=True) as said, _Reads() as reads:
                warnings.simplefilter("always")
                yield
        finally:
            if self._is_cuda:
                torch.cuda.set_sync_debug_mode("default")
        self.read += reads.count
        if self.waits is not None:
            self.waits += sum(WAITS in str(one.message) for one in said)


class WatchedCallback(DiagnosticsCallback):
    """The callback, with a watcher on its hooks of the steps."""

    def __init__(self, watcher: Watcher, **options: Any) -> None:
        super().__init__(**options)
        for event in EVENTS:
            setattr(self, event, _watched(watcher, getattr(self, event)))


def _watched(watcher: Watcher, event: Callable[..., None]) -> Callable[..., None]:
    def watched(*args: Any, **kwargs: Any) -> None:
        with watcher.watching():
            event(*args, **kwargs)

    return watched


class BesideClock(TrainerCallback):
    """The clock and the memory of rank metrics, in a training of one rank."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._clock: StepClock | None = None
        self.found: dict[str, float] = {}

    def on_train_begin(self, *_: Any, **given: Any) -> None:
        self._clock = StepClock(given["model"], self._device)

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self._running.step_begins()

    def on_pre_optimizer_step(self, *_: Any, **__: Any) -> None:
        self._running.gradients_are_there()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._running.step_ends()
        if state.global_step == 1:
            self._running.forget()

    def on_train_end(self, *_: Any, **__: Any) -> None:
        measured = {**self._running.take(), **memory_of(self._device)}
        self.found = {quantity.value: number for quantity, number in measured.items()}
        self._running.close()

    @property
    def _running(self) -> StepClock:
        if self._clock is None:
            raise RuntimeError("the training has not begun")
        return self._clock


@contextmanager
def graphs_compiled() -> Iterator[Callable[[], int]]:
    """How many graphs torch compiles in the block, from nothing."""
    reset()
    counters.clear()
    yield lambda: int(counters["stats"]["unique_graphs"])
