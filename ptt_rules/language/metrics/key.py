"""One logged key as a table row."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.language.types import Unit


@dataclass(frozen=True, slots=True)
class LoggedKey:
    """A quantity as one or more trainers log it; `{...}` in the key stands for any word.

    `low` and `high` are what it cannot leave by its definition. `is_noisy` tells what moves from
    one log event to the next in a healthy run from what a schedule or a counter sets.
    Versions are of TRL: `since` is the first that logs it, `until` the first that no longer does;
    empty where no version that is known is another.
    """

    key: str
    unit: Unit
    about: str
    trainers: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    is_noisy: bool = True
    since: str = ""
    until: str = ""
    when: str = ""
    """What the run must use for it to be logged; empty if it always is."""
    over: str = "the batches of the logging window"
    """What a logged value is the mean of, or of what it is."""

    @property
    def range_text(self) -> str:
        """The range as a `metric` declares it; empty if there is none."""
        if self.low is None and self.high is None:
            return ""
        low, high = (f"{end:g}" if end is not None else "" for end in (self.low, self.high))
        return f"{low}..{high}"

    @property
    def logged_text(self) -> str:
        """In which versions of TRL and under which conditions it is logged; empty if always."""
        parts = (
            f"with {self.when}" if self.when else "",
            f"since TRL {self.since}" if self.since else "",
            f"until TRL {self.until}" if self.until else "",
        )
        return ", ".join(part for part in parts if part)
