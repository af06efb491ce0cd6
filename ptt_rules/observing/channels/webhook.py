"""Notices over HTTP, sent by a thread of their own so that training never waits for them."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping
from typing import Any

import urllib3

from ptt_rules.language import Level
from ptt_rules.observing.arguments import Unfit, by_name, checked, number_from, text, whole
from ptt_rules.observing.channels.notice import Notice

MAX_WAITING = 100
TIMEOUT_S = 5.0
RETRIES = 4
_TRY_AGAIN = (429, 500, 502, 503, 504)
_DONE_AFTER_S = 0.02
_EMOJI = {Level.CRITICAL: "🛑", Level.HIGH: "🔴", Level.MEDIUM: "🟠", Level.LOW: "🔵"}
_SLACK_TEXT = 2900
"""Slack takes 3,000 characters in the text of a block."""


def is_address(text: str) -> bool:
    """Whether notices can be posted to it."""
    try:
        parsed = urllib3.util.parse_url(text)
    except urllib3.exceptions.LocationParseError:
        return False
    return parsed.scheme in ("http", "https") and bool(parsed.host)


def _address(name: str, value: Any) -> str:
    if isinstance(value, str) and is_address(value):
        return value
    raise Unfit(
        name, value, "an address", 'write one that begins with http:// or https://: "https://..."'
    )


_WEBHOOK = {
    "url": _address,
    "headers": by_name(text("..."), "texts", '{"Authorization": "..."}'),
    "timeout_s": number_from(0.001, TIMEOUT_S),
    "retries": whole(0, RETRIES),
}


class Webhook:
    """Posts each notice as JSON (the fields of `Notice.to_json`) to an address.

    A post that fails or is answered with 429 or 5xx is tried again `retries` times: at once, then
    after 1, 2, 4 seconds, or as long as the answer asks for. At most 100 notices wait; the
    address, which may be a secret, is reported by its host alone.

    Source: urllib3, `Retry`

    Errors: PTT530 for an argument that cannot be
    """

    @checked(_WEBHOOK)
    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TIMEOUT_S,
        retries: int = RETRIES,
    ) -> None:
        self._url = url
        self._host = urllib3.util.parse_url(url).netloc
        self._headers = dict(headers or {})
        policy = urllib3.Retry(
            total=int(retries),
            status_forcelist=_TRY_AGAIN,
            allowed_methods=None,
            backoff_factor=0.5,
            backoff_max=30,
        )
        self._http = urllib3.PoolManager(timeout=float(timeout_s), retries=policy)
        self._waiting: queue.Queue[Notice] = queue.Queue(MAX_WAITING)
        self._failures: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def payload(self, notice: Notice) -> dict[str, Any]:
        """What is posted for a notice."""
        return notice.to_json()

    # ---- the training's side -----------------------------------------------------------------

    def send(self, notice: Notice) -> None:
        """Takes a notice to be posted. Errors: RuntimeError where too many wait already"""
        try:
            self._waiting.put_nowait(notice)
        except queue.Full:
            message = f"{MAX_WAITING} notices wait for {self._host}, this one is dropped"
            raise RuntimeError(message) from None
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._post_all, name="ptt-webhook", daemon=True)
            self._thread.start()

    def failures(self) -> list[str]:
        found = []
        while not self._failures.empty():
            found.append(self._failures.get())
        return found

    def close(self, timeout_s: float) -> None:
        """Waits until everything is posted; the rest is reported as a failure."""
        until = time.monotonic() + timeout_s
        while self._waiting.unfinished_tasks and time.monotonic() < until:
            time.sleep(_DONE_AFTER_S)
        if self._waiting.unfinished_tasks:
            left = self._waiting.unfinished_tasks
            self._failures.put(f"{self._host}: {left} notices not delivered in {timeout_s:g} s")

    # ---- the thread's side -------------------------------------------------------------------

    def _post_all(self) -> None:
        while True:
            notice = self._waiting.get()
            try:
                self._post(notice)
            except Exception as error:
                self._failures.put(f"{self._host}: {_told(error, self._url)}")
            finally:
                self._waiting.task_done()

    def _post(self, notice: Notice) -> None:
        answer = self._http.request(
            "POST", self._url, json=self.payload(notice), headers=self._headers or None
        )
        if answer.status >= 300:
            raise urllib3.exceptions.HTTPError(f"answered {answer.status} {answer.reason or ''}")


class SlackWebhook(Webhook):
    """Posts each notice as a message of Slack's incoming webhooks (also Mattermost, Rocket.Chat).

    Source: https://api.slack.com/messaging/webhooks
    """

    def payload(self, notice: Notice) -> dict[str, Any]:
        title = f"{_EMOJI[notice.level]} {notice.title}"
        context = f"policy {notice.policy}, step {notice.step}, {notice.run}"
        return {
            "text": title,
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": f"*{_escaped(title)}*"}},
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": _escaped(notice.text)[:_SLACK_TEXT]},
                },
                {"type": "context", "elements": [{"type": "plain_text", "text": context}]},
            ],
        }


def _escaped(text: str) -> str:
    """The three characters that mean something in Slack's markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _told(error: Exception, url: str) -> str:
    """An error without the address, whose path may be a secret."""
    path = urllib3.util.parse_url(url).request_uri
    reason = getattr(error, "reason", None) or error
    text = f"{type(reason).__name__}: {reason}"
    return text.replace(url, "...").replace(path, "/...") if len(path) > 1 else text
