"""What is known of a run beside its log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.border import described, number, plain_data
from ptt_rules.language import PttError
from ptt_rules.logs.siblings import NO_SIBLINGS, Siblings


@dataclass(frozen=True, slots=True)
class RunContext:
    """What rules read of a run that is in no row of its log, the same at all of them.

    `config` has the training arguments (`config.NAME`), `facts` what `run.json` records beside
    them (`run.NAME`), `siblings` the runs that it is compared with (`siblings(x)`).
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    siblings: Siblings = NO_SIBLINGS

    @classmethod
    def of(cls, config: Any = None, facts: Any = None, siblings: Any = None) -> RunContext:
        """From what a caller passes.

        Errors: PTT303 for arguments or facts without names, PTT401 for siblings that are not runs
        """
        return cls(
            _named(config, "training arguments", "`{'beta': 0.1}`, or `args.to_dict()`"),
            _named(facts, "facts of a run", "`{'world_size': 8}`"),
            Siblings.of(siblings),
        )

    def over(self, below: RunContext) -> RunContext:
        """Both; where both know something, this one counts."""
        return RunContext(
            {**below.config, **self.config},
            {**below.facts, **self.facts},
            self.siblings or below.siblings,
        )

    # ---- what is asked of it: None where it is not set, or of another kind ------------------

    def number(self, argument: str) -> float | None:
        """A training argument that is a number."""
        return _number(self.config.get(argument))

    def truth(self, argument: str) -> bool | None:
        """A training argument that is a truth."""
        value = _plain(self.config.get(argument))
        return value if isinstance(value, bool) else None

    def text(self, argument: str) -> str | None:
        """A training argument that is a text."""
        value = _plain(self.config.get(argument))
        return value if isinstance(value, str) else None

    def fact(self, name: str) -> float | None:
        """What is recorded of the run beside its arguments."""
        return _number(self.facts.get(name))

    @property
    def max_steps(self) -> float | None:
        """The last step of the run, where the training arguments say it."""
        last = self.number("max_steps")
        return last if last is not None and last > 0 else None


NOTHING_KNOWN = RunContext()


def _number(value: Any) -> float | None:
    plain = _plain(value)
    is_number = isinstance(plain, (int, float)) and not isinstance(plain, bool)
    return number(plain) if is_number else None


def _plain(value: Any) -> Any:
    """A value as Python has it; None for what no rule can ask for."""
    try:
        return plain_data(value)
    except TypeError:
        return None


def _named(given: Any, what: str, example: str) -> Mapping[str, Any]:
    if given is None or isinstance(given, Mapping):
        return given or {}
    message = f"{what} are names with values, not {described(given)}"
    raise PttError.of("PTT303", message, hint=f"pass a dict, such as {example}")
