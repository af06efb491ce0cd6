"""A snapshot: what a model said to fixed prompts at one step, as a file holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.snapshots.features import TextFeatures, snapshot_metrics, text_features
from ptt_rules.snapshots.refusals import Refusal

VERSION = 1
Prompt = str | Sequence[Mapping[str, str]]
"""A text, or the messages of a conversation, each with `role` and `content`."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model said to one prompt; `tokens` without the one that ends it."""

    prompt: Prompt
    text: str
    tokens: int
    is_truncated: bool

    def to_json(self) -> dict[str, Any]:
        prompt = self.prompt if isinstance(self.prompt, str) else [*map(dict, self.prompt)]
        return {
            "prompt": prompt,
            "text": self.text,
            "tokens": self.tokens,
            "truncated": self.is_truncated,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Completion:
        """Errors: KeyError, TypeError for what is not a completion"""
        return cls(data["prompt"], data["text"], data["tokens"], data["truncated"])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All completions of one step, with their features and how they were generated."""

    step: int
    completions: tuple[Completion, ...]
    features: tuple[TextFeatures, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0

    @classmethod
    def of(
        cls,
        step: int,
        completions: Sequence[Completion],
        *,
        first: Snapshot | None = None,
        last: Snapshot | None = None,
        **about: Any,
    ) -> Snapshot:
        """A snapshot with its features; `first` and `last` are those before it, if any."""
        earliest, latest = _texts(first), _texts(last)
        features = tuple(
            text_features(
                one.text,
                tokens=one.tokens,
                is_truncated=one.is_truncated,
                first=earliest.get(prompt_text(one.prompt)),
                last=latest.get(prompt_text(one.prompt)),
            )
            for one in completions
        )
        return cls(step, tuple(completions), features, **about)

    @property
    def metrics(self) -> dict[str, float]:
        """What rules read of it, by key."""
        return snapshot_metrics([one.text for one in self.completions], self.features)

    def to_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "step": self.step,
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
            "settings": dict(self.settings),
            "metrics": self.metrics,
            "completions": [
                {**one.to_json(), "features": features.to_json()}
                for one, features in zip(self.completions, self.features, strict=True)
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Snapshot:
        """Errors: KeyError, TypeError, AttributeError for what is not a snapshot"""
        features = tuple(_features(one["features"]) for one in data["completions"])
        return cls(
            step=int(data["step"]),
            completions=tuple(map(Completion.from_json, data["completions"])),
            features=features,
            settings=dict(data["settings"]),
            reason=data["reason"],
            seconds=data["seconds"],
        )


def prompt_text(prompt: Prompt) -> str:
    """A prompt as people read it: a conversation with its roles, unless it is one message."""
    if isinstance(prompt, str):
        return prompt
    if len(prompt) == 1:
        return prompt[0]["content"]
    return "\n".join(f"{message['role']}: {message['content']}" for message in prompt)


def _texts(snapshot: Snapshot | None) -> dict[str, str]:
    """What was said to each prompt."""
    if snapshot is None:
        return {}
    return {prompt_text(one.prompt): one.text for one in snapshot.completions}


def _refusal(is_full: bool | None, is_partial: bool | None) -> Refusal | None:
    if is_full is None:
        return None
    return Refusal.FULL if is_full else Refusal.PARTIAL if is_partial else Refusal.NONE


def _features(data: Mapping[str, Any]) -> TextFeatures:
    return TextFeatures(
        length=data["length"],
        is_empty=data["empty"],
        is_truncated=data["truncated"],
        refusal=_refusal(data["refusal"], data.get("partial")),
        repetition=data["repetition"],
        similarity_first=data["similarity_first"],
        similarity_last=data["similarity_last"],
    )
