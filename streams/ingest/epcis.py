"""GS1 EPCIS: 1.2 XML, 2.0 XML and 2.0 JSON-LD; documents, query results, lists of events, single events.

The mapping is written down in docs/feeds/epcis.md; the words in `epcis_words`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from streams.errors import InvalidInput
from streams.ingest import epcis_xml
from streams.ingest.adapter import MOST_BYTES, Given, Message, Refusal, shown
from streams.ingest.epcis_events import events_of
from streams.ingest.epcis_keys import key_of
from streams.ingest.epcis_parts import MasterData
from streams.ingest.epcis_words import KINDS, STEPS, word
from streams.model.events import Event
from streams.model.intake import load_json

_BOM = b"\xef\xbb\xbf"
_DOCUMENTS = ("EPCISDocument", "EPCISQueryDocument")
_MARKS = tuple(name.encode() for name in (*_DOCUMENTS, *KINDS))
_QUERY_FIELDS = ("eventType", "queryName", "query")


def recognises(head: bytes) -> bool:
    """Whether the beginning of a file names an EPCIS document or one of its events."""
    start = head.replace(b"\0", b"").removeprefix(_BOM).lstrip()
    if start[:1] not in {b"<", b"{", b"["} and start[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        return False
    return any(mark in start for mark in _MARKS) and (b"eventTime" in start or b"EPCIS" in start)


def read(data: bytes, given: Given) -> Iterator[Event | Refusal | Message]:
    """The events of one EPCIS file; what cannot become one is refused with its path."""
    if len(data) > MOST_BYTES:
        yield Refusal(f"larger than {MOST_BYTES} bytes; expected a smaller file", "file", shown(data[:200]))
        return
    body = data.removeprefix(_BOM).lstrip()
    if not body:
        yield Refusal("nothing in it; expected an EPCIS document in XML or JSON", "file")
        return
    yield from _json(body, given) if body[:1] in {b"{", b"["} else _xml(data, given)


def _refusal(error: InvalidInput, at: str, refused: str) -> Refusal:
    return Refusal(str(error), at, refused)


def _events(
    event: dict[str, Any], at: str, given: Given, known: MasterData, terms: frozenset[str]
) -> Iterator[Event | Refusal | Message]:
    yield Message(_kind(event))
    try:
        yield from events_of(event, at, given, known, terms)
    except InvalidInput as error:
        yield _refusal(error, at, shown(event.get("eventID") or event.get("type") or ""))
    except RecursionError:
        yield Refusal("nested too deeply; expected an EPCIS event", at)


def _kind(event: dict[str, Any]) -> str:
    """What kind of message an event is, for the account: its type, its step of CBV, whether it declares an error."""
    kind, step = event.get("type"), event.get("bizStep")
    told = kind if kind in KINDS else "unknown event"
    if isinstance(step, str):
        told = f"{told} {word(step) if word(step) in STEPS else 'with a step of its own'}"
    return f"{told}, error declaration" if event.get("errorDeclaration") is not None else told


def _xml(data: bytes, given: Given) -> Iterator[Event | Refusal | Message]:
    try:
        root = epcis_xml.tree(data)
    except InvalidInput as error:
        yield _refusal(error, error.path, shown(data[:200]))
        return
    known, count = epcis_xml.master_data(root), 0
    for count, found in enumerate(epcis_xml.events(root), 1):  # noqa: B007 - counted for the line below
        if found.event is None:
            yield Refusal(found.because, found.at, found.shown)
        else:
            yield from _events(found.event, found.at, given, known, frozenset())
    if not count:
        yield Refusal(f"holds no event; expected {' or '.join(_DOCUMENTS)} with an EventList", "/", shown(root.tag))


def _json(data: bytes, given: Given) -> Iterator[Event | Refusal | Message]:
    try:
        whole = load_json(data)
    except InvalidInput as error:
        yield _refusal(error, "$", shown(data[:200]))
        return
    if isinstance(whole, list):
        for n, entry in enumerate(whole):
            yield from _one(entry, f"[{n}]", given, frozenset())
    elif isinstance(whole, dict) and whole.get("type") in _DOCUMENTS:
        yield from _document(whole, given)
    elif isinstance(whole, dict) and whole.get("type") not in KINDS and any(name in whole for name in _QUERY_FIELDS):
        yield Refusal(
            "a query: it asks for events and holds none; expected events or query results", "$", shown("query")
        )
    elif isinstance(whole, dict) and not whole.get("@context"):
        yield _no_context()
    else:
        yield from _one(whole, "$", given, frozenset())


def _no_context() -> Refusal:
    return Refusal("@context: required field missing; expected the JSON-LD context of EPCIS 2.0", "@context")


def _document(whole: dict[str, Any], given: Given) -> Iterator[Event | Refusal | Message]:
    if not whole.get("@context"):
        yield _no_context()
        return
    body = whole.get("epcisBody")
    path = "epcisBody"
    for name in ("queryResults", "resultsBody"):
        if isinstance(body, dict) and isinstance(body.get(name), dict):
            body, path = body[name], f"{path}.{name}"
    found = body.get("eventList", body.get("event")) if isinstance(body, dict) else None
    entries = [found] if isinstance(found, dict) else found
    if not isinstance(entries, list) or not entries:
        yield Refusal("no events; expected a list of at least one", f"{path}.eventList", shown(found or ""))
        return
    terms, known = _terms(whole.get("@context")), _master_data(whole)
    for n, entry in enumerate(entries):
        yield from _one(entry, f"{path}.eventList[{n}]", given, terms, known)


def _one(
    entry: Any, at: str, given: Given, terms: frozenset[str], known: MasterData | None = None
) -> Iterator[Event | Refusal | Message]:
    if not isinstance(entry, dict):
        yield Refusal("not an object; expected an EPCIS event", at, shown(entry))
        return
    yield from _events(entry, at, given, known or {}, terms | _terms(entry.get("@context")))


def _terms(context: Any) -> frozenset[str]:
    """The names that a JSON-LD context defines itself."""
    parts = context if isinstance(context, list) else [context]
    return frozenset(name for part in parts if isinstance(part, dict) for name in part)


def _master_data(whole: dict[str, Any]) -> MasterData:
    """Attributes of `epcisHeader.epcisMasterData` by id; what is not as the standard has it tells nothing."""
    header = whole.get("epcisHeader")
    data = header.get("epcisMasterData") if isinstance(header, dict) else None
    lists = data.get("vocabularyList") if isinstance(data, dict) else None
    out: MasterData = {}
    for vocabulary in _dicts(lists):
        for element in _dicts(vocabulary.get("vocabularyElementList")):
            id, facts = element.get("id"), {}
            for attribute in _dicts(element.get("attributes")):
                name, value = attribute.get("id"), attribute.get("attribute")
                if isinstance(name, str) and isinstance(value, str) and value.strip():
                    facts[name.replace("#", ":").rpartition(":")[2]] = value.strip()
            if isinstance(id, str):
                out[str(key_of(id))] = facts
    return out


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
