"""Reactions of policies as entries: on one line where they fit."""

from __future__ import annotations

from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format.entries import Block, Clause, clause
from ptt_rules.language.syntax.format.expressions import Around, Printer


def reaction_block(printer: Printer, reaction: tree.Reaction) -> Block:
    closing = "}"
    if reaction.at_most is not None:
        closing += f" at most {printer.times(reaction.at_most.count)}"
    then = None
    if reaction.then is not None:
        span = reaction.then.span
        then = Block(span, "then {", _actions(printer, reaction.then.actions), joins=True)
    return Block(
        reaction.span,
        f"{_head(printer, reaction)} {{",
        _actions(printer, reaction.actions),
        closing,
        joins=True,
        opens=_end_of_head(reaction),
        following=then,
    )


def _head(printer: Printer, reaction: tree.Reaction) -> str:
    trigger = reaction.trigger
    head = f"on {_targets(printer, trigger.targets)}"
    if trigger.ends:
        head += " resolves"
    if trigger.excepted:
        head += f" except {_targets(printer, trigger.excepted)}"
    if reaction.when:
        head += f" when {printer.expression(reaction.when)}"
    if reaction.hold:
        head += f" for {printer.span(reaction.hold)}"
    if reaction.every:
        head += f" every {printer.span(reaction.every)}"
    return head


def _targets(printer: Printer, targets: tree.Targets) -> str:
    return ", ".join(printer.target(one) for one in targets.items)


def _end_of_head(reaction: tree.Reaction) -> int:
    """Where the last word before the brace ends, as a condition may have braces of its own."""
    parts = (reaction.trigger, reaction.when, reaction.hold, reaction.every)
    return max(part.span.end for part in parts if part is not None)


def _actions(printer: Printer, actions: tuple[tree.ActionNode, ...]) -> tuple[Clause, ...]:
    return tuple(_action(printer, action) for action in actions)


def _action(printer: Printer, action: tree.ActionNode) -> Clause:
    match action:
        case tree.PlainAction(word=word):
            return clause(action.span, word)
        case tree.PauseAction(length=length):
            return clause(action.span, f"pause {printer.span(length)}")
        case tree.NotifyAction(channel=channel):
            return clause(action.span, f"notify {printer.text(channel)}")
        case tree.SetAction(hyperparameter=hyperparameter, value=value):
            return Clause(
                action.span, (printer.divided(value, Around(f"set {hyperparameter.word} = ")),)
            )
        case tree.ResetAction(hyperparameter=hyperparameter):
            return clause(action.span, f"reset {hyperparameter.word}")
        case tree.RollbackAction(best=best, metric=metric):
            to = f" to {best} {metric.word}" if metric else ""
            return clause(action.span, f"rollback{to}")
