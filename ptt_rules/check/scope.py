"""What a name can mean in a pack, and the nearest name to one that means nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from ptt_rules.diagnostics import Diagnostic, Edit, Label
from ptt_rules.ir.pack import Metric, Param
from ptt_rules.source import Source, Span

BUILT_IN_LATER = frozenset({"step", "epoch", "time", "progress"})


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
        if (span, code) in self._seen:
            return
        self._seen.add((span, code))
        self.diagnostics.append(
            Diagnostic(
                code, message, self.source, span, hint=hint, note=note, labels=labels, edit=edit
            )
        )

    def later(self, span: Span, what: str, hint: str | None = None) -> None:
        """Tells that a part of the language is not there yet."""
        self.add("PTT010", span, f"{what} not supported yet", hint=hint)


@dataclass
class Scope:
    """Metrics and parameters of a pack and of the packs that it extends."""

    metrics: dict[str, Metric] = field(default_factory=dict)
    params: dict[str, Param] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Names whose declaration has an error: using them is no second error."""

    def names(self) -> list[str]:
        return [*self.metrics, *self.params]


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant."""
    matches = get_close_matches(word, list(names), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(word: str, names: Iterable[str], otherwise: str | None = None) -> str | None:
    found = nearest(word, names)
    return f"did you mean `{found}`?" if found else otherwise
