"""The page of a pack: what it detects, each detector in words, and how it fires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter

from ptt_rules.authoring.tests import Trace, traces
from ptt_rules.border import plural
from ptt_rules.evaluation import least_logs, shown
from ptt_rules.language import Level, Who
from ptt_rules.language.ir import CheckedPack, Detector, Metric, Param, Parameter, walk
from ptt_rules.packs import DetectorInfo, Pack, TestedPack
from ptt_rules.report.firing import firing_drawing
from ptt_rules.report.page import Block, Bullets, Heading, Paragraph, Picture, Table, addresses
from ptt_rules.report.rules import rule_words
from ptt_rules.report.words import listed

PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the parts of a page need to know of its pack."""

    checked: CheckedPack
    pack: Pack
    traces: Mapping[str, Trace]
    suppressors: Mapping[str, list[str]]
    least: Mapping[str, Mapping[Level, int]]

    @property
    def own(self) -> list[tuple[Detector, DetectorInfo]]:
        """The detectors that the pack declares or changes."""
        detectors = {one.detector.qualified: one.detector for one in self.pack.compiled.detectors}
        changed = self.checked.overrides
        return [
            (detectors[info.name], info)
            for info in self.pack.detectors
            if info.name in changed or info.name.startswith(f"{self.checked.name}.")
        ]


def pack_page(tested: TestedPack) -> list[Block]:
    """The page of a pack, as blocks."""
    pack = tested.compose({}, None)
    suppressors: dict[str, list[str]] = {}
    for one in pack.compiled.detectors:
        for name in one.detector.suppresses:
            suppressors.setdefault(name, []).append(one.detector.qualified)
    least = least_logs(pack.compiled)
    facts = _Facts(tested.checked, pack, traces(tested), suppressors, least)
    blocks: list[Block] = [*_head(facts)]
    for detector, info in facts.own:
        blocks += _detector(facts, detector, info)
    return blocks


def _head(facts: _Facts) -> Iterator[Block]:
    checked = facts.checked
    yield Heading(f"Pack `{checked.name}` {checked.version}", 1)
    title = f"{checked.title}. " if checked.title else ""
    trainers = f"For {', '.join(checked.algorithms)}. " if checked.algorithms else ""
    count = len(facts.own)
    yield Paragraph(f"{title}{trainers}{plural(count, 'detector')} of its own.")
    bases = ", ".join(f"[{name}]({name}.md)" for name in checked.extends)
    if bases:
        every = plural(len(facts.pack.detectors), "detector")
        yield Paragraph(f"It builds on {bases}: with those it judges by {every}.")
    if facts.own:
        yield Table(
            ("detector", "levels", "least logs", "what is wrong"),
            tuple(
                (
                    f"[`{_bare(info.name)}`](#{_bare(info.name)})",
                    ", ".join(level.word for level in info.levels),
                    _least_cell(facts.least.get(info.name, {}), info.levels),
                    _plain(info.summary),
                )
                for _, info in facts.own
            ),
        )
    if checked.disabled:
        yield Paragraph("It turns off:")
        yield Bullets(tuple(f"`{one.name}`: {one.reason}" for one in checked.disabled))


# ---- detectors -----------------------------------------------------------------------------


def _detector(facts: _Facts, detector: Detector, info: DetectorInfo) -> Iterator[Block]:
    bare = _bare(info.name)
    yield Heading(bare, 2, anchor=bare)
    changed = info.name in facts.checked.overrides
    note = f" It is `{info.name}`, as this pack changes it." if changed else ""
    yield Paragraph(f"{_sentence(_plain(info.summary) or bare)}{note}")
    trace = facts.traces.get(info.name)
    if trace is not None and trace.curves:
        about = f"{info.name}: {trace.test}"
        yield Picture(firing_drawing(trace), f"{PICTURES}/{info.name}.svg", about)
        yield Paragraph(f"Its test: {trace.test}.")
    yield from _rule(facts, detector)
    texts = [("Why", info.why), *info.own_texts("why", "Why `{}`")]
    texts += [("What to do", info.remedy), *info.own_texts("remedy", "What to do at `{}`")]
    texts.append(("Reference", info.reference))
    yield from (Paragraph(f"**{word}:** {_linked(_plain(text))}") for word, text in texts if text)


def _rule(facts: _Facts, detector: Detector) -> Iterator[Block]:
    words = rule_words(detector, facts.pack.params)
    yield Bullets(tuple(f"**{level.word}** when {text}" for level, text in words.levels))
    if words.names:
        yield Paragraph("where")
        yield Bullets(tuple(f"`{name}` is {text}" for name, text in words.names))
    notes = [*words.notes]
    if muted := facts.suppressors.get(detector.qualified):
        notes.append(f"It is recorded and not reported while {_either(muted)} fires.")
    if notes:
        yield Paragraph(" ".join(notes))
    params = _params(facts, detector)
    if params:
        yield Table(("parameter", "default", "range", ""), tuple(map(_param_row, params)))
    if detector.metrics:
        yield Paragraph(f"**Reads** {'; '.join(map(_metric, detector.metrics))}.")
    least = facts.least.get(detector.qualified)
    if least:
        yield Paragraph(f"**Needs at least** {_least_text(detector, least)}.")


def _least_cell(least: Mapping[Level, int], levels: Sequence[Level]) -> str:
    """For each level the fewest logs, or once where they are the same."""
    counts = [str(least[level]) if level in least else "-" for level in levels]
    return counts[0] if len(set(counts)) == 1 else ", ".join(counts)


def _least_text(detector: Detector, least: Mapping[Level, int]) -> str:
    """The fewest logs, or evaluations, of what it reads with which it fires."""
    is_evaluated = all(key.startswith("eval_") for one in detector.metrics for key in one.keys)
    noun = "evaluation" if detector.metrics and is_evaluated else "log"
    if len(set(least.values())) == 1:
        return plural(next(iter(least.values())), noun)
    return listed(
        [f"{plural(count, noun)} for {level.word}" for level, count in least.items()], "and"
    )


def _params(facts: _Facts, detector: Detector) -> list[tuple[Param | None, str, float]]:
    roots = [one.condition for one in detector.levels]
    if detector.until is not None:
        roots.append(detector.until)
    names = {node.name for node in walk(roots) if isinstance(node, Parameter)}
    known = {param.qualified: param for param in facts.checked.params.values()}
    return [(known.get(name), name, facts.pack.params[name]) for name in sorted(names)]


def _param_row(row: tuple[Param | None, str, float]) -> tuple[str, ...]:
    param, name, value = row
    if param is None:
        return f"`{name}`", shown(value, ""), "", ""
    return f"`{name}`", shown(value, ""), param.range_text, param.description


def _metric(metric: Metric) -> str:
    keys = [f"`{key}`" for key in metric.keys]
    alike = metric.keys == (metric.name,)
    text = f"`{metric.name}`" + ("" if alike else f" (logged as {' or '.join(keys)})")
    about = metric.description.rstrip(".")
    return f"{text}, {about[0].lower()}{about[1:]}" if about else text


# ---- texts ---------------------------------------------------------------------------------


def _bare(qualified: str) -> str:
    return Who.parse(qualified).name


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _either(names: list[str]) -> str:
    return " or ".join(f"`{name}`" for name in sorted(names))


def _plain(text: str) -> str:
    """A text of a rule; what stands in braces is told by its name."""
    parts = Formatter().parse(" ".join(text.split()))
    return "".join(
        literal + (f"`{name}`" if name is not None else "") for literal, name, *_ in parts
    )


def _linked(text: str) -> str:
    return "".join(f"[{one}]({to})" if to else one for one, to in addresses(text))
