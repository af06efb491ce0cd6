"""Channels: what arrives, what is tried again, and that nothing waits for them."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import Action, ActionKind, Event, EventKind, Level, PttError
from ptt_rules.observing.channels import (
    Channel,
    FileChannel,
    LogChannel,
    Notice,
    SlackWebhook,
    Webhook,
)
from ptt_rules.observing.channels.webhook import MAX_WAITING

EVENT = Event(EventKind.FIRED, "dpo.margin_lost", Level.CRITICAL, 61, 60, 3.0, "Margin <is> NaN.")
ACTION = Action(
    "guard", ActionKind.NOTIFY, 61, 60, 3.0, ("dpo.margin_lost",), arguments={"channel": "ops"}
)
NOTICE = Notice.of(ACTION, [EVENT], "runs/a")


class Server:
    """Answers posts with the given statuses in turn, then with 200; keeps what was posted."""

    def __init__(self, statuses: list[int], wait_s: float) -> None:
        self.posted: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.tries = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.tries += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(wait_s)
                status = statuses.pop(0) if statuses else 200
                if status == 200:
                    server.posted.append(json.loads(body))
                    server.headers.append(dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/services/T0/SECRET"


@contextmanager
def serving(*statuses: int, wait_s: float = 0.0) -> Iterator[Server]:
    server = Server(list(statuses), wait_s)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()
        thread.join()


def test_a_notice_says_what_was_found_and_where() -> None:
    assert NOTICE.title == "critical at step 61 of runs/a"
    assert NOTICE.text == "critical dpo.margin_lost: Margin <is> NaN."


def test_a_webhook_posts_the_notice() -> None:
    with serving() as server:
        channel = Webhook(server.url, headers={"Authorization": "Bearer x"})
        channel.send(NOTICE)
        channel.close(5)
    assert server.posted == [NOTICE.to_json()]
    assert server.headers[0]["Authorization"] == "Bearer x"
    assert channel.failures() == []


def test_what_fails_for_a_moment_is_tried_again() -> None:
    with serving(503) as server:
        channel = Webhook(server.url, retries=1)
        channel.send(NOTICE)
        channel.close(5)
    assert (server.tries, len(server.posted), channel.failures()) == (2, 1, [])


@pytest.mark.parametrize(("status", "tries"), [(503, 2), (404, 1)])
def test_what_fails_for_good_is_told_without_the_secret(status: int, tries: int) -> None:
    with serving(status, status) as server:
        channel = Webhook(server.url, retries=1)
        channel.send(NOTICE)
        channel.close(5)
    (told,) = channel.failures()
    assert str(status) in told
    assert "127.0.0.1" in told
    assert "SECRET" not in told
    assert server.tries == tries
    assert channel.failures() == []


def test_nobody_listens_and_the_secret_is_kept() -> None:
    channel = Webhook("http://127.0.0.1:9/services/SECRET", retries=0)
    channel.send(NOTICE)
    channel.close(5)
    (told,) = channel.failures()
    assert "127.0.0.1:9" in told
    assert "SECRET" not in told


def test_training_never_waits_for_a_slow_server() -> None:
    with serving(wait_s=0.5) as server:
        channel = Webhook(server.url, timeout_s=0.1, retries=0)
        began = time.monotonic()
        for _ in range(5):
            channel.send(NOTICE)
        sent_s = time.monotonic() - began
        channel.close(0.05)
    assert sent_s < 0.1
    assert any("not delivered in 0.05 s" in told for told in channel.failures())


def test_too_many_that_wait_are_an_error_not_a_leak() -> None:
    with serving(wait_s=0.3) as server:
        channel = Webhook(server.url, retries=0)
        for _ in range(MAX_WAITING):
            channel.send(NOTICE)
        with pytest.raises(RuntimeError, match="100 notices wait for 127"):
            send_two(channel)  # the first may have been taken from those that wait


def test_slack_gets_its_shape() -> None:
    with serving() as server:
        channel = SlackWebhook(server.url)
        channel.send(NOTICE)
        channel.close(5)
    (posted,) = server.posted
    assert posted["text"].endswith("critical at step 61 of runs/a")
    title, text, context = posted["blocks"]
    assert title["text"]["type"] == "mrkdwn"
    assert text["text"]["text"] == "critical dpo.margin_lost: Margin &lt;is&gt; NaN."
    assert context["elements"][0]["text"] == "policy guard, step 61, runs/a"


def send_two(channel: Channel) -> None:
    channel.send(NOTICE)
    channel.send(NOTICE)


@pytest.mark.parametrize("url", ["hooks.slack.com/x", "ftp://host/x", ""])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(PttError, match=r"PTT530 `url` takes an address.*begins with http"):
        Webhook(url)


def test_a_file_gets_a_line_for_each_notice(tmp_path: Path) -> None:
    path = tmp_path / "notices.jsonl"
    for _ in range(2):
        channel = FileChannel(path)
        channel.send(NOTICE)
        channel.close(1)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [NOTICE.to_json()] * 2


def test_a_log_record_has_the_severity_of_the_level(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="ptt"):
        LogChannel().send(NOTICE)
    (record,) = caplog.records
    assert record.levelno == logging.CRITICAL
    assert record.getMessage() == f"{NOTICE.title}\n{NOTICE.text}"


@pytest.mark.parametrize(
    "make", [LogChannel, lambda: FileChannel("x"), lambda: Webhook("http://a")]
)
def test_each_is_a_channel(make: Callable[[], Channel]) -> None:
    channel = make()
    channel.close(0)
    assert channel.failures() == []
