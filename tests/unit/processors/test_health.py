"""The health server on a real socket."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from streams.errors import SettingsError
from streams.processors.health import Health, HealthServer


class Told:
    """What the server is told; a test changes it."""

    def __init__(self) -> None:
        self.live = Health(ok=True, body={"seconds_since_progress": 0.1})
        self.ready = Health(ok=False, body={"missing": {"restored": "3 of 9 records read"}})
        self.text: bytes | Exception = b"transitwatch_ready 0\n"

    def metrics(self) -> bytes:
        if isinstance(self.text, Exception):
            raise self.text
        return self.text


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def server(told: Told) -> Iterator[HealthServer]:
    found = HealthServer("127.0.0.1", 0, lambda: told.live, lambda: told.ready, told.metrics)
    found.start()
    yield found
    found.close()


def ask(server: HealthServer, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_live_answers_200_while_the_loop_turns_and_503_when_it_does_not(server: HealthServer, told: Told) -> None:
    assert ask(server, "/health/live")[0] == 200
    told.live = Health(ok=False, body={"seconds_since_progress": 99.0})
    status, _, body = ask(server, "/health/live")
    assert (status, json.loads(body)) == (503, {"ok": False, "seconds_since_progress": 99.0})


def test_ready_names_what_is_missing_until_nothing_is(server: HealthServer, told: Told) -> None:
    status, headers, body = ask(server, "/health/ready")
    assert (status, headers["Content-Type"]) == (503, "application/json")
    assert json.loads(body) == {"ok": False, "missing": {"restored": "3 of 9 records read"}}
    told.ready = Health(ok=True, body={"missing": {}})
    assert ask(server, "/health/ready")[0] == 200


def test_metrics_come_as_prometheus_text(server: HealthServer) -> None:
    status, headers, body = ask(server, "/metrics?name=x")
    assert (status, body) == (200, b"transitwatch_ready 0\n")
    assert headers["Content-Type"].startswith("text/plain; version=")


def test_another_path_is_404_and_names_the_pages(server: HealthServer) -> None:
    status, _, body = ask(server, "/health")
    assert (status, json.loads(body)["pages"]) == (404, ["/health/live", "/health/ready", "/metrics"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_405_and_says_which_are_allowed(server: HealthServer, method: str) -> None:
    status, headers, _ = ask(server, "/metrics", method)
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_head_gives_the_status_without_a_body(server: HealthServer) -> None:
    status, headers, body = ask(server, "/health/ready", "HEAD")
    assert (status, body) == (503, b"")
    assert int(headers["Content-Length"]) > 0


@pytest.mark.logs_errors
@pytest.mark.logs_errors
def test_a_failing_page_is_500_and_the_server_goes_on(server: HealthServer, told: Told) -> None:
    told.text = RuntimeError("no")
    assert ask(server, "/metrics")[0] == 500
    assert ask(server, "/health/live")[0] == 200


def test_a_client_that_hangs_does_not_keep_others_waiting(server: HealthServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as hanging:
        hanging.sendall(b"GET /metr")
        assert ask(server, "/health/live")[0] == 200


def test_a_taken_port_is_told_as_a_setting(server: HealthServer, told: Told) -> None:
    with pytest.raises(SettingsError, match=rf"http\.port: 127\.0\.0\.1:{server.port}; expected an address"):
        HealthServer("127.0.0.1", server.port, lambda: told.live, lambda: told.ready, told.metrics)


def test_a_closed_server_lets_go_of_its_port(told: Told) -> None:
    first = HealthServer("127.0.0.1", 0, lambda: told.live, lambda: told.ready, told.metrics)
    first.start()
    port = first.port
    first.close()
    second = HealthServer("127.0.0.1", port, lambda: told.live, lambda: told.ready, told.metrics)
    second.close()
