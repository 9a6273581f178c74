"""Screening for people and scripts: a question against the records in force on a day, each match with its why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from msgspec import Struct

from streams.commands.connect import records_in_redis
from streams.commands.decide import read_reference
from streams.commands.screen_query import Query
from streams.errors import ReferenceUnavailable
from streams.model.moments import iso_day, iso_time
from streams.model.reference import AnyRecord, ListedParty, Ownership
from streams.reference.store import digest_of
from streams.rules.clearances import Cleared, Sieve, told
from streams.rules.law import Law
from streams.rules.naming import Described
from streams.rules.ownership import Screened, dossier_of
from streams.screening.match import Hit

_KINDS_APART = ("Vessel", "Aircraft")
"""Kinds of list entry that a question of unknown kind does not reach unless it is asked for them too."""


class Match(Struct, frozen=True, kw_only=True):
    """A record that the party resembles on the day asked for; ``list_version`` is when its list was fetched.

    ``reached`` says that the score reaches the threshold of its kind, the record applies on the day, and nobody cleared
    the party of it: ``cleared`` says who did, ``lapsed`` that a clearance does not count, and why.
    """

    id: str
    name: str
    score: float
    because: str
    reached: bool
    certain: bool
    in_force: bool
    kind: str
    schema: str
    list: str | None
    list_version: str | None
    programme: str | None
    measures: tuple[str, ...]
    countries: tuple[str, ...]
    birth_date: str | None
    applies_from: str | None
    applies_until: str | None
    threshold: float
    cleared: str | None = None
    lapsed: str | None = None


class Answer(Struct, frozen=True):
    """The matches of a question, best first, and whether one of them is a hit; ``more`` were left off."""

    matches: tuple[Match, ...]
    hit: bool
    more: int


def records_for(
    reference: tuple[str, ...], only: bool, url: str | None
) -> tuple[list[AnyRecord], list[str], list[str]]:
    """The records to screen against, refused lines, warnings: bundled and files, or those a running system holds.

    Raises ReferenceUnavailable when Redis holds none or is away, UsageError for a file that cannot be read.
    """
    if url is None:
        return read_reference(reference, only)
    _, held = records_in_redis(url)
    bundled = len(read_reference((), only=True)[0])
    added, refused, _ = read_reference(reference, only=True)
    return [*held, *added[bundled:]], refused, []


def threshold_of(law: Law, schema: str | None, day: int) -> float:
    """The default threshold (0-1) from which two names of that kind are one party, on a Brussels day.

    The policy `match_threshold_<kind>` where there is one, else `match_threshold`. Raises ReferenceUnavailable.
    """
    keys = [f"match_threshold_{schema.lower()}"] if schema else []
    for key in (*keys, "match_threshold"):
        try:
            return float(law.policy(key, day))
        except KeyError:
            continue
    raise ReferenceUnavailable(
        f"no policy record `policy:match_threshold` is in force on {iso_day(day)}; publish the bundled policies"
    )


class Desk:
    """Answers questions under one set of records on one Brussels day; at most ``limit`` matches each."""

    def __init__(self, records: Iterable[AnyRecord], day: int, limit: int) -> None:
        self.law = Law(records)
        self.day, self.limit = day, limit
        self.version = digest_of(self.law.records.values())
        """Digest of the records, as in `reference status` and in the record of screenings."""
        self.lists: dict[str, int] = {}
        """When each list was fetched (ms UTC), by name."""
        for state in self.law.list_states:
            if state.fetched_at is not None:
                self.lists[state.list] = max(self.lists.get(state.list, 0), state.fetched_at)
        self.law.screener  # noqa: B018  # build the index now, not within the first answer
        threshold_of(self.law, None, day)

    def answer(self, query: Query) -> Answer:
        """The matches of a question: those in force first, then by score."""
        hits = self._hits(query)
        party = Described(query.name, query.country, query.birth_date, tuple(sorted(query.identifiers.items())))
        owned = self._owned(party) if any(isinstance(h.record, Ownership) for h in hits) else None
        matches = [self._match(hit, owned, self._cleared(party, hit)) for hit in hits]
        matches.sort(key=lambda m: (not m.in_force, -m.score, m.kind, m.id))
        hit = any(m.reached for m in matches)
        return Answer(tuple(matches[: self.limit]), hit, max(0, len(matches) - self.limit))

    def _hits(self, query: Query) -> list[Hit]:
        screen = self.law.screener.screen
        found: dict[str, Hit] = {}
        for schema in (query.schema,) if query.schema is not None else (None, *_KINDS_APART):
            for hit in screen(query.name, query.country, query.birth_date, query.identifiers or None, schema):
                held = found.get(hit.record.record_key)
                if held is None or (hit.certain, hit.score) > (held.certain, held.score):
                    found[hit.record.record_key] = hit
        return list(found.values())

    def _cleared(self, party: Described, hit: Hit) -> Cleared | None:
        """What a clearance of the party, wherever it occurs, says of a hit; one that counts rather than one that does not."""
        if not self.law.clearances:
            return None
        sieve = Sieve(self.law.clearances.view(self.day, self.day, None))
        sieve.standing(party, (hit,))
        return min(sieve.found.values(), key=lambda c: c.lapsed is not None, default=None)

    def _owned(self, party: Described) -> Screened:
        """What the holders of the party make of it (269/2014 Art. 2; contract 6(21))."""
        clearing = self.law.clearances.view(self.day, self.day, None) if self.law.clearances else None
        try:
            return dossier_of(self.law, party, clearing=clearing).at(self.day)
        except KeyError as error:
            raise ReferenceUnavailable(f"{error.args[0]}; publish the bundled policies") from None

    def _match(self, hit: Hit, owned: Screened | None, cleared: Cleared | None) -> Match:
        record = hit.record
        schema = record.schema if isinstance(record, ListedParty) else "Organization"
        threshold = threshold_of(self.law, schema, self.day)
        in_force = record.in_force(self.day)
        reached = in_force and (hit.certain or hit.score >= threshold)
        because = hit.because
        if isinstance(record, Ownership):
            because += "; " + self._holding(record, owned)
            reached = reached and owned is not None and owned.state == "listed"
        clears: dict[str, Any] = (
            {} if cleared is None else {"cleared" if cleared.lapsed is None else "lapsed": told(cleared)}
        )
        reached = reached and "cleared" not in clears
        if not in_force:
            because += f"; not in force on {iso_day(self.day)}: {applies(record)}"
        return Match(
            score=hit.score, because=because, reached=reached, certain=hit.certain, in_force=in_force, threshold=threshold,
            schema=schema, **clears, **_described(record, self.law), **self._listing(record),
        )  # fmt: skip

    def _holding(self, record: Ownership, owned: Screened | None) -> str:
        if owned is not None and owned.state != "clear":
            return f"{'counts as' if owned.state == 'listed' else 'may be'} listed: {owned.because}"
        owner = self.law.party_by_id.get(record.owner_id)
        name = owner.names[0].name if owner is not None and owner.names else record.owner_id
        share = f" {record.share_pct:g} %" if record.share_pct is not None else ""
        return f"held{share} by {name}, which does not make it listed on this day"

    def _listing(self, record: ListedParty | Ownership) -> dict[str, Any]:
        party = record if isinstance(record, ListedParty) else self.law.party_by_id.get(record.owner_id)
        if party is None:
            return {"list": None, "list_version": None, "programme": None, "measures": ()}
        fetched = self.lists.get(party.list)
        version = iso_time(fetched) if fetched is not None else None
        return {"list": party.list, "list_version": version, "programme": party.programme, "measures": party.measures}


def _described(record: ListedParty | Ownership, law: Law) -> dict[str, Any]:
    shared: dict[str, Any] = {
        "id": record.id,
        "kind": record.kind,
        "applies_from": iso_day(record.applies_from) if record.applies_from is not None else None,
        "applies_until": iso_day(record.applies_until) if record.applies_until is not None else None,
    }
    if isinstance(record, ListedParty):
        name = next((n.name for n in record.names if not n.weak), record.names[0].name if record.names else record.id)
        return {**shared, "name": name, "countries": record.countries, "birth_date": record.birth_date}
    countries = (record.owned.country,) if record.owned.country else ()
    return {**shared, "name": record.owned.name or record.owned.id or "?", "countries": countries, "birth_date": None}


def applies(record: ListedParty | Ownership | Match) -> str:
    """When a record applies, in words."""
    start, end = (
        day if isinstance(day, str) or day is None else iso_day(day)
        for day in (record.applies_from, record.applies_until)
    )
    if start is None:
        return f"until {end} (exclusive)" if end is not None else "always"
    return f"from {start} until {end} (exclusive)" if end is not None else f"since {start}"


def identifier_option(_: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """A click callback: numbers by kind from several `kind=number`. Raises BadParameter."""
    found = {}
    for value in values:
        kind, equals, number = value.partition("=")
        if not (kind.strip() and equals and number.strip()):
            raise click.BadParameter(f"{value!r}; write kind=number, such as bin=940140000385", param=option)
        found[kind.strip().lower()] = number.strip()
    return found


def day_option(_: click.Context, option: click.Parameter, value: str | None) -> int | None:
    """A click callback: a Brussels day from `YYYY-MM-DD`. Raises BadParameter."""
    from streams.model.moments import parse_day

    if value is None:
        return None
    try:
        return parse_day(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date; expected one such as 2026-10-02", param=option) from None
