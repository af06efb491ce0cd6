"""What other tools have in their reactions to an alert, and is said in another way in a policy."""

from __future__ import annotations

import re

from ptt_rules.language.source import Span
from ptt_rules.language.syntax.slips.misfit import Misfit, Mistake

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


def several_triggers(misfit: Misfit) -> Mistake | None:
    """`on a and b { ... }`."""
    if misfit.declaration != "policy" or "LBRACE" not in misfit.accepted:
        return None
    if misfit.found not in ("and", "or", ",", "&&", "||"):
        return None
    hint = "write a reaction for each; none can ask for two detectors at once"
    return misfit.tell("a reaction is on one detector or level", hint)


def conditional(misfit: Misfit) -> Mistake | None:
    """`on a when loss > 3 { ... }`."""
    if misfit.declaration != "policy" or misfit.found not in ("when", "if", "<", ">", "<=", ">="):
        return None
    if "LBRACE" not in misfit.accepted:
        return None
    hint = "state the condition in a detector, and react on that"
    return misfit.tell("a reaction has no condition of its own", hint)


def changed(misfit: Misfit) -> Mistake | None:
    """`set beta *= 2`."""
    found = misfit.match(_CHANGE)
    if found is None or misfit.declaration != "policy" or "EQUAL" not in misfit.accepted:
        return None
    text = f"= {misfit.previous_text} {found['sign']}"
    message = f"there is no `{found[0]}`: a formula says what the value becomes"
    return misfit.mend(message, f"write `{text} ...`", text, at=Span(*found.span()))


def counted(misfit: Misfit) -> Mistake | None:
    """`at most 2 times`."""
    if misfit.declaration != "policy" or misfit.found not in _TIMES:
        return None
    if misfit.previous_type != "NUMBER" or "_EVERY" not in misfit.accepted:
        return None
    return misfit.leave_out("`at most` has a plain number", "leave it out")


def limits(misfit: Misfit) -> Mistake | None:
    """`every 20 steps on a { ... }` and `on a { ... } then { ... }`."""
    if misfit.declaration != "policy" or "_ON" not in misfit.accepted:
        return None
    if misfit.found in ("every", "at"):
        hint = "write it behind the braces: `on ... { ... } at most 2 every 20 steps`"
        return misfit.tell(f"`{misfit.found}` stands behind what it limits", hint)
    if misfit.found == "then":
        hint = "name the actions in one block, in their order: `{ checkpoint stop }`"
        return misfit.tell("there is no `then`", hint)
    return None


def unknown_action(misfit: Misfit) -> Mistake | None:
    """`rollback` and the like."""
    hint = _UNKNOWN.get(misfit.found)
    if hint is None or misfit.declaration != "policy" or "PLAIN_ACTION" not in misfit.accepted:
        return None
    return misfit.tell(f"there is no action `{misfit.found}`", hint)
