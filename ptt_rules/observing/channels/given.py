"""Channels as people give them: objects, or the address of a webhook."""

from __future__ import annotations

from typing import Any

import urllib3

from ptt_rules.observing.arguments import Unfit, by_name
from ptt_rules.observing.channels.local import FileChannel, LogChannel
from ptt_rules.observing.channels.notice import Channel
from ptt_rules.observing.channels.webhook import SlackWebhook, Webhook, is_address

SLACK_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")
_METHODS = ("send", "failures", "close")
_OURS = (Webhook, SlackWebhook, LogChannel, FileChannel)


def channel(name: str, value: Any) -> Channel:
    """A channel; an address is a webhook, one of Slack's a `SlackWebhook`."""
    if isinstance(value, str) and is_address(value):
        is_slack = urllib3.util.parse_url(value).host in SLACK_HOSTS
        return SlackWebhook(value) if is_slack else Webhook(value)
    methods = (getattr(value, method, None) for method in _METHODS)
    if all(map(callable, methods)) and not isinstance(value, type):
        found: Channel = value
        return found
    raise Unfit(name, value, "a channel or an address", _example(value))


channels_of = by_name(channel, "channels", '{"ops": "https://..."}')
"""Channels by the names that policies notify."""


def _example(value: object) -> str:
    if isinstance(value, type) and issubclass(value, _OURS):
        return f"make one: `{value.__name__}(...)`"
    if isinstance(value, str):
        return 'an address begins with https://; for a file write `FileChannel("notices.jsonl")`'
    return 'write one such as `Webhook("https://...")` or `FileChannel("notices.jsonl")`'
