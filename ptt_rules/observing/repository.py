"""What git says of the repository of the working directory."""

from __future__ import annotations

import subprocess

_LONGEST_S = 10


def git(*arguments: str) -> str | None:
    """What a command of git prints; None outside of a repository, without git, or if it hangs."""
    try:
        done = subprocess.run(
            ["git", *arguments], capture_output=True, timeout=_LONGEST_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace")
