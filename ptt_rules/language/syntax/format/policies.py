"""Reactions of policies as entries: on one line where they fit."""

from __future__ import annotations

from ptt_rules.language.syntax import tree
from ptt_rules.language.syntax.format.entries import Block, Clause, clause
from ptt_rules.language.syntax.format.expressions import Around, Printer


def reaction_block(printer: Printer, reaction: tree.Reaction) -> Block:
    hold = f" for {printer.span(reaction.hold)}" if reaction.hold else ""
    closing = "}"
    if reaction.at_most is not None:
        closing += f" at most {printer.number(reaction.at_most.count)}"
    if reaction.every is not None:
        closing += f" every {printer.span(reaction.every.length)}"
    head = f"on {reaction.trigger.dotted}{hold} {{"
    body = tuple(_action(printer, action) for action in reaction.actions)
    return Block(reaction.span, head, body, closing, joins=True)


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
