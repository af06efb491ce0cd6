"""What hints show is there: a name in backticks is of the file, of ptt, or stands for one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.language.functions import function_words
from ptt_rules.language.trainers import hyperparameters_of_any, known_arguments
from ptt_rules.language.types import LEVEL_WORDS, RUN_FACTS, UNIT_WORDS, ActionKind, Quantity
from ptt_rules.packs import shipped_packs
from ptt_rules.packs.vocabulary import shipped_metrics
from tests.language.applied import errors, told
from tests.language.mutations import mutations
from tests.language.test_every_edit import BROKEN, GOOD, PAGES

GRAMMAR = (Path(__file__).resolve().parents[2] / "grammar" / "ptt.lark").read_text("utf-8")
CLOCKS = frozenset(one.value for one in Quantity)
EXAMPLES = frozenset(
    "x p name now share kl_collapse kl_runaway reward_of format config nan inf allow "
    "each_of which mean_of func observe guard strict true false".split()
)
"""Names that stand for one of the reader's, as `x` does; those in capitals do too."""
NO_CODE = frozenset({"arXiv:2505.22617", "doi:10.1000/182", "https://...", "ptt-rules"})
_CODE = re.compile(r"`([^`]+)`")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


@cache
def known() -> frozenset[str]:
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"/\(?([a-z|_]+)\)?\\b", GRAMMAR))))
    vocabulary = shipped_metrics()
    declared = re.findall(r"\w+", " ".join([*vocabulary, *vocabulary.values()]))
    kinds = (one.value for one in ActionKind)
    return frozenset({
        *words, *declared, *kinds, *function_words(), *known_arguments(), *hyperparameters_of_any(),
        *UNIT_WORDS, *LEVEL_WORDS, *CLOCKS, *RUN_FACTS, *shipped_packs(), *EXAMPLES,
    })  # fmt: skip


def strangers(text: str, one: Diagnostic) -> list[str]:
    """Names in a hint that are neither of the file nor of ptt."""
    own = set(re.findall(r"[A-Za-z_]\w*", text))
    own |= {re.sub(r"\W", "_", word) for word in re.findall(r"[\w-]+", text)}
    own |= {re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", w).lower() for w in own}
    codes = (re.sub(r'"[^"]*"|#.*', "", code) for code in _CODE.findall(one.hint or ""))
    codes = (code for code in codes if code not in NO_CODE)
    names = (name for code in codes for name in _NAME.findall(code))
    return [name for name in names if name not in own | known() and not name.isupper()]


def leads_to_clock(text: str, one: Diagnostic) -> bool:
    """Whether a near name is a clock, though what was written is not nearly one."""
    found = re.fullmatch(r"did you mean `(\w+)`\?", one.hint or "")
    if found is None or found[1] not in CLOCKS:
        return False
    word = text[one.span.start : one.span.end]
    return len(set(word) ^ set(found[1])) > 2 or abs(len(word) - len(found[1])) > 1


TEXTS = [*BROKEN, *PAGES]


@pytest.mark.parametrize("seed", range(2))
def test_hints_name_what_is_there(seed: int) -> None:
    good = [text for text in dict.fromkeys(GOOD) if not errors(told(text))]
    texts = TEXTS if seed == 0 else [one.broken for one in mutations(good, 250, 40 + seed)]
    found = [
        f"{one.code} {one.message} | {one.hint} | {wrong}"
        for text in texts
        for one in told(text)
        if (wrong := strangers(text, one)) or leads_to_clock(text, one)
    ]
    assert found == []


def test_a_stranger_is_found() -> None:
    text = 'metric zeta: nats = "zeta"\ndetector a { high when zeat > 3 }\n'
    (one,) = told(text)
    assert strangers(text, one) == []
    assert strangers("", one) == ["zeta"]
