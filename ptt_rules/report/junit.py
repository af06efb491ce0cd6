"""Outcomes of tests as JUnit XML, which continuous integration reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree import ElementTree

from ptt_rules.authoring.tests import Outcome
from ptt_rules.report.tests import outcome_text

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no way to say."""


def junit_xml(outcomes: Iterable[Outcome]) -> str:
    """One suite for each pack, one case for each test; a failure has the text that people see."""
    root = ElementTree.Element("testsuites", name="ptt test")
    for pack, group in groupby(outcomes, key=lambda outcome: outcome.pack):
        root.append(_suite(pack, list(group)))
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
    return text + "\n"


def _suite(pack: str, outcomes: Sequence[Outcome]) -> ElementTree.Element:
    counts = [outcome.word for outcome in outcomes]
    suite = ElementTree.Element(
        "testsuite",
        name=pack,
        tests=str(len(outcomes)),
        failures=str(counts.count("failed")),
        errors=str(counts.count("error")),
        time=_seconds(sum(outcome.seconds for outcome in outcomes)),
    )
    suite.extend(map(_case, outcomes))
    return suite


def _case(outcome: Outcome) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        classname=outcome.pack,
        name=_readable(outcome.test.name),
        file=outcome.file,
        line=str(outcome.line),
        time=_seconds(outcome.seconds),
    )
    if not outcome.passed:
        word = "error" if outcome.errors else "failure"
        messages = [one.note for one in outcome.failures]
        messages += [one.message for one in (*outcome.errors, *outcome.differences)]
        told = ElementTree.SubElement(case, word, message=_readable("; ".join(messages)))
        told.text = _readable(outcome_text(outcome))
    return case


def _seconds(seconds: float) -> str:
    return f"{seconds:.6f}"


def _readable(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
