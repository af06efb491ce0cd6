"""CONTRIBUTING says which files to touch for what; an example of each kind shows that it is so."""

from __future__ import annotations

import re

import pytest

from tests.house.sources import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
PLACES = re.compile(r"^\| (?P<kind>[^|]+) \| (?P<files>[^|]+) \| (?P<example>[^|]+) \|$", re.MULTILINE)
HOMES = ("ptt_rules", "ptt_runtime", "grammar", "rulepacks")
