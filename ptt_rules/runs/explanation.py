"""Why the findings of a run were reported: their conditions part by part, from its rows and
rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.evaluation import Finding, FrameReplay, Incident
from ptt_rules.evaluation.why import Explanation, explain_in
from ptt_rules.language import PttError
from ptt_rules.logs import RunLog
from ptt_rules.packs import Pack, load, shipped_packs
from ptt_rules.replaying import rows_after_stops
from ptt_rules.runs.files import PACKS
from ptt_rules.runs.run import Run

MOST_FINDINGS = 3
"""Findings of an incident that are explained."""
MOST_ROWS = 30_000
"""Rows up to which conditions are computed for all rows at once, which takes memory."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Explanations of findings, or why there are none."""

    explanations: tuple[Explanation, ...] = ()
    missing: str = ""


def explained(run: Run, incidents: Sequence[Incident], pack: Pack | None = None) -> list[Explained]:
    """The first cause of each incident and what followed it, by the rules that judged the run.

    Without a `pack` they are loaded anew, as `run.json` names them.
    """
    if not incidents:
        return []
    if run.log.frame.height > MOST_ROWS:
        text = f"the log has more than {MOST_ROWS} rows; `ptt why` explains one detector"
        return [Explained(missing=text)] * len(incidents)
    try:
        rules = pack or rules_of(run)
    except PttError as error:
        return [Explained(missing=error.diagnostics[0].message)] * len(incidents)
    groups = [chosen(one) for one in incidents]
    whole = _replayed(rules, run.log, (one for group in groups for one in group))
    return [_explained(rules, whole, group) for group in groups]


def _replayed(pack: Pack, log: RunLog, findings: Iterable[Finding]) -> FrameReplay:
    """A log judged by the detectors of some findings."""
    names, gaps = (
        {one.detector for one in findings},
        rows_after_stops(pack.compiled, log, log.context),
    )
    return FrameReplay(pack.compiled, log.frame, log.context, names, gaps)


def chosen(incident: Incident) -> Sequence[Finding]:
    """The findings that are worth an explanation: the first cause, then the worst reported ones."""
    rest = sorted(incident.evidence, key=lambda one: -one.level)
    return [incident.cause, *(one for one in rest if one.is_visible)][:MOST_FINDINGS]


def explanations(pack: Pack, log: RunLog, findings: Sequence[Finding]) -> Iterator[Explanation]:
    """Each finding at the step at which it reached its worst level.

    Errors: PTT101 for a detector that the pack does not have
    Cost:   a replay of the whole log in memory; nothing for a log of more than `MOST_ROWS`
    """
    if log.frame.height <= MOST_ROWS:
        yield from _explanations(pack, _replayed(pack, log, findings), findings)


def _explained(pack: Pack, whole: FrameReplay, findings: Sequence[Finding]) -> Explained:
    try:
        return Explained(tuple(_explanations(pack, whole, findings)))
    except PttError as error:
        return Explained(missing=error.diagnostics[0].message)


def _explanations(
    pack: Pack, whole: FrameReplay, findings: Sequence[Finding]
) -> Iterator[Explanation]:
    """Errors: PTT101"""
    for one in findings:
        yield explain_in(pack.compiled, whole, one.who, one.step)


def rules_of(
    run: Run, *, params: Mapping[str, float] | None = None, policy: str | None = None
) -> Pack:
    """The packs that judged a run, loaded anew; settings of this place have no part in it.

    `params` and `policy` go before those of the run.

    Errors: PTT408 if they are not here, or not as they were; those of `load`
    """
    recorded = run.provenance.get("packs", [])
    if not recorded:
        raise PttError.of("PTT408", "the run does not name its packs", file=str(run.path))
    places = [_place(run.path, one) for one in recorded]
    own = run.provenance.get("parameters") or {}
    pack = load(
        *places, params={**own, **(params or {})}, policy=policy or run.policy, isolated=True
    )
    is_changed = bool(params) or policy not in (None, run.policy)
    if not is_changed and pack.compiled.digest != run.provenance.get("rules_digest"):
        now = {one.name: one.digest for one in pack.packs}
        changed = [one["name"] for one in recorded if now.get(one["name"]) != one["digest"]]
        which = f"the rules of {', '.join(changed)}" if changed else "the rules of its packs here"
        message = f"{which} are not those that judged the run"
        hint = (
            "they were changed since, or settings of the run overrode some; name the packs that "
            "shall judge it with `--pack`"
        )
        raise PttError.of("PTT408", message, file=str(run.path), hint=hint)
    return pack


def _place(folder: Path, pack: Mapping[str, Any]) -> str:
    """Where a pack is that a run names: by name, beside the run, or at its path."""
    kept = folder / PACKS / f"{pack['name']}.ptt"
    if kept.is_file():
        return str(kept)
    by_name = pack["name"] in shipped_packs() or _is_installed(pack)
    return str(pack["name"] if by_name else pack["file"])


def _is_installed(pack: Mapping[str, Any]) -> bool:
    return bool(pack.get("origin", {}).get("distribution"))
