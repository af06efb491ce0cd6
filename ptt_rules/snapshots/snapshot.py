"""A snapshot: what a model said to fixed prompts at one step, as a file holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.snapshots.completion import Completion
from ptt_rules.snapshots.features import Scores, TextFeatures, features_of
from ptt_rules.snapshots.metrics import PREFIX, snapshot_metrics

VERSION = 1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All completions of one step, with their features and how they were generated."""

    step: int
    completions: tuple[Completion, ...]
    features: tuple[TextFeatures, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0
    fingerprint: str = ""
    """Of prompts and settings: snapshots of another one are not compared."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """What rules read of it, by key."""

    @classmethod
    def of(
        cls,
        step: int,
        completions: Sequence[Completion],
        *,
        first: Snapshot | None = None,
        last: Snapshot | None = None,
        scores: Scores | None = None,
        **about: Any,
    ) -> Snapshot:
        """A snapshot with its features and metrics; `first` and `last` are those before it, if any.

        `scores` are of scorers, by name, one for each completion.
        """
        was = first.by_prompt if first is not None else {}
        earliest = {key: pair[0] for key, pair in was.items()}
        latest = {one.key: one for one in last.completions} if last is not None else {}
        features = features_of(completions, earliest, latest, scores or {})
        before = [was[one.key][1] if one.key in was else None for one in completions]
        metrics = snapshot_metrics(completions, features, before)
        if first is not None:
            metrics |= first.as_start()
        return cls(step, tuple(completions), features, metrics=metrics, **about)

    @property
    def by_prompt(self) -> Mapping[str, tuple[Completion, TextFeatures]]:
        """Each completion with its features, by the text of its prompt."""
        pairs = zip(self.completions, self.features, strict=True)
        return {one.key: (one, features) for one, features in pairs}

    def as_start(self) -> dict[str, float]:
        """Its metrics as later snapshots have them beside their own: where the run began."""
        return {
            f"{PREFIX}first/{name}": self.metrics[PREFIX + name]
            for name in START
            if PREFIX + name in self.metrics
        } | {f"{PREFIX}first/step": float(self.step)}

    def to_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "step": self.step,
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
            "settings": dict(self.settings),
            "fingerprint": self.fingerprint,
            "metrics": dict(self.metrics),
            "completions": [
                {**one.to_json(), "features": features.to_json()}
                for one, features in zip(self.completions, self.features, strict=True)
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Snapshot:
        """Errors: KeyError, TypeError, AttributeError for what is not a snapshot"""
        return cls(
            step=int(data["step"]),
            completions=tuple(map(Completion.from_json, data["completions"])),
            features=tuple(TextFeatures.from_json(one["features"]) for one in data["completions"]),
            settings=dict(data["settings"]),
            reason=data["reason"],
            seconds=data["seconds"],
            fingerprint=data.get("fingerprint", ""),
            metrics=dict(data["metrics"]),
        )


START = ("length", "truncated_rate", "empty_rate", "repetition", "distinct_2", "refusal_rate")
"""Metrics of the first snapshot that stand beside those of each later one."""
