"""Files of JSON messages: one document, or one document a line; and the reading of its objects with paths for refusals."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NoReturn

import msgspec

from streams.errors import InvalidInput
from streams.ingest.adapter import Refusal, shown
from streams.model.intake import load_json
from streams.model.moments import parse_time

_BOM = b"\xef\xbb\xbf"
_MOST_TEXT = 1000
_TIME = "an ISO 8601 time with offset, such as 2026-10-02T07:15:00+05:00"


def documents(data: bytes) -> Iterator[tuple[str, Any] | Refusal]:
    """The JSON documents of a file, each with where it stands ("" or "line 3: "); what is none is refused.

    A file is one document, or NDJSON when its first line is a document by itself.
    """
    data = data.removeprefix(_BOM)
    if not data.strip():
        yield Refusal("empty, expected JSON", "")
        return
    try:
        whole = load_json(data)
    except InvalidInput as error:
        yield from _lines(data, error)
    else:
        yield "", whole


def _lines(data: bytes, refused: InvalidInput) -> Iterator[tuple[str, Any] | Refusal]:
    """The documents of NDJSON; what is none as a whole because of ``refused`` and is no NDJSON either is refused."""
    lines = ndjson_lines(data)
    if not lines:
        yield Refusal(f"not JSON: {refused.expected}", "", shown(data[:_MOST_TEXT]))
    for number, line in lines:
        try:
            yield f"line {number}: ", load_json(line)
        except InvalidInput as error:
            yield Refusal(f"not JSON: {error.expected}", f"line {number}", shown(line[:_MOST_TEXT]))


def ndjson_lines(data: bytes) -> list[tuple[int, bytes]]:
    """The lines of a file with their numbers, where it is NDJSON of two lines or more; else none.

    It is when its first line is an object or a list by itself.
    """
    if data.removeprefix(_BOM).lstrip()[:1] not in (b"{", b"["):
        return []
    lines = [(number, line) for number, line in enumerate(data.removeprefix(_BOM).split(b"\n"), 1) if line.strip()]
    try:
        return lines if len(lines) > 1 and isinstance(load_json(lines[0][1]), dict | list) else []
    except InvalidInput:
        return []


def beginning(value: Any) -> str:
    """The beginning of a JSON value, for a refusal."""
    try:
        return shown(msgspec.json.encode(value)[: 4 * _MOST_TEXT])
    except (RecursionError, ValueError, OverflowError):
        return shown(type(value).__name__)


def refuse(what: str, path: str, value: Any, expected: str) -> NoReturn:
    """Raises InvalidInput with a value that fits a line."""
    text = repr(value)
    raise InvalidInput(what, path, text if len(text) <= 80 else text[:77] + "...", expected)


class Node:
    """A JSON object and its path. What is null counts as not stated. Every method raises InvalidInput for another kind of value."""

    __slots__ = ("path", "value")

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            refuse("not an object", path or "$", value, "a JSON object")
        self.value: dict[str, Any] = value
        self.path = path

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Whether a member is stated."""
        return self.value.get(name) is not None

    def child(self, name: str) -> Node | None:
        """A member that is an object."""
        value = self.value.get(name)
        return None if value is None else Node(value, self.at(name))

    def children(self, name: str) -> list[Node]:
        """The objects of a member that is a list."""
        value = self.value.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            refuse("not a list", self.at(name), value, "a list of objects")
        return [Node(item, f"{self.at(name)}[{n}]") for n, item in enumerate(value)]

    def text(self, name: str) -> str | None:
        """A text without the space around it; an empty one counts as not stated."""
        value = self.value.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            refuse("not a text", self.at(name), value, "a string")
        text = value.strip()
        if len(text) > _MOST_TEXT or "\0" in text:
            refuse("not a text that can be kept", self.at(name), value, f"at most {_MOST_TEXT} characters, no NUL")
        return text or None

    def first(self, *names: str) -> str | None:
        """The first of several texts that is stated."""
        return next((text for name in names if (text := self.text(name)) is not None), None)

    def need(self, name: str) -> str:
        """A text that must be there."""
        text = self.text(name)
        if text is None:
            refuse("required field missing", self.at(name), self.value.get(name), "a value")
        return text

    def flag(self, name: str) -> bool:
        """A yes or no; not stated is no."""
        value = self.value.get(name)
        if value is not None and not isinstance(value, bool):
            refuse("not a yes or no", self.at(name), value, "true or false")
        return bool(value)

    def code(self, name: str, allowed: Collection[str]) -> str | None:
        """A code out of a list."""
        text = self.text(name)
        if text is not None and text not in allowed:
            refuse("unknown code", self.at(name), text, "one of " + ", ".join(allowed))
        return text

    def need_code(self, name: str, allowed: Collection[str]) -> str:
        """A code out of a list that must be there."""
        text = self.code(name, allowed)
        if text is None:
            refuse("required field missing", self.at(name), self.value.get(name), "one of " + ", ".join(allowed))
        return text

    def time(self, name: str) -> int | None:
        """A time with offset as ms UTC."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse_time(text)
        except (ValueError, OverflowError) as error:
            what = "time without offset" if "no offset" in str(error) else "not a time"
            refuse(what, self.at(name), text, _TIME)

    def need_time(self, name: str) -> int:
        """A time with offset that must be there."""
        time = self.time(name)
        if time is None:
            refuse("required field missing", self.at(name), self.value.get(name), _TIME)
        return time

    def degrees(self, name: str, most: float) -> float | None:
        """Degrees of latitude or longitude, which the standards write as text or number, from -``most`` to ``most``."""
        value = self.value.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else most + 1
        except (ValueError, OverflowError):
            number = most + 1
        if not -most <= number <= most:
            refuse("not degrees", self.at(name), value, f"decimal degrees from -{most:g} to {most:g}")
        return number
