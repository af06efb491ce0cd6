"""Where the time of a step goes on one rank: computing apart from waiting for the others.

The wall time of a step is the same on all ranks, since the slowest one keeps the others in the
all-reduce of the gradients. What differs is where they spend it:

    data      step's end -> on_step_begin    the data loader, on the host
    forward   model called -> returned       sum over all calls, sampling included
    backward  gradient reaches the outputs -> gradient of the first parameters is there
    wait      that moment -> on_pre_optimizer_step: all-reduce, and whoever comes late
    other     the rest until then: losses, rewards, and whoever comes late where they are gathered

The last gradient of a backward pass is that of the first parameters. It is there before the
all-reduce of its bucket has begun, so up to that moment a rank has waited for nobody, as long as
parameters are replicated. With sharded ones (FSDP, ZeRO 3) the collectives are within forward and
backward, and a slow rank shows in no clock of this kind.

On a GPU the host runs ahead: moments are CUDA events on the stream that computes, and are read when
the device has passed them, so nothing waits for it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import torch

from ptt_runtime.rank_metrics.quantities import Quantity

_LAST_TO_BE_READY = 8
"""How many of the first parameters that are trained are watched for their gradients."""


class HostTime:
    """Moments of the host's clock."""

    def mark(self) -> Any:
        return time.perf_counter()

    def seconds(self, begin: Any, end: Any) -> float | None:
        return float(end - begin)


class DeviceTime:
    """Moments of the stream that computes. Null: as long as the device has not passed them"""

    def mark(self) -> Any:
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def seconds(self, begin: Any, end: Any) -> float | None:
        return begin.elapsed_time(end) / 1000 if end.query() else None


class StepClock:
    """The sums of one rank since they were last taken, over whole steps.

    Unit: seconds
    Cost: two moments for each call of the model, a few for its backward pass
    """

    def __init__(self, model: torch.nn.Module, device: torch.device) -> None:
        self._time = DeviceTime() if device.type == "cuda" else HostTime()
        self._sums: dict[Quantity, float] = {}
        self._pending: deque[tuple[Quantity, Any, Any]] = deque()
        self._called: Any = None
        self._backward: Any = None
        self._ready: Any = None
        self._idle_since: float | None = None
        self._began: float | None = None
        self._entered: Any = None
        self._steps = 0
        self._tokens = 0
        self._loss: torch.Tensor | None = None
        self._handles = [
            model.register_forward_pre_hook(self._before_forward, with_kwargs=True),
            model.register_forward_hook(self._after_forward),
            *(one.register_post_accumulate_grad_hook(self._has_gradient) for one in _first(model)),
        ]

    def close(self) -> None:
        """Leaves the model as it was."""
        for handle in self._handles:
            handle.remove()

    # ---- hooks of the model ------------------------------------------------------------------

    def _before_forward(self, _: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        if torch.is_grad_enabled():
            self._close_backward()  # of the micro-batch before
            tokens = kwargs.get("input_ids", args[0] if args else None)
            self._tokens += tokens.numel() if isinstance(tokens, torch.Tensor) else 0
        self._called = self._time.mark()

    def _after_forward(self, _: Any, __: Any, output: Any) -> None:
        if self._called is not None:
            self._pending.append((Quantity.FORWARD_TIME, self._called, self._time.mark()))
        self._called = None
        if torch.is_grad_enabled():
            for tensor in _tensors(output):
                if tensor.requires_grad:
                    tensor.register_hook(self._begins_backward)
            loss = getattr(output, "loss", None)
            self._loss = loss.detach() if isinstance(loss, torch.Tensor) else None

    def _begins_backward(self, _: torch.Tensor) -> None:
        if self._backward is None:
            self._backward, self._ready = self._time.mark(), None

    def _has_gradient(self, _: torch.Tensor) -> None:
        self._ready = self._time.mark()

    def _close_backward(self) -> None:
        if self._backward is not None and self._ready is not None:
            self._pending.append((Quantity.BACKWARD_TIME, self._backward, self._ready))
        self._backward = None

    # ---- events of the trainer ---------------------------------------------------------------

    def step_begins(self) -> None:
        now = time.perf_counter()
        if self._idle_since is not None:
            self._add(Quantity.DATA_TIME, now - self._idle_since)
        self._began = self._idle_since if self._idle_since is not None else now
        self._backward = self._ready = None
        self._entered = self._time.mark()

    def gradients_are_there(self) -> None:
        self._close_backward()
        now = self._time.mark()
        if self._ready is not None:
            self._pending.append((Quantity.WAIT_TIME, self._ready, now))
        if self._entered is not None:
            self._pending.append((Quantity.OTHER_TIME, self._entered, now))

    def step_ends(self) -> None:
        now = time.perf_counter()
        begin = self._began if self._began is not None else self._idle_since
        if begin is not None:
            self._add(Quantity.STEP_TIME, now - begin)
            self._steps += 1
        self._began, self._idle_since = None, now
        self._drain()

    def goes_on(self) -> None:
        """What came between two steps is over: what follows is loading."""
        self._idle_since = time.perf_counter()

    def _add(self, quantity: Quantity, seconds: float) -> None:
        self._sums[quantity] = self._sums.get(quantity, 0.0) + seconds

    def _drain(self) -> None:
        while self._pending:
            quantity, begin, end = self._pending[0]
            seconds = self._time.seconds(begin, end)
            if seconds is None:
                return
            self._pending.popleft()
            self._add(quantity, seconds)

    # ---- readings ------------------------------------------------------------------------------

    def forget(self) -> None:
        """Begins anew: the first step warms up caches, kernels and workers."""
        self._sums, self._steps, self._tokens = {}, 0, 0
        self._pending.clear()

    def take(self) -> dict[Quantity, float]:
        """Means a step since the last reading; the newest loss of this rank alone."""
        found = {name: total / self._steps for name, total in self._sums.items() if self._steps}
        if Quantity.FORWARD_TIME in found and Quantity.BACKWARD_TIME in found:
            computing = found[Quantity.FORWARD_TIME] + found[Quantity.BACKWARD_TIME]
            found[Quantity.COMPUTE_TIME] = computing
            rest = found.pop(Quantity.OTHER_TIME, 0.0) - computing
            found[Quantity.OTHER_TIME] = max(0.0, rest - found.get(Quantity.WAIT_TIME, 0.0))
        else:
            found.pop(Quantity.OTHER_TIME, None)
        total = self._sums.get(Quantity.STEP_TIME, 0.0)
        if self._tokens and total:
            found[Quantity.TOKENS_PER_SECOND] = self._tokens / total
        if self._loss is not None and self._loss.numel() == 1:
            found[Quantity.LOSS] = float(self._loss)
        self._sums, self._steps, self._tokens = {}, 0, 0
        return found


def _first(model: torch.nn.Module) -> Iterator[torch.Tensor]:
    trained = (one for one in model.parameters() if one.requires_grad)
    return islice(trained, _LAST_TO_BE_READY)


def _tensors(output: Any) -> Iterable[torch.Tensor]:
    """Tensors of what a model returns: one, several, or named ones."""
    if isinstance(output, torch.Tensor):
        return [output]
    values = output.values() if isinstance(output, Mapping) else output
    if not isinstance(values, Iterable):
        return []
    return [one for one in values if isinstance(one, torch.Tensor)]
