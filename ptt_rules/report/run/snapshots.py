"""Snapshots of a run side by side: their features, and the answers that changed most."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ptt_rules.border import regular_text
from ptt_rules.evaluation import shown
from ptt_rules.report.markup import Html, Text, joined, tag
from ptt_rules.report.page import folded, sides, table
from ptt_rules.report.snapshots import flip_badge, is_of_part, short_name
from ptt_rules.runs import Run
from ptt_rules.snapshots import Flip

MOST_SNAPSHOTS = 8
MOST_PROMPTS = 6
_TAGS = {"-": "del", "+": "ins"}


def behaviour(run: Run) -> Iterator[Text]:
    """A table of features by step, then the newest diff prompt by prompt."""
    snapshots = [one for path in run.snapshots if (one := _object(path))]
    if not snapshots:
        return
    yield _features(_chosen(snapshots))
    diffs = [one for path in run.diffs if (one := _object(path))]
    if diffs:
        whole = max(diffs, key=_span)
        for diff in [whole, *([diffs[-1]] if diffs[-1] is not whole else [])]:
            yield from _sides(diff)
    else:
        yield from _texts(snapshots[-1])


def _object(path: Path) -> Mapping[str, Any] | None:
    """A snapshot or a diff; None for files of other kinds."""
    if path.suffix != ".json":
        return None
    try:
        data = json.loads(regular_text(path))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def _chosen(snapshots: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The first, the newest, and as many between them as there is room for."""
    if len(snapshots) <= MOST_SNAPSHOTS:
        return snapshots
    places = (round(n * (len(snapshots) - 1) / (MOST_SNAPSHOTS - 1)) for n in range(MOST_SNAPSHOTS))
    return [snapshots[place] for place in places]


def _features(snapshots: Sequence[Mapping[str, Any]]) -> Html:
    names = dict.fromkeys(name for one in snapshots for name in one.get("metrics", {}))
    heads = ("", *(f"step {one.get('step')}" for one in snapshots))
    whole, parts = (
        table(
            heads,
            [
                (short_name(name), *(_number(one["metrics"].get(name)) for one in snapshots))
                for name in names
                if is_of_part(name) is of_part
            ],
            css="numbers fitted",
        )
        for of_part in (False, True)
    )
    has_parts = any(map(is_of_part, names))
    return joined([whole, folded("By label, and of the start", parts)] if has_parts else [whole])


def _number(value: Any) -> str:
    return "-" if value is None else shown(float(value), ".3g")


def _span(diff: Mapping[str, Any]) -> tuple[Any, Any]:
    """The diff from the start to the end has the latest end, and of those the earliest start."""
    return diff.get("after", 0), -diff.get("before", 0)


def _sides(diff: Mapping[str, Any]) -> Iterator[Text]:
    before, after = diff.get("before"), diff.get("after")
    flips = f", {_flips(diff)}" if diff.get("refusals") else ""
    yield tag("h3", f"Step {before} and step {after}{flips}: flips first, then what changed most")
    for one in diff.get("prompts", ())[:MOST_PROMPTS]:
        yield tag("p", joined([tag("strong", _prompt(one)), *_about(one)], " "))
        words = one.get("words") or [["-", one.get("before", "")], ["+", one.get("after", "")]]
        columns = [
            (
                f"step {step}",
                [(_TAGS.get(kind, ""), text) for kind, text in words if kind != hidden],
            )
            for step, hidden in ((before, "+"), (after, "-"))
        ]
        yield sides(columns)


def _about(one: Mapping[str, Any]) -> Iterator[Html]:
    """What became of a refusal, the label, and how alike both answers are."""
    label, alike = str(one.get("label") or ""), one.get("similarity")
    flip = next((each for each in Flip if each.value == one.get("flip")), None)
    if flip is not None:
        yield flip_badge(flip, label)
    known = [] if alike is None else [f"similarity {shown(float(alike), '.2f')}"]
    yield tag("span", ", ".join([*([label] if label else []), *known]), css="soft")


def _flips(diff: Mapping[str, Any]) -> str:
    """Refusals gained and lost, counted over the labels."""
    of = diff["refusals"].values()
    gained, lost = (sum(one.get(name, 0) for one in of) for name in ("gained", "lost"))
    return f"refusals gained {gained}, lost {lost}"


def _texts(snapshot: Mapping[str, Any]) -> Iterator[Text]:
    yield tag("h3", f"Step {snapshot.get('step')}")
    for one in snapshot.get("completions", ())[:MOST_PROMPTS]:
        yield tag("p", tag("strong", _prompt(one)))
        yield sides([("", [("", str(one.get("text", "")))])])


def _prompt(one: Mapping[str, Any]) -> str:
    prompt = one.get("prompt", "")
    if isinstance(prompt, str):
        return prompt
    return "\n".join(f"{message.get('role')}: {message.get('content')}" for message in prompt)
