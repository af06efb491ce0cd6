"""What changed between snapshots, as pages to read side by side and as text for terminals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ptt_rules.border import plural, visible
from ptt_rules.report.markup import Html, Text, joined, tag
from ptt_rules.report.page import page, sides, table
from ptt_rules.report.terminal import Colour
from ptt_rules.snapshots import (
    UNLABELLED,
    Change,
    Flip,
    PromptDiff,
    SnapshotDiff,
    diff_name,
    wilson,
)

_PLAIN = Colour()
_MARKS = {Change.LOST: ("[-", "-]", "red"), Change.NEW: ("{+", "+}", "green")}
_WORDS = {"empty": "empty", "truncated": "cut off", "refusal": "a refusal"}
_TAGS = {Change.LOST: "del", Change.NEW: "ins"}


# ---- pages -----------------------------------------------------------------------------------


def diff_page(diff: SnapshotDiff) -> str:
    """Both snapshots prompt by prompt, what was lost and what is new marked word by word."""
    title = f"Step {diff.before.step} and step {diff.after.step}"
    about = joined([_changed(diff), " ", tag("a", "All snapshots", href="index.html")])
    parts = [tag("h1", title), tag("p", tag("strong", _flipped(diff))), tag("p", about, css="soft")]
    head = joined([*parts, _refusals_table(diff), _metrics_table(diff)], "\n")
    prompts = (tag("section", _prompt(diff, one)) for one in diff.prompts)
    return page(title, [tag("header", head), *prompts])


def index_page(
    metrics: Mapping[int, Mapping[str, float]], diffs: Collection[tuple[int, int]]
) -> str:
    """All snapshots of a run by their metrics, with links to what changed between them."""
    first = min(metrics)
    names = list(dict.fromkeys(name for one in metrics.values() for name in one))
    head = ["step", *(name.partition("/")[2] for name in names), "what changed"]
    rows: list[list[Text]] = []
    before: int | None = None
    for step in sorted(metrics):
        links = [
            tag("a", f"since step {one}", href=f"{diff_name(one, step)}.html")
            for one in dict.fromkeys((before, first))
            if one is not None and (one, step) in diffs
        ]
        numbers = [_number(metrics[step].get(name)) for name in names]
        rows.append([str(step), *numbers, joined(links, ", ")])
        before = step
    inner = [tag("h1", "Snapshots"), table(head, rows, css="numbers")]
    return page("Snapshots", [tag("section", joined(inner, "\n"))])


def _refusals_table(diff: SnapshotDiff) -> Html:
    """Refusals by label, with the interval that so few prompts leave open."""
    heads = ("refused", f"step {diff.before.step}", f"step {diff.after.step}", "gained", "lost")
    rows = [
        (
            _label(label),
            *(_share(hits, flips.compared) for hits in flips.refused),
            str(flips.gained),
            str(flips.lost),
        )
        for label, flips in diff.flips().items()
    ]
    return table(heads, rows, css="numbers fitted") if rows else Html("")


def _share(hits: int, count: int) -> str:
    low, high = wilson(hits, count)
    return f"{hits} of {count} ({low:.0%} to {high:.0%})"


def _metrics_table(diff: SnapshotDiff) -> Html:
    heads = ("", f"step {diff.before.step}", f"step {diff.after.step}")
    rows = [(name, *map(_number, pair)) for name, pair in diff.metrics().items()]
    return table(heads, rows, css="numbers fitted")


def _prompt(diff: SnapshotDiff, one: PromptDiff) -> Html:
    ends = ((diff.before.step, Change.NEW), (diff.after.step, Change.LOST))
    columns = [(f"step {step}", list(_side(one, hidden))) for step, hidden in ends]
    about = tag("p", _about(one), css="soft")
    return joined([tag("h3", one.prompt), about, sides(columns)], "\n")


def _side(one: PromptDiff, hidden: Change) -> Iterator[tuple[str, str]]:
    yield from ((_TAGS.get(change, ""), text) for change, text in one.words if change is not hidden)


# ---- text ------------------------------------------------------------------------------------


def diff_text(diff: SnapshotDiff, colour: Colour = _PLAIN) -> str:
    """The same for a terminal: `[-lost-]` and `{+new+}`, in colour where there is some."""
    blocks = [f"steps {diff.before.step} and {diff.after.step}: {_changed(diff)}"]
    blocks += [_refusals_text(diff)] if diff.flips() else []
    metrics = [(visible(name), *pair) for name, pair in diff.metrics().items()]
    width = max((len(name) for name, _, _ in metrics), default=0)
    blocks.append(
        "\n".join(
            f"  {name.ljust(width)}  {_number(before):>8}  {_number(after):>8}"
            for name, before, after in metrics
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
        lines.append(f"  {_label(label).ljust(width)}  refused {before}, now {after}")
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


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
