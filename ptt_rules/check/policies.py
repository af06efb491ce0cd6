"""Policies: triggers and actions."""

from __future__ import annotations

from collections.abc import Mapping

from ptt_rules.check.scope import Report, did_you_mean
from ptt_rules.diagnostics import Label
from ptt_rules.ir.pack import Policy, Reaction, Trigger
from ptt_rules.syntax import tree
from ptt_rules.types import LEVEL_WORDS, ActionKind, Level

_ACTIONS = {action.value: action for action in ActionKind}


def check_policy(
    report: Report, pack: str, detectors: Mapping[str, frozenset[Level]], policy: tree.PolicyDecl
) -> Policy | None:
    """The policy, or None if something in it is wrong.

    `detectors` are the names that a trigger can have, plain and as `pack.detector`, with
    their levels; a detector whose own declaration has an error has none.
    """
    before = len(report.diagnostics)
    reactions = [_reaction(report, detectors, reaction) for reaction in policy.reactions]
    if len(report.diagnostics) > before:
        return None
    return Policy(policy.name.word, pack, tuple(r for r in reactions if r is not None))


def _reaction(
    report: Report, detectors: Mapping[str, frozenset[Level]], reaction: tree.Reaction
) -> Reaction | None:
    if reaction.hold is not None:
        report.later(reaction.hold.span, "`for` in a policy is")
    if reaction.at_most is not None:
        report.later(reaction.at_most.span, "`at most` is")
    if reaction.every is not None:
        report.later(reaction.every.span, "`every` in a policy is")
    if not reaction.actions:
        hint = "name what to do, such as `{ checkpoint stop }`"
        report.add("PTT107", reaction.span, "this reaction does nothing", hint=hint)
    trigger = _trigger(report, detectors, reaction.trigger)
    actions = _actions(report, reaction)
    return None if trigger is None else Reaction(trigger, actions)


def _actions(report: Report, reaction: tree.Reaction) -> tuple[ActionKind, ...]:
    seen: dict[ActionKind, tree.PlainAction] = {}
    for action in reaction.actions:
        if not isinstance(action, tree.PlainAction) or action.word not in _ACTIONS:
            word = report.source.slice(action.span).split()[0]
            have = "the actions are `checkpoint`, `invalidate` and `stop`"
            report.later(action.span, f"the action `{word}` is", have)
            continue
        kind = _ACTIONS[action.word]
        if kind in seen:
            labels = (Label(seen[kind].span, "first here"),)
            message = f"`{action.word}` is given twice"
            hint = "keep one of the two"
            report.add("PTT102", action.span, message, hint=hint, labels=labels)
        seen[kind] = action
    return tuple(sorted(seen, key=list(ActionKind).index))


def _trigger(
    report: Report, detectors: Mapping[str, frozenset[Level]], reference: tree.Reference
) -> Trigger | None:
    *head, last = reference.parts
    if not head and last in LEVEL_WORDS:
        return Trigger(None, Level.of(last))
    if reference.dotted in detectors:
        return Trigger(reference.dotted, None)
    owner = ".".join(head)
    if owner in detectors and last in LEVEL_WORDS:
        return _at_level(report, detectors, reference, owner, Level.of(last))
    names = [name for name in detectors if "." not in name]
    hint = did_you_mean(reference.dotted, [*names, *LEVEL_WORDS])
    message = f"`{reference.dotted}` is no level and no detector"
    report.add("PTT101", reference.span, message, hint=hint or f"use {_any_of(LEVEL_WORDS)}")
    return None


def _at_level(
    report: Report,
    detectors: Mapping[str, frozenset[Level]],
    reference: tree.Reference,
    owner: str,
    level: Level,
) -> Trigger | None:
    levels = detectors[owner]
    if levels and level not in levels:
        has = _any_of(tuple(known.word for known in sorted(levels, reverse=True)))
        message = f"`{owner}` has no level `{level.word}`"
        report.add("PTT101", reference.span, message, hint=f"it has {has}")
        return None
    return Trigger(owner, level)


def _any_of(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
