"""A live run in a few lines: a block for terminals, one line for everything else."""

from __future__ import annotations

from ptt_rules.border import first_few, visible
from ptt_rules.evaluation import Event
from ptt_rules.report.terminal import Colour
from ptt_rules.runs import duration
from ptt_rules.runs.watching import Condition, Look

_BAR = 30
_STYLES = {
    Condition.RUNNING: "green",
    Condition.FINISHED: "green",
    Condition.PAUSED: "blue",
    Condition.STOPPED: "blue",
    Condition.SLOW: "yellow",
    Condition.WAITING: "blue",
    Condition.PREEMPTED: "yellow",
}
_SHOWN = 6
_PLAIN = Colour()


def block(look: Look, colour: Colour = _PLAIN) -> list[str]:
    """The status as lines, always of the same order."""
    style = _STYLES.get(look.condition, "red")
    lines = [f"{colour(look.condition.value, 'bold', style)}  {visible(look.run)}"]
    lines.append(f"  {visible(look.reason)}")
    lines.append(f"  {_progress(look)}")
    if look.metrics:
        lines.append("  " + "  ".join(f"{k} {v:.4g}" for k, v in look.metrics.items()))
    if look.firing:
        lines.append(f"  firing: {first_few(look.firing, _SHOWN)}")
    else:
        lines.append("  nothing fires")
    return lines


def line(look: Look) -> str:
    """The same on one line."""
    firing = f"; firing: {', '.join(look.firing[:_SHOWN])}" if look.firing else ""
    return f"{look.condition.value}: {_step(look)}{_pace(look)}; {visible(look.reason)}{firing}"


def news(event: Event, colour: Colour = _PLAIN) -> str:
    """What was told since the last look."""
    badge = colour(f"{event.level.word.upper():8}", "bold")
    return f"{badge} {event.who} {event.event.value} at step {event.step}: {visible(event.message)}"


def trouble(text: str) -> str:
    """What of the run cannot be read."""
    return f"ptt: {visible(text)}"


def _progress(look: Look) -> str:
    if look.max_steps is None:
        return f"{_step(look)}{_pace(look)}"
    share = min(1.0, look.step / look.max_steps)
    full = round(_BAR * share)
    return f"[{'#' * full}{'.' * (_BAR - full)}] {_step(look)}{_pace(look)}"


def _step(look: Look) -> str:
    of = f" of {look.max_steps}" if look.max_steps else ""
    return f"step {look.step}{of}"


def _pace(look: Look) -> str:
    if look.step_s is None:
        return ""
    usual = f" ({duration(look.usual_s)} usually)" if look.usual_s is not None else ""
    left = f", {duration(look.left_s)} to go" if look.left_s is not None else ""
    return f", {duration(look.step_s)} a step{usual}{left}"
