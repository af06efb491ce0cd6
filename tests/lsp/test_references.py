"""All places of a name are found from each of them, and get a new word together."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ptt_rules.authoring.lsp.project import Project
from ptt_rules.authoring.lsp.references import NotRenamed, Place, references_at, renamed_at
from ptt_rules.authoring.lsp.symbols import Names
from tests.lsp.cursor import DOCUMENT, at_mark

MARKED = re.compile("«(.*?)»")

TEXTS = {
    "metric": 'metric «kl»: nats = "kl"\nderive d: nats = 2 * «kl»\n'
    "detector a { let now = mean(«kl»[5]) high when «kl» > 1 and now > `kl`"
    ' message "{«kl»:.3f} {now}" }\ntest "t" { «kl» = 1 x 5 expect silence }',
    "derive": 'metric kl: nats = "kl"\nderive «d»: nats = kl\ndetector a { high when «d» > 1 }',
    "param": 'param «p» = 3 in 1..5\ndetector a { high when step > «p» message "{«p»}" }\n'
    'test "t" { with «p» = 4 expect silence }',
    "param of windows and spans": 'metric kl: nats = "kl"\nparam «n» = 3 in 1..5\n'
    "detector a { for «n» steps high when mean(kl[2..«n» before «n»]) > max(kl[first «n»]) }",
    "let of one detector": "detector a { let «n» = step high when «n» > 3 until «n» < 2"
    ' message "{«n»}" }\ndetector b { let n = time high when n > 3 }',
    "detector": "detector «a» { high when step > 3 }\n"
    "detector b { suppresses «a» high when step > 4 }\n"
    'policy p { on «a».high { stop } }\ntest "t" { expect «a».high at 4 expect no «a» }',
    "detector that is asked for": "detector «a» { high when step > 3 }\n"
    "detector b { let a = step high when firing(«a».high) and a > 3 until not firing(«a») }",
    "family": 'metric «r»[f]: score = "r/{f}"\ndetector a for each «r» { high when «r» > 1 }\n'
    'detector b { high when «r»["x"] > 1 }',
    "label": 'metric r[«f»]: score = "r/{«f»}", "r/{«f»}/mean"\n'
    'detector a for each r { high when r > 1 message "{«f»}" }',
}


def opened(text: str) -> tuple[Names, Project]:
    project = Project({DOCUMENT: text})
    return Names(project.pack(DOCUMENT)), project


def marked(text: str) -> Iterator[tuple[int, int]]:
    """Where the marked words stand once the marks are away."""
    for count, match in enumerate(MARKED.finditer(text)):
        start = match.start() - 2 * count
        yield start, start + len(match[1])


def spans(places: list[Place]) -> list[tuple[int, int]]:
    return sorted((one.span.start, one.span.end) for one in places)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_from_each_place_all_places_are_found(text: str) -> None:
    expected, plain = list(marked(text)), MARKED.sub(r"\1", text)
    names, project = opened(plain)
    for start, end in expected:
        for offset in (start, end - 1):
            assert spans(references_at(names, project.source(DOCUMENT), offset)) == expected


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_new_word_is_written_to_just_these_places(text: str) -> None:
    plain = MARKED.sub(r"\1", text)
    names, project = opened(plain)
    start, _ = next(marked(text))
    places = renamed_at(names, project.source(DOCUMENT), start, "quite_new")
    written = plain
    for begin, end in reversed(spans(places)):
        written = f"{written[:begin]}quite_new{written[end:]}"
    assert written == MARKED.sub("quite_new", text)


REFUSED = [
    ("detector a { high when ‸mean(step) > 1 }", "x", "not a name that a pack declares"),
    ('metric k: nats = "kl"\ndetector a { high when `k‸l` > 1 }', "x", "not a name that a pack"),
    ("pack m 1.0.0 { extends grpo }\ndetector a { high when ‸kl > 1 }", "x", "in pack `grpo`"),
    ("param ‸p = 3", "2x", "`2x` is not a name"),
    ("param ‸p = 3", "and", "`and` is not a name"),
    ('param ‸p = 3\nmetric q: nats = "q"', "q", "`q` is declared already"),
    ("detector ‸a { high when step > 3 }\ndetector b { high when step > 4 }", "b", "already"),
    # `n` of the detector would be the parameter that is now called so
    ("param ‸p = 3\ndetector a { let n = step high when n > p }", "n", "means something else"),
    ("param p = 3\ndetector a { let ‸n = step high when n > p }", "p", "means something else"),
]


@pytest.mark.parametrize(("text", "word", "why"), REFUSED)
def test_what_would_change_a_meaning_is_refused(text: str, word: str, why: str) -> None:
    with pytest.raises(NotRenamed, match=re.escape(why)):
        renamed_at(*at_mark(text), word)


def test_a_name_may_keep_its_word() -> None:
    assert len(renamed_at(*at_mark("param ‸p = 3"), "p")) == 1
