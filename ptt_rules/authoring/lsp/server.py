"""The language server: maps the protocol to what the other modules find, and back."""

from __future__ import annotations

import asyncio
from functools import lru_cache

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from ptt_rules._version import __version__
from ptt_rules.authoring.lsp.actions import Mending, mendings
from ptt_rules.authoring.lsp.completion import completions_at
from ptt_rules.authoring.lsp.definition import definition_at
from ptt_rules.authoring.lsp.hover import hover_at
from ptt_rules.authoring.lsp.outline import Entry, outline
from ptt_rules.authoring.lsp.positions import Encoding, Positions
from ptt_rules.authoring.lsp.project import Board, Project
from ptt_rules.authoring.lsp.references import (
    NotRenamed,
    Place,
    references_at,
    renameable_at,
    renamed_at,
)
from ptt_rules.authoring.lsp.signature import signature_at
from ptt_rules.authoring.lsp.suggestion import Sign
from ptt_rules.authoring.lsp.symbols import Names, Role
from ptt_rules.language import Diagnostic, Label, Severity, Source, Span
from ptt_rules.language.syntax import format_source

PAUSE_S = 0.1
"""How long nothing must be typed before the pack is checked."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
}
_SYMBOL_KINDS: dict[Role | None, types.SymbolKind] = {
    None: types.SymbolKind.Event,
    Role.PACK: types.SymbolKind.Package,
    Role.METRIC: types.SymbolKind.Field,
    Role.FAMILY: types.SymbolKind.Array,
    Role.DERIVE: types.SymbolKind.Property,
    Role.PARAM: types.SymbolKind.Constant,
    Role.DETECTOR: types.SymbolKind.Class,
    Role.POLICY: types.SymbolKind.Interface,
    Role.LET: types.SymbolKind.Variable,
    Role.LABEL: types.SymbolKind.TypeParameter,
}
_COMPLETION_KINDS = {
    Sign.KEYWORD: types.CompletionItemKind.Keyword,
    Sign.QUANTITY: types.CompletionItemKind.Field,
    Sign.LOCAL: types.CompletionItemKind.Variable,
    Sign.PARAM: types.CompletionItemKind.Constant,
    Sign.FUNCTION: types.CompletionItemKind.Function,
    Sign.DETECTOR: types.CompletionItemKind.Class,
    Sign.LEVEL: types.CompletionItemKind.EnumMember,
    Sign.UNIT: types.CompletionItemKind.Unit,
    Sign.PACK: types.CompletionItemKind.Module,
    Sign.ARGUMENT: types.CompletionItemKind.Property,
    Sign.KEY: types.CompletionItemKind.Value,
}

_AtPosition = (
    types.HoverParams
    | types.CompletionParams
    | types.DefinitionParams
    | types.ReferenceParams
    | types.PrepareRenameParams
    | types.RenameParams
    | types.SignatureHelpParams
)
_REQUEST_FAILED = -32803
"""What the protocol calls a request that was right and could not be done; editors show why."""


_positions = lru_cache(maxsize=64)(Positions)


class PttServer(LanguageServer):
    """One editor's session."""

    def __init__(self) -> None:
        # whole texts: the library cuts lines at characters that are no line ends for editors
        sync = types.TextDocumentSyncKind.Full
        super().__init__("ptt", __version__, text_document_sync_kind=sync)
        self.project = Project()
        self.board = Board()
        self.is_shut_down = False
        """Whether the editor has asked for the end, as it does before it goes."""
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
        return _positions(text, Encoding(self.workspace.position_encoding or "utf-16"))

    def range(self, source: Source | None, span: Span) -> types.Range:
        positions = self.positions(source.text if source else "")
        start, end = positions.position(span.start), positions.position(span.end)
        return types.Range(types.Position(*start), types.Position(*end))

    def span(self, source: Source, given: types.Range) -> Span:
        positions = self.positions(source.text)
        start, end = given.start, given.end
        return Span(
            positions.offset(start.line, start.character), positions.offset(end.line, end.character)
        )

    def asked(self, params: _AtPosition) -> tuple[Names, Source, int]:
        """The names, the text and the offset that a request is about."""
        document = self.document(params.text_document.uri)
        source = self.project.source(document)
        at = params.position
        offset = self.positions(source.text).offset(at.line, at.character)
        return Names(self.project.pack(document)), source, offset

    def open_source(self, document: types.TextDocumentIdentifier) -> Source:
        return self.project.source(self.document(document.uri))


def make_server() -> PttServer:
    server = PttServer()
    _sync(server)
    _features(server)
    _features_of_names(server)
    return server


def _sync(server: PttServer) -> None:
    """Notifications of the editor about documents, and about its end."""

    @server.feature(types.SHUTDOWN)
    def shut_down(ls: PttServer, params: None) -> None:
        ls.is_shut_down = True

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


def _features(server: PttServer) -> None:
    """Requests of the editor."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(ls: PttServer, params: types.HoverParams) -> types.Hover | None:
        names, source, offset = ls.asked(params)
        found = hover_at(names, source, offset)
        if found is None:
            return None
        return types.Hover(_markdown(found.markdown), ls.range(source, found.span))

    triggers = types.CompletionOptions(trigger_characters=[".", ":", "`", '"', "{"])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, triggers)
    def completion(ls: PttServer, params: types.CompletionParams) -> list[types.CompletionItem]:
        names, source, offset = ls.asked(params)
        return [
            types.CompletionItem(
                label=one.text,
                kind=_COMPLETION_KINDS[one.sign],
                detail=one.sign.value,
                documentation=_markdown(one.about) if one.about else None,
                sort_text=f"{one.rank:02}{one.text}",
                text_edit=types.TextEdit(ls.range(source, one.span), one.text),
            )
            for one in completions_at(names, source, offset)
        ]

    calls = types.SignatureHelpOptions(trigger_characters=["(", ","])

    @server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, calls)
    def signature(ls: PttServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        _, source, offset = ls.asked(params)
        found = signature_at(source, offset)
        if found is None:
            return None
        operands = [types.ParameterInformation(label=part) for part in found.operands]
        call = types.SignatureInformation(found.call, _markdown(found.markdown), operands)
        return types.SignatureHelp([call], 0, found.present)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(ls: PttServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        source = ls.open_source(params.text_document)
        return [_document_symbol(ls, source, entry) for entry in outline(source)]

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(
        ls: PttServer, params: types.DocumentFormattingParams
    ) -> list[types.TextEdit] | None:
        source = ls.open_source(params.text_document)
        formatted, _ = format_source(source)
        if formatted is None or formatted == source.text:
            return None
        return [types.TextEdit(ls.range(source, Span(0, len(source.text))), formatted)]

    kinds = types.CodeActionOptions([types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    def actions(ls: PttServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        source = ls.open_source(params.text_document)
        found = ls.board.of(source.name)
        span = ls.span(source, params.range)
        return [_code_action(ls, source, mending) for mending in mendings(found, source, span)]


def _features_of_names(server: PttServer) -> None:
    """Requests about a declared name, wherever it stands."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(ls: PttServer, params: types.DefinitionParams) -> types.Location | None:
        found = definition_at(*ls.asked(params))
        return None if found is None else _location(ls, Place(found.source, found.name_span))

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(ls: PttServer, params: types.ReferenceParams) -> list[types.Location]:
        return [_location(ls, place) for place in references_at(*ls.asked(params))]

    prepared = types.RenameOptions(prepare_provider=True)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(ls: PttServer, params: types.PrepareRenameParams) -> types.Range:
        names, source, offset = ls.asked(params)
        try:
            return ls.range(source, renameable_at(names, source, offset)[0])
        except NotRenamed as why:
            raise JsonRpcException(str(why), _REQUEST_FAILED) from why

    @server.feature(types.TEXT_DOCUMENT_RENAME, prepared)
    def rename(ls: PttServer, params: types.RenameParams) -> types.WorkspaceEdit:
        word = params.new_name
        try:
            places = renamed_at(*ls.asked(params), word)
        except NotRenamed as why:
            raise JsonRpcException(str(why), _REQUEST_FAILED) from why
        edits: dict[str, list[types.TextEdit]] = {}
        for place in places:
            edit = types.TextEdit(ls.range(place.source, place.span), word)
            edits.setdefault(ls.uri(place.source.name), []).append(edit)
        return types.WorkspaceEdit(edits)


def _location(ls: PttServer, place: Place) -> types.Location:
    return types.Location(ls.uri(place.source.name), ls.range(place.source, place.span))


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def _document_symbol(ls: PttServer, source: Source, entry: Entry) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=entry.name,
        detail=entry.detail,
        kind=_SYMBOL_KINDS[entry.role],
        range=ls.range(source, entry.span),
        selection_range=ls.range(source, entry.name_span),
        children=[_document_symbol(ls, source, inner) for inner in entry.inner],
    )


def _code_action(ls: PttServer, source: Source, mending: Mending) -> types.CodeAction:
    edit = types.TextEdit(ls.range(source, mending.edit.span), mending.edit.text)
    return types.CodeAction(
        title=mending.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[ls.diagnostic(mending.diagnostic)],
        edit=types.WorkspaceEdit({ls.uri(source.name): [edit]}),
    )
