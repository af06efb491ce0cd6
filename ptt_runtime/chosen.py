"""Which rules judge a training: those that were given, or those of its algorithm."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ptt_rules import Pack, PttError, load, settings_packs, shipped_packs
from ptt_rules.convert import PackText, collect_alerts, convert, read_collection
from ptt_runtime.algorithms import FALLBACK_PACK

Name = str | os.PathLike[str]
ALERTS = "custom_alerts"
"""What the pack of one-line alerts is called."""


class ChosenRules:
    """Packs, parameters and policy of a callback, checked as soon as they are given.

    Without `names` they are the packs that the settings name, if they name some.
    `older` are packs made of the alerts of an older tool: those for all trainers, or for the
    present one, judge beside the others.

    Errors: PttError, for whatever of it is wrong
    """

    def __init__(
        self,
        names: Sequence[Name] | None,
        *,
        params: Mapping[str, float],
        policy: str | None,
        settings: Name | Sequence[Name] = (),
        older: Sequence[PackText] = (),
    ) -> None:
        self._load = partial(load, params=params, policy=policy, settings=settings)
        self._older = older
        files = [one.files for one in older]
        self.given: Pack | None = None
        """What judges any trainer; None where its algorithm has a say."""
        names = names or settings_packs(settings)
        if names:
            self.given = self._load(*names, *files)
        elif policy is not None or older:
            load(FALLBACK_PACK, *files, policy=policy, isolated=True)

    def for_run(self, algorithm: str, *, beside: Sequence[str], say: Callable[[str], None]) -> Pack:
        """The rules of one training; `beside` are packs of what else it measures."""
        if self.given is not None:
            return self.given
        name = algorithm if algorithm in shipped_packs() else FALLBACK_PACK
        if name != algorithm:
            say(f"no pack for `{algorithm}` ships with ptt, judging with `{name}`")
        fit = (one for one in self._older if not one.trainers or algorithm in one.trainers)
        files = [one.files for one in fit]
        return self._load(name, *beside, *files)

    @property
    def texts(self) -> Mapping[str, str]:
        """Packs that are in no file, by name."""
        return {one.name: one.text for one in self._older}


def older_packs(heuristics_dir: Name | None, alerts: Sequence[str]) -> tuple[PackText, ...]:
    """Packs made of a folder of YAML heuristics and of one-line alerts.

    Errors: PTT312, PTT313: one PttError with all that could not be converted
    """
    collections = []
    if heuristics_dir is not None:
        collections.append(read_collection(Path(heuristics_dir)))
    if alerts:
        collections.append(collect_alerts(ALERTS, alerts))
    done = [convert(one) for one in collections]
    diagnostics = [told for one in done for told in one.diagnostics]
    if diagnostics:
        raise PttError(diagnostics)
    return tuple(pack for one in done for pack in one.packs)
