"""Where the notices of a policy go: `notify "ops"` names a channel that the run was given."""

from ptt_rules.observing.channels.given import channels_of
from ptt_rules.observing.channels.local import FileChannel, LogChannel
from ptt_rules.observing.channels.notice import Channel, Notice
from ptt_rules.observing.channels.webhook import SlackWebhook, Webhook

__all__ = [
    "Channel",
    "FileChannel",
    "LogChannel",
    "Notice",
    "SlackWebhook",
    "Webhook",
    "channels_of",
]
