"""The code that a training runs: what was changed since its commit.

The diff may hold what nobody should see, so it is recorded only where it is asked for, without
the secrets that are known by their shape or name, and it never goes into a checkpoint.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from ptt_rules.observing import git, masked

GIT_DIFF = "git.diff"
MOST_BYTES = 1 << 20
"""Of a recorded diff."""
_DIFF = ("diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv")


@dataclass(frozen=True, slots=True)
class GitDiff:
    """Changes of tracked files since the commit; `size` is in bytes, as git gives them."""

    text: str
    size: int
    untracked: int
    """Files that git does not know, which the diff does not hold."""

    def to_json(self) -> dict[str, Any]:
        return {
            "diff_sha256": hashlib.sha256(self.text.encode()).hexdigest(),
            "diff_bytes": self.size,
            "diff_is_cut": self.size > MOST_BYTES,
            "untracked_files": self.untracked,
        }


def git_diff() -> GitDiff | None:
    """What was changed in the working directory's repository; None outside of one, or without git.

    Of a long diff the first `MOST_BYTES` are taken, up to the end of a line.
    """
    whole = git(*_DIFF)
    if whole is None:
        return None
    data = whole.encode()
    if len(data) > MOST_BYTES:
        data = data[:MOST_BYTES].rpartition(b"\n")[0] + b"\n"
    lines = data.decode(errors="replace").splitlines(keepends=True)
    untracked = (git("ls-files", "--others", "--exclude-standard", ":/") or "").splitlines()
    return GitDiff("".join(map(masked, lines)), len(whole.encode()), len(untracked))
