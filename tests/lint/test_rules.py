"""Every rule of the linter finds its fault, and leaves alone what only looks like it.

Cases are in `cases/*.ptt`: pieces split by `---`, each with `# rules: name, ...` at its top, which
are the ones that run. `### CODE "regex"` at the end of a line says what must be told there; a
piece without one must be clean.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from ptt_rules.authoring.lint import PAGES, RULES, Rule, fixed, lint_files
from ptt_rules.authoring.lint.run import ALL_RULES
from ptt_rules.language.codes import CODES, Rules
from ptt_rules.language.diagnostics import Diagnostic, Edit, Severity
from ptt_rules.language.source import Source
from ptt_rules.packs.files import PackFiles

CASES = Path(__file__).parent / "cases"
FOLDER = Path(__file__).parents[2] / "ptt_rules/authoring/lint/rules"
EXPECTED = re.compile(r'### (PTT\d{3}) "((?:[^"]|"(?!\s|$))*)"\s*$')
RAN = re.compile(r"# rules: ([\w, ]+)\n")


def warnings_of(text: str, rules: Sequence[Rule] = ALL_RULES) -> list[Diagnostic]:
    return lint_files(PackFiles("mine", "mine.ptt", (Source("mine.ptt", text),)), rules=rules)


def _pieces() -> list[tuple[str, str, list[str]]]:
    found = []
    for path in sorted(CASES.glob("*.ptt")):
        for number, piece in enumerate(path.read_text().split("\n---\n"), start=1):
            text = piece.strip("\n") + "\n"
            head = RAN.search(text)
            assert head is not None, f"{path.name}, piece {number}"
            names = [name.strip() for name in head[1].split(",")]
            found.append((f"{path.stem}-{number}-{names[0]}", text, names))
    return found


PIECES = _pieces()


def expected_in(text: str) -> dict[int, re.Match[str]]:
    lines = enumerate(text.splitlines(), start=1)
    return {number: match for number, line in lines if (match := EXPECTED.search(line))}


@pytest.mark.parametrize(("name", "text", "rules"), PIECES, ids=[name for name, _, _ in PIECES])
def test_a_fault_is_told_on_its_line_and_nothing_else_is(
    name: str, text: str, rules: list[str]
) -> None:
    told = warnings_of(text, [RULES[rule] for rule in rules])
    expected = expected_in(text)
    assert [d.to_json()["line"] for d in told] == list(expected), told
    for diagnostic, match in zip(told, expected.values(), strict=True):
        assert diagnostic.code == match[1]
        assert re.search(match[2], diagnostic.message), diagnostic.message
        assert diagnostic.severity is Severity.WARNING
        assert diagnostic.hint
        assert diagnostic.span.start < diagnostic.span.end <= len(text)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_a_case_that_is_wrong_and_one_that_is_not(name: str) -> None:
    mine = [(text, rules) for _, text, rules in PIECES if rules[0] == name]
    told = [
        bool(RULES[name].code in {m[1] for m in expected_in(text).values()}) for text, _ in mine
    ]
    assert {True, False} <= set(told)


# ---- pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_example_of_a_page_has_the_fault_and_the_mended_one_has_not(rule: Rule) -> None:
    assert isinstance(rule.page.failing, Rules)
    assert isinstance(rule.page.fixed, Rules)
    assert rule.code in {d.code for d in warnings_of(rule.page.failing.text)}
    told = {d.code: d.severity for d in warnings_of(rule.page.fixed.text)}
    assert rule.code not in told
    assert Severity.ERROR not in told.values()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_page_says_what_why_and_how_sure_it_is(rule: Rule) -> None:
    for text in (rule.page.what, rule.page.why, *([rule.page.doubt] if rule.page.doubt else [])):
        assert text.strip() == text
        assert text.endswith(".")
        assert "  " not in text
        assert 1 <= len(re.findall(r"[.:](?: |$)", text)) <= 5


def test_codes_are_in_order_and_of_the_linter_alone() -> None:
    assert list(PAGES) == sorted(PAGES)
    assert len(PAGES) == len(RULES) >= 30
    assert PAGES.keys().isdisjoint(CODES)
    assert {code[:4] for code in PAGES} == {"PTT6"}


def test_every_rule_has_a_file_that_is_named_after_it() -> None:
    files = {path.stem: path.read_text() for path in FOLDER.glob("*.py")}
    del files["__init__"]
    assert files.keys() == RULES.keys()
    for name, rule in RULES.items():
        assert files[name].startswith(f'"""{rule.code}: ')


# ---- edits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.is_fixable])
def test_the_edit_of_a_rule_mends_its_example(name: str) -> None:
    rule = RULES[name]
    assert isinstance(rule.page.failing, Rules)
    (found,) = (d for d in warnings_of(rule.page.failing.text) if d.code == rule.code)
    ((text, count),) = fixed([found]).values()
    assert count == 1
    assert rule.code not in {d.code for d in warnings_of(text)}


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if not rule.is_fixable])
def test_a_rule_without_edits_has_none(name: str) -> None:
    for _, text, rules in PIECES:
        if name in rules:
            told = warnings_of(text, [RULES[rule] for rule in rules])
            assert all(d.edit is None for d in told if d.code == RULES[name].code)


def test_of_edits_that_meet_the_first_is_put_in() -> None:
    source = Source("mine.ptt", "for 1  keep 1")

    def warning(start: int, end: int, text: str) -> Diagnostic:
        span = type(found.span)(start, end)
        return Diagnostic(
            "PTT622", "", source, span, severity=Severity.WARNING, edit=Edit(span, text)
        )

    (found, *_) = warnings_of(PIECES[0][1]) or warnings_of(RULES["hold_of_one"].page.failing.text)  # type: ignore[union-attr]
    edits = [warning(4, 5, "2"), warning(4, 9, ""), warning(12, 13, "3")]
    assert fixed(edits) == {source: ("for 2  keep 3", 2)}


@pytest.mark.parametrize("name", ["world_size", "n_gpu", "parameters"])
def test_an_argument_that_is_a_fact_of_the_run_is_named_as_that(name: str) -> None:
    header = 'pack mine 1.0.0 { algorithms grpo }\nmetric kl: nats = "kl"\n'
    rule = f"detector a {{ high when kl > 1 and config.{name} > 1 }}"
    (told,) = warnings_of(header + rule, [RULES["argument_unknown"]])
    fact = name if name == "parameters" else "world_size"
    assert told.hint == f"it is a fact of the run: `run.{fact}`"
