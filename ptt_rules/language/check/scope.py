"""The names of a pack, and the nearest one to a name that does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches

from ptt_rules.language.diagnostics import Diagnostic, Edit, Label
from ptt_rules.language.ir import Derived, Firing, ListFamily, Metric, Param
from ptt_rules.language.source import Source, Span
from ptt_rules.language.types import Quantity, Unit

POSITIONS = {quantity.value: quantity for quantity in Quantity}
"""Names that every rule can read without a declaration."""


CUTOFF = 0.6
"""How like a name a word must be to be taken for it."""
PLAIN = 0.75
"""How like a name a word must be for it to be put in unasked."""


MAX_DIAGNOSTICS = 500
"""Per file, so that reporting a hostile file takes bounded time."""


@dataclass
class Report:
    """The diagnostics of one file, each place and code once."""

    source: Source
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _seen: set[tuple[Span, str]] = field(default_factory=set)

    def add(
        self,
        code: str,
        span: Span,
        message: str,
        *,
        hint: str | None = None,
        note: str = "",
        labels: tuple[Label, ...] = (),
        edit: Edit | None = None,
    ) -> None:
        if (span, code) in self._seen or len(self.diagnostics) > MAX_DIAGNOSTICS:
            return
        self._seen.add((span, code))
        if len(self.diagnostics) == MAX_DIAGNOSTICS:
            message = f"there are more than {MAX_DIAGNOSTICS} errors, the rest is left out"
            hint, note, labels, edit = "fix the ones above first", "", (), None
        self.diagnostics.append(
            Diagnostic(
                code, message, self.source, span, hint=hint, note=note, labels=labels, edit=edit
            )
        )

    def misspelt(
        self,
        code: str,
        span: Span,
        message: str,
        word: str,
        names: Iterable[str],
        otherwise: str | None = None,
    ) -> None:
        """Reports an unknown word, with the nearest name as hint.

        If exactly one name is very near, the edit replaces the word by it.
        """
        if len(self.diagnostics) > MAX_DIAGNOSTICS:
            return  # looking for near names takes long where there are many
        near = get_close_matches(word, list(names), n=2, cutoff=CUTOFF)
        is_plain = len(near) == 1 and self.source.slice(span) == word
        is_plain = is_plain and likeness(word, near[0]) >= PLAIN
        edit = Edit(span, near[0]) if is_plain else None
        hint = f"did you mean `{near[0]}`?" if near else otherwise
        self.add(code, span, message, hint=hint, edit=edit)


@dataclass
class Reports:
    """The reports of all files that a declaration stands in."""

    _by_name: dict[str, Report] = field(default_factory=dict)

    def of(self, source: Source) -> Report:
        return self._by_name.setdefault(source.name, Report(source))

    @property
    def diagnostics(self) -> list[Diagnostic]:
        return [found for report in self._by_name.values() for found in report.diagnostics]

    def __len__(self) -> int:
        return sum(len(report.diagnostics) for report in self._by_name.values())


@dataclass(frozen=True, slots=True)
class Asker:
    """Who may ask whether a detector fires: a detector by its qualified name, or a policy."""

    name: str
    family: str | None = None
    is_policy: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """Where it is asked whether a detector fires, and by whom."""

    source: Source
    span: Span
    asker: Asker
    node: Firing


@dataclass
class Scope:
    """Quantities of a pack and of the packs that it extends."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    derived: dict[str, Derived] = field(default_factory=dict)
    lists: dict[str, ListFamily] = field(default_factory=dict)
    params: dict[str, Param] = field(default_factory=dict)
    vocabulary: Callable[[], Mapping[str, str]] = dict
    """Logged keys by their usual names, as declarations: for hints."""
    trainers: tuple[str, ...] = ()
    """Algorithms of the pack, if something is known of each."""
    detectors: dict[str, str] = field(default_factory=dict)
    """Detectors by plain and qualified name: those that can be asked whether they fire."""
    family_of: dict[str, str | None] = field(default_factory=dict)
    """By qualified name of a detector, the family that it is `for each` instance of."""
    questions: list[Question] = field(default_factory=list)
    """What detectors ask of others; it is checked once all are known."""
    broken: set[str] = field(default_factory=set)
    """Names whose declaration has an error: using them is not a second error."""
    partial: set[str] = field(default_factory=set)
    """Detectors, policies and tests that lack clauses, since those have a syntax error."""
    sizes: dict[str, bool] = field(default_factory=dict)
    """Parameters that are numbers of windows and spans, qualified: whether they are whole."""

    def names(self) -> list[str]:
        return [*self.metrics, *self.derived, *self.lists, *self.params, *POSITIONS]

    @property
    def most(self) -> dict[str, float]:
        """The most that each parameter may be set to, or else its value, by qualified name."""
        return {
            one.qualified: one.value if one.high is None else one.high
            for one in self.params.values()
        }

    def unit_of(self, word: str) -> Unit | None:
        """The unit of a quantity; None where it has none, or is unknown."""
        for names in (self.metrics, self.derived, self.lists, self.params):
            if word in names:
                return names[word].unit
        return None

    def label_of(self, word: str) -> str | None:
        """The label of a family; None for what is none."""
        one = self.metrics.get(word) or self.derived.get(word) or self.lists.get(word)
        return None if one is None else one.label

    def __contains__(self, word: str) -> bool:
        return word in self.names()


def likeness(word: str, name: str) -> float:
    """How like a name a word is, from 0 to 1."""
    return SequenceMatcher(None, name, word).ratio()


def nearest(word: str, names: Iterable[str], cutoff: float = CUTOFF) -> str | None:
    """The name that was probably meant."""
    matches = get_close_matches(word, list(names), n=1, cutoff=cutoff)
    return matches[0] if matches else None


def did_you_mean(word: str, names: Iterable[str], otherwise: str | None = None) -> str | None:
    found = nearest(word, names)
    return f"did you mean `{found}`?" if found else otherwise


def listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
