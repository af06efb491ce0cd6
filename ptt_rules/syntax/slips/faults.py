"""What the grammar takes but that means nothing."""

from __future__ import annotations

from ptt_rules.diagnostics import Diagnostic, Edit
from ptt_rules.source import Source, Span
from ptt_rules.syntax.build import Fault, FaultKind


def explain_fault(source: Source, fault: Fault) -> Diagnostic:
    if fault.kind is FaultKind.TRUTH_WORD:
        return _truth_word(source, fault)
    if fault.kind is FaultKind.LARGE_NUMBER:
        message, hint = "this number is too large", "numbers go up to about `1.7e308`"
        return Diagnostic("PTT206", message, source, fault.span, hint=hint)
    message = "this string has an escape that does not exist"
    hint = r"write a backslash as `\\`"
    return Diagnostic("PTT003", message, source, fault.span, hint=hint)


def _truth_word(source: Source, fault: Fault) -> Diagnostic:
    """`x == True` is `x`, and `x == False` is `not x`."""
    behind = Span(fault.left.end, fault.span.end)
    said = "".join(source.slice(behind).lower().split())
    text = source.slice(fault.left)
    if said in ("==false", "!=true"):
        text = f"not {text}"
    message = "a condition is true or false by itself"
    hint = f"write `{' '.join(text.split())}`"
    return Diagnostic("PTT001", message, source, fault.span, hint=hint, edit=Edit(fault.span, text))
