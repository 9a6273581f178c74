"""Whether an EPCIS event (in the shape of 2.0 JSON) is one: required fields, words of the vocabulary, shapes of lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from streams.errors import InvalidInput
from streams.ingest.adapter import shown
from streams.ingest.epcis_words import ACTIONS, DISPOSITIONS, FIELDS, KINDS, STEPS, VOID_SHIPPING, is_own, word
from streams.model.moments import iso_time, parse_time

Fields = dict[str, Any]
_TIME = "an ISO 8601 time with offset, such as 2026-10-02T07:15:00+05:00"


def refuse(what: str, path: str, value: object, expected: str) -> InvalidInput:
    """A refusal of a field of an event."""
    return InvalidInput(what, path, shown("not stated" if value is None else value), expected)


def text(value: Any, path: str) -> str:
    """A text that says something. Raises InvalidInput."""
    if not isinstance(value, str) or not value.strip():
        raise refuse("not a text", path, value, "a text")
    return value.strip()


def moment(value: Any, path: str) -> int:
    """A time (ms UTC). Raises InvalidInput when it is none, has no offset, or lies outside of the calendar."""
    try:
        time = parse_time(text(value, path))
        iso_time(time)
    except (ValueError, OverflowError) as error:
        what = "time without offset" if "no offset" in str(error) else "not a time"
        raise refuse(what, path, value, _TIME) from None
    return time


def items(event: Fields, name: str) -> list[Any]:
    """The entries of a list field; none when it is not stated. Raises InvalidInput."""
    value = event.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise refuse("not a list", name, value, "a list")
    return value


def texts(event: Fields, name: str) -> list[str]:
    """The texts of a list field. Raises InvalidInput."""
    return [text(item, f"{name}[{n}]") for n, item in enumerate(items(event, name))]


def objects(event: Fields, name: str) -> list[Fields]:
    """The objects of a list field. Raises InvalidInput."""
    for n, item in enumerate(items(event, name)):
        if not isinstance(item, dict):
            raise refuse("not an object", f"{name}[{n}]", item, "an object")
    return items(event, name)


def place_id(event: Fields, name: str) -> str | None:
    """The id of `readPoint` or `bizLocation`; an entry that names none is none. Raises InvalidInput."""
    value = event.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise refuse("not an object", name, value, "an object with `id`")
    return text(value.get("id"), f"{name}.id")


def check(event: Fields, terms: frozenset[str]) -> None:
    """Raise InvalidInput for the first thing in which the event is not one of EPCIS 1.2 or 2.0.

    ``terms`` are the names that the document's own JSON-LD context defines besides the standard.
    """
    kind = event.get("type")
    if kind not in KINDS:
        raise refuse("unknown type of event", "type", kind, "one of " + ", ".join(KINDS))
    for name in event:
        if name not in FIELDS and ":" not in name and name not in terms:
            raise refuse(
                "unknown field", name, event[name], "a field of EPCIS, or a namespace of one's own before the name"
            )
    moment(event.get("eventTime"), "eventTime")
    _offset(event.get("eventTimeZoneOffset"))
    if event.get("recordTime") is not None:
        moment(event["recordTime"], "recordTime")
    if kind != "TransformationEvent" and event.get("action") not in ACTIONS:
        raise refuse("unknown action", "action", event.get("action"), "one of " + ", ".join(ACTIONS))
    if kind == "TransactionEvent" and not items(event, "bizTransactionList"):
        raise refuse("required field missing", "bizTransactionList", None, "at least one business transaction")
    _words(event)
    _master_data(event, terms)
    _dates(event.get("certificationInfo"), "certificationInfo")


def _offset(value: Any) -> None:
    """`eventTimeZoneOffset` adds nothing to a time with offset; but what is stated must be one."""
    if value is None:
        return
    try:
        dt.datetime.fromisoformat("2000-01-01T00:00:00" + text(value, "eventTimeZoneOffset"))
    except ValueError:
        raise refuse("not an offset", "eventTimeZoneOffset", value, "an offset such as +05:00") from None


def _words(event: Fields) -> None:
    step = event.get("bizStep")
    if step is not None:
        bare = word(text(step, "bizStep"))
        if bare == VOID_SHIPPING:
            raise refuse("takes back a shipping without naming its event", "bizStep", step,
                         "the event again with its eventID and an errorDeclaration")  # fmt: skip
        if bare not in STEPS and not is_own(bare):
            raise refuse("unknown business step", "bizStep", step, "a step of CBV 2.0, or a URI of one's own")
    disposition = event.get("disposition")
    if disposition is not None:
        bare = word(text(disposition, "disposition"))
        if bare not in DISPOSITIONS and not is_own(bare):
            raise refuse("unknown disposition", "disposition", disposition, "one of CBV 2.0, or a URI of one's own")


def _master_data(event: Fields, terms: frozenset[str]) -> None:
    value = event.get("ilmd")
    if value is None:
        return
    if not isinstance(value, dict):
        raise refuse("not an object", "ilmd", value, "an object")
    for name in value:
        if ":" not in name and name not in terms:
            raise refuse("a field without namespace", f"ilmd.{name}", value[name], "a name such as cbvmda:lotNumber")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """Every entry under a value as path, name and content; without recursion, as the sender sets the depth."""
    waiting = [(value, path)]
    while waiting:
        found, at = waiting.pop()
        if isinstance(found, dict):
            for name, content in found.items():
                yield f"{at}.{name}", name, content
                waiting.append((content, f"{at}.{name}"))
        elif isinstance(found, list):
            waiting.extend((content, f"{at}[{n}]") for n, content in enumerate(found))


def _dates(value: Any, path: str) -> None:
    for at, name, content in _leaves(value, path):
        if name.endswith("Date") and not isinstance(content, dict | list):
            try:
                dt.datetime.fromisoformat(content)
            except (ValueError, TypeError):
                raise refuse("not a date", at, content, "a date such as 2026-10-02") from None
