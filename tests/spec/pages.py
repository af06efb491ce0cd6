"""Pages of documentation as headings with their blocks, each with all that stands above it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ptt_rules.logs import RunContext

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LANGUAGE = DOCS / "language"
PAGES = [
    *sorted(LANGUAGE.glob("*.md")),
    DOCS / "budgets.md",
    DOCS / "converting.md",
    DOCS / "early-stopping.md",
    DOCS / "evaluation.md",
    DOCS / "findings.md",
    DOCS / "layering.md",
    DOCS / "testing.md",
    DOCS / "values.md",
]
"""The pages whose every block runs."""

_FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)^```$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_FILES = ("yaml", "alerts")
_SPECIAL = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf, "none": None}


@dataclass(frozen=True)
class Block:
    """A fenced block: its kind, the other words of its fence, its text."""

    kind: str
    words: tuple[str, ...]
    text: str

    def name(self, ending: str) -> str | None:
        """The file that the fence names, if any."""
        return next((word for word in self.words if word.endswith(ending)), None)


@dataclass(frozen=True)
class Setting:
    """What a block builds on: rules, rows, arguments, facts and files of the page above it."""

    metrics: str = ""
    rules: str = ""
    rows: tuple[dict[str, Any], ...] = ()
    config: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def after(self, block: Block) -> Setting:
        if block.kind == "ptt" and not {"error", "tests"} & {*block.words}:
            return self._with_rules(block)
        if block.kind == "ptt" and (name := block.name(".ptt")):
            return replace(self, files={**self.files, name: block.text})
        if block.kind == "rows":
            rows = tuple(rows_of(block.text))
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            named = {name: lines} if (name := block.name(".jsonl")) else {}
            return replace(self, rows=rows, config={}, facts={}, files={**self.files, **named})
        if block.kind in _FILES and block.words:
            return replace(self, files={**self.files, block.words[0]: block.text})
        if block.kind == "config":
            return replace(self, config=json.loads(block.text))
        if block.kind == "facts":
            return replace(self, facts=json.loads(block.text))
        return self

    @property
    def context(self) -> RunContext:
        return RunContext(self.config, self.facts)

    def _with_rules(self, block: Block) -> Setting:
        rules = self.rules_of(block)
        metrics = rules if "metrics" in block.words else self.metrics
        named = {name: rules} if (name := block.name(".ptt")) else {}
        return replace(self, metrics=metrics, rules=rules, files={**self.files, **named})

    def rules_of(self, block: Block) -> str:
        """The block's rules; `continues` puts the page's metrics before them."""
        return (self.metrics if "continues" in block.words else "") + block.text


@dataclass(frozen=True)
class Section:
    """A heading of a page with the blocks up to the next one."""

    place: str
    blocks: tuple[tuple[Block, Setting], ...]


def rows_of(text: str) -> Iterator[dict[str, Any]]:
    """Rows of a table of steps and keys; `1..9` in the step's place are nine rows.

    `_` is an absent key, `none` one that was logged as None.
    """
    header, *lines = text.splitlines()
    keys = header.split()[1:]
    for line in lines:
        steps, *cells = line.split()
        first, _, last = steps.partition("..")
        assert len(cells) == len(keys), f"{len(keys)} keys, but {line!r}"
        row = {key: _cell(cell) for key, cell in zip(keys, cells, strict=True) if cell != "_"}
        for step in range(int(first), int(last or first) + 1):
            yield {"step": step, **row}


def _cell(cell: str) -> float | None:
    return _SPECIAL[cell] if cell in _SPECIAL else float(cell)


def anchor(heading: str) -> str:
    """The heading as code hosts write it after the `#` of a link."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    """The headings of a page that can be linked to."""
    return {anchor(heading) for heading in _HEADING.findall(_FENCE.sub("", path.read_text()))}


def blocks_of(text: str) -> Iterator[tuple[int, Block]]:
    """Every fenced block of a page, with the line of its fence."""
    for fence in _FENCE.finditer(text):
        kind, *words = fence[1].split() or [""]
        yield text.count("\n", 0, fence.start()) + 1, Block(kind, tuple(words), fence[2])


def sections() -> Iterator[Section]:
    """Every heading of the pages that has blocks."""
    for path in PAGES:
        yield from sections_of(path.read_text(), path.relative_to(ROOT).as_posix())


def sections_of(text: str, page: str) -> Iterator[Section]:
    fences = list(_FENCE.finditer(text))
    inside = [range(*fence.span()) for fence in fences]
    heads = [h for h in _HEADING.finditer(text) if not any(h.start() in part for part in inside)]
    setting = Setting()
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        end = following.start() if following else len(text)
        blocks = []
        for fence in fences:
            if head.start() <= fence.start() < end:
                kind, *words = fence[1].split() or [""]
                block = Block(kind, tuple(words), fence[2])
                blocks.append((block, setting))
                setting = setting.after(block)
        if blocks:
            yield Section(f"{page}#{anchor(head[1])}", tuple(blocks))
