"""Finding, composing and parametrising packs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptt_rules import PttError, load, loads, shipped_packs

LAB = """
pack lab 1.2.0 {
  title "The lab's rules"
  algorithms dpo
  extends dpo "~=1.0"
}
param gap = 0.5 in 0.1..0.9
detector small_gap { high when mean(margins[5]) < gap message "{margins} below {gap:.1f}" }
policy mine { on lab.small_gap { stop } on common.gradient_not_finite.critical { invalidate } }
"""


def test_these_packs_ship() -> None:
    trainers = "cpo dpo grpo kto orpo ppo reward rloo sft"
    shared = "behaviour common distributed policy_gradient preference"
    assert shipped_packs() == sorted([*trainers.split(), *shared.split()])


def test_a_pack_brings_what_it_extends(tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "pack.ptt").write_text(LAB)
    (tmp_path / "lab" / "lab_test.ptt").write_text("this is not a rule and is not loaded")
    pack = load(tmp_path / "lab", policy="mine")
    assert [info.name for info in pack.packs] == ["common", "preference", "dpo", "lab"]
    names = [detector.name for detector in pack.detectors]
    assert {"common.gradient_not_finite", "preference.margin_lost", "lab.small_gap"} <= set(names)
    assert names == sorted(names)
    assert pack.packs[-1].version == "1.2.0"


def test_a_metric_can_be_said_again_if_it_is_the_same() -> None:
    again = 'pack lab 1.0.0 { extends common }\nmetric loss: loss = "loss"\n'
    assert loads(again + "detector x { low when loss > 9 }").detectors
    with pytest.raises(PttError, match="PTT102"):
        loads(again.replace(': loss = "loss"', ': nats = "loss"'))


def test_a_pack_extends_one_that_is_given_beside_it(tmp_path: Path) -> None:
    """Wherever that one is; what stands in the present folder by its name does not count."""
    (tmp_path / "lab.ptt").write_text(LAB)
    (tmp_path / "team.ptt").write_text("pack team 1.0.0 { extends lab }")
    given = [tmp_path / "lab.ptt", tmp_path / "team.ptt"]
    for order in (given, given[::-1]):
        assert [info.name for info in load(*order).packs][-2:] == ["lab", "team"]
    with pytest.raises(PttError, match="PTT301"):
        load(given[1])


def test_a_pack_loaded_twice_takes_part_once() -> None:
    once, twice = load("dpo"), load("dpo", "common", "dpo")
    assert [d.name for d in once.detectors] == [d.name for d in twice.detectors]


def test_two_packs_of_one_name_are_an_error(tmp_path: Path) -> None:
    for folder, limit in (("one", 1), ("two", 2)):
        (tmp_path / folder).mkdir()
        rule = f'metric a: none = "a"\ndetector x {{ low when a > {limit} }}'
        (tmp_path / folder / "lab.ptt").write_text(rule)
    with pytest.raises(PttError, match=r"two packs are called `lab`: file .*one.* and file .*two"):
        load(tmp_path / "one" / "lab.ptt", tmp_path / "two" / "lab.ptt")


def test_packs_that_extend_each_other_are_an_error() -> None:
    with pytest.raises(PttError, match="PTT307 `lab` extends `lab`"):
        loads("pack lab 1.0.0 { extends lab }")


def test_parameters_come_from_outside_by_either_name() -> None:
    for name in ("gap", "lab.gap"):
        assert loads(LAB, params={name: 0.2}).params["lab.gap"] == 0.2
    with pytest.raises(PttError, match="outside its range"):
        loads(LAB, params={"gap": 0.95})
    with pytest.raises(PttError, match=r"PTT303.*did you mean `gap`"):
        loads(LAB, params={"gab": 0.2})


def test_the_digest_is_of_contents_and_not_of_places(tmp_path: Path) -> None:
    digests = set()
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lab.ptt").write_text(LAB)
        digests.add(load(tmp_path / folder / "lab.ptt").packs[-1].digest)
    assert len(digests) == 1
    (tmp_path / "two" / "lab.ptt").write_text(LAB + "# changed")
    digests.add(load(tmp_path / "two" / "lab.ptt").packs[-1].digest)
    assert len(digests) == 2


def test_guard_can_be_named_with_any_pack_and_replaced_by_its_own() -> None:
    rule = 'metric a: none = "a"\ndetector x { high when a > 1 }\n'
    engine = loads(rule, policy="guard").engine()
    engine.observe({"step": 1, "a": 2})
    assert engine.actions == []
    own = loads(rule + "override policy guard { on high { stop } }", policy="guard").engine()
    own.observe({"step": 1, "a": 2})
    assert [action.action.value for action in own.actions] == ["stop"]


def test_state_of_other_rules_is_refused() -> None:
    rule = 'metric a: none = "a"\ndetector x { high when a > 1 }\n'
    state = loads(rule).engine().state()
    with pytest.raises(PttError, match="PTT503"):
        loads(rule + "# changed").engine(state=state)


def test_a_row_whose_step_falls_is_refused_and_loses_nothing() -> None:
    engine = loads('metric a: none = "a"\ndetector x { high when count(a[9]) == 2 }').engine()
    engine.observe({"step": 5, "a": 1})
    for bad in ({"step": 4, "a": 1}, {"a": 1}, {"step": 5.5, "a": 1}, {"step": "x"}):
        with pytest.raises(PttError, match="PTT501"):
            engine.observe(bad)
    assert engine.observe({"step": 5, "a": 1})[0].detector == "inline.x"


@pytest.mark.parametrize(
    ("content", "code"), [(b"\xff\xfe\x00", "PTT308"), (b"detector", "PTT001"), (b"", None)]
)
def test_odd_files(content: bytes, code: str | None, tmp_path: Path) -> None:
    path = tmp_path / "odd.ptt"
    path.write_bytes(content)
    if code is None:
        assert load(path).detectors == ()
    else:
        with pytest.raises(PttError, match=code):
            load(path)


def test_a_folder_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PttError, match="PTT301 this folder has no"):
        load(tmp_path)


def test_a_statuses_life() -> None:
    pack = loads(
        'metric a: none = "a"\nmetric b: none = "b"\n'
        "detector x { high when mean(a[2]) > 1 for 2 }\ndetector y { high when b > 1 }"
    )
    engine = pack.engine()
    seen = []
    for step, a in enumerate([0, 0, 5, 5, 0, 0]):
        engine.observe({"step": step, "a": a})
        seen.append(engine.statuses()["inline.x"].value)
    assert seen == ["warming", "ok", "pending", "firing", "firing", "ok"]
    assert engine.statuses()["inline.y"].value == "blind"
    assert [(b.detector, b.metrics) for b in engine.unjudged()] == [("inline.y", ("b",))]
