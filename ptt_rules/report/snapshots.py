"""What changed between snapshots, as pages to read side by side and as text for terminals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ptt_rules.border import plural, visible
from ptt_rules.report.markup import Html, Text, joined, tag
from ptt_rules.report.page import badge, folded, page, sides, table
from ptt_rules.report.terminal import Colour
from ptt_rules.snapshots import (
    HARMFUL,
    LENGTHS,
    PREFIX,
    UNLABELLED,
    Change,
    Flip,
    PromptDiff,
    Snapshot,
    SnapshotDiff,
    diff_name,
    length_of_share,
    wilson,
)

_PLAIN = Colour()
_LENGTH = f"{PREFIX}length"
_FIRST = ("refusals_gained", "refusals_lost", "refusal_rate", "drift")
"""Metrics that come first where not all have room."""
_MARKS = {Change.LOST: ("[-", "-]", "red"), Change.NEW: ("{+", "+}", "green")}
_WORDS = {"empty": "empty", "truncated": "cut off", "refusal": "a refusal"}
_TAGS = {Change.LOST: "del", Change.NEW: "ins"}


# ---- pages -----------------------------------------------------------------------------------


def diff_page(diff: SnapshotDiff, *, index: str | None = None) -> str:
    """Both snapshots prompt by prompt, what was lost and what is new marked word by word.

    `index` is where the page of all snapshots is, seen from this one.
    """
    title = " and ".join(diff.titles)
    title = title if diff.runs else _capital(title)
    link = [" ", tag("a", "All snapshots", href=index)] if index else []
    parts = [tag("h1", title), tag("p", tag("strong", _flipped(diff)))]
    parts += [tag("p", f"{_capital(one)}.") for one in diff.unlike()]
    parts.append(tag("p", joined([_changed(diff), *link]), css="soft"))
    head = joined([*parts, _refusals_table(diff), *_metrics_tables(diff)], "\n")
    prompts = [tag("section", _prompt(diff, one)) for one in diff.prompts if one.is_changed]
    return page(title, [tag("header", head), *prompts, _unchanged(diff)])


def index_page(
    metrics: Mapping[int, Mapping[str, float]], diffs: Collection[tuple[int, int]]
) -> str:
    """All snapshots of a run by their metrics, with links to what changed between them."""
    first = min(metrics)
    names = [name for name in _names(metrics.values()) if not is_of_part(name)]
    names.sort(key=lambda name: (*_FIRST, short_name(name)).index(short_name(name)))
    head = ["step", "changed since", *map(short_name, names)]
    rows: list[list[Text]] = []
    before: int | None = None
    for step in sorted(metrics):
        links = [
            tag("a", f"step {one}", href=f"{diff_name(one, step)}.html")
            for one in dict.fromkeys((before, first))
            if one is not None and (one, step) in diffs
        ]
        numbers = [_number(metrics[step].get(name)) for name in names]
        rows.append([str(step), joined(links, ", "), *numbers])
        before = step
    inner = [tag("h1", "Snapshots"), table(head, rows, css="numbers fitted")]
    return page("Snapshots", [tag("section", joined(inner, "\n"))])


def _names(metrics: Iterable[Mapping[str, float]]) -> list[str]:
    return list(dict.fromkeys(name for one in metrics for name in one))


def short_name(metric: str) -> str:
    """A metric without what all of a snapshot's begin with."""
    return metric.removeprefix(PREFIX)


def is_of_part(metric: str) -> bool:
    """Whether a metric is of the prompts of one label, or repeats the first snapshot."""
    return "/" in short_name(metric)


def _unchanged(diff: SnapshotDiff) -> Html:
    """Answers that are the same, once and folded."""
    same = [one for one in diff.prompts if not one.is_changed]
    if not same:
        return Html("")
    what = f"{plural(len(same), 'answer')} did not change"
    parts = [
        part
        for one in same
        for part in (tag("h3", one.prompt), sides([("", [("", one.after.text)])]))
    ]
    return tag("section", folded(what, joined(parts, "\n")))


def _refusals_table(diff: SnapshotDiff) -> Html:
    """Refusals by label, with the interval that so few prompts leave open."""
    heads = ("refused", *diff.titles, "gained", "lost")
    rows = [
        (
            _label(label),
            *(_share(hits, flips.compared) for hits in flips.refused),
            str(flips.gained),
            str(flips.lost),
        )
        for label, flips in diff.flips().items()
    ]
    return table(heads, rows, css="fitted") if rows else Html("")


def _share(hits: int, count: int) -> str:
    low, high = wilson(hits, count)
    return f"{hits} of {count} ({low:.0%} to {high:.0%})"


def _metrics_tables(diff: SnapshotDiff) -> Iterator[Html]:
    """Metrics of all prompts; those of each label are folded."""
    heads = ("", *diff.titles)
    rows = list(_metrics(diff))
    for is_folded in (False, True):
        own = [(short_name(row[0]), *row[1:]) for row in rows if is_of_part(row[0]) is is_folded]
        if own:
            shown = table(heads, own, css="numbers fitted")
            yield folded("Metrics by label", shown) if is_folded else shown


def _metrics(diff: SnapshotDiff) -> Iterator[tuple[str, str, str]]:
    """Each metric before and after; lengths say where answers were cut off."""
    quantiles = [PREFIX + name for name in LENGTHS]
    for name in diff.metrics():
        if name not in quantiles:
            yield name, _value(name, diff.before), _value(name, diff.after)
        if name == _LENGTH:
            for one in quantiles:
                yield one, _quantile(one, diff.before), _quantile(one, diff.after)


def _value(name: str, snapshot: Snapshot) -> str:
    """A number; of lengths of which some were cut off, that it is at least so large."""
    mark = "≥" if name == _LENGTH and any(one.is_truncated for one in snapshot.features) else ""
    return f"{mark}{_number(snapshot.metrics.get(name))}"


def _quantile(name: str, snapshot: Snapshot) -> str:
    """A length, or the one that it is at least."""
    value = length_of_share(snapshot.features, LENGTHS[name.removeprefix(PREFIX)])
    longest = max(one.length for one in snapshot.features)
    return f"≥{longest}" if value is None else _number(value)


def _prompt(diff: SnapshotDiff, one: PromptDiff) -> Html:
    hidden = (Change.NEW, Change.LOST)
    columns = [
        (title, list(_side(one, kind))) for title, kind in zip(diff.titles, hidden, strict=True)
    ]
    flip = [flip_badge(one.flip, one.label), " "] if one.flip else []
    about = tag("p", joined([*flip, _about(one)]), css="soft")
    return joined([tag("h3", one.prompt), about, sides(columns)], "\n")


def flip_badge(flip: Flip, label: str) -> Html:
    """A flip as a word in a frame; safety that was lost has the colour of what is critical."""
    colour = "critical" if (flip, label) == (Flip.LOST, HARMFUL) else "high"
    return badge(f"refusal {flip.value}", colour)


def _side(one: PromptDiff, hidden: Change) -> Iterator[tuple[str, str]]:
    yield from ((_TAGS.get(change, ""), text) for change, text in one.words if change is not hidden)


# ---- text ------------------------------------------------------------------------------------


def diff_text(diff: SnapshotDiff, colour: Colour = _PLAIN) -> str:
    """The same for a terminal: `[-lost-]` and `{+new+}`, in colour where there is some."""
    both = [visible(title) for title in diff.titles]
    blocks = ["\n".join([f"{both[0]} and {both[1]}: {_changed(diff)}", *diff.unlike()])]
    blocks += [_refusals_text(diff)] if diff.flips() else []
    metrics = [(visible(name), *pair) for name, *pair in _metrics(diff)]
    width = max((len(name) for name, _, _ in metrics), default=0)
    blocks.append(
        "\n".join(
            f"  {name.ljust(width)}  {before:>8}  {after:>8}" for name, before, after in metrics
        )
    )
    for one in diff.prompts:
        if one.is_changed:
            lines = [
                *(colour(line, "bold") for line in one.prompt.replace("\n", "\n  ").split("\n")),
                colour(f"  {_about(one)}", "dim"),
                _text(one, colour),
            ]
            blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _refusals_text(diff: SnapshotDiff) -> str:
    width = max(len(_label(label)) for label in diff.flips())
    lines = [_flipped(diff)]
    for label, flips in diff.flips().items():
        before, after = (_share(hits, flips.compared) for hits in flips.refused)
        then = "and" if diff.runs else "now"
        lines.append(f"  {_label(label).ljust(width)}  refused {before}, {then} {after}")
    return "\n".join(lines)


def _text(one: PromptDiff, colour: Colour) -> str:
    pieces = []
    for change, text in one.words:
        if change is Change.KEPT:
            pieces.append(text)
            continue
        start, end, style = _MARKS[change]
        pieces.append(colour(f"{start}{text}{end}", style))
    return "\n".join(f"  {line}" for line in "".join(pieces).splitlines())


# ---- words -----------------------------------------------------------------------------------


def _flipped(diff: SnapshotDiff) -> str:
    """How many refusals were gained and lost, and of which label."""
    found = []
    for flip in Flip:
        by_label = [
            (_label(label), getattr(flips, flip.value)) for label, flips in diff.flips().items()
        ]
        counts = ", ".join(f"{count} {label}" for label, count in by_label if count)
        found.append(f"{flip.value} {counts or 'none'}")
    return f"Refusals: {'; '.join(found)}."


def _changed(diff: SnapshotDiff) -> str:
    return (
        f"{diff.changed} of {plural(len(diff.prompts), 'completion')} changed, "
        f"their similarity is {diff.similarity:.2f} (chrF, 1 is alike)."
    )


def _about(one: PromptDiff) -> str:
    """Similarity, length, and what became true or no longer is."""
    old, new = one.features_before.to_json(), one.features_after.to_json()
    parts = [_label(one.label)] if one.label else []
    parts += [] if one.similarity is None else [f"similarity {one.similarity:.2f}"]
    parts.append(f"{old['length']} to {new['length']} tokens")
    for name, word in _WORDS.items():
        if old[name] and new[name]:
            parts.append(f"{word} in both")
        elif new[name]:
            parts.append(f"now {word}")
        elif old[name]:
            parts.append(f"no longer {word}")
    return ", ".join(parts)


def _label(label: str) -> str:
    """A label in one line: it is what a file of prompts says, and may hold anything."""
    return visible(label or UNLABELLED)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
