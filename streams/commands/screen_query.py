"""The question of `screen`: a name with what else is known of the party, from options or from a line of a file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from streams.errors import InvalidInput
from streams.model.identifiers import is_valid

SCHEMAS: dict[str, str | None] = {
    "Person": "Person", "Organization": "Organization", "Company": "Organization", "PublicBody": "Organization",
    "Vessel": "Vessel", "Aircraft": "Aircraft", "Airplane": "Aircraft", "LegalEntity": None, "Thing": None, "any": None,
}  # fmt: skip
"""What is said of the party's kind (FollowTheMoney's words too), and what it is screened as; None: whatever it is."""
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_SHOWN = 80


class Query(Struct, frozen=True):
    """What is known of a party: ``schema`` narrows to one kind of list entry."""

    name: str | None
    schema: str | None = None
    country: str | None = None
    birth_date: str | None = None
    identifiers: dict[str, str] = {}

    @property
    def doubts(self) -> tuple[str, ...]:
        """Identifiers that fail their check digit: they neither match nor exclude (contract 1.3)."""
        return tuple(f"{k}={v}" for k, v in self.identifiers.items() if is_valid(k, v) is False)


def _refused(what: str, path: str, value: object, expected: str) -> InvalidInput:
    text = repr(value)
    return InvalidInput(what, path, text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...", expected)


def text_of(obj: Mapping[str, Any], field: str) -> str | None:
    """A text of a JSON object, None when absent or blank. Raises InvalidInput."""
    value = obj.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _refused("not a text", field, value, "a string")
    return value.strip() or None


def object_of(value: Any, fields: str) -> Mapping[str, Any]:
    """A line as a JSON object. Raises InvalidInput."""
    if not isinstance(value, Mapping):
        raise _refused("not an object", "$", value, f"a JSON object with {fields}")
    return value


def schema_of(obj: Mapping[str, Any]) -> str | None:
    """The kind of party that an object states in ``schema``, as one is screened. Raises InvalidInput."""
    stated = text_of(obj, "schema")
    if stated is None:
        return None
    known = {name.casefold(): schema for name, schema in SCHEMAS.items()}
    if stated.casefold() not in known:
        raise _refused("unknown kind of party", "schema", stated, "one of " + ", ".join(SCHEMAS))
    return known[stated.casefold()]


def _country(obj: Mapping[str, Any]) -> str | None:
    stated = text_of(obj, "country")
    if stated is None:
        return None
    if len(stated) != 2 or not (stated.isascii() and stated.isalpha()):
        raise _refused("no country", "country", stated, "an ISO 3166-1 alpha-2 code such as KZ")
    return stated.upper()


def _birth_date(obj: Mapping[str, Any]) -> str | None:
    stated = text_of(obj, "birth_date")
    if stated is None:
        return None
    if not _is_date(stated):
        raise _refused("no date", "birth_date", stated, "YYYY, YYYY-MM or YYYY-MM-DD")
    return stated


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _identifiers(obj: Mapping[str, Any]) -> dict[str, str]:
    stated = obj.get("identifiers")
    if stated is None:
        return {}
    if not isinstance(stated, Mapping) or not all(isinstance(v, str) for v in stated.values()):
        raise _refused("no identifiers", "identifiers", stated, 'an object of texts such as {"bin": "940140000385"}')
    return {kind: value.strip() for kind, value in stated.items() if value.strip()}


def query_of(line: Any) -> Query:
    """The question of a JSON value `{"query", "schema"?, "birth_date"?, "country"?, "identifiers"?}`.

    Raises InvalidInput; a question needs a name or an identifier.
    """
    obj = object_of(line, "`query`")
    name, identifiers = text_of(obj, "query"), _identifiers(obj)
    if name is None and not identifiers:
        raise _refused("required field missing", "query", obj.get("query"), "a name, or `identifiers`")
    return Query(name, schema_of(obj), _country(obj), _birth_date(obj), identifiers)
