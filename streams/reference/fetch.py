"""Fetching a list from its address: only when it changed, with retries, never more than allowed, never half a file.

The body lands beside the target and takes its place only when it is whole; the `ETag` and `Last-Modified` of the
answer lie in ``<target>.meta.json``. On 304 the target stays and its modification time moves: the list was confirmed.
"""

from __future__ import annotations

import http.client
import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from streams.errors import ListRefused

_CHUNK = 1 << 16
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_WAIT_S = 120.0
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class FetchPolicy(Struct, frozen=True):
    """Limits of a fetch: seconds without a byte, seconds in all, tries, bytes, first pause in seconds (then doubled).

    The EU builds its file on demand for over a minute and answers bursts of HTTP 500 (domain 7): hence the long defaults.
    """

    idle_s: float = 180.0
    total_s: float = 1_800.0
    tries: int = 6
    max_bytes: int = 1 << 30
    pause_s: float = 2.0
    ca_file: str | None = None


class Fetched(Struct, frozen=True):
    """What came of a fetch: whether the file is new, its bytes, how many requests it took."""

    changed: bool
    bytes: int
    tries: int


class _Meta(Struct, frozen=True):
    url: str
    etag: str | None = None
    last_modified: str | None = None


class _Again(Exception):
    """A trouble that may pass: why, and how long the server asks to wait (seconds)."""

    def __init__(self, because: str, wait_s: float | None = None) -> None:
        super().__init__(because)
        self.wait_s = wait_s


def _shown(url: str) -> str:
    """An address without user, password and query: tokens stand there."""
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit((parts.scheme, parts.hostname or "", parts.path, "", ""))


def _checked(url: str) -> str:
    """The address. Raises ListRefused unless it is https, or http on this machine."""
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise ListRefused(url[:100], "", "no address") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOCAL):
        raise ListRefused(_shown(url), "", "not fetched: only https (or http on this machine) cannot be tampered with")
    return url


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows up to five redirects, none to an address that would not be fetched itself."""

    max_redirections = 5

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        """The request to the new address."""
        return super().redirect_request(req, fp, code, msg, http.client.HTTPMessage(), _checked(newurl))


def _request(url: str, meta: _Meta | None, accept: str) -> urllib.request.Request:
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        url, headers={"User-Agent": "transitwatch", "Accept": accept, "Accept-Encoding": "identity"}
    )
    if meta is not None and meta.url == url:
        if meta.etag:
            request.add_header("If-None-Match", meta.etag)
        if meta.last_modified:
            request.add_header("If-Modified-Since", meta.last_modified)
    return request


def _copy(answer: http.client.HTTPResponse, part: Path, url: str, limits: FetchPolicy, deadline: float) -> int:
    stated = answer.headers.get("Content-Length", "")
    size = int(stated) if stated.isascii() and stated.isdigit() else None
    if size is not None and size > limits.max_bytes:
        raise ListRefused(_shown(url), "", f"{size} bytes, the limit is {limits.max_bytes}")
    done = 0
    with part.open("wb") as out:
        while chunk := answer.read(_CHUNK):
            done += len(chunk)
            if done > limits.max_bytes:
                raise ListRefused(_shown(url), "", f"more than the limit of {limits.max_bytes} bytes")
            if time.monotonic() > deadline:
                raise ListRefused(_shown(url), "", f"not whole after {limits.total_s:g} s")
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size is not None and done != size:
        raise _Again(f"the answer ended after {done} of {size} bytes")
    if done == 0:
        raise _Again("an empty answer")
    return done


def _wait_asked(headers: Message | None) -> float | None:
    text = (headers.get("Retry-After") or "") if headers is not None else ""
    return float(text) if text.isascii() and text.isdigit() else None


def _once(
    url: str, part: Path, meta: _Meta | None, accept: str, limits: FetchPolicy, deadline: float
) -> tuple[int, _Meta] | None:
    """One request: bytes and what to ask with next time; None when nothing changed. Raises _Again, ListRefused."""
    context = ssl.create_default_context(cafile=limits.ca_file)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _Redirects())
    try:
        with opener.open(_request(url, meta, accept), timeout=limits.idle_s) as answer:
            if answer.status != 200:
                raise ListRefused(_shown(url), "", f"HTTP {answer.status}, expected 200")
            size = _copy(answer, part, url, limits, deadline)
            return size, _Meta(url, answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 304 and meta is not None:
                return None
            because = f"HTTP {error.code} {error.reason}"
            if error.code in _RETRIED:
                raise _Again(because, _wait_asked(error.headers)) from None
            raise ListRefused(_shown(url), "", because) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise ListRefused(
                _shown(url), "", f"the certificate does not hold: {error.reason.verify_message}"
            ) from None
        raise _Again(str(error.reason)) from None
    except (OSError, http.client.HTTPException) as error:
        raise _Again(f"{type(error).__name__}: {error}") from None


def _meta(path: Path) -> _Meta | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Meta)
    except (OSError, msgspec.DecodeError):
        return None


def fetch(
    url: str, target: Path, limits: FetchPolicy | None = None, *, accept: str = "*/*",
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:  # fmt: skip
    """Bring ``target`` into step with ``url``.

    Raises ListRefused, and the target stays as it was, when the answer is no success, is too large, or does not come
    whole in the tries and time allowed; OSError when the target cannot be written.
    """
    limits = limits or FetchPolicy()
    url = _checked(url)
    part, meta_path = target.with_name(target.name + ".part"), target.with_name(target.name + ".meta.json")
    meta = _meta(meta_path) if target.exists() else None
    deadline, because = time.monotonic() + limits.total_s, ""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        for number in range(1, limits.tries + 1):
            try:
                found = _once(url, part, meta, accept, limits, deadline)
            except _Again as trouble:
                because = str(trouble)
                pause = min(_MAX_WAIT_S, trouble.wait_s or limits.pause_s * 2 ** (number - 1))
                if number == limits.tries or time.monotonic() + pause > deadline:
                    break
                sleep(pause)
                continue
            if found is None:
                os.utime(target)
                return Fetched(False, target.stat().st_size, number)
            part.replace(target)
            meta_path.write_bytes(msgspec.json.encode(found[1]))
            return Fetched(True, found[0], number)
    finally:
        part.unlink(missing_ok=True)
    kept = "; the file fetched before stays" if target.exists() else ""
    raise ListRefused(_shown(url), "", f"{because}, after {number} tries{kept}")
