"""What a tracker is given: messages, what a model answers, and the files that it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ptt_rules import Level
from ptt_runtime.trackers.answers import Answers


@dataclass(frozen=True, slots=True)
class Message:
    """A finding, or what the policy decided, as people read it in a dashboard.

    `number` counts the messages of a run from 1; `findings` is how many it has had so far, this
    one included.
    """

    number: int

    title: str
    text: str
    level: Level
    step: int
    findings: int

    @property
    def text_in_markdown(self) -> str:
        return f"**{self.title}**  \n{self.text}".replace("\n\n", "\n")


class Tracker(Protocol):
    """One experiment tracker, through its own library, on the run that the trainer opened."""

    def tell(self, message: Message) -> None:
        """Errors: any; they are contained"""

    def answers(self, answers: Answers) -> None:
        """The numbers of a snapshot, and a table of what was said. Errors: any"""

    def end(self, summary: Mapping[str, str | int], directory: Path | None) -> None:
        """Keeps how the run ended, and the files of its directory. Errors: any"""


ARTIFACTS = ("run.json", "metrics.parquet", "events.jsonl", "postmortem.json", "report.html")
"""What of a run directory goes along, where it is there."""


def artifacts(directory: Path | None) -> list[Path]:
    found = [directory / name for name in ARTIFACTS] if directory else []
    return [path for path in found if path.is_file()]
