"""EPCIS XML, 1.2 and 2.0, brought to the shape of EPCIS 2.0 JSON: so the meaning is written down once.

A document type declaration is refused before anything is built: entity expansion and external entities need one. Encodings
are those that the XML declaration names and Python knows, Windows-1251 among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

from msgspec import Struct

from streams.errors import InvalidInput
from streams.ingest.epcis_keys import key_of
from streams.ingest.epcis_words import KINDS

_STANDARD = ("", "urn:epcglobal:epcis:xsd:1", "urn:epcglobal:epcis:xsd:2", "urn:epcglobal:epcis-query:xsd:1",
             "urn:epcglobal:epcis-query:xsd:2", "urn:epcglobal:xsd:1")  # fmt: skip
_CONTAINERS = frozenset({
    "EPCISDocument", "EPCISQueryDocument", "EPCISBody", "EventList", "extension", "QueryResults", "resultsBody",
})  # fmt: skip
_ASIDE = frozenset({"EPCISHeader", "queryName", "subscriptionID"})
_QUERIES = frozenset({
    "Poll", "Subscribe", "Unsubscribe", "GetQueryNames", "GetSubscriptionIDs", "GetStandardVersion", "GetVendorVersion",
    "GetQueryNamesResult", "GetSubscriptionIDsResult", "GetStandardVersionResult", "GetVendorVersionResult",
})  # fmt: skip
_EPC_LISTS = frozenset({"epcList", "childEPCs", "inputEPCList", "outputEPCList"})
_QUANTITY_LISTS = frozenset({"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
_PAIRS = {"bizTransactionList": "bizTransaction", "sourceList": "source", "destinationList": "destination"}
_MASTER_DATA = "urn:epcglobal:cbv:mda"
_MOST_NESTED = 12
_MOST_DEPTH = 100


class Found(Struct, frozen=True):
    """An event in the shape of JSON, or why there is none, with its path in the document."""

    at: str
    event: dict[str, Any] | None = None
    because: str = ""
    shown: str = ""


def _refuse(because: str, at: str = "document") -> InvalidInput:
    return InvalidInput(because, at, "", "an EPCIS 1.2 or 2.0 document without a document type declaration")


class _Guard:
    """A first pass that only counts depth and meets no document type declaration."""

    def __init__(self) -> None:
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _doctype(self, *_: object) -> None:
        raise _refuse("a document type declaration, behind which entities or files could hide", self._where())

    def _where(self) -> str:
        return f"line {self.parser.CurrentLineNumber}"

    def _start(self, *_: object) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise _refuse(f"elements nested deeper than {_MOST_DEPTH}", self._where())

    def _end(self, *_: object) -> None:
        self._depth -= 1


def tree(data: bytes) -> Element:
    """The root element. Raises InvalidInput with the line when it is no well-formed XML or declares a document type."""
    guard = _Guard()
    try:
        guard.parser.Parse(data, True)
        parser = XMLParser()  # noqa: S314 - the guard before it has refused what could expand or fetch
        parser.feed(data)
        return parser.close()
    except (expat.ExpatError, ParseError) as error:
        line = error.position[0] if isinstance(error, ParseError) else error.lineno
        raise InvalidInput("not well-formed XML", f"line {line}", str(error), "an EPCIS document") from None
    except (ValueError, LookupError) as error:  # an encoding that Python does not know or that needs several bytes
        raise InvalidInput(
            "cannot be decoded", "line 1", str(error), "UTF-8, UTF-16 or a known 8-bit encoding"
        ) from None


def _name(element: Element) -> str:
    """The local name of an element of the standard; the whole `{namespace}name` of any other."""
    space, _, local = element.tag.rpartition("}")
    return local if space.lstrip("{") in _STANDARD else element.tag


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _attributes(element: Element) -> dict[str, Any]:
    return {key: value.strip() for key, value in element.attrib.items()}


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text


def _quantity(element: Element) -> dict[str, Any]:
    fields: dict[str, Any] = {_name(child): _text(child) for child in element}
    if "quantity" in fields:
        fields["quantity"] = _number(fields["quantity"])
    return fields


def _sensor(element: Element) -> dict[str, Any]:
    out: dict[str, Any] = {"sensorReport": []}
    for child in element:
        name, fields = _name(child), _attributes(child)
        if name == "sensorReport":
            if "value" in fields:
                fields["value"] = _number(fields["value"])
            out["sensorReport"].append(fields)
        elif name == "sensorMetadata":
            out[name] = fields
    return out


def _declaration(element: Element) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for child in element:
        name = _name(child)
        out[name] = [_text(item) for item in child] if name == "correctiveEventIDs" else _text(child)
    return out


def _own(element: Element) -> tuple[str, str]:
    """An element of somebody's own as name and text; master data of CBV under the prefix that JSON has for it."""
    space, _, local = element.tag.rpartition("}")
    prefix = space.lstrip("{")
    text = " ".join(part.strip() for part in element.itertext()).strip()
    return (f"cbvmda:{local}" if prefix == _MASTER_DATA else f"{prefix}:{local}" if prefix else local), text


def _value(name: str, element: Element) -> Any:
    if name in _EPC_LISTS:
        return [_text(child) for child in element]
    if name in _QUANTITY_LISTS:
        return [_quantity(child) for child in element]
    if name in _PAIRS:
        return [{**_attributes(child), _PAIRS[name]: _text(child)} for child in element]
    if name in {"readPoint", "bizLocation"}:
        return {key: value for key, value in ((_name(c), _text(c)) for c in element) if key == "id"}
    if name == "sensorElementList":
        return [_sensor(child) for child in element]
    if name == "errorDeclaration":
        return _declaration(element)
    if name == "ilmd":
        return dict(_own(child) for child in element if _name(child) != "extension")
    if name == "persistentDisposition":
        return [_text(child) for child in element]
    return _text(element)


def event_of(element: Element) -> dict[str, Any]:
    """An event element in the shape of JSON; the nested `extension` and `baseExtension` of 1.2 are laid flat."""
    out: dict[str, Any] = {"type": _name(element)}
    waiting = [(element, 0)]
    while waiting:
        holder, depth = waiting.pop()
        for child in holder:
            name = _name(child)
            if name in {"extension", "baseExtension"} and depth < _MOST_NESTED:
                waiting.append((child, depth + 1))
            elif name.startswith("{"):
                key, text = _own(child)
                out[key] = text
            else:
                out[name] = _value(name, child)
    return out


def events(root: Element) -> Iterator[Found]:
    """The events of a document, query result or single event, in order, with their paths."""
    yield from _walk(root, _name(root), 0)


def _walk(element: Element, at: str, depth: int) -> Iterator[Found]:
    name = _name(element)
    if name in KINDS:
        yield Found(at, event_of(element))
    elif name in _QUERIES:
        yield Found(at, None, "a query or an answer without events; expected events or query results", name)
    elif name in _CONTAINERS and depth <= _MOST_NESTED:
        seen: dict[str, int] = {}
        for child in element:
            kind = _name(child)
            seen[kind] = seen.get(kind, 0) + 1
            yield from _walk(child, f"{at}/{kind}[{seen[kind]}]", depth + 1)
    elif name not in _ASIDE and not name.startswith("{"):
        yield Found(at, None, f"unknown element; expected one of {', '.join(KINDS)}", name)


def master_data(root: Element) -> dict[str, dict[str, str]]:
    """The attributes that the header gives of places and parties, by `str(key_of(id))` and then by the attribute's last word."""
    out: dict[str, dict[str, str]] = {}
    for header in (child for child in root if _name(child) == "EPCISHeader"):
        for element in header.iter():
            if _name(element) == "VocabularyElement" and element.get("id"):
                facts = {c.get("id", "").replace("#", ":").rpartition(":")[2]: _text(c) for c in element}
                out[str(key_of(element.get("id", "")))] = {key: value for key, value in facts.items() if key and value}
    return out
