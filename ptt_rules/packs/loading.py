"""Loading: files to a checked, compiled pack with everything it extends."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import SupportsFloat

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from ptt_rules._version import __version__
from ptt_rules.language import NOWHERE, Diagnostic, Label, PttError, Source
from ptt_rules.language.check import check_pack
from ptt_rules.language.ir import CheckedPack, Policy
from ptt_rules.language.syntax import parse, tree
from ptt_rules.packs.choices import PackChoice
from ptt_rules.packs.compose import NO_VERSION, Loaded, compose
from ptt_rules.packs.edits import with_sure_edits
from ptt_rules.packs.files import OriginKind, PackFiles, find_pack, packs_in, shipped_packs
from ptt_rules.packs.installed import installed_pack
from ptt_rules.packs.layers import Layers, Paths, layers
from ptt_rules.packs.lock import find_lock
from ptt_rules.packs.pack import Pack, PackInfo
from ptt_rules.packs.settings import Modules
from ptt_rules.packs.vocabulary import shipped_metrics

POLICY_PACK = "common"
"""The shipped pack whose policies can be named with any packs."""

Find = Callable[[str], PackFiles]
"""Gives the files of a pack that another one extends by name."""

Parsed = dict[Source, tuple[tree.Module, list[Diagnostic]]]
"""The parsed files, with their errors."""

__all__ = [
    "CheckedFiles",
    "NamedPacks",
    "TestedPack",
    "check_files",
    "check_sources",
    "load",
    "load_tested",
    "loads",
    "settings_packs",
    "shipped_packs",
    "used_packs",
]


def load(
    *packs: str | os.PathLike[str] | PackFiles,
    params: Mapping[str, SupportsFloat] | None = None,
    policy: str | None = None,
    settings: Paths = (),
    isolated: bool = False,
) -> Pack:
    """Loads packs (shipped and installed ones by name, others by path), composed into one.

    A pack whose files were read already may be given as they are. `params` are by name, or by
    `pack.name` where two packs have the same; `policy` is one of these packs, of those they extend
    or of `common`, and `pack.policy` where several have it. The site, `ptt.yaml`, files of
    `settings` and the environment may have chosen already, what is given here has the last word.
    Without packs those are loaded that the settings name. With `ptt.lock` in the present folder or
    above, nothing is loaded that differs from it. All that is not given here is left out, settings
    and lock, if it is `isolated`: for tools that show packs and judge no run.

    Errors: raises one PttError with every diagnostic of all packs and settings
    """
    said = layers(params, policy, settings=settings, isolated=isolated)
    files = [one if isinstance(one, PackFiles) else find_pack(one) for one in packs]
    pack = _compose(files or [*map(_find_named, said.packs)], said)
    if not isolated:
        _keep_lock(pack)
    return pack


@dataclass(frozen=True, slots=True)
class NamedPacks:
    """Packs that settings name; with `only` those of a trainer's algorithm do not join them."""

    names: tuple[str, ...] = ()
    only: bool = False


def settings_packs(settings: Paths = ()) -> NamedPacks:
    """The packs that the settings of this place name, which `load` takes where none are given.

    Errors: raises one PttError with all that is wrong in the settings by themselves
    """
    said = layers(settings=settings)
    if said.diagnostics:
        raise PttError(said.diagnostics)
    return NamedPacks(tuple(choice.name for choice in said.packs), said.only)


def loads(
    source: str,
    *,
    name: str = "inline",
    params: Mapping[str, SupportsFloat] | None = None,
    policy: str | None = None,
) -> Pack:
    """Loads a pack from its text as `load` does; no settings take part.

    A lock pins what it extends, not the text.
    """
    files = PackFiles(name, name, (Source(name, source),))
    pack = _compose([files], layers(params, policy, isolated=True))
    _keep_lock(pack)
    return pack


def used_packs(pack: Pack) -> list[PackInfo]:
    """All packs that have a say: those of its rules, and the one whose policies go with any."""
    infos = {info.name: info for info in pack.packs}
    if POLICY_PACK not in infos:
        infos[POLICY_PACK] = load(POLICY_PACK, isolated=True).packs[0]
    return list(infos.values())


def _keep_lock(pack: Pack) -> None:
    """Errors: PTT323 if a pack differs from the lock that holds here, PTT324"""
    lock = find_lock()
    if lock is None:
        return
    used = used_packs(pack) if pack.policy else pack.packs
    pinned = [one for one in used if one.origin.kind is not OriginKind.TEXT]
    differences = lock.differences(pinned, {one.name: one.extends for one in pack.checked})
    if differences:
        raise PttError(differences)


def check_sources(path: str | os.PathLike[str]) -> list[Diagnostic]:
    """All diagnostics of the pack at a path, or of each pack in a folder of packs.

    Errors: raises PttError if there is no such pack or file
    """
    diagnostics: list[Diagnostic] = []
    parsed: Parsed = {}  # most packs of a folder build on the same few
    for pack in packs_in(path):
        diagnostics += check_files(find_pack(pack), parsed=parsed).diagnostics
    return sorted(diagnostics, key=Diagnostic.sort_key)


@dataclass(frozen=True)
class CheckedFiles:
    """A pack with the trees of its files, those that it extends, and all that is wrong.

    `extended` are all packs that it builds on, the farthest first.
    """

    checked: CheckedPack
    modules: Modules
    tests: Modules
    extended: tuple[CheckedPack, ...]
    diagnostics: tuple[Diagnostic, ...]
    digest: str

    @property
    def declaration(self) -> tree.PackDecl | None:
        """The declaration of the pack's name and version."""
        items = (item for _, module in self.modules for item in module.items)
        return next((item for item in items if isinstance(item, tree.PackDecl)), None)


def check_files(
    files: PackFiles, find: Find = find_pack, *, parsed: Parsed | None = None
) -> CheckedFiles:
    """A pack whose files are given, checked with its tests and with those that it extends.

    `parsed` has what other packs had parsed, and takes what is parsed here.
    """
    loader = _Loader(with_tests=True, find=find, parsed={} if parsed is None else parsed)
    loaded = loader.load(files)
    loader.check_versions()
    diagnostics = loader.with_sure_edits([files])
    return CheckedFiles(
        loaded.checked,
        loaded.modules,
        loaded.tests,
        tuple(loader.loaded[name].checked for name in loaded.checked.extends),
        tuple(sorted(diagnostics, key=Diagnostic.sort_key)),
        files.digest,
    )


@dataclass(frozen=True, slots=True)
class TestedPack:
    """A pack with its tests, checked once, to be composed for what each test chooses."""

    __test__ = False

    checked: CheckedPack
    folder: Path
    """The folder of the logs that its tests replay."""
    compose: Callable[[Mapping[str, float], str | None], Pack]
    """Takes parameters by qualified name, and the name of a policy.

    Errors: PTT304 for a policy that no pack has
    """


def load_tested(pack: str | os.PathLike[str]) -> TestedPack:
    """Loads a pack together with the files of tests beside it.

    Errors: raises one PttError with every diagnostic of rules and tests
    """
    loader = _Loader(with_tests=True)
    files = find_pack(pack)
    checked = loader.load(files).checked
    loader.check_versions()
    if loader.diagnostics:
        raise PttError(loader.with_sure_edits([files]))

    def composed(params: Mapping[str, float], policy: str | None) -> Pack:
        return _composed(loader, [checked.name], layers(params, policy, isolated=True))

    return TestedPack(checked, files.folder, composed)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A pack that another one extends: the packs from the one that was given down to it."""

    chain: tuple[str, ...]
    constraint: tree.Text | None
    source: Source | None
    info: PackInfo

    @property
    def described(self) -> str:
        chain = " extends ".join(f"`{name}`" for name in self.chain)
        return f"{chain} {self.constraint.value}" if self.constraint else f"{chain} of any version"


@dataclass
class _Loader:
    """Packs that are loaded or being loaded, by name, each after those that it extends."""

    with_tests: bool = False
    loaded: dict[str, Loaded] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    asked: list[_Asked] = field(default_factory=list)
    find: Find = find_pack
    parsed: Parsed = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def load(self, files: PackFiles) -> Loaded:
        modules = [(source, self._parse(source)) for source in files.sources]
        declaration, source = self._declaration(modules)
        name = declaration.name.word if declaration else _identifier(files.name)
        known = self.loaded.get(name)
        if known is not None:
            self._check_same(known, files)
            return known
        self._check_name(name, files, declaration, source)
        version = self._version(declaration, source)
        self._open.append(name)
        extended = self._extended(declaration, source)
        self._open.pop()
        header = (name, version, declaration)
        tests = [(test, self._parse(test)) for test in files.tests] if self.with_tests else []
        checked, diagnostics = check_pack(
            header,
            [*modules, *tests],
            extended=extended,
            vocabulary=shipped_metrics,
            shipped_policies=_shipped_policies,
        )
        self.diagnostics.extend(diagnostics)
        info = PackInfo(name, version, files.digest, files.path, files.origin)
        loaded = Loaded(checked, info, tuple(modules), tuple(tests))
        self.loaded[name] = loaded
        return loaded

    def with_sure_edits(self, files: Sequence[PackFiles]) -> list[Diagnostic]:
        """The diagnostics of everything that was loaded for some packs, with edits that are
        right."""

        def recheck(old: Source, new: Source) -> list[Diagnostic]:
            again = _Loader(
                with_tests=self.with_tests,
                find=lambda name: self.find(name).with_source(old, new),
                parsed=dict(self.parsed),
            )
            for one in files:
                again.load(one.with_source(old, new))
            again.check_versions()
            return again.diagnostics

        return with_sure_edits(self.diagnostics, recheck)

    def _parse(self, source: Source) -> tree.Module:
        if source not in self.parsed:
            self.parsed[source] = parse(source)
        module, diagnostics = self.parsed[source]
        self.diagnostics.extend(diagnostics)
        return module

    def _check_same(self, known: Loaded, files: PackFiles) -> None:
        if known.info.digest != files.digest:
            places = [one.described for one in (known.info.origin, files.origin)]
            message = f"two packs are called `{known.info.name}`: {' and '.join(places)}"
            hint = f"rename one: `{known.info.file}` or `{files.path}`"
            self.diagnostics.append(Diagnostic("PTT305", message, file=files.path, hint=hint))

    def _check_name(
        self,
        name: str,
        files: PackFiles,
        declaration: tree.PackDecl | None,
        source: Source | None,
    ) -> None:
        """A pack has neither the name of a shipped one, nor another than it is installed by."""
        kind, span = files.origin.kind, declaration.name.span if declaration else NOWHERE
        file = "" if source else files.path
        if kind is not OriginKind.SHIPPED and name in shipped_packs():
            message = f"`{name}` is the name of a pack that ships with ptt"
            hint = f"rename the {kind.value}" if source is None else "give yours another name"
            mistake = Diagnostic("PTT320", message, source, span, hint=hint, file=file)
            self.diagnostics.append(mistake)
        elif kind in (OriginKind.INSTALLED, OriginKind.WHEEL) and name != files.name:
            message = f"this pack is registered as `{files.name}` and calls itself `{name}`"
            hint = f"its authors need one name for both: {files.origin.distribution}"
            mistake = Diagnostic("PTT325", message, source, span, hint=hint, file=file)
            self.diagnostics.append(mistake)

    # ---- header ----------------------------------------------------------------------------

    def _declaration(
        self, modules: Sequence[tuple[Source, tree.Module]]
    ) -> tuple[tree.PackDecl | None, Source | None]:
        found: list[tuple[tree.PackDecl, Source]] = [
            (item, source)
            for source, module in modules
            for item in module.items
            if isinstance(item, tree.PackDecl)
        ]
        for declaration, source in found[1:]:
            first, first_source = found[0]
            labels = (Label(first.name.span, "first here"),) if first_source == source else ()
            message = f"a folder is one pack, and `{first.name.word}` is declared already"
            hint = "keep one `pack` declaration, or move the other pack to its own folder"
            self.diagnostics.append(
                Diagnostic(
                    "PTT305", message, source, declaration.name.span, hint=hint, labels=labels
                )
            )
        return found[0] if found else (None, None)

    def _version(self, declaration: tree.PackDecl | None, source: Source | None) -> str:
        if declaration is None:
            return NO_VERSION
        try:
            Version(declaration.version)
        except InvalidVersion:
            message = f"`{declaration.version}` is not a version"
            hint = "write three numbers, such as `1.2.0`"
            self.diagnostics.append(
                Diagnostic("PTT306", message, source, declaration.version_span, hint=hint)
            )
        return declaration.version

    def _extended(
        self, declaration: tree.PackDecl | None, source: Source | None
    ) -> list[CheckedPack]:
        """All packs that it builds on, directly or not, the farthest first."""
        names: dict[str, None] = {}
        for clause in declaration.clauses if declaration else ():
            if isinstance(clause, tree.PackRequires):
                self._check_requires(clause, source)
            elif isinstance(clause, tree.PackExtends):
                loaded = self._extend(clause, source)
                if loaded is not None:
                    names.update(dict.fromkeys((*loaded.checked.extends, loaded.checked.name)))
        return [self.loaded[name].checked for name in names]

    def _extend(self, clause: tree.PackExtends, source: Source | None) -> Loaded | None:
        name = clause.pack.word
        if name in self._open:
            circle = [*self._open[self._open.index(name) :], name]
            chain = " extends ".join(f"`{word}`" for word in circle)
            self._report("PTT307", clause.pack, source, chain, "leave one `extends` out")
            return None
        try:
            files = self.find(name)
        except PttError as error:
            for one in error.diagnostics:
                if one.file_name:
                    self.diagnostics.append(one)
                else:
                    self._report(one.code, clause.pack, source, one.message, one.hint)
            return None
        loaded = self.load(files)
        asked = _Asked((*self._open, name), clause.constraint, source, loaded.info)
        self.asked.append(asked)
        return loaded

    def _check_requires(self, clause: tree.PackRequires, source: Source | None) -> None:
        if clause.what.word != "ptt":
            message = f"a pack requires `ptt` of a version, not `{clause.what.word}`"
            hint = f'write `extends {clause.what.word} "..."` to build on a pack'
            self._report("PTT302", clause.what, source, message, hint)
            return
        if self._fits(clause.constraint, source, __version__) is False:
            message = f"this is `ptt` {__version__}, which is not {clause.constraint.value}"
            hint = "change the constraint, or install another version of `ptt-rules`"
            self._report("PTT302", clause.constraint, source, message, hint)

    def _fits(self, constraint: tree.Text, source: Source | None, version: str) -> bool | None:
        """Whether a version meets a constraint; None, and reported, if the constraint is
        invalid."""
        try:
            return SpecifierSet(constraint.value).contains(version, prereleases=True)
        except InvalidSpecifier:
            message = f"`{constraint.value}` is not a version constraint"
            self._report("PTT306", constraint, source, message, 'write one such as `"~=1.0"`')
            return None

    def check_versions(self) -> None:
        """Reports each unmet constraint, with all others on the same pack."""
        for one in self.asked:
            version = one.info.version
            if one.constraint and self._fits(one.constraint, one.source, version) is False:
                name = one.info.name
                message = f"this is `{name}` {version}, which is not {one.constraint.value}"
                others = [other for other in self.asked if other.info.name == name]
                hint = _versions_hint(one, others)
                self._report("PTT302", one.constraint, one.source, message, hint)
        self.asked.clear()

    def _report(
        self, code: str, node: tree.Node, source: Source | None, message: str, hint: str | None
    ) -> None:
        self.diagnostics.append(Diagnostic(code, message, source, node.span, hint=hint))


def _versions_hint(unmet: _Asked, asked: Sequence[_Asked]) -> str:
    """The hint for a version: who requires which one, unless only the given pack does."""
    name = unmet.info.name
    if len(asked) == 1 and len(unmet.chain) == 2:
        return f"change the constraint, or install another version of `{name}`"
    chains = " and ".join(dict.fromkeys(one.described for one in asked))
    return f"{chains}: use a version of `{name}` that all of them take, or change a constraint"


def _identifier(name: str) -> str:
    """A file's name as a pack's name."""
    word = "".join(char if char.isalnum() or char == "_" else "_" for char in name)
    return word if word[:1].isalpha() else f"pack_{word}"


def _compose(files: Sequence[PackFiles], said: Layers) -> Pack:
    if not files:
        hint = 'load one, such as "grpo", or name some under `packs` in `ptt.yaml`'
        missing = Diagnostic("PTT301", "no pack was given", hint=hint)
        raise PttError(said.diagnostics or [missing])
    loader = _Loader(find=_finder(files))
    given = [loader.load(one).checked.name for one in files]
    loader.check_versions()
    loader.diagnostics = loader.with_sure_edits(files)
    return _composed(loader, given, said)


def _finder(given: Sequence[PackFiles]) -> Find:
    """Finds a pack among those given beside the one that extends it, then where packs are.

    One that is installed too is found there, so that two packs of one name are an error.
    """
    by_name = {one.name: one for one in given}

    def find(name: str) -> PackFiles:
        beside = by_name.get(name)
        return find_pack(name) if beside is None or installed_pack(name) else beside

    return find


def _find_named(choice: PackChoice) -> PackFiles:
    """The files of a pack that settings name; a missing pack is reported where it is named."""
    try:
        return find_pack(choice.name)
    except PttError as error:
        where = choice.where
        raise PttError(
            one if one.file_name else replace(one, source=where.source, span=where.span)
            for one in error.diagnostics
        ) from error


def _composed(loader: _Loader, given: Sequence[str], said: Layers) -> Pack:
    """The packs that were loaded, with all that was said of them from outside."""
    return compose(
        loader.loaded,
        given,
        said,
        diagnostics=loader.diagnostics,
        shipped_policies=_shipped_policies,
    )


def _shipped_policies() -> Mapping[str, Policy]:
    return _policies_of(find_pack(POLICY_PACK))


@lru_cache(maxsize=1)
def _policies_of(files: PackFiles) -> Mapping[str, Policy]:
    """Every load asks for them: parsed and checked once, until a file changes."""
    return _Loader().load(files).checked.policies
