"""The processes of a run, and the few collectives that they need."""

from __future__ import annotations

from typing import Any, TypeVar

import torch.distributed as dist

T = TypeVar("T")


class Ranks:
    """This process among those of the run; alone, every question answers itself.

    All ranks must ask the same questions in the same order.

    Source: torch.distributed, object collectives
    """

    def __init__(self) -> None:
        self._together = dist.is_available() and dist.is_initialized()
        self.rank = dist.get_rank() if self._together else 0
        self.world_size = dist.get_world_size() if self._together else 1

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def of_first(self, value: T) -> T:
        """What the first rank has, on all ranks."""
        if self.world_size == 1:
            return value
        box: list[Any] = [value]
        dist.broadcast_object_list(box, src=0)
        return box[0]  # type: ignore[no-any-return]

    def any(self, truth: bool) -> bool:
        """Whether it is true on at least one rank."""
        return any(self.gather(truth))

    def gather(self, value: T) -> list[T]:
        """What each rank has, in their order, on all ranks."""
        if self.world_size == 1:
            return [value]
        box: list[Any] = [None] * self.world_size
        dist.all_gather_object(box, value)
        return box
