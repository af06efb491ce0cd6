"""Workflows and issue forms can be read, and name what the project has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.sources import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def read(path: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_names_targets_files_and_jobs_that_are_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    jobs = read(path)["jobs"]
    assert set(re.findall(r"run: make ([a-z-]+)", text)) <= TARGETS
    files = re.findall(r"run: (\.\S+)|uses: \./(\S+)", text)
    assert [name for pair in files for name in pair if name and not (ROOT / name).exists()] == []
    assert {job["needs"] for job in jobs.values() if "needs" in job} <= set(jobs)
    assert all("timeout-minutes" in job or "uses" in job for job in jobs.values())
    assert read(path)["permissions"] == {"contents": "read"}


def test_the_pythons_that_are_tried_are_those_of_the_metadata() -> None:
    named = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))
    built = read(ROOT / ".github" / "workflows" / "built.yml")
    assert built["jobs"]["try"]["strategy"]["matrix"]["python"] == named


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_an_issue_form_has_what_the_host_asks_for(path: Path) -> None:
    form = read(path)
    if path.name == "config.yml":
        assert set(form) == {"blank_issues_enabled"}
        return
    assert form.keys() == {"name", "description", "labels", "body"}
    ids = [field["id"] for field in form["body"]]
    assert len(set(ids)) == len(ids)
    assert all(field["attributes"]["label"] for field in form["body"])
    assert all(
        field["attributes"]["options"] for field in form["body"] if field["type"] == "dropdown"
    )
