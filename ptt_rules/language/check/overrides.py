"""`override` and `disable`: changes of a pack to the packs that it extends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ptt_rules.language.check.declarations import fits_unit
from ptt_rules.language.check.detectors import DetectorNames, check_detector
from ptt_rules.language.check.scope import Report, Reports, Scope, did_you_mean
from ptt_rules.language.diagnostics import Label
from ptt_rules.language.ir import (
    CheckedPack,
    Declaration,
    Detector,
    Disabled,
    Param,
    PlacedClause,
    Policy,
)
from ptt_rules.language.source import Source, Span
from ptt_rules.language.syntax import tree
from ptt_rules.language.who import Who


@dataclass
class OverrideChecker:
    """Checks overrides against what the extended packs declare."""

    pack: str
    scope: Scope
    names: DetectorNames
    inherited: Mapping[str, Detector]
    """Detectors of the extended packs as they are so far, by qualified name."""
    params: Mapping[str, Param]
    """Parameters of the extended packs, by qualified and plain name."""
    policies: Sequence[Policy] = ()
    """Policies of the extended packs, the farthest first."""
    shipped_policies: Callable[[], Mapping[str, Policy]] = dict
    """Those that go with any pack."""
    detectors: dict[str, Detector] = field(default_factory=dict)
    param_values: dict[str, float] = field(default_factory=dict)
    param_places: dict[str, tuple[Source, Span]] = field(default_factory=dict)
    disabled: list[Disabled] = field(default_factory=list)
    _places: dict[tuple[str, str], tuple[Source, Span]] = field(default_factory=dict)

    def change(self, report: Report, item: tree.Item) -> None:
        match item:
            case tree.OverrideDetector():
                self._detector(report, item)
            case tree.OverrideParam():
                self._param(report, item)
            case tree.DisableDecl():
                self._disable(report, item)

    def _detector(self, report: Report, item: tree.OverrideDetector) -> None:
        qualified = self._inherited(report, item.detector)
        if qualified is None or not self._once(report, "override", qualified, item.detector.span):
            return
        base = self.inherited[qualified]
        if base.declaration is None:
            return
        merged = merge(base.declaration, report.source, item)
        reports = Reports()
        detector = check_detector(reports, self.scope, self.names, base.pack, merged)
        for found in reports.diagnostics:
            if found.source == report.source:
                report.diagnostics.append(found)
            else:
                message = f"with this override `{qualified}` is wrong: {found.message}"
                hint = "replace that part of it too"
                report.add("PTT311", item.detector.span, message, hint=hint)
        if detector is not None:
            self.detectors[qualified] = detector

    def policy(self, report: Report, item: tree.OverridePolicy) -> str:
        """The qualified name of the policy that is replaced; empty, and reported, if there is
        none."""
        word, found = item.policy.dotted, self._policies(item.policy)
        if len(found) == 1 and self._once(report, "policy", found[0], item.policy.span):
            return found[0]
        if len(found) > 1:
            message = f"{len(found)} packs have a policy `{word}`"
            hint = f"write {' or '.join(f'`{name}`' for name in found)}"
            report.add("PTT101", item.policy.span, message, hint=hint)
        elif not found:
            names = [one.name for one in (*self.policies, *self.shipped_policies().values())]
            message, hint = f"no other pack has a policy `{word}`", f"write `policy {word}`"
            report.misspelt("PTT101", item.policy.span, message, word, names, hint)
        return ""

    def _policies(self, reference: tree.Reference) -> list[str]:
        """Candidates for the name: in the extended packs, else in the packs that go with any
        pack."""
        for policies in (lambda: self.policies, lambda: self.shipped_policies().values()):
            named = [one for one in policies() if reference.dotted in (one.name, one.qualified)]
            if named:
                return list(dict.fromkeys(one.replaces or one.qualified for one in named))
        return []

    def _param(self, report: Report, item: tree.OverrideParam) -> None:
        word = item.param.dotted
        param = self.params.get(word)
        if param is None:
            own = word.removeprefix(f"{self.pack}.")
            if own in self.scope.params:
                return self._own(report, item.param, "param")
            hint = did_you_mean(word, self.params)
            message = f"no extended pack has a parameter `{word}`"
            report.add("PTT101", item.param.span, message, hint=hint)
            return None
        if not self._once(report, "param", param.qualified, item.param.span):
            return None
        if not fits_unit(report, item.value, param.unit):
            return None
        if not param.takes(item.value.value):
            shown = report.source.slice(item.value.span)
            message = f"`{word}` takes {param.range_text}, not {shown}"
            report.add("PTT206", item.value.span, message, hint="choose a value in that range")
            return None
        self.param_values[param.qualified] = item.value.value
        self.param_places[param.qualified] = (report.source, item.span)
        return None

    def _disable(self, report: Report, item: tree.DisableDecl) -> None:
        for target in item.targets:
            self._turn_off(report, item, target)
        if not item.reason.value.strip():
            message = "the reason is empty"
            hint = 'say why, such as `because "our reward is sparse by design"`'
            report.add("PTT108", item.reason.span, message, hint=hint)

    def _turn_off(self, report: Report, item: tree.DisableDecl, target: tree.Target) -> None:
        qualified = self._inherited(report, target.reference)
        if qualified is None or not self._can_be_off(report, target, qualified):
            return
        instance = target.label.value if target.label else ""
        name = str(Who.of(qualified, [instance]))
        if self._once(report, "disable", name, target.span):
            self.disabled.append(
                Disabled(
                    qualified, item.reason.value, self.pack, instance, target.span, report.source
                )
            )

    def _can_be_off(self, report: Report, target: tree.Target, qualified: str) -> bool:
        if target.level is not None:
            message = "a detector, or an instance of it, is disabled at all its levels"
            report.add("PTT101", target.span, message, hint="leave out the level")
            return False
        if target.label is not None and self.inherited[qualified].family is None:
            message = "only a detector `for each` family has instances"
            report.add("PTT109", target.span, message, hint="leave out the text in brackets")
            return False
        return True

    def _inherited(self, report: Report, reference: tree.Reference) -> str | None:
        qualified = self.names.find(report, reference)
        if qualified is not None and qualified.startswith(f"{self.pack}."):
            self._own(report, reference, "detector")
            return None
        return qualified if qualified in self.inherited else None

    def _own(self, report: Report, reference: tree.Reference, sort: str) -> None:
        message = f"`{reference.dotted}` is declared in this pack"
        hint = f"change the {sort} itself, or leave it out"
        report.add("PTT309", reference.span, message, hint=hint)

    def _once(self, report: Report, sort: str, qualified: str, span: Span) -> bool:
        first = self._places.setdefault((sort, qualified), (report.source, span))
        if first == (report.source, span):
            return True
        labels = (Label(first[1], "first here"),) if first[0] == report.source else ()
        word = "disabled" if sort == "disable" else "overridden"
        message = f"`{qualified}` is {word} twice"
        report.add("PTT102", span, message, hint="keep one of the two", labels=labels)
        return False


def merge(base: Declaration, source: Source, override: tree.OverrideDetector) -> Declaration:
    """The detector with the clauses that an override names in the place of its own."""
    replaced: dict[str, PlacedClause] = {}
    extra: list[PlacedClause] = []
    known = {clause_name(placed.clause) for placed in base.clauses}
    for clause in override.clauses:
        name = clause_name(clause)
        placed = PlacedClause(source, clause)
        if name in known and name not in replaced:
            replaced[name] = placed
        else:
            extra.append(placed)  # a clause given twice is told as in every detector
    clauses = [replaced.get(clause_name(placed.clause), placed) for placed in base.clauses]
    return replace(base, clauses=(*clauses, *extra))


def clause_name(clause: tree.DetectorClause) -> str:
    """The identity of a clause: its level, the name of its `let`, or its word."""
    match clause:
        case tree.LevelClause(level=level):
            return level
        case tree.LetClause(name=name):
            return f"let {name.word}"
        case tree.TextClause(word=word):
            return word
    return type(clause).__name__


def inherited_detectors(extended: Sequence[CheckedPack]) -> dict[str, Detector]:
    """Detectors of packs, the farthest first, with what the nearer ones made of them."""
    found: dict[str, Detector] = {}
    for pack in extended:
        found.update({one.qualified: one for one in pack.detectors.values()})
        found.update(pack.overrides)
    return found
