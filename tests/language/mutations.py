"""Slips put into good packs by a seeded engine, with what each was before.

A mutation changes one word or one stretch of a line as people do: a letter too many, the word of
another language, a truth compared with `true`, a window on a value, arguments the wrong way round.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WORD = re.compile(r"[A-Za-z_]\w*")
CODE = re.compile(r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`|#[^\n]*')
COMPARISON = re.compile(
    r"(?P<left>[A-Za-z_][\w.]*(?:\([^()\n]*\))?) (?P<sign>[<>]=?) (?P<right>[\w.%]+)"
)
CALL = re.compile(
    r"(?P<word>[a-z_]+)\((?P<series>[a-z_]+)(?P<window>\[[^][\n]+\])(?P<rest>[^()\n]*)\)"
)

SIGNS = {"and": "&&", "or": "||", "not ": "!", "==": "=", ">=": "=>", "<=": "=<", "!=": "<>"}
HABITS = {
    "mean": "avg", "count": "len", "std": "stddev", "quantile": "percentile", "share": "fraction",
    "max": "maximum", "delta": "diff", "clamp": "clip", "high": "error", "medium": "warning",
    "low": "info", "when": "if", "steps": "step", "min": "minutes", "detector": "rule",
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    kind: str
    good: str
    broken: str


def _outside_of_texts(text: str) -> list[bool]:
    outside = [True] * (len(text) + 1)
    for match in CODE.finditer(text):
        outside[match.start() : match.end()] = [False] * len(match.group())
    return outside


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _words(text: str) -> list[re.Match[str]]:
    outside = _outside_of_texts(text)
    return [match for match in WORD.finditer(text) if outside[match.start()]]


def _misspelt(text: str, random: random.Random) -> str:
    word = random.choice([one for one in _words(text) if len(one.group()) > 2])
    at = random.randrange(1, len(word.group()))
    letters = word.group()
    new = random.choice([
        letters[:at] + letters[at + 1 :],
        letters[:at] + letters[at - 1] + letters[at:],
        letters[: at - 1] + letters[at] + letters[at - 1] + letters[at + 1 :],
        letters + "s",
        letters.capitalize(),
    ])  # fmt: skip
    return _put(text, *word.span(), new)


def _other_word(text: str, random: random.Random) -> str:
    words = [one for one in _words(text) if one.group() in HABITS]
    if not words:
        return text
    word = random.choice(words)
    return _put(text, *word.span(), HABITS[word.group()])


def _other_sign(text: str, random: random.Random) -> str:
    outside = _outside_of_texts(text)
    places = [
        (match.span(), new)
        for old, new in SIGNS.items()
        for match in re.finditer(rf"(?<![\w<>=!]){re.escape(old)}(?![\w<>=])", text)
        if outside[match.start()]
    ]
    if not places:
        return text
    span, new = random.choice(places)
    return _put(text, *span, new)


def _swapped_names(text: str, random: random.Random) -> str:
    words = _words(text)
    one, other = random.choice(words), random.choice(words)
    return _put(text, *one.span(), other.group())


def _left_out(text: str, random: random.Random) -> str:
    outside = _outside_of_texts(text)
    marks = [m for m in re.finditer(r'\w+|[^\w\s]|"', text) if outside[m.start()]]
    mark = random.choice(marks)
    return _put(text, *mark.span(), "")


def _twice(text: str, random: random.Random) -> str:
    outside = _outside_of_texts(text)
    mark = random.choice([m for m in re.finditer(r"\w+|[^\w\s]", text) if outside[m.start()]])
    return _put(text, mark.end(), mark.end(), f" {mark.group()}")


def _of_matches(
    pattern: re.Pattern[str], make: Callable[[re.Match[str], random.Random], str]
) -> Callable[[str, random.Random], str]:
    def mutate(text: str, random: random.Random) -> str:
        outside = _outside_of_texts(text)
        found = [match for match in pattern.finditer(text) if outside[match.start()]]
        if not found:
            return text
        match = random.choice(found)
        return _put(text, *match.span(), make(match, random))

    return mutate


def _odd_comparison(match: re.Match[str], random: random.Random) -> str:
    left, sign, right = match.groups()
    return random.choice([
        f"{left} == nan", f"{left} > -inf", f"{left} != null", f"{left} == None",
        f"0 < {left} {sign} {right}", f"({match.group()}) == ({left} > 1)",
        f"{left}[0] {sign} {right}", f"{left} {sign} 2 min", f'{left} {sign} "{right}"',
        f"{left} {sign} 40%", f"{left} {sign} config.{left}", f"mean({left}) {sign} {right}",
        f"max({left}, {right}) > 0", f"coalesce({left}, {left}, 0) > 1", f"{left}.mean() > 1",
        f"sum(mean({left}[10])) > 3", f"{left}[-1] {sign} {right}", f"({left}) ** 2 > 1",
    ])  # fmt: skip


def _odd_call(match: re.Match[str], random: random.Random) -> str:
    word, series, window, rest = match.groups()
    size = window[1:-1]
    return random.choice([
        f"{word}({series}){rest}", f"{word}({size}, {series}{rest})", f"ema({series}{window})",
        f"prev({series})", f"{word}({series}, {size}{rest})", f"{word}({word}({series}{window}))",
        f"quantile(0.95, {series}{window})", f"{word}({series}[0]{rest})",
        f"{word}({series}[-{size}:])", f"{word}({series}[20..10])", f"{series}.{word}()",
        f"{word}({series}{window}{window})", f"{word}({series}{window}, {series}{window})",
        f"{word}({series} > 1)", f"{word}(({series} > 1){window})", f"{word}(3{window})",
    ])  # fmt: skip


def _odd_number(match: re.Match[str], random: random.Random) -> str:
    number = match.group()
    forms = (".5", "1_000", "1,000", f"{number} %", f"{number}.", f'"{number}"', "0", f"{number}x")
    return random.choice(forms)


KINDS: dict[str, Callable[[str, random.Random], str]] = {
    "misspelt": _misspelt,
    "other word": _other_word,
    "other sign": _other_sign,
    "swapped names": _swapped_names,
    "left out": _left_out,
    "twice": _twice,
    "comparison": _of_matches(COMPARISON, _odd_comparison),
    "call": _of_matches(CALL, _odd_call),
    "number": _of_matches(re.compile(r"\b[0-9]+(?:\.[0-9]+)?\b(?![.%\w])"), _odd_number),
}


def mutations(texts: list[str], count: int, seed: int) -> Iterator[Mutation]:
    """So many slips of all kinds in turn, each in one of the texts."""
    chance = random.Random(seed)
    kinds = list(KINDS)
    made = 0
    while made < count:
        kind, text = kinds[made % len(kinds)], chance.choice(texts)
        broken = KINDS[kind](text, chance)
        made += 1
        if broken != text:
            yield Mutation(kind, text, broken)
