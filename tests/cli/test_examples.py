"""Examples of the help, the README and the docs name only what there is."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ptt_rules import load, shipped_packs
from ptt_rules.cli.main import command_parser

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*ptt (?P<rest>[a-z].*)$", re.MULTILINE)
FENCE = re.compile(r"^```[^\n]*\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4}.*$", re.MULTILINE)
SPAN = re.compile(r"`(ptt [^`]+)`")
PLACEHOLDER = re.compile(r"\.\.\.|…|(?<![=\w\"])[A-Z]{3,}|[\[\]<>|&;]")


@cache
def names() -> frozenset[str]:
    """Detectors, parameters and policies of all packs that ship, with their packs."""
    found: set[str] = set()
    for name in shipped_packs():
        pack = load(name, isolated=True)
        found.update(one.name for one in pack.detectors)
        found.update(one.detector for one in pack.disabled)
        found.update(pack.params)
    policies = (ROOT / "rulepacks" / "common" / "policies.ptt").read_text()
    return frozenset(found | {f"common.{one}" for one in re.findall(r"policy (\w+)", policies)})


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from commands(inner)


def of_help() -> list[tuple[str, str]]:
    """Each command line of each help text."""
    return [
        (one.prog, match["rest"])
        for one in commands(command_parser())
        for match in COMMAND.finditer(one.epilog or "")
    ]


def of_pages() -> list[tuple[str, str]]:
    """Each command line of the docs that can be read as one."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        parts = [match["text"] for match in FENCE.finditer(text)]
        parts += [match[0] for match in INDENTED.finditer(FENCE.sub("", text))]
        lines = [match["rest"] for part in parts for match in COMMAND.finditer(part)]
        found += [(page.name, line) for line in lines if not PLACEHOLDER.search(line)]
    return found


def mentioned() -> list[tuple[str, str]]:
    """What pages say of commands within a line: words and options, which need not be all."""
    return [
        (page.name, line.removeprefix("ptt "))
        for page in PAGES
        for line in SPAN.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize(("where", "line"), mentioned())
def test_what_is_said_of_a_command_is_there(where: str, line: str) -> None:
    parser = command_parser()
    for word in line.split():
        inner = next(iter(commands_of(parser)), None)
        if inner is None:
            break
        if word[:1].isalpha() and word.islower():
            assert word in inner, f"{where}: ptt {line}"
            parser = inner[word]
    options = {option for action in parser._actions for option in action.option_strings}
    assert set(re.findall(r"(?<![\w-])--[a-z-]+", line)) <= options | {"--version"}, line


def commands_of(parser: argparse.ArgumentParser) -> list[dict[str, argparse.ArgumentParser]]:
    groups = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    return [dict(one.choices) for one in groups]


def test_every_command_has_an_example() -> None:
    with_example = {name for name, _ in of_help()}
    parsers = [one for one in commands(command_parser()) if one._defaults.get("run")]
    assert {one.prog for one in parsers} <= with_example
    assert len(of_pages()) > 50


@pytest.mark.parametrize(("where", "line"), [*of_help(), *of_pages()])
def test_an_example_is_a_command_with_the_options_that_it_has(
    where: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = shlex.split(line, comments=True)
    try:
        options = command_parser().parse_args(words)
    except SystemExit:
        pytest.fail(f"{where}: ptt {line}: {capsys.readouterr().err}")
    policy = getattr(options, "policy", None)
    if policy is not None and "." not in policy:
        assert f"common.{policy}" in names() or _is_own(policy)


def _is_own(policy: str) -> bool:
    """Whether a page declares it for its example."""
    return any(re.search(rf"policy {policy}\b", page.read_text()) for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_detectors_that_there_are(page: Path) -> None:
    assert unknown(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "parser", [*commands(command_parser())], ids=lambda parser: parser.prog.replace(" ", "-")
)
def test_so_does_the_help_of_a_command(parser: argparse.ArgumentParser) -> None:
    assert unknown(parser.format_help()) == []


def unknown(text: str) -> list[str]:
    """What a text names with a shipped pack and that pack does not have."""
    packs = "|".join(shipped_packs())
    named = re.findall(rf"(?<![\w./-])((?:{packs})\.[a-z]\w*)(?![\w/(*]|\.\w)", text)
    files = (".md", ".py", ".ptt", ".svg", ".txt", ".jsonl", ".yaml")
    return sorted({one for one in named if one not in names() and not one.endswith(files)})


def test_what_is_not_there_is_found() -> None:
    assert unknown("`dpo.margin_lost`, `preference.margin_lost`") == ["dpo.margin_lost"]
