"""Generation of snapshots is ptt's own: nothing of how a model likes to be sampled leaks in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import GenerationConfig

from ptt_runtime import Snapshots
from ptt_runtime.demo.tiny import tiny_model, tiny_tokenizer
from ptt_runtime.snapshots.drift import likelihoods
from ptt_runtime.snapshots.generate import completions, in_batches
from ptt_runtime.snapshots.prompts import fixed_prompts
from ptt_runtime.snapshots.render import encoded, usable

pytestmark = pytest.mark.runtime

ASKED = fixed_prompts(["one: ", "two, a longer one: ", "three: "])
LEAKS: list[dict[str, Any]] = [
    {"repetition_penalty": 1.5},
    {"no_repeat_ngram_size": 2},
    {"encoder_repetition_penalty": 1.5},
    {"guidance_scale": 2.0},
    {"forced_eos_token_id": 2},
    {"forced_bos_token_id": 9},
    {"max_time": 1e-9},
    {"typical_p": 0.2, "do_sample": True},
    {"epsilon_cutoff": 0.05, "do_sample": True},
    {"eta_cutoff": 0.05, "do_sample": True},
    {"min_p": 0.5, "do_sample": True},
    {"temperature": 3.0, "do_sample": True, "num_return_sequences": 2},
    {"stop_strings": ["e"]},
    {"return_dict_in_generate": True, "output_scores": True},
    {"bad_words_ids": [[5], [6], [7]]},
    {"suppress_tokens": [5, 6, 7, 8]},
    {"begin_suppress_tokens": list(range(4, 40))},
    {"sequence_bias": {(5,): 9.0}},
    {"min_new_tokens": 8},
    {"num_beams": 3, "length_penalty": 2.0},
    {"exponential_decay_length_penalty": (1, 9.0)},
    {"remove_invalid_values": True, "renormalize_logits": True},
    {"use_cache": False},
]


def said(model: Any, **options: Any) -> list[str]:
    torch.manual_seed(0)
    made = completions(model, tiny_tokenizer(), ASKED, Snapshots(max_new_tokens=8, **options))
    return [one.text for one in made]


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: "-".join(leak))
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_nothing_of_the_models_own_configuration_counts(
    leak: dict[str, Any], temperature: float, tmp_path: Path
) -> None:
    model = tiny_model(tmp_path).eval()
    plain = said(model, temperature=temperature)
    own = GenerationConfig(eos_token_id=2, pad_token_id=0, **leak)
    model.generation_config = own
    assert said(model, temperature=temperature) == plain
    assert model.generation_config is own


def test_the_models_configuration_is_there_again_after_a_failure(tmp_path: Path) -> None:
    model = tiny_model(tmp_path)
    own = model.generation_config
    model.generate = None
    with pytest.raises(TypeError):
        said(model)
    assert model.generation_config is own


def test_a_batch_that_does_not_fit_is_halved() -> None:
    taken: list[list[int]] = []

    def take(batch: list[int]) -> None:
        if len(batch) > 2:
            raise torch.OutOfMemoryError("too much")
        taken.append(batch)

    in_batches(list(range(7)), 7, take)
    assert taken == [[0, 1], [2, 3], [4, 5], [6]]


def test_one_that_does_not_fit_alone_is_an_error() -> None:
    def take(batch: list[int]) -> None:
        raise torch.OutOfMemoryError("too much")

    with pytest.raises(torch.OutOfMemoryError):
        in_batches([1, 2, 3], 2, take)


def test_arguments_of_the_template_are_handed_on() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = (
        "{{ messages[0].content }}{% if enable_thinking is false %}(no){% endif %}"
    )
    options = Snapshots(chat_template_kwargs={"enable_thinking": False})
    found = tokenizer.decode(encoded(tokenizer, "hi", options)).replace(" ", "")
    assert found == "hi(no)"


def test_a_prompt_that_cannot_be_taken_costs_itself_alone(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        "{{ messages[0].content }}"
    )
    system = [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hi"}]
    asked = fixed_prompts(["fine", {"messages": system, "id": "kind"}, "x" * 200])
    good, bad = usable(tiny_model(tmp_path), tokenizer, asked, Snapshots())
    assert [one.content for one in good] == ["fine"]
    assert [one.name for one, _ in bad] == ["kind", "x" * 39 + "…"]
    assert "no system role" in bad[0][1]
    assert bad[1][1] == "it has 200 tokens, and the model room for 1 to 112"


def test_answers_end_where_the_model_has_no_more_positions(tmp_path: Path) -> None:
    made = completions(
        tiny_model(tmp_path).eval(), tiny_tokenizer(), fixed_prompts(["x" * 110]), Snapshots()
    )
    assert made[0].tokens <= 128 - 110


def test_likelihoods_are_those_of_each_sequence_alone(tmp_path: Path) -> None:
    """Against a plain forward pass of each sequence, token by token."""
    model, tokenizer, options = tiny_model(tmp_path).eval(), tiny_tokenizer(), Snapshots()
    options = Snapshots(max_new_tokens=8, batch_size=3)
    made = completions(model, tokenizer, ASKED, options)
    with torch.no_grad():
        found = likelihoods(model, tokenizer, made, options)
        for one, mean, entropy in zip(made, found["logprob"], found["entropy"], strict=True):
            start = encoded(tokenizer, one.prompt, options)
            log = model(torch.tensor([start + list(one.ids)])).logits[0].log_softmax(-1)
            rows = log[len(start) - 1 : -1]
            alone = [float(row[token]) for row, token in zip(rows, one.ids, strict=True)]
            assert mean == pytest.approx(sum(alone) / len(alone), abs=1e-5)
            assert entropy == pytest.approx(float(-(rows.exp() * rows).sum(-1).mean()), abs=1e-5)
