"""The registry client against a server on a real socket that speaks the registry's interface."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from streams.errors import RegistryTrouble
from streams.kafka import schemas
from streams.kafka.codec import Refused, decode_event, encode_event
from streams.kafka.registry import HttpRegistry, registry_of
from streams.model.events import Event
from streams.settings import RegistrySettings, Secret, load_settings

EVENT = Event("e1", "ktz", "LOADED", "KTZ-1", 1_790_000_000_000, 1_790_000_000_000)


class Registry(ThreadingHTTPServer):
    """Subjects and ids in memory; a test may make it refuse, fail or demand a password."""

    def __init__(self) -> None:
        self.by_id: dict[int, dict[str, Any]] = {}
        self.by_subject: dict[str, list[int]] = {}
        self.asked: list[str] = []
        self.failures: list[int] = []
        self.password: str | None = None
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def add(self, schema: str, number: int, **more: str) -> None:
        self.by_id[number] = {"schema": schema, **more}


class Handler(BaseHTTPRequestHandler):
    server: Registry

    def _reply(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _refused(self) -> bool:
        self.server.asked.append(f"{self.command} {self.path}")
        wanted = self.server.password
        if wanted and self.headers.get("Authorization") != "Basic " + base64.b64encode(wanted.encode()).decode():
            self._reply(401, {"error_code": 40101})
            return True
        if self.server.failures:
            self._reply(self.server.failures.pop(0), {"error_code": 50001})
            return True
        return False

    def do_GET(self) -> None:
        if self._refused():
            return
        found = self.server.by_id.get(int(self.path.rsplit("/", 1)[1]))
        self._reply(200 if found else 404, found or {"error_code": 40403})

    def do_POST(self) -> None:
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["schema"]
        if self._refused():
            return
        _, _, subject, *versions = self.path.split("/")
        known = [n for n in self.server.by_subject.get(subject, []) if self.server.by_id[n]["schema"] == text]
        if versions and not known:
            number = len(self.server.by_id) + 1
            self.server.add(text, number)
            self.server.by_subject.setdefault(subject, []).append(number)
            known = [number]
        self._reply(200 if known else 404, {"id": known[0]} if known else {"error_code": 40403})

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Registry]:
    found = Registry()
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def client(url: str, user: str | None = None, password: str | None = None) -> HttpRegistry:
    secret = Secret(password) if password else None
    settings = RegistrySettings(url=url, username=user, password=secret, ca_file=None)
    return HttpRegistry(settings, sleep=lambda _: None)


def test_a_record_is_written_and_read_in_confluent_framing(server: Registry) -> None:
    registry = client(server.url)
    data = encode_event(EVENT, registry)
    assert data[:5] == b"\x00\x00\x00\x00\x01"
    assert decode_event(data, 1, registry) == EVENT


def test_single_object_encoding_is_read_too_when_a_registry_is_set(server: Registry) -> None:
    assert decode_event(encode_event(EVENT), 1, client(server.url)) == EVENT
    assert server.asked == []


def test_our_schema_is_registered_under_its_full_name_once(server: Registry) -> None:
    assert client(server.url).id_of("event") == client(server.url).id_of("event") == 1
    assert list(server.by_subject) == ["transitwatch.Event"]
    assert server.by_id[1]["schema"] == schemas.schema_text("event")
    assert sum(asked.endswith("/versions") for asked in server.asked) == 1


def test_schemas_and_ids_are_asked_for_once(server: Registry) -> None:
    registry = client(server.url)
    data = encode_event(EVENT, registry)
    for _ in range(5):
        decode_event(data, 1, registry)
        encode_event(EVENT, registry)
    assert [asked.split()[0] for asked in server.asked] == ["POST", "POST", "GET"]


def test_an_unknown_id_makes_a_dead_letter_and_is_not_asked_for_again_at_once(server: Registry) -> None:
    registry = client(server.url)
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            decode_event(b"\x00\x00\x00\x00\x63abc", 1, registry)
        assert refused.value.reason == "unknown_schema"
    assert server.asked == ["GET /schemas/ids/99"]


def test_an_unknown_id_is_asked_for_again_after_a_while(server: Registry) -> None:
    clock = [0.0]
    settings = RegistrySettings(url=server.url, username=None, password=None, ca_file=None)
    registry = HttpRegistry(settings, monotonic=lambda: clock[0])
    with pytest.raises(LookupError):
        registry.schema_of(7)
    server.add(schemas.schema_text("event"), 7)
    clock[0] = 6.0
    assert registry.schema_of(7)["name"] == "transitwatch.Event"


@pytest.mark.parametrize(
    ("schema", "kind"), [("{", "AVRO"), ('{"type": "object"}', "JSON"), ('"no_such_type"', "AVRO")]
)
def test_a_schema_that_is_not_avro_is_unknown(server: Registry, schema: str, kind: str) -> None:
    server.add(schema, 3, schemaType=kind)
    with pytest.raises(LookupError):
        client(server.url).schema_of(3)


def test_user_and_password_are_sent(server: Registry) -> None:
    server.password = "monitor:geheim"
    assert client(server.url, "monitor", "geheim").id_of("alert") == 1


def test_a_wrong_password_is_told_and_is_no_dead_letter(server: Registry) -> None:
    server.password = "monitor:geheim"
    with pytest.raises(RegistryTrouble, match=r"HTTP 401; look at registry\.username"):
        decode_event(b"\x00\x00\x00\x00\x01abc", 1, client(server.url, "monitor", "wrong"))


def test_a_registry_that_fails_for_a_moment_is_asked_again(server: Registry) -> None:
    server.failures = [503, 500]
    assert client(server.url).id_of("event") == 1


def test_a_registry_that_goes_on_failing_is_told(server: Registry) -> None:
    server.failures = [503] * 9
    with pytest.raises(RegistryTrouble, match="HTTP 503"):
        client(server.url).schema_of(1)


def test_an_incompatible_schema_is_told(server: Registry) -> None:
    server.failures = [409]
    with pytest.raises(RegistryTrouble, match="not compatible"):
        client(server.url).id_of("event")


def test_a_registry_that_is_away_is_told_and_is_no_dead_letter() -> None:
    with pytest.raises(RegistryTrouble, match="no answer"):
        decode_event(b"\x00\x00\x00\x00\x01abc", 1, client("http://127.0.0.1:9"))


def test_there_is_no_registry_unless_its_url_is_set() -> None:
    assert registry_of(load_settings({}).registry) is None
    assert registry_of(load_settings({"TRANSITWATCH_REGISTRY_URL": "http://127.0.0.1:9"}).registry) is not None
