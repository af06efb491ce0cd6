"""How a training ends when it does not end by itself, heard where Python lets it be heard.

The callbacks of a trainer hear of nothing but the regular end. An exception is heard by
`sys.excepthook` if nobody catches it, SIGTERM and SIGINT by their handlers; whatever was there
before goes on to have its say. A caught exception, or `sys.exit`, is seen only by what is missing:
the last event of the trainer. Nothing here can hear SIGKILL: `ptt postmortem` looks at such runs.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

from ptt_rules.runs import Ending, Verdict

SILENT_END = "the training did not come to its end, and its exception was caught by the script"
_MEMORY_ERRORS = ("OutOfMemoryError", "MemoryError")
_SIGNALS = {signal.SIGTERM: Verdict.TERMINATED, signal.SIGINT: Verdict.INTERRUPTED}
_STACK_LINES = 200


class Endings:
    """Listens while a run lasts; `on_end` is called at once, in the process that is about to end.

    `finished` gives the last step that was finished. `heard` is the newest ending that was heard:
    SIGINT is an exception that the script may catch.
    """

    def __init__(self, on_end: Callable[[Ending], None], finished: Callable[[], int]) -> None:
        self._on_end = on_end
        self._finished = finished
        self._hook: Callable[..., Any] | None = None
        self._handlers: dict[int, Any] = {}
        self.heard: Ending | None = None
        self._holds = 0
        self._late: tuple[int, FrameType | None, Ending] | None = None

    def hold(self) -> Held:
        """A block that is gone through to its end: a signal that comes in it has its effect after.

        A second one is not put off: people who press Ctrl-C again mean it.
        """
        return Held(self)

    def listen(self) -> None:
        """Signals are heard in the main thread alone, the only one that may ask for them."""
        self._hook, sys.excepthook = sys.excepthook, self._on_exception
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._handlers[number] = signal.signal(number, self._on_signal)

    def stop(self) -> None:
        """Gives back what it took, unless somebody else has taken it since."""
        if self._hook is not None and sys.excepthook == self._on_exception:
            sys.excepthook = self._hook
        self._hook = None
        if threading.current_thread() is threading.main_thread():
            for number, before in self._handlers.items():
                if signal.getsignal(number) == self._on_signal:
                    signal.signal(number, before)
        self._handlers = {}

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        hook = self._hook  # the end of the run gives back what was taken
        self._on_end(ending_of(error, self._finished()))
        if hook is not None:
            hook(kind, error, trace)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        stack = _newest(traceback.format_stack(frame))
        ending = Ending(_SIGNALS[signal.Signals(number)], self._finished(), name, stack=stack)
        self.heard = ending
        if self._holds and self._late is None:
            self._late = number, frame, ending
        else:
            self._pass_on(number, frame, ending)

    def _let_go(self) -> None:
        self._holds -= 1
        late = self._late
        if late is not None and not self._holds:
            self._late = None
            self._pass_on(*late)

    def _pass_on(self, number: int, frame: FrameType | None, ending: Ending) -> None:
        """Ends the process, or leaves that to who listened before."""
        before = self._handlers.get(number)
        if number == signal.SIGTERM and before in (None, signal.SIG_DFL):
            # the process ends now, as it would have without us, whatever its last words meet
            try:
                self._on_end(ending)
            except BaseException as error:
                traceback.print_exception(error)
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        elif callable(before):
            before(number, frame)


@dataclass(frozen=True, slots=True)
class Held:
    """A block in which signals wait; not a generator, which takes longer: each row has one."""

    endings: Endings

    def __enter__(self) -> None:
        self.endings._holds += 1

    def __exit__(self, *error: object) -> None:
        self.endings._let_go()


def ending_of(error: BaseException, step: int) -> Ending:
    """An exception as the end of a run: what it says, and where it was raised."""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Ending(_verdict(error), step, reason, stack=_newest(lines))


def _newest(parts: Iterable[str]) -> tuple[str, ...]:
    """The newest lines of a stack, without line ends; Python gives parts of one to three lines."""
    return tuple("".join(parts).splitlines()[-_STACK_LINES:])


def _verdict(error: BaseException) -> Verdict:
    if isinstance(error, KeyboardInterrupt):
        return Verdict.INTERRUPTED
    names = {base.__name__ for base in type(error).__mro__}
    # the names of PyTorch's own error, for which torch need not be loaded, and of Python's
    if names & set(_MEMORY_ERRORS) or "out of memory" in str(error).lower():
        return Verdict.OUT_OF_MEMORY
    return Verdict.EXCEPTION
