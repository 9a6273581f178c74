"""How far changed lists reach: the records whose meaning changes with them, and the known parties that these may concern.

A party's answer depends on the records that it resembles, on the holdings of these, and so on upwards: each holder is
screened as well. So a changed record concerns whoever resembles it, and whoever is held by a holder that it concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from streams.model.reference import ListedParty, Ownership
from streams.rules.law import Law
from streams.rules.naming import Described, described_owned, described_record
from streams.screening.known import KnownParties
from streams.screening.match import Screener

Row = ListedParty | Ownership
MARGIN = 0.05
"""How much lower than the law's own the floor of the index of changed records is: its scores may differ a little."""


def parties_reached(
    changed: Iterable[Row], before: Law, after: Law, known: KnownParties, pause: Callable[[], None] = lambda: None
) -> set[int]:
    """The known parties, by number, whose answer may differ between two laws: never too few.

    ``changed`` are the records that differ, both versions. ``pause`` is called now and then.
    """
    rows, found = list(changed), set()
    floor = min(before.screening_floor, after.screening_floor) - MARGIN
    for law in (before, after):
        own = [r for r in rows if law.records.get(r.record_key) == r]
        found |= known.resembling(affected(own, law, floor), floor, pause)
        pause()
    return found


def affected(changed: Iterable[Row], law: Law, floor: float) -> list[Row]:
    """Changed records of a law and those whose meaning changes with them.

    These are the same holder on other lists, and all that is held, through any number of links, by a holder that a
    changed record is, or that resembles one with a score of at least ``floor``.
    """
    found = {r.record_key: r for r in changed}
    for record in list(found.values()):
        if isinstance(record, ListedParty):
            found.update((r.record_key, r) for r in _alike(record, law))
    fresh = list(found.values())
    while fresh:
        reached = [r for r in _led_to(fresh, law, floor) if r.record_key not in found]
        fresh = list({r.record_key: r for r in reached}.values())
        found.update((r.record_key, r) for r in fresh)
    return list(found.values())


def _alike(record: ListedParty, law: Law) -> list[Row]:
    """The list entries that may be taken for the same holder (`streams.rules.holdings.canonical`)."""
    country = record.countries[0] if record.countries else None
    return [
        hit.record
        for name in record.names or (None,)
        for schema in (None, record.schema)
        for hit in law.screener.screen(
            name.name if name is not None else None, country, record.birth_date, record.identifiers or None, schema
        )
        if isinstance(hit.record, ListedParty)
    ]


def _led_to(rows: list[Row], law: Law, floor: float) -> list[Row]:
    """One link on: who is held by these, and the records of the same id."""
    out: list[Row] = []
    ids = set()
    for row in rows:
        if isinstance(row, ListedParty):
            ids.add(row.id)
        elif row.owned.id is not None:
            ids.add(row.owned.id)
            out += _of_id(row.owned.id, law)
    screener = Screener(rows, floor)
    for ident, holdings in law.holdings_by_owner.items():
        if ident in ids or any(_resembles(screener, *asked) for asked in _descriptions(ident, law)):
            out += holdings
    return out


def _of_id(ident: str, law: Law) -> list[Row]:
    record = law.party_by_id.get(ident)
    holdings = law.holdings_of_id(ident)
    return [*holdings, record] if record is not None else list(holdings)


def _descriptions(ident: str, law: Law) -> list[tuple[Described, str | None]]:
    """How a holder named by id is screened."""
    record = law.party_by_id.get(ident)
    if record is None:
        return [(described_owned(holding.owned), None) for holding in law.holdings_of_id(ident)]
    return [(party, schema) for party in described_record(record) for schema in (None, record.schema)]


def _resembles(screener: Screener, party: Described, schema: str | None) -> bool:
    identifiers = dict(party.identifiers) or None
    return bool(screener.screen(party.name, party.country, party.birth_date, identifiers, schema))
