"""XML read in pieces: one entry in memory at a time, and nothing that an attacker could make large.

A document type declaration is refused whatever it holds: the official lists have none, and entity expansion
("billion laughs") and external entities need one. Entries are bounded in depth, elements and text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element  # only the data structure; the parsing is expat's, below
from xml.parsers import expat

from msgspec import Struct

from streams.errors import ListRefused
from streams.reference.loaders.reading import listener, sniff

_CHUNK = 1 << 16
_MAX_DEPTH = 64
_MAX_ELEMENTS = 200_000
_MAX_TEXT = 8_000_000


class Entry(Struct, frozen=True):
    """An element of interest with all it holds, and the line of the file it begins on."""

    element: Element
    line: int


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Builder:
    """Collects the elements of interest; all outside them is forgotten as it is read."""

    def __init__(self, path: Path, root: Collection[str], wanted: Collection[str]) -> None:
        self.path = str(path)
        self.done: list[Entry] = []
        self.open: list[Element] = []
        self.trail: list[str] = []
        self._root, self._wanted = root, wanted
        self._line = self._elements = self._text = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._entity
        self.parser.ExternalEntityRefHandler = self._external

    def refuse(self, because: str) -> ListRefused:
        """The refusal at the place where the parser stands."""
        where = f"line {self.parser.CurrentLineNumber} column {self.parser.CurrentColumnNumber + 1}"
        path = "/".join(self.trail[:12])
        return ListRefused(self.path, where, f"{because} (in /{path})" if path else because)

    def _doctype(self, name: str, *_rest: object) -> None:
        if name.lower() == "html":
            raise self.refuse("an HTML page, not XML: the server gave an error or login page instead of the list")
        raise self.refuse(
            "a document type declaration: it could hide entity expansion or files, no official list has one"
        )

    def _entity(self, name: str, *_rest: object) -> None:
        raise self.refuse(f"declares the entity {name!r}, which no official list does")

    def _external(self, *_rest: object) -> int:
        raise self.refuse("refers to an external entity, which no official list does")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local(name)
        if not self.trail and tag not in self._root:
            html = " (an HTML page)" if tag.lower() == "html" else ""
            raise self.refuse(f"the root element is {tag[:60]!r}{html}; expected {' or '.join(sorted(self._root))}")
        self.trail.append(tag)
        if len(self.trail) > _MAX_DEPTH:
            raise self.refuse(f"elements nested deeper than {_MAX_DEPTH}")
        if not self.open and tag not in self._wanted:
            return
        element = Element(tag, {_local(key): value for key, value in attributes.items()})
        self._count(1, sum(map(len, attributes.values())))
        if self.open:
            self.open[-1].append(element)
        else:
            self._line = self.parser.CurrentLineNumber
        self.open.append(element)

    def _count(self, elements: int, text: int) -> None:
        self._elements += elements
        self._text += text
        if self._elements > _MAX_ELEMENTS or self._text > _MAX_TEXT:
            raise self.refuse(f"an entry of more than {_MAX_ELEMENTS} elements or {_MAX_TEXT} letters")

    def _data(self, text: str) -> None:
        if self.open and text:
            self._count(0, len(text))
            element = self.open[-1]
            if not len(element):
                element.text = (element.text or "") + text

    def _end(self, _name: str) -> None:
        self.trail.pop()
        if self.open:
            element = self.open.pop()
            if not self.open:
                self.done.append(Entry(element, self._line))
                self._elements = self._text = 0


def entries(path: Path, root: Collection[str], wanted: Collection[str]) -> Iterator[Entry]:
    """The elements of the ``wanted`` names, one after another; names are compared without their prefix.

    Raises ListRefused with line, column and path when the file is no XML, is cut, has another root than ``root``,
    or holds what no list holds; OSError when it cannot be read.
    """
    sniff(path)
    builder, tell, count = _Builder(path, root, wanted), listener.get(), 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            count += len(chunk)
            if tell is not None:
                tell(path, count)
            try:
                builder.parser.Parse(chunk, not chunk)
            except expat.ExpatError as error:
                text = expat.ErrorString(error.code) or "error"
                cut = "; the file is cut" if not chunk else ""
                raise builder.refuse(f"not well-formed XML: {text}{cut}") from None
            except (ValueError, LookupError) as error:  # an encoding expat or Python does not know
                raise builder.refuse(f"cannot be decoded: {error}") from None
            if count - builder.parser.CurrentByteIndex > _MAX_TEXT:
                raise builder.refuse(f"a tag or comment longer than {_MAX_TEXT} bytes")
            yield from builder.done
            builder.done.clear()
            if not chunk:
                return


def text_of(element: Element, path: str) -> str:
    """The text of the first element under a path, or the empty text."""
    return element.findtext(path) or ""
