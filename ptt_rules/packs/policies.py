"""Which policy a name means: `guard` that of one pack, `lab.guard` the one that `lab` declares.

The policies of ptt itself are those of the pack `common`, and can be named with any packs. A pack
that replaces one by `override policy` has it under its own name too, so that each stays nameable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ptt_rules.language import Diagnostic, Label
from ptt_rules.language.check import did_you_mean, listed
from ptt_rules.language.ir import CheckedPack, Policy
from ptt_rules.packs.choices import PolicyChoice


@dataclass(slots=True)
class NamedPolicies:
    """Policies by what they are called; of a plain name those that no override has replaced."""

    exact: dict[str, Policy] = field(default_factory=dict)
    plain: dict[str, dict[str, Policy]] = field(default_factory=dict)
    """By name, then by the qualified name of the one that was declared first."""
    loaded: set[str] = field(default_factory=set)
    """By qualified name, those of the packs."""

    @classmethod
    def of(cls, shipped: Mapping[str, Policy], packs: Iterable[CheckedPack]) -> NamedPolicies:
        """Those of ptt, then those of packs, each after the packs that it builds on."""
        made = cls()
        for policy in shipped.values():
            made._add(policy)
        for pack in packs:
            for policy in pack.policies.values():
                made._add(policy)
                made.loaded.add(policy.qualified)
        return made

    def _add(self, policy: Policy) -> None:
        self.exact[policy.qualified] = policy
        self.plain.setdefault(policy.name, {})[policy.replaces or policy.qualified] = policy

    def find(self, choice: PolicyChoice) -> Policy | Diagnostic:
        """The policy that a choice names. Errors: PTT304 if there is none, PTT317 if there are
        several"""
        if choice.name in self.exact:
            return self.exact[choice.name]
        meant = list(self.plain.get(choice.name, {}).values())
        if len(meant) == 1:
            return meant[0]
        return _ambiguous(choice, meant) if meant else self._unknown(choice)

    def clashes(self) -> Iterator[Diagnostic]:
        """Names that two of the packs have: an error where no policy was chosen.

        Those of ptt count where `common` is one of the packs.

        Errors: PTT317
        """
        for name, found in self.plain.items():
            of_packs = [one for one in found.values() if one.qualified in self.loaded]
            if len(of_packs) > 1:
                yield _ambiguous(PolicyChoice(name), of_packs)

    def name_of(self, policy: Policy) -> str:
        """The shortest name that means it and nothing else."""
        meant = list(self.plain[policy.name].values())
        return policy.name if meant == [policy] else policy.qualified

    def _unknown(self, choice: PolicyChoice) -> Diagnostic:
        names = sorted(self.plain)
        hint = did_you_mean(choice.name, [*names, *self.exact], f"there are {listed(names)}")
        message, where = f"no pack has a policy `{choice.name}`", choice.where
        return Diagnostic("PTT304", message, where.source, where.span, hint=hint)


def _ambiguous(choice: PolicyChoice, meant: list[Policy]) -> Diagnostic:
    packs = " and ".join(f"`{one.pack}`" for one in meant)
    first, last = meant[0].qualified, meant[-1].qualified
    hint = (
        f"name one exactly, such as `{last}`, or write `override policy {first} {{ ... }}` "
        "in the pack whose policy is to replace the other"
    )
    places = [Label(one.span, f"`{one.qualified}`", one.source) for one in meant]
    where, message = choice.where, f"`{choice.name}` is a policy of {packs}"
    source, span = where.source, where.span
    if source is None:
        source, span = meant[-1].source, meant[-1].span
        places.pop()
    return Diagnostic("PTT317", message, source, span, hint=hint, labels=tuple(places))
