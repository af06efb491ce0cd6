"""What a detector is called: its pack, its own name, and the instance that it is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ptt_rules.border import one_line


@dataclass(frozen=True, slots=True, order=True)
class Who:
    """A name such as `grpo.reward_function_flat[format]`, in its parts.

    Parameters and policies have the first two. `pack` is empty where people leave it out,
    `instance` for what is not of a family.
    """

    pack: str
    name: str
    instance: str = ""

    @classmethod
    def parse(cls, text: str) -> Who:
        """The parts of a name as it is written, with or without pack and instance."""
        plain, _, rest = text.partition("[")
        return cls.of(plain, [rest.removesuffix("]")])

    @classmethod
    def of(cls, qualified: str, words: Iterable[str] = ()) -> Who:
        """A detector by its qualified name, and the words by which a log calls its instance."""
        pack, dot, name = qualified.partition(".")
        return cls(pack if dot else "", name if dot else pack, ", ".join(words))

    @property
    def qualified(self) -> str:
        """The name without the instance."""
        return f"{self.pack}.{self.name}" if self.pack else self.name

    def to_json(self) -> list[str]:
        return [self.qualified, self.instance]

    def __str__(self) -> str:
        """The name on one line, whatever a log calls the instance."""
        return f"{self.qualified}[{one_line(self.instance)}]" if self.instance else self.qualified
