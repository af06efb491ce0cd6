"""Whatever is typed, and wherever the cursor is: no feature raises, and spans lie in the text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ptt_rules.authoring.lsp.actions import mendings
from ptt_rules.authoring.lsp.completion import completions_at
from ptt_rules.authoring.lsp.definition import definition_at
from ptt_rules.authoring.lsp.hover import hover_at
from ptt_rules.authoring.lsp.outline import Entry, outline
from ptt_rules.authoring.lsp.project import Project
from ptt_rules.authoring.lsp.symbols import Names
from ptt_rules.language.resources import rulepacks_path
from ptt_rules.language.source import Span

FILES = sorted(rulepacks_path().glob("*/*.ptt"))
PIECES = st.sampled_from(
    ["{", "}", '"', '"""', "`", "[", ")", ".", "config.", "metric ", "detector ", "let x = ",
     "override detector ", "for each ", "🔥", "\n", "\\", "# ", "{x", "suppresses a, ", "50%", ".."]
) | st.text(max_size=3)  # fmt: skip


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@st.composite
def edited(draw: st.DrawFn) -> tuple[Path, str, int]:
    path = draw(st.sampled_from(FILES))
    text = text_of(path)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        text = text[:start] + draw(PIECES) + text[end:]
    return path, text, draw(st.integers(0, len(text)))


@settings(max_examples=60)
@given(edited())
def test_no_feature_raises(case: tuple[Path, str, int]) -> None:
    path, text, offset = case
    project = Project({str(path): text})
    source = project.source(str(path))
    names = Names(project.pack(str(path)))
    whole = Span(0, len(text))
    hover = hover_at(names, source, offset)
    found = definition_at(names, source, offset)
    spans = [one.span for one in completions_at(names, source, offset)]
    spans += [hover.span] if hover else []
    assert all(whole.contains(span) for span in [*spans, *_spans(outline(source))])
    assert found is None or found.source.slice(found.name_span) == found.name
    findings = project.check(project.place(str(path)))
    mended = mendings(findings[str(path)], source, whole)
    assert all(whole.contains(mending.edit.span) for mending in mended)


def _spans(entries: list[Entry] | tuple[Entry, ...]) -> list[Span]:
    return [s for e in entries for s in (e.span, e.name_span, *_spans(e.inner))]
