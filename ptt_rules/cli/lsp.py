"""`ptt lsp`: the language server for editors."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from importlib.util import find_spec

from ptt_rules.cli.common import EXIT_CLEAN, EXIT_FINDINGS, EXIT_UNUSABLE, Commands
from ptt_rules.cli.registry import About, Group

ABOUT = About(Group.WRITE, 90, "serve editors: errors, completion and hover while you type")

_MISSING = "ptt: the language server needs `pygls`: install `ptt-rules[lsp]`"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "lsp",
        description="The language server: diagnostics while typing, hover, completion and more.",
        epilog="exit: 0 when the editor shuts it down, 1 when it ends without that, 2 if the extra "
        "`lsp` is not installed\n\n"
        "example, as editors start it:\n  ptt lsp",
    )
    # it never speaks by other means, but some editors insist on saying so
    parser.add_argument("--stdio", action="store_true", help=argparse.SUPPRESS)
    return parser


def run(options: argparse.Namespace) -> int:
    if find_spec("pygls") is None:
        print(_MISSING, file=sys.stderr)
        return EXIT_UNUSABLE
    # only here, so that no other command loads the protocol's libraries
    server = import_module("ptt_rules.authoring.lsp.server").make_server()
    # at its end the server closes the stream that it writes to, and ours is flushed after that
    server.start_io(stdout=os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    return EXIT_CLEAN if server.is_shut_down else EXIT_FINDINGS
