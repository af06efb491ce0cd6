"""Which rules judge a training: those of its algorithm, and those that were given."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, cast

from ptt_rules.authoring.convert import PackText, collect_alerts, convert, read_collection
from ptt_rules.border import plain_number
from ptt_rules.language import Diagnostic, PttError
from ptt_rules.observing.algorithms import ALGORITHMS, FALLBACK_PACK, is_plain
from ptt_rules.observing.arguments import Unfit, several
from ptt_rules.observing.migrating import OWN_GUARD, own_guard, stops_of
from ptt_rules.packs import Pack, PackFiles, load, settings_packs, shipped_packs

GUARD = "guard"
SHIPPED_GUARD = f"{FALLBACK_PACK}.{GUARD}"
"""What stops on critical whatever packs define."""
Name = str | os.PathLike[str]
ALERTS = "custom_alerts"
"""What the pack of one-line alerts is called."""


def pack(name: str, value: Any) -> Name | PackFiles:
    """The name of a pack, or its path."""
    if isinstance(value, PackFiles):
        return value
    is_path = isinstance(value, (str, os.PathLike)) and isinstance(os.fspath(value), str)
    if is_path and os.fspath(value).strip():
        return cast(Name, value)
    hint = f'write such as `{name}=["grpo", "lab/"]`'
    raise Unfit(name, value, "names of packs and paths", hint)


packs_of = several(pack)
"""Names of packs and paths, as many as are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What rules a callback is asked for.

    With `only` the packs are all that judges; else they judge beside those of the trainer's
    algorithm. `older` are packs made of the alerts of an older tool, for some trainers or all; with
    `stops_on_high` the policy stops on high findings of theirs, too.
    """

    packs: Sequence[Name | PackFiles] = ()
    only: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
    policy: str | None = None
    settings: Sequence[Name] = ()
    older: Sequence[PackText] = ()
    stops_on_high: bool = False


class ChosenRules:
    """Packs, parameters and policy of a callback, checked as soon as they are given.

    Without packs they are those that the settings name, if they name some. `beside` are the packs
    on what else a run may measure, as many choices as there are.

    Errors: PttError, for whatever of it is wrong with every trainer
    """

    def __init__(self, wish: Wish, *, beside: Sequence[Sequence[str]]) -> None:
        named = settings_packs(wish.settings)
        self._wish = wish
        self._names: Sequence[Name | PackFiles] = wish.packs or named.names
        self._only = wish.only or (named.only and not wish.packs)
        if self._only and not self._names:
            hint = "name the packs that are to judge alone, or leave `only` out"
            raise PttError.of("PTT301", "`only=True` without `packs` leaves no rules", hint=hint)
        self.foreseen = self._foresee(beside)
        """The rules as they are with some trainer."""

    def _foresee(self, choices: Sequence[Sequence[str]]) -> Pack:
        """Errors: PttError, if no trainer would get what is asked for"""
        others = [one for one in ALGORITHMS if one in shipped_packs()]
        try:
            return self._load([FALLBACK_PACK, *choices[0]], self._wish.older)
        except PttError as error:
            if self._only or any(one.code not in _OF_OTHERS for one in error.diagnostics):
                raise  # all trainers have the fallback's rules
            wrong = [error]
        try:
            return self._load([*others, *choices[-1]], self._wish.older)
        except PttError as error:
            hopeless = [one for one in error.diagnostics if self._is_hopeless(one, others)]
            if hopeless:
                raise PttError(hopeless) from None
        for beside, name in product(choices, others):
            try:
                return self._load([name, *beside], self._wish.older)
            except PttError as error:
                wrong.append(error)
        raise PttError(_in_all(wrong))

    def _is_hopeless(self, wrong: Diagnostic, others: Sequence[str]) -> bool:
        """Whether it is wrong with every trainer: no pack has the name, or would take the value."""
        if wrong.code != "PTT206":
            return wrong.code in _NAMES
        declared = load(*others, *self._names, isolated=True).composition.declared.values()
        for name, value in self._wish.params.items():
            number = plain_number(value)
            having = [one for one in declared if name in (one.name, one.qualified)]
            if number is not None and f"`{name}`" in wrong.message:
                return not any(one.takes(number) for one in having)
        return False

    def for_run(self, algorithm: str, *, beside: Sequence[str], say: Callable[[str], None]) -> Pack:
        """The rules of one training; `beside` are packs of what else it measures."""
        name = algorithm if algorithm in shipped_packs() else FALLBACK_PACK
        if name != algorithm and not self._names and not is_plain(algorithm):
            say(f"no pack for `{algorithm}` ships with ptt, judging with `{name}`")
        return self._load([name, *beside], self._fit(algorithm))

    def _fit(self, algorithm: str) -> list[PackText]:
        """The packs of older alerts that are for a trainer."""
        return [one for one in self._wish.older if not one.trainers or algorithm in one.trainers]

    def _load(self, shipped: Sequence[str], older: Sequence[PackText]) -> Pack:
        """The packs of a trainer, unless others judge alone, those asked for, and older alerts."""
        wish, guard = self._wish, self._guard(older)
        return load(
            *([] if self._only else shipped),
            *self._names,
            *(one.files for one in (*older, *guard)),
            params=wish.params,
            policy=OWN_GUARD if guard else wish.policy,
            settings=wish.settings,
        )

    def _guard(self, older: Sequence[PackText]) -> list[PackText]:
        """The pack of the policy that stops on high findings of older alerts, where it is meant."""
        made = own_guard(older) if self._wish.stops_on_high else None
        return [] if made is None else [made]

    def texts(self, algorithm: str) -> Mapping[str, str]:
        """Packs that are in no file, by name."""
        kept = [*self._wish.older, *self._guard(self._fit(algorithm))]
        return {one.name: one.text for one in kept}

    def stops(self, pack: Pack) -> str:
        """What a run says of what stops it, if older alerts do."""
        return stops_of(pack, [one.name for one in self._wish.older])


_NAMES = frozenset({"PTT303", "PTT304"})
"""Of parameters and policies that no pack has."""

_OF_OTHERS = _NAMES | {"PTT101"}
"""What may be wrong with one trainer and right with another, whose packs have the name."""


def _in_all(errors: Sequence[PttError]) -> list[Diagnostic]:
    """What is wrong whatever the trainer; else what is wrong with the one that has least of it."""
    wrong = [{(one.code, one.message): one for one in error.diagnostics} for error in errors]
    shared = set(wrong[0]).intersection(*wrong[1:])
    least = min(
        errors, key=lambda error: (error.diagnostics[0].code in _NAMES, len(error.diagnostics))
    )
    return [wrong[0][each] for each in shared] or list(least.diagnostics)


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
    diagnostics = [wrong for one in done for wrong in one.diagnostics]
    if diagnostics:
        raise PttError(diagnostics)
    return tuple(pack for one in done for pack in one.packs)


def policy_name(policy: str | None, stop_on_critical: bool) -> str | None:
    """The policy that is asked for. Errors: PTT304 for two of them"""
    if stop_on_critical and policy not in (None, GUARD, SHIPPED_GUARD):
        raise PttError.of(
            "PTT304",
            f"`stop_on_critical=True` is the policy `{GUARD}`, and `policy` is `{policy}`",
            hint="give one of the two",
        )
    return SHIPPED_GUARD if stop_on_critical else policy
