"""Checks of packs, settings and locks, and of what the training will feed to the rules."""

from __future__ import annotations

from ptt_rules.border import plural
from ptt_rules.doctor.check import Found, Verdict
from ptt_rules.doctor.setup import Setup
from ptt_rules.packs import Arming
from ptt_rules.report import armed_text

_NAMED = 3


def rules(setup: Setup) -> Found:
    """Packs, parameters, policy and settings that cannot be loaded, or differ from the lock."""
    verdict = Verdict.TRIPS if setup.run is not None else Verdict.FAILS
    for one in setup.wrong:
        where = one.source.name if one.source is not None else one.file
        text = f"{where}: {one.message}" if where else one.message
        yield verdict, f"{text} [{one.code}]", one.hint or f"`ptt explain {one.code}`"


def _arming(setup: Setup) -> Arming | None:
    if setup.pack is None or setup.algorithm is None or not setup.arguments:
        return None
    trl = setup.machine.version("trl")
    known = {"logging_steps": setup.logging_steps} if setup.logging_steps else {}
    return setup.pack.armed(setup.algorithm, trl, {**known, **setup.arguments})


def logs(setup: Setup) -> Found:
    """Detectors that need more logs than the run will write."""
    armed = _arming(setup)
    if armed is not None and armed.short:
        way = "log more often, or train longer"
        if armed.denser is not None:
            steps, fed = armed.denser
            way = f"logging_steps={steps} feeds {fed} of them"
        yield Verdict.TRIPS, armed_text(armed).partition(": logging_steps")[0], way


def lacking(setup: Setup) -> Found:
    """Detectors that can never judge, as the trainer does not log what they read."""
    armed = _arming(setup)
    if armed is None:
        return
    unfed = [one for one in armed.not_armed if one.reason.startswith("which is logged only with")]
    for one in unfed[:_NAMED]:
        count = plural(len(one.detectors), "detector")
        keys = ", ".join(f"`{key}`" for key in one.keys[:_NAMED])
        way = one.reason.removeprefix("which is logged only with ")
        named = f"such as {one.detectors[0]}"
        yield Verdict.NOTE, f"{count} lack {keys}, {named}", f"they are logged with {way}"
