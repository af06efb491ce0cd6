"""Composing: loaded packs and what is said of them from outside become rules that can judge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ptt_rules.evaluation import compile_pack
from ptt_rules.language import Diagnostic, Label, PttError, Source, Who
from ptt_rules.language.check import check_pack, did_you_mean, inherited_detectors, size_fault
from ptt_rules.language.ir import CheckedPack, Declaration, Detector, Disabled, Param, Policy
from ptt_rules.language.syntax import tree
from ptt_rules.packs.choices import (
    Composition,
    Ignored,
    Layer,
    ParamChoice,
    SettingsInfo,
    Where,
)
from ptt_rules.packs.files import shipped_packs
from ptt_rules.packs.installed import installed_packs
from ptt_rules.packs.layers import Layers
from ptt_rules.packs.own import own_detector, own_info
from ptt_rules.packs.pack import DetectorInfo, Pack, PackInfo
from ptt_rules.packs.policies import NamedPolicies
from ptt_rules.packs.settings import Change, Modules, Settings

NO_VERSION = "0.0.0"


@dataclass
class Loaded:
    """A pack that takes part, with the trees of its files."""

    checked: CheckedPack
    info: PackInfo
    modules: Modules
    tests: Modules


def compose(
    loaded: Mapping[str, Loaded],
    given: Sequence[str],
    said: Layers,
    *,
    diagnostics: Sequence[Diagnostic],
    shipped_policies: Callable[[], Mapping[str, Policy]],
) -> Pack:
    """The packs given and all that they extend, as the layers want them.

    `loaded` has each pack after those that it extends, and `diagnostics` what is wrong in them.

    Errors: raises one PttError with all of it: PTT310; PTT101, 303, 304, 206 for what is said
    """
    composer = _Composer(loaded, given, said, [*diagnostics, *said.diagnostics], shipped_policies)
    composer.report_two_overrides()
    for settings in said.settings:
        composer.add(settings)
    for choice in said.params:
        composer.choose(choice)
    policy = composer.policy()
    if composer.diagnostics:
        raise PttError(composer.diagnostics)
    return composer.pack(policy)


@dataclass
class _Composer:
    """`checked` are the packs, then the files of settings, each on top of all before it."""

    loaded: Mapping[str, Loaded]
    given: Sequence[str]
    said: Layers
    diagnostics: list[Diagnostic]
    shipped_policies: Callable[[], Mapping[str, Policy]]
    checked: list[CheckedPack] = field(init=False)
    params: dict[str, Param] = field(init=False)
    choices: dict[str, list[ParamChoice]] = field(init=False)
    ignored: list[Ignored] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.checked = [loaded.checked for loaded in self.loaded.values()]
        self.params = {
            param.qualified: param for pack in self.checked for param in pack.params.values()
        }
        self.choices = {name: [_default(param)] for name, param in self.params.items()}
        for pack in self.checked:
            self._set_by(pack, Layer.PACK)

    def _set_by(self, pack: CheckedPack, layer: Layer) -> None:
        """Parameters that a pack overrides."""
        for name, value in pack.param_values.items():
            where = Where(layer, *pack.param_places[name], pack.name)
            self.choices[name].append(ParamChoice(name, value, where))

    # ---- packs -----------------------------------------------------------------------------

    def report_two_overrides(self) -> None:
        """Overrides of the same thing by packs that do not know each other."""
        owners: dict[str, str] = {}
        for name, loaded in self.loaded.items():
            checked = loaded.checked
            policies = [one.replaces for one in checked.policies.values() if one.replaces]
            for changed in (*checked.overrides, *checked.param_values, *policies):
                first = owners.get(changed)
                if first is not None and first not in checked.extends:
                    message = f"`{changed}` is overridden by `{first}` and by `{name}`"
                    hint = f"let one of them build on the other: `extends {first}` in `{name}`"
                    mistake = Diagnostic("PTT310", message, file=loaded.info.file, hint=hint)
                    self.diagnostics.append(mistake)
                owners[changed] = name

    # ---- settings --------------------------------------------------------------------------

    def add(self, settings: Settings) -> None:
        """Applies the overrides and disables of a file, then its parameters."""
        modules = [
            (source, replace(module, items=tuple(self._meant(settings, source, module))))
            for source, module in settings.modules
        ]
        header = (settings.source.name, NO_VERSION, None)
        checked, diagnostics = check_pack(
            header, modules, extended=self.checked, shipped_policies=self.shipped_policies
        )
        self.diagnostics += diagnostics
        self.checked.append(checked)
        self._set_by(checked, settings.layer)
        for choice in settings.params:
            self.choose(choice)

    def _meant(self, settings: Settings, source: Source, module: tree.Module) -> Iterator[Change]:
        """The changes of packs that are loaded, each of one detector or parameter."""
        detectors = inherited_detectors(self.checked)
        for item in (each for one in module.items for each in _parted(one)):
            reference = _changed(item)
            where = Where(settings.layer, source, reference.span)
            if self._is_of_another(reference.dotted, where, item):
                continue
            is_param = isinstance(item, tree.OverrideParam)
            names = (
                {}
                if isinstance(item, tree.OverridePolicy)
                else self.params
                if is_param
                else detectors
            )
            found = [name for name in names if Who.parse(name).name == reference.dotted]
            if len(found) > 1:
                sort = "parameter" if is_param else "detector"
                message = f"{len(found)} packs have a {sort} `{reference.dotted}`"
                hint = f"write {' or '.join(f'`{name}`' for name in found)}"
                mistake = Diagnostic("PTT101", message, source, reference.span, hint=hint)
                self.diagnostics.append(mistake)
                continue
            yield item

    def _is_of_another(self, name: str, where: Where, item: Change | None = None) -> bool:
        """Whether it is about a pack that is known and not loaded: files are for many runs."""
        pack = Who.parse(name).pack
        if not pack or pack in self.loaded or where.layer is Layer.CALL:
            return False
        if pack not in self._known():
            return False
        what = "disable" if isinstance(item, tree.DisableDecl) else "override" if item else "param"
        self.ignored.append(Ignored(what, name, where))
        return True

    def _known(self) -> set[str]:
        named = [pack.name for settings in self.said.settings for pack in settings.packs]
        installed = [pack.name for pack in installed_packs()]
        return {*shipped_packs(), *installed, *(Path(pack).stem for pack in named)}

    # ---- parameters ------------------------------------------------------------------------

    def choose(self, choice: ParamChoice) -> None:
        """Sets a parameter; a plain name sets that of each pack which has one.

        Errors: PTT303 if there is none, PTT206 for a value outside its range
        """
        if self._is_of_another(choice.name, choice.where):
            return
        named = [p for p in self.params.values() if choice.name in (p.qualified, p.name)]
        if not named:
            self._report_unknown(choice)
        for param in named:
            faults = (size_fault(one.sizes, param.qualified, choice.value) for one in self.checked)
            fault = next(filter(None, faults), None)
            if not param.takes(choice.value):
                self.diagnostics.append(_outside(choice, param))
            elif fault is not None:
                self.diagnostics.append(_misfit(choice, param, fault))
            else:
                self.choices[param.qualified].append(choice)

    def _report_unknown(self, choice: ParamChoice) -> None:
        known = [name for param in self.params.values() for name in (param.qualified, param.name)]
        otherwise = "the packs given have no such parameter"
        if choice.where.layer in (Layer.SITE, Layer.PROJECT):
            otherwise = f"if it is another pack's, write `PACK.{choice.name}`"
        message = f"no pack has a parameter `{choice.name}`"
        hint = did_you_mean(choice.name, known, otherwise)
        where = choice.where
        self.diagnostics.append(Diagnostic("PTT303", message, where.source, where.span, hint=hint))

    # ---- policy ----------------------------------------------------------------------------

    def policy(self) -> tuple[str, Policy] | None:
        """The one chosen last, with the name that means it alone.

        Errors: PTT304, PTT317 for each choice that does not mean one policy; without a choice
                PTT317 for each name that two packs have
        """
        declared = [policy for pack in self.checked for policy in pack.policies.values()]
        if not self.said.policies and len(declared) < 2:
            return None
        named = NamedPolicies.of(self.shipped_policies(), self.checked)
        if not self.said.policies:
            self.diagnostics += named.clashes()
            return None
        found = [named.find(choice) for choice in self.said.policies]
        self.diagnostics += (one for one in found if isinstance(one, Diagnostic))
        chosen = found[-1]
        return None if isinstance(chosen, Diagnostic) else (named.name_of(chosen), chosen)

    # ---- the pack --------------------------------------------------------------------------

    def pack(self, chosen: tuple[str, Policy] | None) -> Pack:
        word, policy = chosen or (None, None)
        detectors, disabled = self._detectors()
        values = {name: choices[-1].value for name, choices in self.choices.items()}
        infos = tuple(loaded.info for loaded in self.loaded.values())
        digest = self._digest(infos, values, word)
        return Pack(
            name="+".join(self.given),
            packs=infos,
            params=values,
            policy=word,
            detectors=tuple(DetectorInfo.of(detector, values) for detector in detectors),
            own=(own_info(),),
            disabled=tuple(disabled),
            compiled=compile_pack(detectors, policy, values, digest, [own_detector()]),
            composition=self._composition(),
            checked=tuple(self.checked),
        )

    def _detectors(self) -> tuple[list[Detector], list[Disabled]]:
        """All detectors as overridden, without the disabled ones."""
        found = inherited_detectors(self.checked)
        disabled = {one.name: one for pack in self.checked for one in pack.disabled}
        instances = [one for one in disabled.values() if one.instance]
        for qualified in {one.detector for one in instances}:
            off = frozenset(one.instance for one in instances if one.detector == qualified)
            left = tuple(one for one in found[qualified].members if one.word not in off)
            if found[qualified].members and not left:
                del found[qualified]
            else:
                found[qualified] = replace(found[qualified], disabled=off, members=left)
        ordered = sorted(found.values(), key=lambda detector: detector.qualified)
        return [one for one in ordered if one.qualified not in disabled], [*disabled.values()]

    def _digest(
        self, infos: Sequence[PackInfo], values: Mapping[str, float], policy: str | None
    ) -> str:
        """Covers everything that decides reports and actions."""
        parts = [
            sorted((info.name, info.digest) for info in infos),
            sorted(values.items()),
            policy,
            *(changes for one in self.checked[len(infos) :] if (changes := _changes(one))),
        ]
        return f"sha256:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"

    def _composition(self) -> Composition:
        files = [SettingsInfo(s.source.name, s.layer, s.digest) for s in self.said.settings]
        return Composition(
            self.params,
            {name: tuple(choices) for name, choices in self.choices.items()},
            self.said.policies,
            _histories(self.checked),
            tuple(files),
            tuple(self.ignored),
        )


def _default(param: Param) -> ParamChoice:
    where = Where(Layer.PACK, param.source, param.span, param.pack)
    return ParamChoice(param.qualified, param.value, where)


def _outside(choice: ParamChoice, param: Param) -> Diagnostic:
    """A value that a parameter does not take, shown where it was given."""
    message = f"`{choice.name}` was set to {choice.value:g}, outside its range {param.range_text}"
    return _misfit(choice, param, message, "pass a value inside of the range", "the range")


def _misfit(
    choice: ParamChoice,
    param: Param,
    message: str,
    hint: str = "pass another value",
    label: str = "declared here",
) -> Diagnostic:
    where = choice.where
    if where.source is None:
        return Diagnostic("PTT206", message, param.source, param.span, hint=hint)
    labels = (Label(param.span, label, param.source),)
    return Diagnostic("PTT206", message, where.source, where.span, hint=hint, labels=labels)


def _parted(item: tree.Item) -> Iterator[Change]:
    """A change, and of a list of what is disabled each for itself."""
    assert isinstance(item, Change)  # nothing else is read
    if isinstance(item, tree.DisableDecl):
        yield from (replace(item, targets=(target,)) for target in item.targets)
    else:
        yield item


def _changed(item: Change) -> tree.Reference:
    match item:
        case tree.OverrideParam(param=reference):
            return reference
        case tree.OverridePolicy(policy=reference):
            return reference
        case tree.OverrideDetector(detector=reference):
            return reference
        case tree.DisableDecl(targets=(target, *_)):
            return target.reference
    raise AssertionError(item)


def _changes(settings: CheckedPack) -> list[list[str]]:
    """The changes to detectors in a file of settings, as text."""
    overridden = [
        [name, *(placed.source.slice(placed.clause.span) for placed in one.declaration.clauses)]
        for name, one in settings.overrides.items()
        if one.declaration is not None
    ]
    for one in settings.policies.values():
        overridden.append([one.replaces, *(each.source.slice(each.span) for each in one.reactions)])
    return sorted([*overridden, *(["disabled", one.name] for one in settings.disabled)])


def _histories(packs: Sequence[CheckedPack]) -> dict[str, tuple[Declaration, ...]]:
    """The detectors that are overridden: as declared, and after each override."""
    found: dict[str, list[Declaration]] = {}
    for pack in packs:
        own = {one.qualified: one for one in pack.detectors.values()}
        for name, detector in {**own, **pack.overrides}.items():
            if detector.declaration is not None:
                found.setdefault(name, []).append(detector.declaration)
    return {name: tuple(history) for name, history in found.items() if len(history) > 1}
