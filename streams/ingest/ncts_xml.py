"""Customs messages as trees: XML or the JSON form of the same, parsed so that no sender can make them large or strange.

A document type declaration is refused before anything is parsed: no customs message has one, and entity expansion and
external entities need one. What is left is bounded in bytes, elements and depth. Names lose prefix and namespace, as
every administration chooses its own. Messages may stand inside an envelope (SOAP, a portal's own), several in one file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser

import msgspec

from streams.errors import InvalidInput
from streams.ingest.adapter import MOST_BYTES, Refusal, shown

MOST_ELEMENTS = 1_000_000
MOST_DEPTH = 64
_MESSAGE = re.compile(r"C[CD]\d{3}[A-Z]")
_XML_HEAD = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?C[CD]\d{3}[A-Z][\s/>]")
_JSON_HEAD = re.compile(rb'"(?:[A-Za-z_][\w.-]*:)?C[CD]\d{3}[A-Z]"\s*:')
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENCODINGS = frozenset({"utf-8", "ascii", "cp1251", "cp1252", "iso8859-1", "iso8859-15", "iso8859-5", "koi8-r"})
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
AT = " at"
"""Attribute of a translated element: its path in the message as received. No parsed attribute can have this name."""


_names: dict[str, tuple[str, ...]] = {}


def walk(element: Element, path: str) -> Element | None:
    """The first element under a path of names; much faster than the general search of the library."""
    names = _names.get(path)
    if names is None:
        names = _names[path] = tuple(path.split("/"))  # only paths written in the code, so that this stays small
    found: Element | None = element
    for name in names:
        found = found.find(name) if found is not None else None
    return found


class Node:
    """An element with its path, for reading values by path and for saying where something is wrong."""

    __slots__ = ("element", "path")

    def __init__(self, element: Element, path: str) -> None:
        self.element = element
        self.path = path

    def text(self, path: str) -> str | None:
        """The text under a path without surrounding blanks; None when it is absent or empty."""
        found = walk(self.element, path) if "/" in path else self.element.find(path)
        text = found.text if found is not None else None
        return (text.strip() or None) if text else None

    def at(self, path: str) -> str:
        """The path of something below, as the message received has it."""
        found = walk(self.element, path)
        return (found.get(AT) if found is not None else None) or f"{self.path}/{path}"

    def child(self, path: str) -> Node | None:
        """The first element under a path."""
        found = walk(self.element, path) if "/" in path else self.element.find(path)
        return None if found is None else Node(found, found.get(AT) or f"{self.path}/{path}")

    def children(self, name: str) -> list[Node]:
        """All children of a name; the path counts them from 1 as XPath does."""
        return [
            Node(found, found.get(AT) or f"{self.path}/{name}[{n}]")
            for n, found in enumerate(self.element.findall(name), 1)
        ]

    def wrong(self, path: str, what: str, expected: str) -> InvalidInput:
        """The refusal of a value below."""
        value = self.text(path)
        return InvalidInput(what, self.at(path), "nothing" if value is None else repr(shown(value)), expected)

    def need(self, path: str, expected: str) -> str:
        """The text under a path. Raises InvalidInput when it is absent or empty."""
        value = self.text(path)
        if value is None:
            raise self.wrong(path, "required element missing or empty", expected)
        return value


def looks_like(head: bytes) -> bool:
    """Whether the beginning of some bytes holds a customs message, in XML or JSON, enveloped or not."""
    for mark, name in _MARKS[1:]:
        if head.startswith(mark):
            head = head[: len(head) // 2 * 2].decode(name, "replace").encode()
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return bool((text[:1] == b"<" and _XML_HEAD.search(text)) or (text[:1] in b"{[" and _JSON_HEAD.search(text)))


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


def _utf8(data: bytes) -> bytes:
    """The bytes in UTF-8, by their mark or declaration. Raises InvalidInput for another encoding or bytes outside it."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    declared = _ENCODING.match(data)
    name = marked or (declared[1].decode() if declared else "utf-8")
    expected = "UTF-8, UTF-16 with a byte order mark or Windows-1251"
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        known = ""
    if known not in _ENCODINGS and not (marked and known == "utf-16"):
        raise InvalidInput("unknown encoding", "/", repr(name), expected)
    try:
        text = data.decode(known)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"bytes that are not {name}", f"byte {error.start}", "the byte there", expected) from None
    return text.removeprefix("\ufeff").encode() if known != "utf-8" or marked else data


def _tree(data: bytes) -> Element:
    """The root element. Raises InvalidInput."""
    text = _utf8(data)
    for word in (b"<!DOCTYPE", b"<!ENTITY"):
        if word in text:
            line = text[: text.index(word)].count(b"\n") + 1
            raise InvalidInput(
                "document type declaration",
                f"line {line}",
                word.decode(),
                "a message without: no customs message has one",
            )
    if text.count(b"<") > 2 * MOST_ELEMENTS:
        raise InvalidInput("too many elements", "/", f"more than {MOST_ELEMENTS}", f"at most {MOST_ELEMENTS}")
    parser = XMLParser(encoding="utf-8")  # noqa: S314  a document type declaration was refused above
    try:
        parser.feed(text)
        root: Element = parser.close()
    except ParseError as error:
        line, column = error.position
        what = str(error).partition(":")[0]
        there = text.split(b"\n", line)[line - 1 : line] or [b""]
        at, value = f"line {line} column {column + 1}", shown(there[0][column : column + 40]) or "nothing more"
        raise InvalidInput(f"not well-formed XML ({what})", at, value, "a whole XML document") from None
    return root


def _plain(root: Element) -> None:
    """Takes prefixes and namespaces off all names. Raises InvalidInput when elements are nested too deep."""
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MOST_DEPTH:
            raise InvalidInput(
                "elements nested too deep", "/", f"more than {MOST_DEPTH}", f"at most {MOST_DEPTH} levels"
            )
        if any("}" in tag for tag in {element.tag for element in level}):
            for element in level:
                element.tag = _local(element.tag)
        level = [child for element in level for child in element]


def _clean(name: str, text: str) -> str:
    """A text that XML could hold. Raises InvalidInput for control characters and lone surrogates."""
    if _FORBIDDEN.search(text):
        raise InvalidInput("control character", name, repr(shown(text)), "text without control characters")
    return text


def _from_json(name: str, value: Any, depth: int) -> Element:
    """An element out of its JSON form: `@name` is an attribute, `#text` the text, a list repeats the element."""
    if depth > MOST_DEPTH:
        raise InvalidInput("objects nested too deep", "/", f"more than {MOST_DEPTH}", f"at most {MOST_DEPTH} levels")
    element = Element(name)
    if not isinstance(value, dict):
        element.text = None if value is None or isinstance(value, list) else _clean(name, str(value))
        return element
    for key, item in value.items():
        if key.startswith("@"):
            element.set(_local(key[1:]).strip(), str(item))
        elif key == "#text":
            element.text = _clean(name, str(item))
        else:
            for one in item if isinstance(item, list) else [item]:
                element.append(_from_json(_local(key), one, depth + 1))
    return element


def _json_root(data: bytes) -> Element:
    try:
        value = msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput("not JSON", "$", repr(shown(data[:60])), f"one JSON text ({error})") from None
    return _from_json("json", {"message": value} if isinstance(value, list) else value, 0)


def messages(data: bytes) -> Iterator[Node | Refusal]:
    """The customs messages in XML or JSON bytes, whatever envelope is around them; a refusal when there is none."""
    if len(data) > MOST_BYTES:
        yield Refusal(f"{len(data)} bytes; expected at most {MOST_BYTES}", "/", shown(data[:200]))
        return
    try:
        if data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"["):
            root = _json_root(data)
        else:
            root = _tree(data)
            _plain(root)
    except InvalidInput as error:
        yield Refusal(str(error), error.path, shown(data[:200]))
        return
    found = [root] if _MESSAGE.fullmatch(root.tag) else [e for e in root.iter() if _MESSAGE.fullmatch(e.tag)]
    for n, element in enumerate(found, 1):
        yield Node(element, f"/{element.tag}" if len(found) == 1 else f"//message[{n}]/{element.tag}")
    if not found:
        name = "object" if root.tag == "json" else f"root element {shown(root.tag)!r}"
        because = f"the {name} is and holds no customs message; expected one named CCnnnC (NCTS, AES) or CCnnnA, CCnnnB"
        yield Refusal(because, f"/{shown(root.tag)}", shown(data[:200]))
