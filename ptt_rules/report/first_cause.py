"""The first cause of what was found in a run, in a few lines; or that nothing was found."""

from __future__ import annotations

from collections.abc import Sequence

from ptt_rules.evaluation import Incident, Reach
from ptt_rules.language import Level
from ptt_rules.report.incidents import incident_text
from ptt_rules.report.terminal import WIDTH, Colour, wrapped
from ptt_rules.runs import reach_text, unjudged_lines

_PLAIN = Colour()


def first_cause_text(
    first: Incident,
    incidents: Sequence[Incident],
    before: str = "",
    colour: Colour = _PLAIN,
    width: int = WIDTH,
) -> str:
    """What began first and what it said, what followed it, and the other incidents.

    `before` is what explains the cause itself, such as a resume that changed the run.
    """
    cause = first.cause
    note = " (only a note)" if first.level is Level.LOW else ""
    lines = [wrapped(before, width)] if before else []
    lines += [
        f"the first cause{note}: {colour(cause.who, 'bold')}",
        wrapped(cause.message, width, label="  "),
        wrapped(f"in order: {incident_text(first)}", width, label="  ", hang="    "),
    ]
    others = [one.cause.who for one in incidents if one is not first]
    if others:
        named = ", ".join(dict.fromkeys(others))
        lines.append(wrapped(f"besides it: {named}", width, label="  ", hang="    "))
    return "\n".join(lines)


def no_cause_text(reach: Reach | None, run: str, width: int = WIDTH) -> str:
    """That nothing was found, by how many detectors that could judge, and why the rest could not.

    Null: without `reach` only that nothing was found
    """
    judged = "" if reach is None else f"; {reach_text(reach)}"
    unjudged = () if reach is None else unjudged_lines(reach.unjudged)
    hint = f"`ptt why {run} DETECTOR` shows how near a detector came to firing"
    return "\n".join(
        [
            f"nothing was found{judged}",
            *(wrapped(line, width, label="  ", hang="    ") for line in unjudged),
            wrapped(hint, width, label="  ", hang="    "),
        ]
    )
