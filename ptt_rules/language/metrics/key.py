"""One logged key as a table row."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.language.types import Unit


@dataclass(frozen=True, slots=True)
class LoggedKey:
    """A quantity as one or more trainers log it; `{...}` in the key stands for any word.

    `low` and `high` are its bounds by definition. `is_noisy` distinguishes metrics that vary from
    one log event to the next in a healthy run from schedules and counters.
    Versions are of TRL: `since` is the first that logs it, `until` the first that no longer does;
    empty if all known versions log it.
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
    """The condition under which it is logged; empty if it always is."""
    over: str = "the batches of the logging window"
    """The items that a logged value averages over."""

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
