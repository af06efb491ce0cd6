"""The differences found when a run was resumed, as the callback recorded them.

A serious difference makes a run another training. Incidents that begin within some logs after it
have it as their first cause, whatever detector reports them first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.evaluation import QUIET_ROWS, Incident
from ptt_rules.runs.records import RESUMED

COMPARED = "compared"
SERIOUS = "serious"
WITHOUT_EFFECT = "without effect"
"""How the meaning of a difference begins that the checkpoint's own value undoes."""
WEIGHTS = "the digest of sampled weights"
_LONGEST = 24
"""Characters of a value that people can compare; digests are longer."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A resume at which something serious was not as the checkpoint has it.

    `row` is the first row of the journal after it.
    """

    step: int
    row: int
    differences: tuple[str, ...]
    has_other_weights: bool

    @property
    def text(self) -> str:
        return f"At the resume at step {self.step} it became another run: {self.what}."

    @property
    def what(self) -> str:
        return "; ".join(self.differences)

    def explains(self, incident: Incident) -> bool:
        """Whether an incident began soon after it."""
        rows = incident.cause.row - self.row
        return incident.cause.since_step > self.step and 0 <= rows <= QUIET_ROWS

    def to_json(self) -> dict[str, Any]:
        return {"step": self.step, "row": self.row, "differences": [*self.differences]}


def mismatch_of(notes: Iterable[Mapping[str, Any]]) -> Mismatch | None:
    """The newest serious difference on the branch that goes on."""
    found: list[Mismatch] = []
    row = 0
    for note in notes:
        if note.get("event") == RESUMED:
            row = _whole(note.get("row"))
            found = [one for one in found if one.row < row]
        elif note.get("event") == COMPARED:
            found += _serious(note, row)
    return found[-1] if found else None


def other_weights_since(mismatch: Mismatch | None) -> int | None:
    """The step after which a run went on with other weights than its checkpoint had."""
    return mismatch.step if mismatch is not None and mismatch.has_other_weights else None


def _serious(note: Mapping[str, Any], row: int) -> list[Mismatch]:
    listed = note.get("differences")
    compared = (
        [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    )
    serious = [one for one in compared if one.get("weight") == SERIOUS and _has_effect(one)]
    if not serious:
        return []
    texts = tuple(map(_text, serious))
    other_weights = any(one.get("what") == WEIGHTS for one in serious)
    return [Mismatch(_whole(note.get("step")), row, texts, other_weights)]


def _has_effect(one: Mapping[str, Any]) -> bool:
    """Whether the trainer goes by it, and not by what the checkpoint has in its place."""
    return not str(one.get("meaning")).startswith(WITHOUT_EFFECT)


def _text(one: Mapping[str, Any]) -> str:
    meaning = f" ({one['meaning']})" if one.get("meaning") else ""
    before, now = str(one.get("before")), str(one.get("now"))
    if max(len(before), len(now)) > _LONGEST:
        return f"{one.get('what')} is not what it was{meaning}"
    return f"{one.get('what')} is {now}, was {before}{meaning}"


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
