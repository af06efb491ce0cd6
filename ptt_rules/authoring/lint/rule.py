"""A rule of the linter: its page, and the function that finds the fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Diagnostic, Edit, Label, Severity, Source, Span
from ptt_rules.language.codes import Code


@dataclass(frozen=True, slots=True)
class Finding:
    """One place at which a rule finds its fault; see `Diagnostic`.

    `edit` is there where it changes nothing that the pack finds, so that it can be put in unasked.
    """

    source: Source
    span: Span
    message: str
    hint: str | None = None
    note: str = ""
    labels: tuple[Label, ...] = ()
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault that is legal: `check` finds it in a pack that has no errors."""

    page: Code
    check: Callable[[Subject], Iterable[Finding]]
    is_fixable: bool = False

    @property
    def code(self) -> str:
        return self.page.code

    def diagnostics(self, subject: Subject) -> Iterable[Diagnostic]:
        return (self.diagnostic(finding) for finding in self.check(subject))

    def diagnostic(self, finding: Finding) -> Diagnostic:
        return Diagnostic(
            self.code,
            finding.message,
            finding.source,
            finding.span,
            hint=finding.hint,
            note=finding.note,
            labels=finding.labels,
            severity=Severity.WARNING,
            edit=finding.edit,
        )
