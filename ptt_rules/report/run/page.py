"""The report of a run as one page of HTML that needs no other file and no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ptt_rules.border import agreeing, plural
from ptt_rules.evaluation import Action, Finding, Incident, Reach, shown, with_values
from ptt_rules.packs import Pack
from ptt_rules.report.events import deed_text
from ptt_rules.report.run.behaviour import behaviour
from ptt_rules.report.run.curves import curves
from ptt_rules.report.run.html import (
    Html,
    Text,
    badge,
    code,
    folded,
    html,
    joined,
    section,
    table,
    tag,
)
from ptt_rules.report.run.ranks import ranks
from ptt_rules.report.run.style import STYLE
from ptt_rules.report.run.timeline import timeline
from ptt_rules.report.run_story import (
    QUESTIONS,
    checkpoint_verdict,
    facts_text,
    postmortem_text,
)
from ptt_rules.report.why import why_text
from ptt_rules.runs import (
    FAULT,
    Explained,
    Run,
    RunState,
    State,
    Story,
    event_of,
    explained,
    faults,
    reach_of_run,
    reach_text,
    state_of,
    story_of,
    unjudged_lines,
)

MOST_EXPLAINED = 4
"""Incidents whose conditions are shown part by part."""

_STATE_CSS = {
    State.RUNNING: "good",
    State.FINISHED: "good",
    State.PAUSED: "medium",
    State.PREEMPTED: "medium",
    State.STOPPED: "high",
}


def run_page(run: Run, pack: Pack | None = None) -> str:
    """The whole page; with the rules that judged the run at hand they are not loaded anew."""
    state = state_of(run)
    story = story_of(run, state)
    sections = {
        "Timeline": ("timeline", [timeline(run)]),
        "Metrics": ("metrics", [curves(run)]),
        "Incidents": ("incidents", _incidents(run, pack)),
        "What the policy did": ("policy", _audit(run)),
        "Checkpoints": ("checkpoints", _checkpoints(run)),
        "Postmortem": ("postmortem", _postmortem(run)),
        "Behaviour": ("behaviour", behaviour(run)),
        "Ranks": ("ranks", ranks(run)),
        "Detectors": ("detectors", _detectors(run)),
        "Provenance": ("provenance", _provenance(run)),
    }
    made = {title: section(title, name, parts) for title, (name, parts) in sections.items()}
    there = {title: sections[title][0] for title, content in made.items() if content}
    body = joined([_header(run, state, there), _answers(story), *made.values()], "\n")
    title = html(f"{run.name}: {state.state.value}")
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style>"
    )
    page = f'<html lang="en"><head>{head}</head>\n<body>\n<main>\n{body}\n</main>\n</body></html>'
    return f"<!doctype html>\n{page}\n"


# ---- head ----------------------------------------------------------------------------------


def _header(run: Run, state: RunState, there: Mapping[str, str]) -> Html:
    css = _STATE_CSS.get(state.state, "critical")
    name, word = tag("h1", run.name), tag("span", state.state.value, css=f"state {css}")
    links = joined(Html(f'<a href="#{name}">{html(title)}</a>') for title, name in there.items())
    lines = joined(tag("p", line.strip(), css="soft") for line in facts_text(run))
    reason = tag("p", f"{state.reason}.")
    return Html(
        f'<header><div class="head">{name}{word}</div>\n{reason}\n{lines}\n<nav>{links}</nav>'
        "</header>"
    )


def _answers(story: Story) -> Html:
    """The five questions."""
    parts: list[Text] = []
    for question, name in QUESTIONS:
        answers = getattr(story, name)
        if not answers:
            continue
        parts.append(tag("dt", question[0].upper() + question[1:]))
        told = [_with_code(answer) for answer in answers]
        if name == "todo" and len(told) > 1:
            listed = tag("ol", joined(tag("li", one) for one in told))
            parts.append(tag("dd", listed))
        else:
            parts.append(tag("dd", joined(tag("p", one) for one in told)))
    return Html(f'<section id="answers"><dl>{joined(parts)}</dl></section>')


def _with_code(text: str) -> Html:
    """A sentence whose commands are in backticks."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return html(text)
    return joined(code(one) if place % 2 else one for place, one in enumerate(pieces))


# ---- incidents -----------------------------------------------------------------------------


def _incidents(run: Run, pack: Pack | None) -> Iterator[Text]:
    worst = sorted(run.incidents, key=lambda one: -one.level)[:MOST_EXPLAINED]
    whys = explained(run, worst, pack)
    for incident in run.incidents:
        yield from _incident(run, incident)
        if incident in worst:
            yield _why(whys[worst.index(incident)])
    if not run.incidents:
        yield tag("p", "Nothing was found.")


def _incident(run: Run, incident: Incident) -> Iterator[Text]:
    cause = incident.cause
    head = joined([badge(incident.level), cause.who, tag("span", _since(cause), css="soft")], " ")
    yield tag("h3", head)
    yield tag("p", cause.message)
    rule, event = run.rules.rule(cause.detector), event_of(run, cause)
    for label, text in (("Why it matters", rule.why), ("What helps", rule.remedy)):
        if text:
            told = with_values(text, event) if event else text
            yield tag("p", joined([tag("span", f"{label}: ", css="soft"), told]))
    if rule.reference:
        yield tag("p", joined([tag("span", "Source: ", css="soft"), rule.reference]))
    if incident.evidence:
        heads = ("", "evidence", "since", "told", "over", "what it said")
        yield table(heads, [_evidence(one) for one in incident.evidence])


def _since(finding: Finding) -> str:
    told = "" if finding.step == finding.since_step else f", told at {finding.step}"
    return f"{finding.level.word} since step {finding.since_step}{told}"


def _evidence(one: Finding) -> tuple[Text, ...]:
    over = "-" if one.ended is None else str(one.ended)
    note = f" (suppressed by {one.suppressed_by})" if one.suppressed_by else ""
    return (
        badge(one.level),
        code(one.who),
        str(one.since_step),
        str(one.step),
        over,
        (one.message + note),
    )


def _why(why: Explained) -> Html:
    """Conditions part by part, folded away."""
    if why.missing:
        return tag("p", f"The conditions cannot be shown: {why.missing}.", css="soft")
    texts = joined((tag("pre", why_text(one)) for one in why.explanations), "\n")
    return folded("The conditions part by part, with their values", texts)


# ---- what was done -------------------------------------------------------------------------


def _audit(run: Run) -> Iterator[Text]:
    """Every decision of the policy with what led to it."""
    heads = ("step", "action", "because of", "values")
    if run.records.actions:
        yield table(heads, [_decision(one) for one in run.records.actions])
    notes = [note for note in run.records.notes if note.get("event") != FAULT]
    if notes:
        yield tag("h3", "What else was recorded")
        yield table(("step", "what", ""), [_note(note) for note in notes])
    if run.records.abandoned:
        count = len(run.records.abandoned)
        what = agreeing(count, "1 event or action is", f"{count} events and actions are")
        text = f"{what} of a branch that a resume went back before."
        yield tag("p", text, css="soft")


def _decision(action: Action) -> tuple[Text, ...]:
    only = f"{action.because[0]}." if len(action.because) == 1 else ""
    values = ", ".join(
        f"{name.removeprefix(only)} = {shown(value, '')}" for name, value in action.values.items()
    )
    because = joined((code(who) for who in action.because), ", ")
    return str(action.step), deed_text(action), because, values or "-"


def _note(note: Mapping[str, Any]) -> tuple[Text, ...]:
    rest = {key: value for key, value in note.items() if key not in ("event", "step", "row")}
    told = "; ".join(f"{key} {_flat(value)}" for key, value in rest.items() if value is not None)
    return str(note.get("step", "-")), str(note.get("event")).replace("_", " "), told


def _flat(value: Any) -> str:
    """A value of a record on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_flat(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_flat, value))
    return shown(value, "") if isinstance(value, float) else str(value)


def _checkpoints(run: Run) -> Iterator[Text]:
    if not run.checkpoints:
        return
    rows = []
    for one in run.checkpoints:
        verdict, reasons = checkpoint_verdict(run, one)
        css = "good" if verdict == "good" else "critical"
        chosen = " (go on from this one)" if one is run.way_back.checkpoint else ""
        mark = tag("span", verdict, css=f"badge {css}")
        rows.append((code(one.path.name), mark, "; ".join(reasons) + chosen))
    yield table(("checkpoint", "", "why"), rows)


def _postmortem(run: Run) -> Iterator[Text]:
    if run.postmortem is not None:
        yield tag("pre", postmortem_text(run.postmortem))
    failed = faults(run.records.notes)
    if failed:
        yield tag("h3", "What failed inside of ptt itself")
        yield tag("ul", joined(tag("li", one) for one in failed))


# ---- what watched, and what the run was ----------------------------------------------------


def _detectors(run: Run) -> Iterator[Text]:
    arming = run.provenance.get("detectors")
    if not arming:
        return
    every = plural(arming["detectors"], "detector")
    were = agreeing(arming["detectors"], "was", "were")
    yield tag("p", f"{len(arming['armed'])} of {every} {were} armed.")
    rows = [
        (title, joined(map(code, one["detectors"]), ", "), joined(map(code, one["keys"]), ", "),
         one["reason"])
        for title, name in (("not armed", "not_armed"), ("unknown", "unknown_until_logged"))
        for one in arming.get(name, ())
    ]  # fmt: skip
    if rows:
        listed = table(("", "detectors", "need", "why not"), rows)
        yield folded("Those that were not, or of which it was not known", listed)
    yield from _reach(reach_of_run(run, ask_rules=True))


def _reach(reach: Reach | None) -> Iterator[Text]:
    """How much of them could judge, and why not more."""
    if reach is None:
        return
    yield tag("p", f"{reach_text(reach)}.")
    lines = [*unjudged_lines(reach.unjudged, shown=None)]
    if lines:
        yield folded(
            "Those that could not, or only in part", joined(tag("p", one) for one in lines)
        )


_FOLDED = ("training_arguments", "parameters", "disabled")
_ELSEWHERE = ("detectors", "rules", "rules_digest", "packs")


def _provenance(run: Run) -> Iterator[Text]:
    packs = [(one["name"], one["version"], code(one["digest"][:16]), one["file"])
             for one in run.provenance.get("packs", ())]  # fmt: skip
    if packs:
        yield table(("pack", "version", "digest", "file"), packs)
    apart = (*_FOLDED, *_ELSEWHERE)
    plain = {key: value for key, value in run.provenance.items() if key not in apart}
    if plain:
        yield table(("", ""), _pairs(plain))
    for name in _FOLDED:
        if run.provenance.get(name):
            yield folded(name.replace("_", " ").capitalize(),
                         table(("", ""), _pairs(run.provenance[name])))  # fmt: skip


def _pairs(data: Mapping[str, Any], before: str = "") -> Iterator[tuple[Text, Text]]:
    """Names and values, those of objects inside with the name of the object before them."""
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield from _pairs(value, f"{before}{key}.")
        else:
            yield code(f"{before}{key}"), _flat(value)
