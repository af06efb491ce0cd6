"""A real client and a real server: what an editor is told while somebody types."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.lsp.client import editor

GOOD = 'metric entropy: nats = "entropy"\ndetector collapse { high when entropy < 1 }\n'
BAD = GOOD.replace("when entropy", "when entrpy")


def test_an_error_is_shown_while_typing_and_cleared_when_mended(tmp_path: Path) -> None:
    async def session() -> None:
        async with editor() as client:
            uri = client.open(tmp_path / "a.ptt", BAD)
            (found,) = await client.wait_for(uri, ["PTT101"])
            assert (found.range.start.line, found.range.start.character) == (1, 30)
            assert "did you mean `entropy`?" in found.message
            client.type(uri, GOOD)
            await client.wait_for(uri, [])

    asyncio.run(session())


def test_files_of_a_pack_are_checked_together_and_each_shows_its_own_errors(
    tmp_path: Path,
) -> None:
    (tmp_path / "pack.ptt").write_text("pack mine 1.0.0 { extends common }\n")
    (tmp_path / "rules.ptt").write_text("detector a { high when kl > 1 }\n")

    async def session() -> None:
        async with editor() as client:
            uri = client.open(tmp_path / "metrics.ptt", 'metric kl: nats = "kl"\n')
            rules = (tmp_path / "rules.ptt").as_uri()
            await client.wait_for(rules, [])
            client.type(uri, "metric\n")
            await client.wait_for(uri, ["PTT001"])
            await client.wait_for(rules, ["PTT101"])

    asyncio.run(session())
