"""What a training raises, heard before anybody catches it.

A trainer tells its callbacks nothing of an exception. A cell of a notebook catches it, and so does
a script that goes on with the next training. So the `train` of a trainer that has the callback is
heard: its class becomes one of the same name, whose `train` says what passes through it. It is the
class and not an attribute of the trainer, since a trainer that refers to itself would keep its
model in memory after its last user has let it go.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Protocol, runtime_checkable

CELL = "post_run_cell"
"""What IPython calls when a cell has ended. Source: IPython, `IPython.core.events`"""


@runtime_checkable
class Hears(Protocol):
    """A callback that wants to know what its training raised."""

    def train_raised(self, error: BaseException) -> None:
        """The exception leaves `train`."""


def hear(trainer: Any) -> None:
    """Has the callbacks of a trainer hear what its `train` raises."""
    kind = type(trainer)
    if issubclass(kind, Heard):
        return
    if kind not in _CLASSES:
        _CLASSES[kind] = _heard(kind)
    trainer.__class__ = _CLASSES[kind]


def trainer_that_calls(callback: object) -> Any:
    """The trainer whose method has called a callback; None where none is found.

    A callback is handed what a trainer has, and never the trainer.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        caller = frame.f_locals.get("self")
        handler = getattr(caller, "callback_handler", None)
        if callback in getattr(handler, "callbacks", ()):
            return caller
        frame = frame.f_back
    return None


class Heard:
    """Marks classes of trainers that are heard."""


_CLASSES: dict[type[Any], type[Any]] = {}
"""For each class of trainers the one that is heard."""


def _heard(kind: type[Any]) -> type[Any]:
    @functools.wraps(kind.train)
    def train(self: Any, *given: Any, **named: Any) -> Any:
        try:
            return kind.train(self, *given, **named)
        except BaseException as error:
            for callback in self.callback_handler.callbacks:
                if isinstance(callback, Hears):
                    callback.train_raised(error)
            raise

    about = {name: getattr(kind, name) for name in ("__module__", "__qualname__", "__doc__")}
    return type(kind.__name__, (kind, Heard), {**about, "train": train})


class Cells:
    """The cells of a notebook: once one has ended, no training of it goes on.

    `ended` gets what the cell raised, or None where it raised nothing, or caught it itself.
    """

    def __init__(self, ended: Callable[[BaseException | None], None]) -> None:
        self._ended = ended
        self._events: Any = None

    def listen(self) -> None:
        """Begins to listen, where this is a notebook."""
        module = sys.modules.get("IPython")
        shell = module.get_ipython() if module is not None else None
        if shell is not None and self._events is None:
            self._events = shell.events
            self._events.register(CELL, self._on_cell)

    def stop(self) -> None:
        if self._events is not None:
            events, self._events = self._events, None
            events.unregister(CELL, self._on_cell)

    def _on_cell(self, result: Any) -> None:
        self._ended(result.error_in_exec or result.error_before_exec)
