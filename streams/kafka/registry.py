"""The schema registry behind `codec.Registry`: schemas by id for reading, ids of ours for writing.

Spoken is the HTTP interface that Confluent's registry, Karapace and Apicurio share. A record's subject is its full
name (``transitwatch.Event``): topics with several kinds of records stay possible. Answers are kept; a registry
that is away is never taken for a schema that is unknown, else sound records would become dead letters.
"""

from __future__ import annotations

import base64
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import msgspec

from streams.errors import RegistryTrouble
from streams.kafka import schemas
from streams.settings import RegistrySettings

_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
_TIMEOUT_S = 10.0
_PAUSES_S = (0.2, 1.0)
_UNKNOWN_KEPT_S = 5.0
_MOST_UNKNOWN = 1000


class _NotFound(Exception):
    """The registry answers 404."""


class HttpRegistry:
    """A registry reached over HTTP. Both methods raise RegistryTrouble when it does not answer or refuses."""

    def __init__(
        self, settings: RegistrySettings, *, sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        if settings.url is None:
            raise ValueError("registry.url is not set")
        self._url = settings.url.rstrip("/")
        self._headers = {"Accept": _MEDIA_TYPE, "Content-Type": _MEDIA_TYPE}
        if settings.username is not None:
            password = settings.password.reveal() if settings.password is not None else ""
            token = base64.b64encode(f"{settings.username}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {token}"
        self._tls = ssl.create_default_context(cafile=settings.ca_file) if self._url.startswith("https:") else None
        self._sleep, self._monotonic = sleep, monotonic
        self._schemas: dict[int, Any] = {}
        self._ids: dict[str, int] = {}
        self._unknown: dict[int, float] = {}

    def schema_of(self, schema_id: int) -> Any:
        """The schema of an id, ready for fastavro. Raises LookupError when there is none or it is not Avro."""
        known = self._schemas.get(schema_id)
        if known is not None:
            return known
        since = self._unknown.get(schema_id)
        if since is None or self._monotonic() - since >= _UNKNOWN_KEPT_S:
            try:
                found = self._schemas[schema_id] = self._fetch(schema_id)
            except LookupError:
                if len(self._unknown) >= _MOST_UNKNOWN:
                    self._unknown.clear()
                self._unknown[schema_id] = self._monotonic()
                raise
            return found
        raise LookupError(schema_id)

    def _fetch(self, schema_id: int) -> Any:
        try:
            answer = self._ask("GET", f"/schemas/ids/{schema_id}")
        except _NotFound:
            raise LookupError(schema_id) from None
        if answer.get("schemaType", "AVRO") != "AVRO" or not isinstance(answer.get("schema"), str):
            raise LookupError(schema_id)
        try:
            return schemas.parsed_text(answer["schema"])
        except Exception as error:  # fastavro raises what it meets in a schema that is none
            raise LookupError(schema_id) from error

    def id_of(self, name: str) -> int:
        """The id of our newest schema of a record, which is registered when it is not there yet."""
        found = self._ids.get(name)
        if found is None:
            subject = urllib.parse.quote(str(schemas.parsed(name)["name"]), safe="")
            body = {"schema": schemas.schema_text(name)}
            try:
                answer = self._ask("POST", f"/subjects/{subject}", body)
            except _NotFound:
                answer = self._ask("POST", f"/subjects/{subject}/versions", body)
            number = answer.get("id")
            if not isinstance(number, int):
                raise RegistryTrouble(self._url, f"no id in the answer for {name}")
            found = self._ids[name] = number
        return found

    def compatibility(self) -> str:
        """What the registry demands of new versions of a schema, such as BACKWARD; shows that it answers."""
        return str(self._ask("GET", "/config").get("compatibilityLevel", "not told"))

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        """The answer of the registry; asks again a few times when it is away. Raises _NotFound, RegistryTrouble."""
        data = None if body is None else msgspec.json.encode(body)
        request = urllib.request.Request(self._url + path, data, self._headers, method=method)  # noqa: S310  # http(s) by the setting's form
        for pause_s in (*_PAUSES_S, None):
            try:
                with urllib.request.urlopen(request, timeout=_TIMEOUT_S, context=self._tls) as answer:  # noqa: S310  # as above
                    found = msgspec.json.decode(answer.read())
            except urllib.error.HTTPError as error:
                trouble = self._refusal(error)
                if error.code < 500 or pause_s is None:
                    raise trouble from error
            except (OSError, msgspec.DecodeError) as error:
                trouble = RegistryTrouble(self._url, f"no answer: {getattr(error, 'reason', None) or error}")
                if pause_s is None:
                    raise trouble from error
            else:
                if not isinstance(found, dict):
                    raise RegistryTrouble(self._url, "the answer is no JSON object; is this a schema registry?")
                return found
            self._sleep(pause_s or 0.0)
        raise AssertionError("the last attempt returns or raises")

    def _refusal(self, error: urllib.error.HTTPError) -> Exception:
        with error:
            text = error.read(500).decode("utf-8", "replace")
        if error.code == 404:
            return _NotFound()
        if error.code in (401, 403):
            return RegistryTrouble(self._url, f"HTTP {error.code}; look at registry.username and registry.password")
        if error.code == 409:
            return RegistryTrouble(self._url, f"our schema is not compatible with the registered one: {text}")
        return RegistryTrouble(self._url, f"HTTP {error.code}: {text}")


def registry_of(settings: RegistrySettings) -> HttpRegistry | None:
    """The registry of these settings; None when there is none (single-object encoding)."""
    return HttpRegistry(settings) if settings.url is not None else None
