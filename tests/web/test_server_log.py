"""The web server's own logs, turned on by somebody who does not know better, give away no one-time link and no value."""

import http.client
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from gunicorn.config import Config

from coordination.settings import Settings
from coordination.web.server_log import ONE_TIME, ServerLog
from tests.factories.commands import ROOT, environment

TOKEN = "hemligt-ord-i-lanken"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def server(settings: Settings, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The web server with its access log turned on."""
    program = [sys.executable, "-m", "gunicorn", "--access-logfile", "-", "--workers", "1", "wsgi:application"]
    env = os.environ | environment(settings, PORT=str(port))
    with subprocess.Popen(
        program, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process
        process.kill()


def _status(port: int, path: str) -> int:
    """Return what an address answers, once the server does."""
    deadline = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            assert time.monotonic() < deadline, "the web server does not answer"
            time.sleep(0.2)
        finally:
            connection.close()


def test_the_access_log_holds_no_one_time_link(server: "subprocess.Popen[str]", port: int) -> None:
    statuses = [_status(port, path) for path in (f"/inbjudan/{TOKEN}?x={TOKEN}", "/tillganglighet")]
    server.terminate()
    said = server.communicate(timeout=60)[0]

    assert statuses == [410, 200]
    assert "/tillganglighet" in said
    assert " GET /inbjudan/ 410 " in said
    assert TOKEN not in said


def test_the_secret_part_of_a_link_comes_where_the_log_cuts(app: Flask) -> None:
    built = app.url_map.bind("localhost").build("joining.invitation", {"token": TOKEN})

    assert built == ONE_TIME + TOKEN


def test_a_fault_that_no_page_could_tell_is_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    log = ServerLog(Config())
    log.error_log.propagate = True
    try:
        raise ValueError(TOKEN)
    except ValueError:
        with caplog.at_level(logging.ERROR):
            log.exception("Error handling request %s", f"/inbjudan/{TOKEN}")

    assert "ValueError" in caplog.text
    assert "test_server_log.py" in caplog.text
    assert "Error handling request" in caplog.text
    assert TOKEN not in caplog.text.replace("raise ValueError(TOKEN)", "")
