"""Findings of people's own checks, from the call in their code to the row that is judged.

A check may run anywhere: in a reward function, in an evaluation, in a thread. So a call only leaves
the finding, and the run takes it at the next event of the trainer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ptt_rules.language import Level
from ptt_rules.logs import OwnFinding
from ptt_rules.observing.ranks import RanksView

_OVER = 0
_LEVELS = {level.word: int(level) for level in Level}
_WORDS = ", ".join(f'"{word}"' for word in _LEVELS)


class _Judges(Protocol):
    def observe_own(self, finding: OwnFinding) -> None: ...


class _Run(Protocol):
    @property
    def ranks(self) -> RanksView: ...
    @property
    def step(self) -> int: ...
    @property
    def judging(self) -> _Judges: ...


class OwnFindings:
    """Those that wait to be judged, and at which level each stands.

    A finding stands until its level changes: what says the same again is not judged again. Those
    from before a training are judged in it, and after its end there is nothing to record them.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._waiting: deque[OwnFinding] = deque()
        self._standing: dict[str, int] = {}
        self._warned: set[str] = set()
        self._is_closed = False

    def begin(self) -> None:
        """A training begins."""
        self._standing.clear()
        self._is_closed = False

    def close(self) -> None:
        """A training has ended."""
        self._is_closed = True

    def add(self, title: Any, level: Any, text: Any) -> None:
        """Leaves a finding; what is wrong with it is said once, and what can be kept is."""
        word = level.lower() if isinstance(level, str) else level
        if word is not None and (not isinstance(word, str) or word not in _LEVELS):
            self._warn_once(f'the level of finding {title!r} is {level!r}, taken as "high": '
                            f"write {_WORDS}, or None once it is over")  # fmt: skip
            word = Level.HIGH.word
        found = OwnFinding(str(title), _OVER if word is None else _LEVELS[word], str(text or ""))
        if not found.word:
            self._warn_once(f"finding {title!r} is left out: its title needs a letter or a digit")
        elif self._is_closed:
            self._warn_once(f"finding {title!r} is not recorded: its training is over")
        else:
            self._waiting.append(found)

    def _warn_once(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            self._warn(f"{text} [PTT530]")

    def take_in(self, record: Mapping[str, Any]) -> bool:
        """Takes what another rank has found; False if it is a record of another kind."""
        if "finding" not in record:
            return False
        self._waiting.append(OwnFinding.from_json(record))
        return True

    def judge(self, run: _Run) -> None:
        """Judges what waits, or leaves it for the first rank."""
        while self._waiting:
            finding = self._waiting.popleft()
            if self._standing.get(finding.word, _OVER) == finding.level:
                continue
            self._standing[finding.word] = finding.level
            if run.ranks.is_first:
                run.judging.observe_own(finding)
            else:
                run.ranks.note({**finding.to_json(), "step": run.step})
