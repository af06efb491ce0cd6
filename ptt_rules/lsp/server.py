"""The language server: maps the protocol to what the other modules find, and back."""

from __future__ import annotations

import asyncio

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from ptt_rules._version import __version__
from ptt_rules.diagnostics import Diagnostic, Label, Severity
from ptt_rules.lsp.positions import Encoding, Positions
from ptt_rules.lsp.project import Board, Project
from ptt_rules.source import Source, Span

PAUSE_S = 0.1
"""How long nothing must be typed before the pack is checked."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
}


class PttServer(LanguageServer):
    """One editor's session."""

    def __init__(self) -> None:
        # whole texts: the library cuts lines at characters that are no line ends for editors
        sync = types.TextDocumentSyncKind.Full
        super().__init__("ptt", __version__, text_document_sync_kind=sync)
        self.project = Project()
        self.board = Board()
        self._addresses: dict[str, str] = {}
        self._waiting: asyncio.Task[None] | None = None

    # ---- documents -------------------------------------------------------------------------

    def put(self, uri: str) -> None:
        """Takes the text of an open document."""
        document = self.document(uri)
        self._addresses[document] = uri
        self.project.texts[document] = self.workspace.get_text_document(uri).source
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = asyncio.ensure_future(self._check_soon())

    def drop(self, uri: str) -> None:
        document = self.document(uri)
        self.project.texts.pop(document, None)
        self.check()
        self._addresses.pop(document, None)

    def document(self, uri: str) -> str:
        return uris.to_fs_path(uri) or uri

    def uri(self, document: str) -> str:
        return self._addresses.get(document) or uris.from_fs_path(document) or document

    # ---- diagnostics -----------------------------------------------------------------------

    async def _check_soon(self) -> None:
        await asyncio.sleep(PAUSE_S)
        self.check()

    def check(self) -> None:
        """Checks all packs of which a document is open, and sends what changed."""
        places = dict.fromkeys(map(self.project.place, self.project.texts))
        files = {
            file for place in places for file in self.board.put(place, self.project.check(place))
        }
        for place in self.board.places():
            if place not in places:
                files.update(self.board.forget(place))
        for file in sorted(files):
            found = [self.diagnostic(each) for each in self.board.of(file)]
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(self.uri(file), found)
            )

    def diagnostic(self, found: Diagnostic) -> types.Diagnostic:
        message = f"{found.message}\n{found.hint}" if found.hint else found.message
        return types.Diagnostic(
            range=self.range(found.source, found.span),
            message=message,
            severity=_SEVERITIES[found.severity],
            code=found.code,
            source="ptt",
            related_information=[self._related(found, label) for label in found.labels],
        )

    def _related(self, found: Diagnostic, label: Label) -> types.DiagnosticRelatedInformation:
        source = label.source or found.source
        place = types.Location(
            self.uri(source.name if source else found.file), self.range(source, label.span)
        )
        return types.DiagnosticRelatedInformation(place, label.text)

    # ---- places ----------------------------------------------------------------------------

    def positions(self, text: str) -> Positions:
        return Positions(text, Encoding(self.workspace.position_encoding or "utf-16"))

    def range(self, source: Source | None, span: Span) -> types.Range:
        positions = self.positions(source.text if source else "")
        start, end = positions.position(span.start), positions.position(span.end)
        return types.Range(types.Position(*start), types.Position(*end))


def make_server() -> PttServer:
    server = PttServer()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: PttServer, params: types.DidOpenTextDocumentParams) -> None:
        ls.put(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: PttServer, params: types.DidChangeTextDocumentParams) -> None:
        ls.put(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: PttServer, params: types.DidSaveTextDocumentParams) -> None:
        ls.check()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: PttServer, params: types.DidCloseTextDocumentParams) -> None:
        ls.drop(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed_on_disk(ls: PttServer, params: types.DidChangeWatchedFilesParams) -> None:
        ls.check()

    return server
