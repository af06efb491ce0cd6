"""Why the findings of a run were told: their conditions part by part, from its rows and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.diagnostics import PttError
from ptt_rules.engine import Incident
from ptt_rules.engine.incidents import Finding
from ptt_rules.engine.why import Explanation, explain
from ptt_rules.logs import RunLog
from ptt_rules.packs import Pack, load, shipped_packs
from ptt_rules.runs.files import PACKS
from ptt_rules.runs.run import Run

MOST = 3
"""Findings of an incident that are explained."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Explanations of findings, or why there are none."""

    explanations: tuple[Explanation, ...] = ()
    missing: str = ""


def explained(run: Run, incident: Incident | None) -> Explained:
    """The first cause of an incident and what followed it, explained by the run's own rules."""
    if incident is None:
        return Explained()
    try:
        pack = rules_of(run)
        return Explained(tuple(explanations(pack, run.log, chosen(incident))))
    except PttError as error:
        return Explained(missing=error.diagnostics[0].message)


def chosen(incident: Incident) -> Sequence[Finding]:
    """The findings that are worth an explanation: the first cause, then the worst told."""
    rest = sorted(incident.evidence, key=lambda one: -one.level)
    return [incident.cause, *(one for one in rest if one.is_told)][:MOST]


def explanations(pack: Pack, log: RunLog, findings: Sequence[Finding]) -> Iterator[Explanation]:
    """Each finding at the step at which it reached its worst level.

    Errors: PTT101 for a detector that the pack does not have
    """
    for one in findings:
        yield explain(pack.compiled, log.frame, log.config, one.who, one.step)


def rules_of(run: Run) -> Pack:
    """The packs that judged a run, loaded anew.

    Errors: PTT408 if they are not here, or not as they were; those of `load`
    """
    told = run.provenance.get("packs", [])
    if not told:
        raise PttError.of("PTT408", "the run does not tell its packs", file=str(run.path))
    places = [_place(run.path, one) for one in told]
    params = run.provenance.get("parameters")
    pack = load(*places, params=params, policy=run.policy, isolated=True)
    now = {one.name: one.digest for one in pack.packs}
    changed = [one["name"] for one in told if now.get(one["name"]) != one["digest"]]
    if changed:
        message = f"the rules of {', '.join(changed)} are not those that judged the run"
        hint = "install the version of the pack that `run.json` names"
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
