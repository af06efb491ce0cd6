"""One set of actions everywhere: language, grammar, pages, reference, random packs and runtime."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptt_rules import Action, ActionKind, loads
from ptt_rules.observing.actions import Handler
from ptt_runtime.actions import HANDLERS, Means, handlers_of
from tests.engine.random_packs import ACTIONS
from tests.reference.judge import reference

pytestmark = pytest.mark.runtime

ROOT = Path(__file__).parents[2]
WRITTEN = {word.split()[0]: word for word in (*ACTIONS, "set lr = 1", "rollback")}
"""How each kind is written, by its word."""
RULES = """
metric loss: loss = "loss"
detector seen {{ high when observed(loss) }}
policy p {{ on high {{ {action} }} }}
"""


def words_of_the_grammar() -> set[str]:
    """The words that an action begins with."""
    text = (ROOT / "grammar" / "ptt.lark").read_text()
    rule = re.search(r"^_action: (.*(?:\n +\|.*)*)$", text, re.MULTILINE)
    assert rule is not None
    words: set[str] = set()
    for name in re.split(r"\s+\|\s+", rule[1]):
        first = re.search(rf"^{name}: (\w+)", text, re.MULTILINE)
        terminal = first and re.search(rf"^{first[1]}\.\d: /\(?([\w|]+)\)?\\b/", text, re.MULTILINE)
        assert terminal, name
        words.update(terminal[1].split("|"))
    return words


def words_of_a_table(page: str) -> list[str]:
    """The actions of a page's table, in its order."""
    _, _, table = (ROOT / "docs" / page).read_text().partition("| action |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    return [row.removeprefix("| `").split("`")[0].split()[0] for row in rows]


def test_every_place_has_the_same_kinds() -> None:
    kinds = {kind.value for kind in ActionKind}
    assert words_of_the_grammar() == kinds
    assert set(WRITTEN) == kinds
    assert {kind.value for kind in HANDLERS} == kinds


@pytest.mark.parametrize("page", ["actions.md", "language/07-policies.md"])
def test_a_page_has_them_in_the_order_in_which_they_are_carried_out(page: str) -> None:
    assert words_of_a_table(page) == [kind.value for kind in ActionKind]


@pytest.mark.parametrize("kind", ActionKind, ids=lambda kind: kind.value)
def test_a_kind_is_checked_decided_and_carried_out(kind: ActionKind) -> None:
    pack = loads(RULES.format(action=WRITTEN[kind.value]), policy="p")
    assert pack.actions == {kind}
    engine = pack.engine()
    engine.observe({"step": 1, "loss": 1.0})
    decided = [one for one in reference(pack, [{"step": 1, "loss": 1.0}], {}) if is_action(one)]
    assert [one.to_json() for one in engine.actions] == [one.to_json() for one in decided]
    assert [one.action for one in engine.actions] == [kind]
    handler = type(HANDLERS[kind](Means()))
    is_refused = kind is ActionKind.ROLLBACK  # before the first step, by its check
    changed = handler.check if is_refused else handler.carry_out
    assert changed is not (Handler.check if is_refused else Handler.carry_out)


def is_action(one: object) -> bool:
    return isinstance(one, Action)


def test_no_callback_can_be_made_while_a_kind_has_no_handler(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = {kind: one for kind, one in HANDLERS.items() if kind is not ActionKind.PAUSE}
    monkeypatch.setattr("ptt_runtime.actions.table.HANDLERS", left)
    with pytest.raises(KeyError, match="PAUSE"):
        handlers_of(Means())
