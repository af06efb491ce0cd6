"""What the tree keeps of a file with syntax errors, and what it says of the rest."""

from __future__ import annotations

from ptt_rules.language.diagnostics import Diagnostic
from ptt_rules.language.source import Source
from ptt_rules.language.syntax import parse, tree
from ptt_rules.language.syntax.parser import MAX_SYNTAX_ERRORS


def parsed(text: str) -> tuple[tree.Module, list[Diagnostic]]:
    return parse(Source("a.ptt", text))


def clauses(text: str) -> list[str]:
    """The clauses of the only detector, as written."""
    module, _ = parsed(text)
    (detector,) = [item for item in module.items if isinstance(item, tree.DetectorDecl)]
    return [text[clause.span.start : clause.span.end] for clause in detector.clauses]


def test_good_clauses_stay_in_the_tree() -> None:
    text = """detector a {
      after 5 high when kl > > 3
      for 3 low when kl > 1 message nonsense + 5
      why "x" keep x 5 until kl < 1
    }"""
    assert clauses(text) == [
        "after 5",
        "for 3",
        "low when kl > 1",
        "message nonsense + 5",
        'why "x"',
        "until kl < 1",
    ]


def test_a_mended_clause_is_in_the_tree() -> None:
    assert clauses("detector a { high kl > 3, for 3; }") == ["high kl > 3", "for 3"]


def test_words_of_clauses_in_expressions_begin_no_clause() -> None:
    text = "detector a { high when for > > high + low until > 3 for 3 }"
    assert clauses(text) == ["for 3"]


def test_a_clause_after_a_word_that_was_read_as_a_name_is_kept() -> None:
    assert clauses("detector a { high when kl > 3 and for 3 }") == ["for 3"]


def test_a_wrong_line_after_a_whole_clause_costs_only_itself() -> None:
    text = "detector a {\n  high when kl > 3\n  nonsense here\n  for 3\n}"
    assert clauses(text) == ["high when kl > 3", "for 3"]


def test_a_block_inside_of_a_block_ends_where_a_clause_of_the_outer_one_begins() -> None:
    text = "policy p {\n  on high { stop 5\n    nonsense\n  on low { checkpoint }\n}\n"
    module, told = parsed(text)
    (policy,) = [item for item in module.items if isinstance(item, tree.PolicyDecl)]
    assert [reaction.trigger.targets.items[0].parts for reaction in policy.reactions] == [
        ("high",),
        ("low",),
    ]
    assert [text[d.span.start : d.span.end] for d in told] == ["5"]


def test_strings_and_comments_hide_words_of_clauses() -> None:
    text = """detector a {
      high when > "low when 3" # for 3
      for 3
    }"""
    assert clauses(text) == ["for 3"]


def test_a_broken_declaration_says_what_it_would_have_declared() -> None:
    text = (
        "metric kl nats\nparam 5\ndetector a-b { let x = > high when kl > let y = 3 }\ntest t {}\n"
    )
    module, _ = parsed(text)
    assert [(one.sort, one.name.word, one.lets) for one in module.broken] == [
        ("metric", "kl", ()),
        ("detector", "a_b", ("x",)),
    ]
    assert text[slice(module.broken[0].span.start, module.broken[0].span.end)] == "metric kl nats\n"


def test_a_file_without_errors_has_nothing_broken() -> None:
    module, told = parsed('metric kl: nats = "kl"\n')
    assert (module.broken, told) == ((), [])


def test_a_declaration_inside_of_a_broken_one_is_read() -> None:
    text = "detector a { high when kl > (\n  detector b { high when kl > 3 }\n"
    module, told = parsed(text)
    assert [item.name.word for item in module.items if isinstance(item, tree.DetectorDecl)] == [
        "a",
        "b",
    ]
    assert len(told) == 1


def test_metrics_may_have_the_names_of_declarations_in_a_broken_file() -> None:
    text = (
        'metric policy: nats = "p"\nderive test: nats = policy - policy\n'
        "detector pack { high when metric > 3 and\n  test > 3 }\nparam x 3\n"
    )
    module, told = parsed(text)
    assert len(module.items) == 4
    assert [text[d.span.start : d.span.end] for d in told] == ["3"]


def test_names_of_a_text_that_is_never_closed_are_known() -> None:
    text = 'metric a: nats = "a"\n  """A text\n  metric b: nats = "b"\n'
    module, told = parsed(text)
    assert [d.code for d in told] == ["PTT003"]
    names = [item.name.word for item in module.items if isinstance(item, tree.MetricDecl)]
    assert names == ["a", "b"]


def test_a_string_that_is_not_closed_ends_with_its_line() -> None:
    text = 'detector a {\n  message "{kl}\n  high when kl > 3\n  why "x }\n}\n'
    assert clauses(text) == ['message "{kl}', "high when kl > 3"]
    _, told = parsed(text)
    assert [(d.code, text[d.span.start : d.span.end]) for d in told] == [
        ("PTT003", '"{kl}'),
        ("PTT003", '"x }'),
    ]


def test_errors_above_the_limit_are_left_out_in_one_line() -> None:
    for text in ("param x 3 3\n" * 1000, "detector a {\n" + "  for 3 3\n" * 1000 + "}\n"):
        module, told = parsed(text + "metric known nats\n")
        assert len(told) == MAX_SYNTAX_ERRORS + 1
        assert told[-1].message.endswith("the rest is left out")
        assert told[-1].span.start > told[-2].span.start
        assert "known" in {one.name.word for one in module.broken}


def test_exactly_as_many_errors_as_the_limit_leave_nothing_out() -> None:
    _, told = parsed("metric x\n" * MAX_SYNTAX_ERRORS)
    assert len(told) == MAX_SYNTAX_ERRORS
    assert not any("left out" in d.message for d in told)


def test_brackets_that_mean_nothing_are_too_deep_all_the_same() -> None:
    nested = "(" * 2000 + "kl" + ")" * 2000
    for before in ("", "metric a nats\n"):
        _, told = parsed(f"{before}detector a {{ high when {nested} > 3 }}")
        assert told[-1].code == "PTT005"
        assert len(told) == (2 if before else 1)
