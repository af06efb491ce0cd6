"""Texts that the grammar accepts but that have no meaning."""

from __future__ import annotations

from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.language.source import Source
from ptt_rules.language.syntax.build import Fault, FaultKind


def explain_fault(source: Source, fault: Fault) -> Diagnostic:
    if fault.kind is FaultKind.LARGE_NUMBER:
        message, hint = "this number is too large", "numbers go up to about `1.7e308`"
        return Diagnostic("PTT206", message, source, fault.span, hint=hint)
    message = "this string has an escape that does not exist"
    hint = r"write a backslash as `\\`"
    return Diagnostic("PTT003", message, source, fault.span, hint=hint)
