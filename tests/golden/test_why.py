"""What `ptt why` shows, in pages that a person reads: rules, rows and the explanation of each.

| fence | |
|---|---|
| `ptt`, `rows`, `config` | as in docs/language: what the blocks below are about |
| `why DETECTOR` or `why DETECTOR --step N` | the text that explains it |

`PTT_REWRITE_GOLDEN=1 pytest tests/golden` writes the explanations anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptt_rules import loads, why
from ptt_rules.report.terminal import WIDTH
from ptt_rules.report.why import why_text
from tests.golden.test_golden import check_golden
from tests.spec.pages import Block, Setting

PAGES = sorted((Path(__file__).parent / "why").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)(.*)\n((?:.*\n)*?)^```$", re.MULTILINE)


def explained(page: str) -> str:
    """A page with each explanation as it is now."""
    setting = Setting()

    def block(found: re.Match[str]) -> str:
        nonlocal setting
        kind, words, text = found.groups()
        if kind == "why":
            text = explanation(setting, words.split())
        else:
            setting = setting.after(Block(kind, tuple(words.split()), text))
        return f"```{kind}{words}\n{text}```"

    return BLOCK.sub(block, page)


def explanation(setting: Setting, words: list[str]) -> str:
    detector, *option = words
    step = int(option[1]) if option else None
    pack = loads(setting.rules)
    text = why_text(why(pack, setting.rows, detector, step=step, config=setting.config))
    assert max(map(len, text.splitlines())) <= WIDTH
    return f"{text}\n"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_it_is_explained_like_this(path: Path) -> None:
    page = path.read_text()
    assert "```why" in page
    check_golden(explained(page), path)
