"""Incidents as the lines that close a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ptt_rules.border import agreeing
from ptt_rules.evaluation import Finding, Incident
from ptt_rules.report.terminal import WIDTH, wrapped

SHOWN = 5
"""Findings of an incident that are named."""


def incidents_text(incidents: Sequence[Incident], width: int = WIDTH) -> str:
    """How many incidents there are, and each from its first cause on; empty if there is none."""
    if not incidents:
        return ""
    if len(incidents) == 1:
        return wrapped(incident_text(incidents[0]), width, label="1 incident: ")
    lines = [f"{len(incidents)} incidents:"]
    for number, incident in enumerate(incidents, start=1):
        lines.append(wrapped(incident_text(incident), width, label=f"  {number}. "))
    return "\n".join(lines)


def incident_text(incident: Incident) -> str:
    """An incident in one sentence: what began first, what followed it, and what came before."""
    told = [one for one in incident.findings if one.is_visible]
    before = [one for one in told if one.since_step < incident.cause.since_step]
    after = [one for one in told if one not in before]
    return "; ".join([*_followed(after), *_besides(incident, before)])


def _followed(after: Sequence[Finding]) -> Iterator[str]:
    for number, one in enumerate(after[:SHOWN]):
        yield ("then " if number else "") + _finding_text(one)
    if len(after) > SHOWN:
        yield f"then {len(after) - SHOWN} more"


def _besides(incident: Incident, before: Sequence[Finding]) -> Iterator[str]:
    """What had begun before the cause, and how many were not reported by themselves."""
    if before:
        yield f"before it {', '.join(map(_finding_text, before))}"
    muted = sum(not one.is_visible for one in incident.findings)
    if muted:
        yield f"{muted} more {agreeing(muted, 'was', 'were')} suppressed by these"


def _finding_text(one: Finding) -> str:
    times = f", {one.times} times" if one.times > 1 else ""
    return f"{one.who} since step {one.since_step} ({one.level.word} at {one.step}{times})"
