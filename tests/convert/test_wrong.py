"""What cannot be converted is reported in its place, and the rest is converted all the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ptt_rules import Diagnostic, PttError, loads, replay
from ptt_rules.authoring.convert import Converted, collect, convert, read_collection
from ptt_rules.language.source import Source

WRONG = Path(__file__).parent / "wrong.yaml"
EXPECTED = re.compile(r"# ! (.+?)(?: / (.+))?$")


def converted(text: str, name: str = "mine.yaml") -> Converted:
    return convert(collect("mine", name, [Source(name, text)]))


def marked(told: Diagnostic) -> str:
    assert told.source is not None
    return told.source.slice(told.span)


def unusable(text: str) -> Diagnostic:
    with pytest.raises(PttError) as raised:
        converted(text)
    (told,) = raised.value.diagnostics
    assert told.code == "PTT312"
    return told


def test_each_mistake_is_told_where_it_is() -> None:
    expected = [
        (number, found[1], found[2] or "")
        for number, line in enumerate(WRONG.read_text().splitlines(), start=1)
        if (found := EXPECTED.search(line)) and number > 1
    ]
    done = convert(read_collection(WRONG))
    assert [one.to_json()["line"] for one in done.diagnostics] == [line for line, _, _ in expected]
    for told, (line, message, hint) in zip(done.diagnostics, expected, strict=True):
        assert told.code == "PTT313"
        assert re.search(message.replace("{", r"\{"), told.message), (line, told.message)
        assert hint in (told.hint or ""), (line, told.hint)
        assert "\n" not in marked(told)


def test_the_rest_is_converted() -> None:
    done = convert(read_collection(WRONG))
    (pack,) = done.packs
    assert re.findall(r"detector (\w+)", pack.text) == ["twice"]
    assert (done.total, done.done) == (10, 1)


def test_what_is_no_field_is_left_out_alone() -> None:
    done = converted(
        'name: x\ntrainers: [dpo]\nmetric: kl\ncondition: "> 1"\nseverity: low\nmessage: m\n'
        "windw: 3\n"
    )
    assert [marked(told) for told in done.diagnostics] == ["windw"]
    assert done.done == 1


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("dpo: kl > 1 -> hig: KL\n", "hig"),
        ("# ours\n\n  dqo: kl > 1 -> high: KL\n", "dqo"),
        ("dpo: kl > 1 -> high: KL\nnonsense  \n", "nonsense"),
        ('- "dpo: kl >> 1 -> high: KL"\n', ">> 1"),
        ("- 'dpo: kl > 1 -> high: it''s {x}'\n", "'dpo: kl > 1 -> high: it''s {x}'"),
        ("- name: µ\n  metric: kl\n  condition: > 1\n", "1"),
    ],
)
def test_the_smallest_wrong_piece_is_marked(text: str, mark: str) -> None:
    try:
        told = converted(text, "alerts.txt").diagnostics
    except PttError as error:
        told = error.diagnostics
    assert [marked(one) for one in told] == [mark]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there are no heuristics here"),
        ("# nothing\n---\n", "there are no heuristics here"),
        ("heuristics: []\n", "there are no heuristics here"),
        ("a: [1\n", "this is not YAML"),
        ("a: \x00\n", "this is not YAML"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_a_file_without_heuristics_is_unusable(text: str, message: str) -> None:
    assert message in unusable(text).message


def test_a_condition_without_quotes_is_told_with_the_way_out() -> None:
    told = unusable("name: x\ncondition: > 0.3\n")
    assert told.to_json()["line"] == 2
    assert 'condition: "> 0.3"' in (told.hint or "")


def test_nested_lists_that_refer_to_each_other_take_no_time() -> None:
    lists = "".join(f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 9)}]\n" for n in range(9))
    done = converted(f"a0: &a0 [x]\n{lists}")
    assert {told.code for told in done.diagnostics} == {"PTT313"}


def test_names_that_are_none_become_some() -> None:
    text = "".join(
        f'- {{name: "{name}", trainers: dpo, metric: "{metric}", condition: "> 1", '
        f"severity: low, message: m}}\n"
        for name, metric in (("3 x", "value"), ("and", "base"), ("é", "a/b"), ("b", "a_b"))
    )
    (pack,) = converted(text).packs
    assert re.findall(r"detector (\w+)", pack.text) == ["alert_3_x", "alert_and", "alert", "b"]
    metrics = re.findall(r'metric (\w+): none = "(.+)"', pack.text)
    assert metrics == [
        ("value_metric", "value"),
        ("base_metric", "base"),
        ("a_b", "a/b"),
        ("a_b_metric", "a_b"),
    ]


@pytest.mark.parametrize("message", ['a "b" \\ {{c}}', "tab\tnew\nline", "µ ‮ \x07".strip()])
def test_a_message_is_told_as_it_was(message: str) -> None:
    text = f"dpo: kl > 1 -> low: {message}"
    if "\n" in message:
        text = f"- {json.dumps(text)}"
    (pack,) = converted(text, "alerts.txt").packs
    rows = [{"step": step, "kl": 2.0} for step in range(1, 40)]
    (event,) = replay(loads(pack.text), rows).events
    assert event.message == message.format()
