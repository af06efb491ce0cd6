"""Runs as text: one on a screen, many as a table, and its checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ptt_rules.border import visible
from ptt_rules.report.events import TONES
from ptt_rules.report.terminal import WIDTH, Colour, wrapped
from ptt_rules.runs import (
    Checkpoint,
    Entry,
    Run,
    RunState,
    State,
    Story,
    WayBack,
    duration,
    is_good,
)

_LABEL = 17
_STACK_LINES = 6
"""Of the end of a stack: the newest calls, and the exception."""
_PLAIN = Colour()
_STATE_TONES = {
    State.RUNNING: ("green",),
    State.PAUSED: ("yellow",),
    State.PREEMPTED: ("yellow",),
    State.HUNG: ("bold", "red"),
    State.FINISHED: ("green",),
    State.STOPPED: ("yellow",),
    State.INVALIDATED: ("bold", "red"),
    State.FAILED: ("bold", "red"),
    State.DEAD: ("bold", "red"),
}
QUESTIONS = (
    ("what went wrong", "wrong"),
    ("when it began", "began"),
    ("how sure", "sure"),
    ("what was lost", "lost"),
    ("what to do now", "todo"),
)


# ---- one run -------------------------------------------------------------------------------


def story_text(
    run: Run, state: RunState, story: Story, colour: Colour = _PLAIN, width: int = WIDTH
) -> str:
    """A run on one screen."""
    word = colour(state.state.value, *_STATE_TONES[state.state])
    head = f"{colour(visible(str(run.path)), 'bold')}  {word}: {visible(state.reason)}"
    lines = [head, *(wrapped(fact, width, hang="  ") for fact in facts_text(run))]
    answered = [(question, getattr(story, name), name == "todo") for question, name in QUESTIONS]
    for question, answers, numbered in [*answered, ("more", _more(run, state), False)]:
        if answers:
            block = _answered(question, answers, numbered=numbered, width=width)
            lines += ["", *_labelled(question, block, colour)]
    return "\n".join(lines)


def facts_text(run: Run) -> Iterator[str]:
    """How far it came, when, and what judged it."""
    planned = f" of {run.max_steps}" if run.max_steps else ""
    times = [time for time in run.places.times if time is not None]
    took = f" after {duration(times[-1])}" if times else ""
    began = f", began {started_text(run)}" if run.started else ""
    yield f"  {visible(run.algorithm)}, step {run.last_step}{planned}{took}{began}"
    packs = ", ".join(f"{one['name']} {one['version']}" for one in run.provenance.get("packs", ()))
    policy = f"policy {run.policy}" if run.policy else "no policy"
    yield f"  {packs}; {policy}" if packs else f"  {policy}"


def started_text(run: Run) -> str:
    """When it began, to the minute."""
    return visible((run.started or "unknown").replace("T", " ")[:16])


def _answered(
    question: str, answers: Sequence[str], *, numbered: bool, width: int
) -> Iterator[str]:
    label = question
    for number, answer in enumerate(answers, start=1):
        mark = f"{number}. " if numbered and len(answers) > 1 else ""
        yield from _filled(f"  {label:<{_LABEL}}{mark}", answer, width)
        label = ""


def _labelled(question: str, lines: Iterable[str], colour: Colour) -> Iterator[str]:
    """The lines of an answer, the question in bold."""
    for place, line in enumerate(lines):
        yield line.replace(question, colour(question, "bold"), 1) if place == 0 else line


def _filled(lead: str, text: str, width: int) -> list[str]:
    """Wrapped lines; a command keeps together, so that it can be copied."""
    return wrapped(" ".join(text.split()), width, label=lead).split("\n")


def _more(run: Run, state: RunState) -> list[str]:
    commands = [f"ptt report {run.path}", f"ptt checkpoints {run.path}"]
    if state.state in (State.DEAD, State.FAILED, State.INVALIDATED, State.PREEMPTED):
        commands.append(f"ptt postmortem {run.path}")
    return commands


# ---- many runs -----------------------------------------------------------------------------

_HEADS = ("run", "algorithm", "started", "steps", "state", "judged", "worst finding", "policy")


def runs_text(entries: Sequence[Entry], colour: Colour = _PLAIN) -> str:
    """A table with a line for each run."""
    rows = [tuple(map(visible, _cells(entry))) for entry in entries]
    widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
    lines = [colour(_line(_HEADS, widths), "dim")]
    for entry, cells in zip(entries, rows, strict=True):
        tones = _STATE_TONES[entry.state.state] if entry.state else ("red",)
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        padded[4] = colour(padded[4], *tones)
        if entry.worst is not None:
            padded[6] = colour(padded[6], *TONES[entry.worst.level])
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _cells(entry: Entry) -> tuple[str, ...]:
    run, state, worst = entry.run, entry.state, entry.worst
    if run is None or state is None:
        return str(entry.path), "", "", "", "unreadable", "", entry.unreadable, ""
    planned = f"/{run.max_steps}" if run.max_steps else ""
    found = f"{worst.level.word} {worst.cause.who} since {worst.cause.since_step}" if worst else "-"
    steps = f"{run.last_step}{planned}"
    when, policy = started_text(run), run.policy or "-"
    word = state.state.value
    return str(entry.path), run.algorithm, when, steps, word, _judged(entry, run), found, policy


def _judged(entry: Entry, run: Run) -> str:
    """How many could judge, which a run says at its end; before it how many were armed."""
    if entry.reach is not None:
        return f"{entry.reach.judged}/{entry.reach.detectors}"
    arming = run.provenance.get("detectors")
    return f"{len(arming['armed'])} armed" if arming else "-"


# ---- checkpoints ---------------------------------------------------------------------------


def checkpoints_text(run: Run, colour: Colour = _PLAIN, width: int = WIDTH) -> str:
    """Each checkpoint with what speaks against it, then from which one to go on."""
    if not run.checkpoints:
        return f"{colour(visible(str(run.path)), 'bold')} has no checkpoints: {_why_none(run)}"
    lines = [colour(visible(f"checkpoints of {run.path}, in {run.output_dir}"), "bold")]
    column = max((len(one.path.name) for one in run.checkpoints), default=0)
    for one in run.checkpoints:
        verdict, reasons = checkpoint_verdict(run, one)
        name = f"  {visible(one.path.name):<{column}}  "
        first, *rest = _filled(f"{name}{verdict:<7} ", "; ".join(reasons), width)
        badge = colour(f"{verdict:<7}", "green" if verdict == "good" else "red")
        lines += [f"{name}{badge}{first[len(name) + 7 :]}", *rest]
    lines += ["", *_choice(run)]
    return "\n".join(lines)


def _why_none(run: Run) -> str:
    told = run.provenance.get("training_arguments", {}).get("output_dir")
    if run.output_dir is not None:
        return f"there are none in {run.output_dir}"
    if told:
        return f"its output folder `{told}` is not here (`--in` says where)"
    return "it does not name its output folder"


def checkpoint_verdict(run: Run, one: Checkpoint) -> tuple[str, list[str]]:
    """Whether a training can go on from a checkpoint, and why it can or cannot."""
    back = run.way_back
    if not one.has_sound_weights:
        return "broken", [*one.faults]
    if not is_good(one, back.good_step):
        return "unsafe", [_unsafe(back, one.step)]
    what = "it is whole" if one.is_whole else "its weights are whole"
    if back.cause is not None:
        what += f" and from before step {back.first_bad_step}, where the fault began"
    return "good", [what, *one.faults, *one.notes]


def _unsafe(back: WayBack, step: int) -> str:
    if back.cause is None and back.first_bad_step is not None:
        return f"the run goes on with other weights from step {back.first_bad_step} on"
    if back.cause is None:
        return "it is of a step that the run has not reached"
    began = f"{back.cause.who} began at step {back.cause.since_step}"
    if step >= back.cause.since_step:
        return began
    if back.first_bad_step is not None and step >= back.first_bad_step:
        return (
            f"{began}, and what it reads ran away or stood still from step {back.first_bad_step} on"
        )
    return f"{began}, and no row from {step} on says that it was not there yet"


def _choice(run: Run) -> Iterator[str]:
    back = run.way_back
    if back.checkpoint is not None:
        how = "go on from" if back.checkpoint.is_whole else "start a new run from the weights of"
        yield f"{how} {back.checkpoint.path.name}:"
        yield f"  {back.checkpoint.command}"
        return
    good = back.good_step
    reason = f"none is of step {good} or before" if good is not None else "no step was good"
    if good is not None and any(one.step <= good for one in run.checkpoints):
        reason = "none is good"
    yield f"go on from none of them: {reason}; start anew, and lower save_steps"


# ---- postmortems ---------------------------------------------------------------------------


def postmortem_text(
    document: Mapping[str, Any], colour: Colour = _PLAIN, width: int = WIDTH
) -> str:
    """A postmortem in short: its last rows and explanations are in the file."""
    planned = f" of {document['max_steps']}" if document.get("max_steps") else ""
    lines = [f"{colour(document['verdict'], 'bold', 'red')} at step {document['step']}{planned}"]
    lines += _filled("  ", document.get("summary", ""), width)
    if document.get("reason"):
        lines += _filled("  ", document["reason"], width)
    for one in document.get("incidents", ()):
        cause = one["first_cause"]
        who = ", ".join([cause["detector"], *cause["instance"].values()])
        lines += [
            "",
            *_filled("  ", f"{one['level']} since step {one['since_step']}: {who}", width),
        ]
        lines += _filled("    ", cause["message"], width)
    if document.get("stack"):
        stack = [line for part in document["stack"] for line in part.splitlines()]
        lines += ["", *(f"  {visible(line)}" for line in stack[-_STACK_LINES:])]
    lines.append("")
    steps = document.get("next", [])
    todo = QUESTIONS[-1][0]
    block = _answered(todo, steps, numbered=True, width=width)
    lines += _labelled(todo, block, colour)
    return "\n".join(lines)
