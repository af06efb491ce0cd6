"""The `ptt` command: one file a command."""
