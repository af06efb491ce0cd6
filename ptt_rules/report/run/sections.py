"""The sections of a run's page: what was found, done and saved, and what the run was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ptt_rules.border import agreeing, plural
from ptt_rules.evaluation import Action, Finding, Incident, Reach, shown, with_values
from ptt_rules.packs import Pack
from ptt_rules.report.events import deed_text
from ptt_rules.report.markup import Html, Text, joined, tag
from ptt_rules.report.page import badge, code, folded, table, with_links
from ptt_rules.report.run_texts import checkpoint_verdict, postmortem_text
from ptt_rules.report.why import why_text
from ptt_rules.runs import (
    FAULT,
    Explained,
    Run,
    event_of,
    explained,
    faults,
    reach_of_run,
    reach_text,
    unjudged_lines,
)

MOST_EXPLAINED = 4
"""Incidents whose conditions are shown part by part."""

# ---- incidents -----------------------------------------------------------------------------


def incidents(run: Run, pack: Pack | None) -> Iterator[Text]:
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
    head = joined(
        [badge(incident.level.word), cause.who, tag("span", _since(cause), css="soft")], " "
    )
    yield tag("h3", head)
    yield tag("p", cause.message)
    rule, event = run.rules.rule(cause.detector), event_of(run, cause)
    level = cause.level
    texts = (("Why it matters", rule.why_of(level)), ("What helps", rule.remedy_of(level)))
    for label, text in texts:
        if text:
            told = with_values(text, event) if event else text
            yield tag("p", joined([tag("span", f"{label}: ", css="soft"), told]))
    if rule.reference:
        yield tag("p", joined([tag("span", "Source: ", css="soft"), with_links(rule.reference)]))
    if incident.evidence:
        heads = ("", "evidence", "since", "reported", "over", "what it said")
        yield table(heads, [_evidence(one) for one in incident.evidence])


def _since(finding: Finding) -> str:
    told = "" if finding.step == finding.since_step else f", reported at {finding.step}"
    return f"{finding.level.word} since step {finding.since_step}{told}"


def _evidence(one: Finding) -> tuple[Text, ...]:
    over = "-" if one.ended is None else str(one.ended)
    note = f" (suppressed by {one.suppressed_by})" if one.suppressed_by else ""
    return (
        badge(one.level.word),
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


def audit(run: Run) -> Iterator[Text]:
    """Every decision of the policy with what led to it."""
    heads = ("step", "action", "because of", "what it said")
    if run.records.actions:
        yield table(heads, [_decision(run, one) for one in run.records.actions])
    notes = [note for note in run.records.notes if note.get("event") != FAULT]
    if notes:
        yield tag("h3", "What else was recorded")
        yield table(("step", "what", ""), [_note(note) for note in notes])
    if run.records.abandoned:
        count = len(run.records.abandoned)
        what = agreeing(count, "1 event or action is", f"{count} events and actions are")
        text = f"{what} of a branch that a resume went back before."
        yield tag("p", text, css="soft")


def _decision(run: Run, action: Action) -> tuple[Text, ...]:
    because = joined((code(who) for who in action.because), ", ")
    said = joined(tag("div", one) for one in _reasons(run, action))
    return str(action.step), deed_text(action), because, said or "-"


def _reasons(run: Run, action: Action) -> Iterator[str]:
    """What its detectors said; the values that they read have names that only authors know."""
    for who in action.because:
        said = [one for one in run.records.events if one.who == who and one.row <= action.row]
        if said:
            yield said[-1].message


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


def checkpoints(run: Run) -> Iterator[Text]:
    if not run.checkpoints:
        return
    rows = []
    for one in run.checkpoints:
        verdict, reasons = checkpoint_verdict(run, one)
        css = "good" if verdict == "good" else "critical"
        chosen = " (go on from this one)" if one is run.way_back.checkpoint else ""
        mark = badge(verdict, css)
        rows.append((code(one.path.name), mark, "; ".join(reasons) + chosen))
    yield table(("checkpoint", "", "why"), rows)


def postmortem(run: Run) -> Iterator[Text]:
    if run.postmortem is not None:
        yield tag("pre", postmortem_text(run.postmortem))
    failed = faults(run.records.notes)
    if failed:
        yield tag("h3", "What failed inside of ptt itself")
        yield tag("ul", joined(tag("li", one) for one in failed))


# ---- what watched, and what the run was ----------------------------------------------------


def detectors(run: Run) -> Iterator[Text]:
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


def provenance(run: Run) -> Iterator[Text]:
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
