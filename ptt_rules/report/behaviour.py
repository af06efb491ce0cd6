"""What changed between snapshots, as pages to read side by side and as text for terminals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from html import escape

from ptt_rules.border import plural
from ptt_rules.report.colour import Colour
from ptt_rules.snapshots import Change, PromptDiff, SnapshotDiff, diff_name

_PLAIN = Colour()
_MARKS = {Change.LOST: ("[-", "-]", "red"), Change.NEW: ("{+", "+}", "green")}
_WORDS = {"empty": "empty", "truncated": "cut off", "refusal": "a refusal"}
_TAGS = {Change.LOST: "del", Change.NEW: "ins"}

_STYLE = """\
:root{color-scheme:light dark;--lost:#ffd7d5;--new:#ccf2d4;--line:#8885;--soft:#8881}
@media(prefers-color-scheme:dark){:root{--lost:#6b2a2a;--new:#1f5130}}
body{font:16px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}
h2{font-size:1.05rem;margin:2rem 0 .2rem;white-space:pre-wrap}
table{border-collapse:collapse}
th,td{text-align:left;padding:.2rem .9rem .2rem 0;border-bottom:1px solid var(--line)}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.about{opacity:.75;margin:.1rem 0 .5rem}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
.sides div{background:var(--soft);border-radius:.4rem;padding:.6rem .8rem;
white-space:pre-wrap;overflow-wrap:anywhere;font-size:.95em}
.sides b{display:block;font-size:.8em;opacity:.7}
del{background:var(--lost)}
ins{background:var(--new);text-decoration:none}
i{opacity:.6}
@media(max-width:45rem){.sides{grid-template-columns:1fr}}"""


# ---- pages -----------------------------------------------------------------------------------


def diff_page(diff: SnapshotDiff) -> str:
    """Both snapshots prompt by prompt, what was lost and what is new marked word by word."""
    title = f"Step {diff.before.step} and step {diff.after.step}"
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="about">{_changed(diff)} <a href="index.html">All snapshots</a></p>',
        *_metrics_table(diff),
        *(line for one in diff.prompts for line in _prompt_section(diff, one)),
    ]
    return _page(title, parts)


def index_page(
    metrics: Mapping[int, Mapping[str, float]], diffs: Collection[tuple[int, int]]
) -> str:
    """All snapshots of a run by their metrics, with links to what changed between them."""
    first = min(metrics)
    names = list(dict.fromkeys(name for one in metrics.values() for name in one))
    head = ["step", *(name.partition("/")[2] for name in names), "what changed"]
    rows = [f"<tr>{''.join(f'<th>{escape(one)}</th>' for one in head)}</tr>"]
    before: int | None = None
    for step in sorted(metrics):
        cells = [f'<td class="n">{step}</td>']
        cells += [f'<td class="n">{_number(metrics[step].get(name))}</td>' for name in names]
        links = [
            f'<a href="{diff_name(one, step)}.html">since step {one}</a>'
            for one in dict.fromkeys((before, first))
            if one is not None and (one, step) in diffs
        ]
        rows.append(f"<tr>{''.join(cells)}<td>{', '.join(links)}</td></tr>")
        before = step
    return _page("Snapshots", ["<h1>Snapshots</h1>", "<table>", *rows, "</table>"])


def _metrics_table(diff: SnapshotDiff) -> Iterator[str]:
    yield "<table>"
    yield f"<tr><th></th><th>step {diff.before.step}</th><th>step {diff.after.step}</th></tr>"
    for name, pair in diff.metrics().items():
        cells = "".join(f'<td class="n">{_number(value)}</td>' for value in pair)
        yield f"<tr><td>{escape(name)}</td>{cells}</tr>"
    yield "</table>"


def _prompt_section(diff: SnapshotDiff, one: PromptDiff) -> Iterator[str]:
    yield f"<h2>{escape(one.prompt)}</h2>"
    yield f'<p class="about">{escape(_about(one))}</p>'
    yield '<div class="sides">'
    for step, gone in ((diff.before.step, Change.NEW), (diff.after.step, Change.LOST)):
        yield f"<div><b>step {step}</b>{_side(one, gone)}</div>"
    yield "</div>"


def _side(one: PromptDiff, hidden: Change) -> str:
    shown = [(change, text) for change, text in one.words if change is not hidden]
    return "".join(_marked(change, text) for change, text in shown) or "<i>nothing</i>"


def _marked(change: Change, text: str) -> str:
    tag = _TAGS.get(change)
    return f"<{tag}>{escape(text)}</{tag}>" if tag else escape(text)


def _page(title: str, parts: list[str]) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">\
<title>{escape(title)}</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


# ---- text ------------------------------------------------------------------------------------


def diff_text(diff: SnapshotDiff, colour: Colour = _PLAIN) -> str:
    """The same for a terminal: `[-lost-]` and `{+new+}`, in colour where there is some."""
    blocks = [f"steps {diff.before.step} and {diff.after.step}: {_changed(diff)}"]
    width = max(map(len, diff.metrics()))
    blocks.append(
        "\n".join(
            f"  {name.ljust(width)}  {_number(before):>8}  {_number(after):>8}"
            for name, (before, after) in diff.metrics().items()
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


def _changed(diff: SnapshotDiff) -> str:
    return (
        f"{diff.changed} of {plural(len(diff.prompts), 'completion')} changed, "
        f"their similarity is {diff.similarity:.2f} (chrF, 1 is alike)."
    )


def _about(one: PromptDiff) -> str:
    """Similarity, length, and what became true or no longer is."""
    old, new = one.features_before.to_json(), one.features_after.to_json()
    parts = [f"similarity {one.similarity:.2f}", f"{old['length']} to {new['length']} tokens"]
    for name, word in _WORDS.items():
        if old[name] and new[name]:
            parts.append(f"{word} in both")
        elif new[name]:
            parts.append(f"now {word}")
        elif old[name]:
            parts.append(f"no longer {word}")
    return ", ".join(parts)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
