"""An editor in a test: a real client that speaks with `ptt lsp` over its streams."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

WAIT_S = 30


class Editor(LanguageClient):
    """Keeps what the server told of each document."""

    def __init__(self) -> None:
        super().__init__("tests", "1")
        self.told: dict[str, list[types.Diagnostic]] = {}
        self.news = asyncio.Event()
        self.versions: dict[str, int] = {}

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.told[params.uri] = list(params.diagnostics)
            self.news.set()

    def open(self, path: Path, text: str) -> str:
        return self.open_address(path.as_uri(), text)

    def open_address(self, uri: str, text: str) -> str:
        self.versions[uri] = 1
        self.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "ptt", 1, text))
        )
        return uri

    def type(self, uri: str, text: str) -> None:
        self.versions[uri] += 1
        self.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[uri], uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    async def wait_for(self, uri: str, codes: list[str]) -> list[types.Diagnostic]:
        """Waits until the document has errors of just these codes, or warnings among others."""

        def found() -> list[types.Diagnostic]:
            told = self.told.get(uri, [])
            error = types.DiagnosticSeverity.Error
            return [d for d in told if d.severity is error or d.code in codes]

        async def wait() -> list[types.Diagnostic]:
            while uri not in self.told or [d.code for d in found()] != codes:
                self.news.clear()
                await self.news.wait()
            return found()

        try:
            return await asyncio.wait_for(wait(), WAIT_S)
        except asyncio.TimeoutError:
            raise AssertionError(f"the server told {self.told}") from None


@asynccontextmanager
async def editor(**capabilities: Any) -> AsyncIterator[Editor]:
    """An editor with the server started and ended as the protocol says."""
    client = Editor()
    await client.start_io(sys.executable, "-m", "ptt_rules.cli.main", "lsp")
    given = types.ClientCapabilities(**capabilities)
    result = await client.initialize_async(types.InitializeParams(given))
    client.capabilities = result.capabilities
    client.initialized(types.InitializedParams())
    try:
        yield client
    finally:
        await asyncio.wait_for(client.shutdown_async(None), WAIT_S)
        client.exit(None)
        await asyncio.wait_for(client.stop(), WAIT_S)
