"""A real client and a real server: what an editor is told while somebody types."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ptt_rules.cli.main import main
from tests.lsp.client import Editor, editor

GOOD = 'metric entropy: nats = "entropy"\ndetector collapse { high when entropy < 1 }\n'
BAD = GOOD.replace("when entropy", "when entrpy")
EMOJI = 'pack m 1.0.0 { extends grpo }\n# x\ndetector a { summary "🔥🔥" high when kl > 1 }\n'
KL_COLUMN = 38  # of `kl` in the last line: the two emojis are four UTF-16 units


def session(run: Callable[[Editor], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with editor() as client:
            await run(client)

    asyncio.run(whole())


def at(uri: str, line: int, column: int) -> tuple[types.TextDocumentIdentifier, types.Position]:
    return types.TextDocumentIdentifier(uri), types.Position(line, column)


def test_an_error_is_shown_while_typing_and_cleared_when_mended(tmp_path: Path) -> None:
    async def run(client: Editor) -> None:
        uri = client.open(tmp_path / "a.ptt", BAD)
        (found,) = await client.wait_for(uri, ["PTT101"])
        assert (found.range.start.line, found.range.start.character) == (1, 30)
        assert "did you mean `entropy`?" in found.message
        client.type(uri, GOOD)
        await client.wait_for(uri, [])

    session(run)


def test_files_of_a_pack_are_checked_together_and_each_shows_its_own_errors(
    tmp_path: Path,
) -> None:
    (tmp_path / "pack.ptt").write_text("pack mine 1.0.0 { extends common }\n")
    (tmp_path / "rules.ptt").write_text("detector a { high when kl > 1 }\n")

    async def run(client: Editor) -> None:
        uri = client.open(tmp_path / "metrics.ptt", 'metric kl: nats = "kl"\n')
        rules = (tmp_path / "rules.ptt").as_uri()
        await client.wait_for(rules, [])
        client.type(uri, "metric\n")
        await client.wait_for(uri, ["PTT001"])
        await client.wait_for(rules, ["PTT101"])
        client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        )
        await client.wait_for(rules, [])

    session(run)


def test_hover_completion_and_definition_count_columns_as_the_editor_does(tmp_path: Path) -> None:
    async def run(client: Editor) -> None:
        uri = client.open(tmp_path / "a.ptt", EMOJI)
        hover = await client.text_document_hover_async(types.HoverParams(*at(uri, 2, KL_COLUMN)))
        assert isinstance(hover.contents, types.MarkupContent)
        assert "metric kl: nats in 0.." in hover.contents.value
        assert hover.range.start.character == KL_COLUMN
        place = types.DefinitionParams(*at(uri, 2, KL_COLUMN + 1))
        found = await client.text_document_definition_async(place)
        assert found.uri.endswith("/rulepacks/grpo/metrics.ptt")
        place = types.CompletionParams(*at(uri, 2, KL_COLUMN + 1))
        offered = await client.text_document_completion_async(place)
        (kl,) = [item for item in offered if item.label == "kl"]
        assert kl.text_edit.range.start.character == KL_COLUMN

    session(run)


def test_the_editor_chooses_how_columns_are_counted(tmp_path: Path) -> None:
    async def whole() -> None:
        utf8 = types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8])
        async with editor(general=utf8) as client:
            assert client.capabilities.position_encoding == types.PositionEncodingKind.Utf8
            uri = client.open(tmp_path / "a.ptt", EMOJI.replace("kl", "kll"))
            (found,) = await client.wait_for(uri, ["PTT101"])
            assert found.range.start.character == KL_COLUMN + 4

    asyncio.run(whole())


def test_symbols_formatting_and_quick_fixes(tmp_path: Path) -> None:
    async def run(client: Editor) -> None:
        uri = client.open(tmp_path / "a.ptt", BAD)
        document = types.TextDocumentIdentifier(uri)
        (found,) = await client.wait_for(uri, ["PTT101"])
        symbols = await client.text_document_document_symbol_async(
            types.DocumentSymbolParams(document)
        )
        assert [symbol.name for symbol in symbols] == ["entropy", "collapse"]
        (action,) = await client.text_document_code_action_async(
            types.CodeActionParams(document, found.range, types.CodeActionContext([found]))
        )
        assert action.title == "replace `entrpy` by `entropy`"
        (edit,) = action.edit.changes[uri]
        assert (edit.new_text, edit.range) == ("entropy", found.range)
        (edit,) = await client.text_document_formatting_async(
            types.DocumentFormattingParams(document, types.FormattingOptions(2, True))
        )
        assert "\ndetector collapse {\n" in edit.new_text

    session(run)


def test_warnings_of_the_linter_have_quick_fixes(tmp_path: Path) -> None:
    text = 'metric kl: nats in 0.. = "kl"\ndetector a {\n  high when isnan(kl)\n  for 1\n}\n'

    async def run(client: Editor) -> None:
        uri = client.open(tmp_path / "a.ptt", text)
        document = types.TextDocumentIdentifier(uri)
        (found,) = await client.wait_for(uri, ["PTT622"])
        assert found.severity is types.DiagnosticSeverity.Warning
        (action,) = await client.text_document_code_action_async(
            types.CodeActionParams(document, found.range, types.CodeActionContext([found]))
        )
        assert action.title == "remove `for 1`"
        client.type(uri, text.replace("for 1", "for 2"))
        await client.wait_for(uri, [])

    session(run)


def test_a_document_that_is_in_no_file_is_checked_by_itself() -> None:
    async def run(client: Editor) -> None:
        uri = client.open_address("untitled:Untitled-1", BAD)
        await client.wait_for(uri, ["PTT101"])

    session(run)


def test_without_the_extra_one_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ptt_rules.cli.lsp.find_spec", lambda name: None)
    assert main(["lsp"]) == 2
    assert "ptt-rules[lsp]" in capsys.readouterr().err


def _message(content: dict[str, object]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize("is_asked", [True, False], ids=["shutdown", "no shutdown"])
def test_the_exit_code_says_whether_an_editor_ended_it_in_order(is_asked: bool) -> None:
    sent = [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"method": "initialized", "params": {}},
        *([{"id": 2, "method": "shutdown"}] if is_asked else []),
        {"method": "exit"},
    ]
    done = subprocess.run(
        [sys.executable, "-m", "ptt_rules.cli.main", "lsp"],
        input=b"".join(map(_message, sent)),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0 if is_asked else 1, b"")
    assert (b'"id":2' in done.stdout.replace(b" ", b"")) == is_asked


def test_a_name_is_renamed_in_all_files_of_its_pack(tmp_path: Path) -> None:
    (tmp_path / "pack.ptt").write_text("pack mine 1.0.0 { }\n")
    (tmp_path / "rules.ptt").write_text('# 🔥\ndetector a { high when kl > 1 message "🔥 {kl}" }\n')

    async def run(client: Editor) -> None:
        uri = client.open(tmp_path / "metrics.ptt", 'metric kl: nats = "kl"\n')
        place = at(uri, 0, 8)
        context = types.ReferenceContext(include_declaration=True)
        found = await client.text_document_references_async(
            types.ReferenceParams(context=context, text_document=place[0], position=place[1])
        )
        assert [one.range.start.character for one in found] == [7, 23, 43]
        ready = await client.text_document_prepare_rename_async(types.PrepareRenameParams(*place))
        assert (ready.start.character, ready.end.character) == (7, 9)
        edit = await client.text_document_rename_async(
            types.RenameParams(place[0], place[1], "distance")
        )
        assert sorted(map(len, edit.changes.values())) == [1, 2]
        with pytest.raises(JsonRpcException, match="`2` is not a name"):
            await client.text_document_rename_async(types.RenameParams(place[0], place[1], "2"))

    session(run)


def test_a_call_shows_how_it_is_written(tmp_path: Path) -> None:
    async def run(client: Editor) -> None:
        uri = client.open(tmp_path / "a.ptt", "detector a { high when quantile(kl[20], ")
        (call,) = (
            await client.text_document_signature_help_async(
                types.SignatureHelpParams(*at(uri, 0, 40))
            )
        ).signatures
        assert call.label == "quantile(kl[20], 90%)"
        assert [tuple(one.label) for one in call.parameters] == [(9, 15), (17, 20)]

    session(run)
