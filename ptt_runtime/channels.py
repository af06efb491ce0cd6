"""Where the notices of a policy go, for scripts that train."""

from ptt_rules.observing.channels import (
    Channel,
    FileChannel,
    LogChannel,
    Notice,
    SlackWebhook,
    Webhook,
)

__all__ = ["Channel", "FileChannel", "LogChannel", "Notice", "SlackWebhook", "Webhook"]
