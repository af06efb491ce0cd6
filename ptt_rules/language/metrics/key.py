"""One logged key as a table row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ptt_rules.language.types import Unit


@dataclass(frozen=True, slots=True)
class LoggedKey:
    """A quantity as one or more trainers log it; `{...}` in the key stands for any word.

    `low` and `high` are its bounds by definition. `is_noisy` distinguishes metrics that vary from
    one log event to the next in a healthy run from schedules and counters.
    Versions are of TRL: `since` has by trainer the first that logs it, `until` is the first that
    no longer does; empty if all known versions log it. A key whose meaning changed has a row for
    each meaning, the newest first.

    Source: the wheels of TRL 0.14 to 1.16, each minor version
    """

    key: str
    unit: Unit
    about: str
    trainers: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    is_noisy: bool = True
    since: Mapping[str, str] = field(default_factory=dict, hash=False)
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

    def logged_text(self, trainer: str = "") -> str:
        """In which versions of TRL and under which conditions it is logged, by one trainer or by
        each; empty if always.
        """
        parts = (
            f"with {self.when}" if self.when else "",
            self._since_text([trainer] if trainer else self.trainers),
            f"before TRL {self.until}" if self.until else "",
        )
        return ", ".join(part for part in parts if part)

    def _since_text(self, trainers: Sequence[str]) -> str:
        """The first version; where trainers differ, that of each."""
        versions: dict[str, list[str]] = {}
        for trainer in trainers:
            versions.setdefault(self.since.get(trainer, ""), []).append(trainer)
        if len(versions) == 1:
            (version,) = versions
            return f"since TRL {version}" if version else ""
        named = (f"{version} ({', '.join(who)})" for version, who in versions.items() if version)
        return f"since TRL {', '.join(named)}"
