"""Where the notices of a policy go: `notify "ops"` names a channel that the run was given."""

from ptt_runtime.channels.given import channels_of
from ptt_runtime.channels.local import FileChannel, LogChannel
from ptt_runtime.channels.notice import Channel, Notice
from ptt_runtime.channels.webhook import SlackWebhook, Webhook

__all__ = [
    "Channel",
    "FileChannel",
    "LogChannel",
    "Notice",
    "SlackWebhook",
    "Webhook",
    "channels_of",
]
