"""Habits of other tools in reactions to an alert, and the form in a policy."""

from __future__ import annotations

import re

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.mistakes.unexpected import Mistake, Unexpected

_CHANGE = re.compile(r"(?P<sign>[*/+-])=")
_TIMES = frozenset({"time", "times", "x"})
_UNKNOWN = {
    "reset": "set the value that it had: `set learning_rate = 1e-5`",
    "rollback": "`checkpoint` and `stop`; a person resumes from the checkpoint that is good",
    "halt": "write `stop`",
    "abort": "write `stop`",
    "save": "write `checkpoint`",
    "alert": "write `notify`, with the name of a channel",
    "send": "write `notify`, with the name of a channel",
    "wait": "write `pause`, with a time",
    "resume": "`ptt resume` goes on with a run that is paused",
}
"""Actions of other tools, by what to do here."""


def several_triggers(unexpected: Unexpected) -> Mistake | None:
    """`on a and b { ... }`."""
    if unexpected.declaration != "policy" or "LBRACE" not in unexpected.accepted:
        return None
    if unexpected.found not in ("and", "or", ",", "&&", "||"):
        return None
    hint = "write a reaction for each; none can ask for two detectors at once"
    return unexpected.report("a reaction is on one detector or level", hint)


def conditional(unexpected: Unexpected) -> Mistake | None:
    """`on a when loss > 3 { ... }`."""
    if unexpected.declaration != "policy" or unexpected.found not in (
        "when",
        "if",
        "<",
        ">",
        "<=",
        ">=",
    ):
        return None
    if "LBRACE" not in unexpected.accepted:
        return None
    hint = "state the condition in a detector, and react on that"
    return unexpected.report("a reaction has no condition of its own", hint)


def changed(unexpected: Unexpected) -> Mistake | None:
    """`set beta *= 2`."""
    found = unexpected.match(_CHANGE)
    if found is None or unexpected.declaration != "policy" or "EQUAL" not in unexpected.accepted:
        return None
    text = f"= {unexpected.previous_text} {found['sign']}"
    message = f"there is no `{found[0]}`: a formula says what the value becomes"
    return unexpected.fix(message, f"write `{text} ...`", text, at=Span(*found.span()))


def counted(unexpected: Unexpected) -> Mistake | None:
    """`at most 2 times`."""
    if unexpected.declaration != "policy" or unexpected.found not in _TIMES:
        return None
    if unexpected.previous_type != "NUMBER" or "_EVERY" not in unexpected.accepted:
        return None
    return unexpected.leave_out("`at most` has a plain number", "leave it out")


def limits(unexpected: Unexpected) -> Mistake | None:
    """`every 20 steps on a { ... }` and `on a { ... } then { ... }`."""
    if unexpected.declaration != "policy" or "_ON" not in unexpected.accepted:
        return None
    if unexpected.found in ("every", "at"):
        hint = "write it after the braces: `on ... { ... } at most 2 every 20 steps`"
        return unexpected.report(f"`{unexpected.found}` comes after what it limits", hint)
    if unexpected.found == "then":
        hint = "name the actions in one block, in their order: `{ checkpoint stop }`"
        return unexpected.report("there is no `then`", hint)
    return None


def unknown_action(unexpected: Unexpected) -> Mistake | None:
    """`rollback` and the like."""
    hint = _UNKNOWN.get(unexpected.found)
    if (
        hint is None
        or unexpected.declaration != "policy"
        or "PLAIN_ACTION" not in unexpected.accepted
    ):
        return None
    return unexpected.report(f"there is no action `{unexpected.found}`", hint)
