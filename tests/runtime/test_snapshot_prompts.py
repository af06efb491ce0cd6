"""Prompts as people write them are read as they are meant, or refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset

from ptt_rules import PttError
from ptt_rules.snapshots import FixedPrompt, prompt_text
from ptt_runtime import Snapshots
from ptt_runtime.snapshots.own_prompts import OWN_PROMPTS
from ptt_runtime.snapshots.prompts import fixed_prompts

USER = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("p.json", '{"prompts": ["Hello", "Bye"]}', ["Hello", "Bye"]),
        ("p.json", '{"prompt": "Hello"}', ["Hello"]),
        ("p.json", '["Hello", {"messages": [{"role": "user", "content": "hi"}]}]', ["Hello", "hi"]),
        ("p.JSONL", '{"prompt": "Hello"}\r\n\r\n"Bye"\r\n', ["Hello", "Bye"]),
        ("p.txt", "\ufeffHello\nBye", ["Hello", "Bye"]),
        ("p.TXT", "Hello\u2028there\n", ["Hello\u2028there"]),
        ("p.jsonl", '\ufeff{"prompt": "Hello"}', ["Hello"]),
        ("p.csv", 'prompt,label,weight\n"two\nlines",harmful,2\nBye,,\n', ["two\nlines", "Bye"]),
    ],
)
def test_files(name: str, text: str, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    assert [prompt_text(one.content) for one in fixed_prompts(tmp_path / name)] == expected


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.json", '"Hello"', "neither a list nor an object"),
        ("p.json", '{"text": "Hello"}', "has `text`, and not `prompt` or `messages`"),
        ("p.json", json.dumps(USER), "number 1 of .* has `role`, `content`"),
        ("p.md", "Hello", "`p.md` is of no kind that has prompts"),
        ("p.csv", "question\nHello\n", "no column `prompt`"),
        ("p.jsonl", "Hello\n", "the prompts are not JSON"),
        ("p.jsonl", '{"prompt": "Hi", "label": "a/b"}', "has a slash"),
        ("p.jsonl", '{"prompt": "Hi", "weight": 0}', "weight 0 is not above 0"),
        ("p.jsonl", '{"prompt": "Hi", "weight": "much"}', "is not a number"),
        ("p.jsonl", '{"prompt": "Hi", "id": "a"}\n{"prompt": "Ho", "id": "a"}', "there before"),
    ],
)
def test_files_that_are_refused(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(PttError, match=message) as raised:
        fixed_prompts(tmp_path / name)
    assert raised.value.diagnostics[0].code == "PTT521"


def test_a_folder_has_a_conversation_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(USER))
    (tmp_path / "b.txt").write_text("two\nlines\n")
    (tmp_path / "c.jsonl").write_text('{"role": "user", "content": "ho"}\n')
    (tmp_path / "d.json").write_text(json.dumps({"prompt": "who?", "label": "odd"}))
    (tmp_path / "notes.md").write_text("not a prompt")
    assert fixed_prompts(tmp_path) == (
        FixedPrompt(USER, "a"),
        FixedPrompt("two\nlines", "b"),
        FixedPrompt([{"role": "user", "content": "ho"}], "c"),
        FixedPrompt("who?", "d", "odd"),
    )


ANSWER = [{"role": "assistant", "content": "a gold answer"}]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"messages": [*USER, *ANSWER]}, USER),
        ([*USER, *ANSWER], USER),
        ([*USER, *ANSWER, *USER], [*USER, *ANSWER, *USER]),
        ({"prompt": USER, "chosen": ANSWER, "rejected": ANSWER}, USER),
        ({"conversations": [{"from": "human", "value": "hi"}]}, USER),
        ([{"role": "user", "content": [{"type": "text", "text": "hi"}]}], USER),
    ],
)
def test_gold_answers_are_dropped(given: Any, expected: Any) -> None:
    assert fixed_prompts([given])[0].content == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (ANSWER, "no message is left"),
        ([{"role": "user", "content": [{"type": "image"}]}], "parts that are not text"),
        ([{"content": "hi"}], "has no `role`"),
        ([{"role": "user"}], "has no `content`"),
        (" ", "it is empty"),
    ],
)
def test_what_is_not_a_prompt(given: Any, message: str) -> None:
    with pytest.raises(PttError, match=message):
        fixed_prompts([given])


def test_rows_of_a_data_set_are_prompts() -> None:
    rows = Dataset.from_list([{"prompt": "a", "label": "harmful"}, {"prompt": "b", "label": ""}])
    found = fixed_prompts(rows)
    assert found == (FixedPrompt("a", "", "harmful"), FixedPrompt("b"))


def test_rows_without_a_file_are_prompts() -> None:
    assert fixed_prompts([{"prompt": "Hello", "id": "x", "weight": 2}]) == (
        FixedPrompt("Hello", "x", weight=2.0),
    )


def test_the_own_prompts_have_several_of_each_kind() -> None:
    labels = [one.label for one in OWN_PROMPTS]
    counts = {label: labels.count(label) for label in labels}
    assert counts == {"harmless": 10, "borderline": 7, "harmful": 7}
    assert len({one.id for one in OWN_PROMPTS}) == len(OWN_PROMPTS)


def test_a_file_is_read_once_when_the_options_are_made(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    path.write_text("one\ntwo\n")
    options = Snapshots(prompts=path)
    path.unlink()
    assert [one.content for one in options.asked] == ["one", "two"]


def test_what_can_be_read_only_once_is_refused() -> None:
    with pytest.raises(PttError, match="takes a list of prompts or a path, not a value"):
        Snapshots(prompts=iter(["one"]))
