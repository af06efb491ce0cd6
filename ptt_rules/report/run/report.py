"""The report of a run: one page that needs no other file and no network, and a drawing."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ptt_rules.border import plural
from ptt_rules.packs import Pack
from ptt_rules.report.chart import Drawing
from ptt_rules.report.markup import Html, Text, joined, tag
from ptt_rules.report.page import folded, page, section, with_code
from ptt_rules.report.run import sections
from ptt_rules.report.run.curves import FIRST, curves, keys_of
from ptt_rules.report.run.ranks import ranks
from ptt_rules.report.run.snapshots import behaviour
from ptt_rules.report.run.timeline import stacked, timeline
from ptt_rules.report.run_texts import QUESTIONS, facts_text
from ptt_rules.runs import (
    REPORT,
    Run,
    RunState,
    State,
    Story,
    read_run,
    state_of,
    story_of,
    write_whole,
)

COLUMNS, GAP, HEAD = 2, 16, 40

_STATE_CSS = {
    State.RUNNING: "good",
    State.FINISHED: "good",
    State.PAUSED: "medium",
    State.PREEMPTED: "medium",
    State.STOPPED: "high",
}


def write_report(run_dir: str | os.PathLike[str], pack: Pack | None = None) -> Path:
    """Writes `report.html` into a run directory; returns its path.

    Who has the rules at hand that judged the run gives them, so that they are not loaded anew.

    Errors: those of `read_run`, OSError if the page cannot be written
    Cost:   reads the whole journal, and replays it where something was found
    """
    run = read_run(run_dir)
    path = run.path / REPORT
    write_whole(path, run_page(run, pack), lasting=False)
    return path


def run_page(run: Run, pack: Pack | None = None) -> str:
    """The whole page; with the rules that judged the run at hand they are not loaded anew."""
    state = state_of(run)
    parts = {
        "Timeline": (
            "timeline",
            [timeline(run).inline(css="broad"), stacked(run).inline(css="narrow")],
        ),
        "Metrics": ("metrics", _panels(run)),
        "Incidents": ("incidents", sections.incidents(run, pack)),
        "What the policy did": ("policy", sections.audit(run)),
        "Checkpoints": ("checkpoints", sections.checkpoints(run)),
        "Postmortem": ("postmortem", sections.postmortem(run)),
        "Behaviour": ("behaviour", behaviour(run)),
        "Ranks": ("ranks", ranks(run)),
        "Detectors": ("detectors", sections.detectors(run)),
        "Provenance": ("provenance", sections.provenance(run)),
    }
    made = {title: section(title, name, inner) for title, (name, inner) in parts.items()}
    there = {title: parts[title][0] for title, content in made.items() if content}
    title = f"{run.name}: {state.state.value}"
    return page(title, [_header(run, state, there), _answers(story_of(run, state)), *made.values()])


def _panels(run: Run) -> Iterator[Html]:
    """The metrics that are looked at first, then the others; none is left out unsaid."""
    drawn, keys = curves(run), keys_of(run)
    if drawn:
        yield _grid(drawn[:FIRST])
    if drawn[FIRST:]:
        yield folded(f"{plural(len(drawn) - FIRST, 'more metric')}", _grid(drawn[FIRST:]))
    if keys[len(drawn) :]:
        yield tag("p", f"Not drawn: {', '.join(keys[len(drawn) :])}.", css="soft")


def _grid(drawings: Sequence[Drawing]) -> Html:
    return tag("div", joined((one.inline() for one in drawings), "\n"), css="panels")


def run_drawing(run: Run) -> Drawing:
    """The timeline and below it the metrics, as one picture for a file of its own."""
    title = f"{run.name}: {state_of(run).state.value}"
    lanes, plots = timeline(run), curves(run)[:FIRST]
    parts = [tag("text", title, css="title", x=GAP, y=24), lanes.placed(0, HEAD, lanes.width)]
    top = HEAD + lanes.height + GAP
    width = (lanes.width - (COLUMNS + 1) * GAP) / COLUMNS
    height = GAP + max((one.height * width / one.width for one in plots), default=0.0)
    for place, plot in enumerate(plots):
        row, column = divmod(place, COLUMNS)
        parts.append(plot.placed(GAP + column * (width + GAP), top + row * height, width))
    rows = math.ceil(len(plots) / COLUMNS)
    return Drawing(lanes.width, round(top + rows * height), title, tuple(parts))


# ---- head ----------------------------------------------------------------------------------


def _header(run: Run, state: RunState, there: Mapping[str, str]) -> Html:
    word = tag("span", state.state.value, css=f"state {_STATE_CSS.get(state.state, 'critical')}")
    links = joined(tag("a", title, href=f"#{name}") for title, name in there.items())
    parts = [
        tag("div", joined([tag("h1", run.name), word]), css="head"),
        tag("p", f"{state.reason}."),
        *(tag("p", line.strip(), css="soft") for line in facts_text(run)),
        tag("nav", links),
    ]
    return tag("header", joined(parts, "\n"))


def _answers(story: Story) -> Html:
    """The five questions."""
    parts: list[Text] = []
    for question, name in QUESTIONS:
        answers = getattr(story, name)
        if not answers:
            continue
        parts.append(tag("dt", question[0].upper() + question[1:]))
        told = [with_code(answer) for answer in answers]
        if name == "todo" and len(told) > 1:
            listed = tag("ol", joined(tag("li", one) for one in told))
            parts.append(tag("dd", listed))
        else:
            parts.append(tag("dd", joined(tag("p", one) for one in told)))
    return tag("section", tag("dl", joined(parts)), id="answers")
