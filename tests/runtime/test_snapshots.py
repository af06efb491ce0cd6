"""Snapshots in real trainings: what is written and judged, and that training never notices."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
import torch
from transformers import TrainerCallback

from ptt_rules import PttError, load
from ptt_rules.snapshots import prompt_text, read_snapshot, snapshot_steps
from ptt_runtime import DiagnosticsCallback, Snapshots
from ptt_runtime.demo.tiny import tiny_model, tiny_scorer, tiny_tokenizer
from ptt_runtime.demo.trainers import algorithms
from ptt_runtime.snapshots.generate import completions
from ptt_runtime.snapshots.model import generator_of, sharded_by
from ptt_runtime.snapshots.prompts import fixed_prompts
from ptt_runtime.snapshots.reference import reference_model
from ptt_runtime.snapshots.scorers import scored, scorers_of
from ptt_runtime.snapshots.undisturbed import undisturbed
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime
Train = Callable[..., Any]

PROMPTS = ["one: ", "two, a longer one: ", [{"role": "user", "content": "three: "}]]
GENERATING = [name for name in algorithms() if name != "reward"]
TEMPLATE = (
    "{% for m in messages %}<s>{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}:{% endif %}"
)


def snapshots(**options: Any) -> Snapshots:
    return Snapshots(**{"every": 2, "prompts": PROMPTS, "max_new_tokens": 4, **options})


def callback(folder: Path, **options: Any) -> DiagnosticsCallback:
    options.setdefault("snapshots", snapshots())
    return DiagnosticsCallback(run_dir=folder, fail_fast=True, **options)


def steps_of(folder: Path) -> list[int]:
    return snapshot_steps(folder)


def rows_of(folder: Path) -> dict[int, dict[str, Any]]:
    """Rows of snapshots by their step."""
    # other rows of the journal may have NaN, which strict JSON does not know
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return {row["step"]: row for row in rows if "snapshot/length" in row}


# ---- a training never notices ------------------------------------------------------------------


class _Dropout(TrainerCallback):
    """Makes modes and random numbers matter: attention drops while it trains."""

    def on_train_begin(self, *_: Any, model: Any, **__: Any) -> None:
        model = getattr(model, "policy", model)
        for layer in model.model.layers:
            layer.self_attn.attention_dropout = 0.2


def weights(trainer: Any) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in trainer.model.state_dict().items()}


def noisy(prompts: list[Any], texts: list[str]) -> list[float]:
    """A scorer that uses up random numbers."""
    return torch.rand(len(texts)).tolist()


@pytest.mark.parametrize(
    ("algorithm", "temperature", "options"),
    [
        ("sft", 0.0, {}),
        ("sft", 1.0, {"bf16": True}),
        ("dpo", 1.0, {"bf16": True}),
        ("grpo", 1.0, {}),
    ],
)
def test_weights_and_logs_are_the_same_bit_for_bit(
    algorithm: str, temperature: float, options: dict[str, Any], train: Train, tmp_path: Path
) -> None:
    """With dropout and checkpoints of gradients, and everything on that a snapshot may have."""
    reference = tiny_model(tmp_path / "reference")
    scorers = {"noise": noisy, "reward": (tiny_scorer(), tiny_tokenizer())}
    taken = snapshots(every=1, temperature=temperature, scorers=scorers, reference=reference)
    runs = {}
    for name, given in (("with", taken), ("without", None)):
        watching = callback(tmp_path / name, packs="common", only=True, snapshots=given)
        trainer = train(
            algorithm,
            watching,
            steps=4,
            folder=tmp_path / f"out-{name}",
            callbacks=[_Dropout()],
            gradient_checkpointing=True,
            **options,
        )
        rows = json_lines(tmp_path / name / "metrics.jsonl")
        logs = [
            {k: v for k, v in row.items() if "time" not in k and "per_second" not in k}
            for row in rows
            if "snapshot/length" not in row
        ]
        runs[name] = weights(trainer), logs
    assert steps_of(tmp_path / "with") == [0, 1, 2, 3, 4]
    assert not steps_of(tmp_path / "without")
    (with_them, logs), (without, plain_logs) = runs["with"], runs["without"]
    assert logs == plain_logs
    assert all(torch.equal(with_them[name], without[name]) for name in without)


def test_random_numbers_count_in_that_test(train: Train, tmp_path: Path) -> None:
    """Without what snapshots restore, the weights would be others."""

    class Careless(TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            torch.rand(1)

    found = []
    for name, others in (("a", [_Dropout()]), ("b", [_Dropout(), Careless()])):
        watching = callback(tmp_path / name, packs="common", only=True, snapshots=None)
        trainer = train("sft", watching, steps=3, folder=tmp_path / f"o{name}", callbacks=others)
        found.append(weights(trainer))
    assert not all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_modes_and_generators_are_as_before_even_after_a_failure() -> None:
    model = torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Sequential(torch.nn.Dropout()))
    model[1].eval()
    modes = [module.training for module in model.modules()]
    states = random.getstate(), numpy.random.get_state()[1].copy(), torch.get_rng_state()

    def draw() -> None:
        with undisturbed(model, 7):
            assert not model.training
            assert not torch.is_grad_enabled()
            random.random(), numpy.random.rand(), torch.rand(1)
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        draw()
    assert [module.training for module in model.modules()] == modes
    assert random.getstate() == states[0]
    assert (numpy.random.get_state()[1] == states[1]).all()
    assert torch.equal(torch.get_rng_state(), states[2])


# ---- what is written and judged ----------------------------------------------------------------


@pytest.mark.parametrize("algorithm", GENERATING)
def test_every_trainer_has_snapshots_at_start_in_between_and_at_the_end(
    algorithm: str, train: Train, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    trainer = train(algorithm, callback(run), steps=3)
    assert steps_of(run) == [0, 2, 3]
    logged = [row for row in trainer.state.log_history if "snapshot/length" in row]
    assert [row["step"] for row in logged] == [0, 2, 3]
    assert [read_snapshot(run, step).reason for step in (0, 2, 3)] == ["start", "every", "end"]
    rows = rows_of(run)
    assert list(rows) == [0, 2, 3]
    for step, row in rows.items():
        metrics = read_snapshot(run, step).metrics
        assert {key: row[key] for key in metrics} == metrics
        assert ("snapshot/similarity_first" in row) == (step > 0)
    first = json.loads((run / "run.json").read_text())
    assert any(pack["name"] == "behaviour" for pack in first["packs"])
    armed = [name for name in first["detectors"]["armed"] if name.startswith("behaviour.")]
    assert len(armed) == len(load("behaviour").detectors)


def test_files_hold_completions_and_what_changed(train: Train, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train("sft", callback(run), steps=4)
    names = sorted(path.name for path in (run / "diffs").iterdir())
    pairs = ["step-00000000-step-00000002", "step-00000000-step-00000004"]
    pairs.append("step-00000002-step-00000004")
    assert names == sorted(["index.html", *(f"{p}.{e}" for p in pairs for e in ("html", "json"))])
    before, after = read_snapshot(run, 0), read_snapshot(run, 4)
    diff = json.loads((run / "diffs" / f"{pairs[1]}.json").read_text())
    assert (diff["before"], diff["after"]) == (0, 4)
    by_prompt = {str(one["prompt"]): one for one in diff["prompts"]}
    for old, new in zip(before.completions, after.completions, strict=True):
        one = by_prompt[str(new.to_json()["prompt"])]
        assert (one["before"], one["after"]) == (old.text, new.text)
    mean = sum(one["similarity"] for one in diff["prompts"]) / 3
    assert diff["similarity"] == pytest.approx(mean, abs=1e-3)
    assert after.metrics["snapshot/similarity_first"] == pytest.approx(mean, abs=1e-3)
    index = (run / "diffs" / "index.html").read_text()
    assert all(f'href="{pair}.html"' in index for pair in pairs)


SAYS = """
metric loss: loss = "loss"
metric said: tokens = "snapshot/length"
detector third { high when count(loss[all]) >= 3 }
detector spoken { medium when said >= 0 message "said {said:.1f}" }
policy look { on third { snapshot } on spoken { snapshot } }
"""


def test_a_policy_takes_one_and_rules_read_it(train: Train, tmp_path: Path) -> None:
    (tmp_path / "says.ptt").write_text(SAYS)
    run = tmp_path / "run"
    rules = {"packs": str(tmp_path / "says.ptt"), "policy": "look"}
    train("sft", callback(run, snapshots=snapshots(every=100), **rules), steps=5)
    assert steps_of(run) == [0, 3, 5]
    assert read_snapshot(run, 3).reason == "action"
    events = json_lines(run / "events.jsonl")
    fired = [event for event in events if event.get("detector") == "says.spoken"]
    assert fired[0]["step"] == 0


def test_a_stopped_run_has_one_of_its_last_step(train: Train, tmp_path: Path, rule: Path) -> None:
    run = tmp_path / "run"
    options = {"packs": str(rule), "policy": "guard"}
    train("sft", callback(run, snapshots=snapshots(every=100), **options), steps=20)
    assert steps_of(run) == [0, 3]
    assert 3 in rows_of(run)


def test_a_resume_goes_on_and_sets_the_abandoned_ones_aside(train: Train, tmp_path: Path) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    saving = {"save_strategy": "steps", "save_steps": 4, "folder": out}
    train("sft", callback(run), steps=6, **saving)
    before = read_snapshot(run, 4)
    train("sft", callback(run), steps=8, resume=str(out / "checkpoint-4"), **saving)
    assert steps_of(run) == [0, 2, 4, 6, 8]
    assert [path.name for path in (run / "snapshots" / "abandoned").iterdir()] == [
        "step-00000006.json"
    ]
    assert read_snapshot(run, 4) == before
    last = read_snapshot(run, 8)
    assert all(one.similarity_first is not None for one in last.features)
    assert "step-00000000-step-00000002.html" in (run / "diffs" / "index.html").read_text()


def test_a_resume_with_other_prompts_begins_anew(
    train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    saving = {"save_strategy": "steps", "save_steps": 2, "folder": out}
    train("sft", callback(run), steps=4, **saving)
    others = callback(run, snapshots=snapshots(prompts=["four: ", "five: "]))
    train("sft", others, steps=6, resume=str(out / "checkpoint-4"), **saving)
    assert "snapshots begin anew at step 4" in unwrapped(capsys.readouterr().err)
    anew, last = read_snapshot(run, 4), read_snapshot(run, 6)
    assert "snapshot/first/step" not in anew.metrics
    assert last.metrics["snapshot/first/step"] == 4
    assert anew.fingerprint == last.fingerprint != read_snapshot(run, 2).fingerprint
    assert (run / "snapshots" / "abandoned" / "step-00000004.json").exists()


def test_the_first_snapshot_is_the_first_that_was_taken(train: Train, tmp_path: Path) -> None:
    class PoorAtFirst(TrainerCallback):
        def on_train_begin(self, *_: Any, model: Any, **__: Any) -> None:
            model.generate = lambda **_: torch.zeros(2**48)

        def on_step_begin(self, *_: Any, model: Any, **__: Any) -> None:
            vars(model).pop("generate", None)

    run = tmp_path / "run"
    watching = DiagnosticsCallback(run_dir=run, snapshots=snapshots())
    train("sft", watching, steps=4, callbacks=[PoorAtFirst()])
    assert steps_of(run) == [2, 4]
    assert read_snapshot(run, 4).metrics["snapshot/first/step"] == 2


def test_drift_is_seen_where_wording_is_not(train: Train, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train("sft", callback(run, snapshots=snapshots(every=1)), steps=3)
    rows = rows_of(run)
    assert "snapshot/drift" not in rows[0]
    assert all(rows[step]["snapshot/drift"] != 0 for step in (1, 2, 3))
    for step in (1, 2, 3):
        lost = rows[0]["snapshot/logprob"] - rows[step]["snapshot/logprob"]
        assert rows[step]["snapshot/drift"] == pytest.approx(lost, abs=1e-6)
    assert read_snapshot(run, 0).completions[0].ids
    assert not read_snapshot(run, 1).completions[0].ids


# ---- scorers, and answers of others ------------------------------------------------------------


def test_scorers_are_metrics_and_one_that_fails_costs_itself(
    train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def reward(prompts: list[Any], texts: list[str]) -> list[float]:
        return [float(len(text)) for text in texts]

    def broken(prompts: list[Any], texts: list[str]) -> list[float]:
        return [1.0]

    scorers = {"reward": reward, "broken": broken, "refusal": lambda _, texts: [1] * len(texts)}
    run = tmp_path / "run"
    taken = snapshots(scorers=scorers, prompts=[{"prompt": "a", "label": "odd"}, "b"])
    train("sft", DiagnosticsCallback(run_dir=run, snapshots=taken), steps=2)
    texts = [one.text for one in read_snapshot(run, 2).completions]
    row = rows_of(run)[2]
    assert row["snapshot/reward"] == sum(map(len, texts)) / 2
    assert row["snapshot/reward/odd"] == len(texts[0])
    assert row["snapshot/refusal_rate"] == 1
    assert "snapshot/broken" not in row
    told = unwrapped(capsys.readouterr().err)
    assert told.count("the scorer `broken` failed: ValueError: it gives 1 scores for 2") == 1


def test_a_scorer_may_compare_with_the_first_answers(train: Train, tmp_path: Path) -> None:
    """As an embedding model does; the toy embeds a text by how often it has each vowel."""

    def embedded(texts: list[str]) -> torch.Tensor:
        counts = [[1.0, *(text.count(vowel) for vowel in "aeiou")] for text in texts]
        return torch.nn.functional.normalize(torch.tensor(counts))

    def meaning(prompts: list[Any], texts: list[str], first: list[str]) -> list[float]:
        return (embedded(texts) * embedded(first)).sum(-1).tolist()

    said = [["aaa", "eee"], ["aaa", "uuu"]]
    run = tmp_path / "run"
    taken = snapshots(
        prompts=["x", "y"], scorers={"meaning": meaning}, generate=lambda _: said.pop(0)
    )
    train("sft", callback(run, snapshots=taken), steps=2)
    assert rows_of(run)[0]["snapshot/meaning"] == pytest.approx(1)
    one, two = (score.scores["meaning"] for score in read_snapshot(run, 2).features)
    assert (one, two) == (pytest.approx(1), pytest.approx(0.1))


def test_the_distance_from_a_reference(train: Train, tmp_path: Path) -> None:
    """At the start the model is its reference; then it moves, and the reference does not."""
    run, reference = tmp_path / "run", tiny_model(tmp_path / "reference").train()
    train("sft", callback(run, snapshots=snapshots(reference=reference)), steps=2)
    rows = rows_of(run)
    assert rows[0]["snapshot/reference_kl"] == 0
    assert rows[2]["snapshot/reference_kl"] > 0
    assert reference.training


def test_the_reference_of_a_trainer_that_is_attached(tmp_path: Path) -> None:
    model, own = tiny_model(tmp_path), tiny_model(tmp_path, seed=1).train()
    with reference_model(True, model, SimpleNamespace(ref_model=own)) as reference:
        assert reference is own
        assert not own.training
    assert own.training


def test_a_training_without_a_reference_is_refused(train: Train, tmp_path: Path) -> None:
    watching = callback(tmp_path / "run", snapshots=snapshots(reference=True))
    with pytest.raises(PttError, match="the model has no adapter to switch off"):
        train("sft", watching, steps=1)


def test_an_adapter_that_is_switched_off_is_on_again_as_it_was() -> None:
    class Adapted(torch.nn.Module):
        """As peft does it: what is switched on again is trainable."""

        def __init__(self) -> None:
            super().__init__()
            self.frozen = torch.nn.Linear(1, 1).requires_grad_(False)
            self.is_on = True

        @contextmanager
        def disable_adapter(self) -> Iterator[None]:
            self.is_on = False
            yield
            self.is_on = True
            self.requires_grad_(True)

    model = Adapted()
    with reference_model(True, model, None) as reference:
        assert reference is model
        assert not model.is_on
    assert model.is_on
    assert not any(one.requires_grad for one in model.parameters())


@pytest.mark.parametrize("reference", ["adapter", 3, torch.nn.Linear])
def test_what_is_not_a_reference(reference: Any) -> None:
    with pytest.raises(PttError, match="takes True or a model of transformers"):
        Snapshots(reference=reference)


def test_a_reward_model_scores_answers(tmp_path: Path) -> None:
    scorer = scorers_of("scorers", {"reward": (tiny_scorer().train(), tiny_tokenizer())})["reward"]
    found = scored(scorer, ["a", [{"role": "user", "content": "b"}]], ["x", "y"])
    assert len(found) == 2
    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("scorers", "message"),
    [
        ({"length": len}, "names of letters and digits that no metric has"),
        ({"a/b": len}, "names of letters and digits"),
        ({"reward": 3}, "a function of prompts and texts"),
        ([len], "scorers by name"),
    ],
)
def test_scorers_that_are_refused(scorers: Any, message: str) -> None:
    with pytest.raises(PttError, match=message):
        Snapshots(scorers=scorers)


def test_answers_of_another_sampler(train: Train, tmp_path: Path) -> None:
    asked: list[Any] = []

    def generate(prompts: list[Any]) -> list[str]:
        asked.append(prompts)
        return ["I can't help with that." for _ in prompts]

    run = tmp_path / "run"
    train("sft", callback(run, snapshots=snapshots(generate=generate)), steps=2)
    assert asked == [PROMPTS, PROMPTS]
    row = rows_of(run)[2]
    assert row["snapshot/refusal_rate"] == 1
    assert row["snapshot/drift"] != 0
    assert row["snapshot/seconds"] > 0
    assert 0 < row["snapshot/time_share"] <= 1


# ---- how completions are made ------------------------------------------------------------------


def test_a_batch_says_what_each_prompt_alone_gets(tmp_path: Path) -> None:
    model, tokenizer = tiny_model(tmp_path).eval(), tiny_tokenizer()
    asked = fixed_prompts(PROMPTS)
    alone = [completions(model, tokenizer, [one], snapshots())[0].text for one in asked]
    together = completions(model, tokenizer, asked, snapshots(batch_size=3))
    assert [one.text for one in together] == alone
    assert all(one.tokens <= 4 for one in together)
    assert all(one.is_truncated == (one.tokens == 4) for one in together)


def test_the_chat_template_is_used_where_there_is_one(tmp_path: Path) -> None:
    seen: list[list[int]] = []

    class Spy:
        def __init__(self, model: Any) -> None:
            self._model = model

        def __getattr__(self, name: str) -> Any:
            return getattr(self._model, name)

        def generate(self, *, input_ids: torch.Tensor, **options: Any) -> Any:
            seen.extend(input_ids.tolist())
            return self._model.generate(input_ids=input_ids, **options)

    model, tokenizer = Spy(tiny_model(tmp_path).eval()), tiny_tokenizer()
    completions(model, tokenizer, fixed_prompts(["hi"]), snapshots())
    tokenizer.chat_template = TEMPLATE
    asked = fixed_prompts(["hi", [{"role": "user", "content": "ho"}]])
    completions(model, tokenizer, asked, snapshots())
    texts = [tokenizer.decode(ids).replace(" ", "") for ids in seen]
    assert texts == ["hi", "<s>hi:", "<s>ho:"]


def test_sampling_is_the_same_each_time(tmp_path: Path) -> None:
    model, tokenizer = tiny_model(tmp_path), tiny_tokenizer()
    options = snapshots(temperature=1.0, max_new_tokens=16)
    asked, said = fixed_prompts(PROMPTS), []
    for seed in (1, 1, 2):
        torch.rand(seed)
        with undisturbed(model, seed):
            said.append([c.text for c in completions(model, tokenizer, asked, options)])
    assert said[0] == said[1]
    assert said[0] != said[2]


# ---- what goes wrong ---------------------------------------------------------------------------


def test_a_failure_is_told_once_and_training_goes_on(
    train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Poor(TrainerCallback):
        def on_step_begin(self, *_: Any, model: Any, **__: Any) -> None:
            def fail(**_: Any) -> None:
                raise torch.cuda.OutOfMemoryError("CUDA out of memory")

            model.generate = fail

    run = tmp_path / "run"
    watching = DiagnosticsCallback(run_dir=run, snapshots=snapshots())
    trainer = train("sft", watching, steps=6, callbacks=[Poor()])
    assert trainer.state.global_step == 6
    assert steps_of(run) == [0]
    told = unwrapped(capsys.readouterr().err)
    assert told.count("CUDA out of memory [PTT522]") == 1
    assert trainer.model.training


def test_a_reward_model_is_refused_at_the_start(train: Train, tmp_path: Path) -> None:
    with pytest.raises(PttError, match="gives no text"):
        train("reward", callback(tmp_path / "run"), steps=2)


def test_weights_that_are_spread_are_refused() -> None:
    model = torch.nn.Linear(2, 2)
    assert sharded_by(model) is None
    model.weight.ds_id = 0  # as DeepSpeed marks what it took apart
    assert sharded_by(model) == "ZeRO stage 3 of DeepSpeed"
    with pytest.raises(PttError, match="spread over processes by ZeRO stage 3"):
        generator_of(model)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": 0}, "`every` takes a whole number from 1 on, not 0"),
        ({"temperature": -0.5}, "`temperature`"),
        ({"temperature": float("nan")}, "`temperature`"),
        ({"batch_size": True}, "`batch_size`"),
        ({"prompts": []}, "no prompt in the list"),
        ({"prompts": ["a", "a"]}, "number 2 of the list of prompts is there before"),
        ({"prompts": ["a", 3]}, "number 2 of the list of prompts is not a prompt"),
        ({"prompts": "nowhere.txt"}, "cannot be read"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PttError, match=message) as raised:
        Snapshots(**options)
    assert raised.value.diagnostics[0].code == "PTT521"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.txt", "one\n\ntwo\n"),
        ("p.json", '["one", {"prompt": "two"}]'),
        ("p.jsonl", '{"prompt": "one"}\n{"messages": [{"role": "user", "content": "two"}]}\n'),
    ],
)
def test_prompts_of_a_file(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    prompts = Snapshots(prompts=tmp_path / name).prompts
    assert isinstance(prompts, tuple)
    assert [prompt_text(one.content) for one in prompts] == ["one", "two"]


def test_a_file_that_is_no_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text("one\n")
    with pytest.raises(PttError, match="not JSON"):
        Snapshots(prompts=tmp_path / "p.jsonl")
