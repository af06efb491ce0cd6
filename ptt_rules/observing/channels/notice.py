"""A message to people, and what takes it to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ptt_rules.border import visible
from ptt_rules.evaluation import Action, Event
from ptt_rules.language import Level


@dataclass(frozen=True, slots=True)
class Notice:
    """What a policy wants people to know: the findings that led to its decision.

    Its texts are fit for a terminal, in which logs and messages are read too.

    `run` is the run's directory, or its name where none is written.
    """

    channel: str
    run: str
    step: int
    policy: str
    level: Level
    findings: tuple[str, ...]
    """Each finding on a line: level, detector, message."""

    @classmethod
    def of(cls, action: Action, causes: Sequence[Event], run: str) -> Notice:
        """The notice of a `notify`, with the newest event of each detector that led to it."""
        return cls(
            channel=str(action.arguments["channel"]),
            run=visible(run),
            step=action.step,
            policy=action.policy,
            level=max((event.level for event in causes), default=Level.LOW),
            findings=tuple(visible(f"{e.level.word} {e.who}: {e.message}") for e in causes)
            or tuple(map(visible, action.because)),
        )

    @property
    def title(self) -> str:
        return f"{self.level.word} at step {self.step} of {self.run}"

    @property
    def text(self) -> str:
        return "\n".join(self.findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "channel": self.channel,
            "run": self.run,
            "step": self.step,
            "policy": self.policy,
            "level": self.level.word,
            "title": self.title,
            "findings": list(self.findings),
        }


class Channel(Protocol):
    """A way to people. None of its methods may wait for a network: training waits with it."""

    def send(self, notice: Notice) -> None:
        """Delivers a notice, or takes it to be delivered. Errors: any; they are contained"""

    def failures(self) -> list[str]:
        """Why notices that were taken could not be delivered, since this was last asked."""

    def close(self, timeout_s: float) -> None:
        """Waits that long at most for what is still to be delivered; the run is over."""
