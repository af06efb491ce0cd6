"""The texts and keys of a run's rules, kept with the run.

A run is read long after its packs have changed, on machines that do not have them. So `run.json`
holds, under `rules`, the texts of each detector and what it reads and suppresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ptt_rules.evaluation import Event, Incident, incidents, with_values
from ptt_rules.language import Level
from ptt_rules.language.ir import Detector, Placeholder
from ptt_rules.packs import Pack


@dataclass(frozen=True, slots=True)
class Rule:
    """The texts of a detector, with placeholders in braces; the keys that it reads.

    `keys` has for each metric the keys that were tried, the first first. `told` are the values
    that its message shows; others are names that only its author knows.
    """

    summary: str = ""
    why: str = ""
    remedy: str = ""
    reference: str = ""
    keys: tuple[tuple[str, ...], ...] = ()
    suppresses: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The texts that levels have of their own, by the words of both."""

    def why_of(self, level: Level) -> str:
        return self.levels.get(level.word, {}).get("why", self.why)

    def remedy_of(self, level: Level) -> str:
        return self.levels.get(level.word, {}).get("remedy", self.remedy)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rule:
        return cls(
            summary=data.get("summary", ""),
            why=data.get("why", ""),
            remedy=data.get("remedy", ""),
            reference=data.get("reference", ""),
            keys=tuple(tuple(keys) for keys in data.get("keys", ())),
            suppresses=tuple(data.get("suppresses", ())),
            told=tuple(data.get("told", ())),
            levels=data.get("levels", {}),
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a run by the qualified names of their detectors."""

    by_detector: Mapping[str, Rule]

    @classmethod
    def of(cls, pack: Pack) -> Rules:
        mutes = {one.detector.qualified: one.detector.suppresses for one in pack.compiled.detectors}
        shown = {one.detector.qualified: _shown(one.detector) for one in pack.compiled.detectors}
        return cls(
            {
                info.name: Rule(
                    summary=info.summary,
                    why=info.why,
                    remedy=info.remedy,
                    reference=info.reference,
                    keys=info.keys,
                    suppresses=tuple(mutes.get(info.name, ())),
                    told=shown.get(info.name, ()),
                    levels={
                        level.word: {
                            word: texts[word] for word in ("why", "remedy") if word in texts
                        }
                        for level, texts in info.level_texts.items()
                    },
                )
                for info in (*pack.detectors, *pack.own)
            }
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Mapping[str, Any]]) -> Rules:
        return cls({name: Rule.from_json(rule) for name, rule in data.items()})

    def to_json(self) -> dict[str, Any]:
        return {name: asdict(rule) for name, rule in self.by_detector.items()}

    def rule(self, detector: str) -> Rule:
        """The rule of a detector; an empty one if the run did not keep it."""
        return self.by_detector.get(detector, Rule())

    def incidents(self, events: Iterable[Event]) -> list[Incident]:
        """The incidents of a run's events in order."""
        mutes = {name: rule.suppresses for name, rule in self.by_detector.items()}
        reads = {
            name: [key for keys in rule.keys for key in keys]
            for name, rule in self.by_detector.items()
        }
        return incidents(events, mutes, reads)

    def remedy(self, detector: str, events: Iterable[Event]) -> str:
        """The remedy of a detector, with the level and the numbers of its newest event."""
        rule = self.rule(detector)
        shown = [event for event in events if event.detector == detector]
        return with_values(rule.remedy_of(shown[-1].level), shown[-1]) if shown else rule.remedy


def _shown(detector: Detector) -> tuple[str, ...]:
    """The values that the messages of a detector show."""
    messages = [detector.message_of(one.level) for one in detector.levels]
    parts = (part for message in messages for part in message)
    return tuple(dict.fromkeys(one.name for one in parts if isinstance(one, Placeholder)))
