"""`transitwatch reference clearance`: write down that a party is not the list entry that it resembles."""

from __future__ import annotations

import hashlib
import time

import click
import msgspec

from streams.commands._common import current_settings, printable
from streams.commands.decide import read_events
from streams.commands.screen_desk import Desk, day_option, identifier_option, records_for
from streams.commands.screen_query import query_of
from streams.errors import InvalidInput
from streams.model.events import Event, Party
from streams.model.intake import record_to_json
from streams.model.moments import brussels_day
from streams.model.reference import Clearance
from streams.rules.clearances import material_hash, party_key
from streams.rules.naming import Described, described
from streams.screening.match import Hit

EXAMPLE = """
\b
Examples:
  transitwatch reference clearance --of KTZ-1/BUYER --events events.ndjson --entry party:EU-123
      --by "A. Officer" --because "another register number, extract of 3 March" --until 2027-03-31 >> cleared.ndjson
  transitwatch reference clearance "TOO Zerde Agro Bau" --country KZ --entry party:EU-123 --redis redis://localhost:6379/0
      --by "A. Officer" --because "another seat" --until 2027-03-31 --consignment KTZ-1 > cleared.ndjson
  transitwatch reference publish cleared.ndjson --bootstrap localhost:9092
"""


def _events_of(consignment: str, files: tuple[str, ...], bootstrap: str | None, now: int) -> list[Event]:
    if bootstrap is None:
        return read_events(files, now).events.get(consignment, [])
    from streams.commands.explain_kafka import history_of

    return history_of(current_settings({"kafka.bootstrap": bootstrap}), consignment) or []


def _party_of(of: str, name: str | None, events: list[Event]) -> Described:
    """The party that a consignment's events state in a role, as they state it last. Raises UsageError."""
    _, _, role = of.rpartition("/")
    stated: dict[Described, Party] = {}
    for event in events:
        for party in event.parties:
            if party.role == role.upper() and name in (None, party.name):
                stated[described(party)] = party
    if len(stated) == 1:
        return next(iter(stated))
    if not stated:
        raise click.UsageError(f"--of {of}: no such party in the events given; write CONSIGNMENT/ROLE")
    several = "; ".join(party_key(one) for one in stated)
    raise click.UsageError(f"--of {of}: several parties ({several}); add the NAME, or describe the one instead")


def _typed(name: str | None, country: str | None, birth_date: str | None, ids: dict[str, str]) -> Described:
    try:
        query = query_of({"query": name, "country": country, "birth_date": birth_date, "identifiers": ids})
    except InvalidInput as error:
        raise click.UsageError(f"{error.path}: {error.what}: {error.value}; expected {error.expected}") from None
    return Described(query.name, query.country, query.birth_date, tuple(sorted(query.identifiers.items())))


def _hit_on(desk: Desk, party: Described, entry: str | None, despite_identifiers: bool) -> Hit:
    """The hit that is to be cleared. Raises UsageError when there is none of that entry."""
    identifiers = dict(party.identifiers) or None
    hits = desk.law.screener.screen(party.name, party.country, party.birth_date, identifiers)
    wanted = [hit for hit in hits if entry in (None, hit.record.record_key, hit.record.id)]
    if len(wanted) != 1:
        found = "; ".join(f"{hit.record.record_key} ({hit.because})" for hit in hits) or "nothing at all"
        what = "say which with --entry" if entry is None and hits else f"{entry or 'no entry'} is not among them"
        raise click.UsageError(f"{party_key(party)} resembles {found}: {what}")
    if wanted[0].certain and not despite_identifiers:
        raise click.UsageError(
            f"{wanted[0].record.record_key}: {wanted[0].because}; that decides whatever the name, and is overruled only "
            "with --despite-identifiers"
        )
    return wanted[0]


@click.command("clearance", epilog=EXAMPLE)
@click.argument("name", required=False)
@click.option("--country", help="Its country, ISO 3166-1 alpha-2, as the events state it.")
@click.option("--birth-date", help="As the events state it.")
@click.option("--identifier", "identifiers", multiple=True, callback=identifier_option, help="A number as kind=number.")
@click.option("--of", metavar="CONSIGNMENT/ROLE", help="Take the party as this consignment's events state it.")
@click.option("--events", multiple=True, type=click.Path(exists=True, dir_okay=False), help="With --of: event files.")
@click.option("--bootstrap", help="With --of: take the events from a running system: Kafka servers HOST:PORT.")
@click.option("--entry", help="The list entry, kind:id, when it resembles several.")
@click.option("--by", "cleared_by", required=True, help="Who found it.")
@click.option("--because", "reason", required=True, help="Why: what tells the two apart.")
@click.option("--until", callback=day_option, required=True, help="Day (Brussels) from which it is judged again.")
@click.option("--from", "since", callback=day_option, help="Day (Brussels) from which it counts (default: today).")
@click.option("--consignment", help="Only for this consignment (default: wherever the party occurs).")
@click.option("--despite-identifiers", is_flag=True, help="Also where an equal number decided.")
@click.option("--reference", multiple=True, type=click.Path(exists=True), help="More records: NDJSON file or folder.")
@click.option("--redis", "url", help="The list entries that a running system holds: Redis URL.")
def command(
    name: str | None, country: str | None, birth_date: str | None, identifiers: dict[str, str], of: str | None,
    events: tuple[str, ...], bootstrap: str | None, entry: str | None, cleared_by: str, reason: str, until: int,
    since: int | None, consignment: str | None, despite_identifiers: bool, reference: tuple[str, ...], url: str | None,
) -> None:  # fmt: skip
    """Print a clearance of the party NAME from a list entry, as a record for `reference publish`.

    The party must be described exactly as the events state it, best by --of: of whom more or less is stated, that is
    judged anew. The record is pinned to the content of the entry and ends by itself when that changes. A cleared hit
    is told on every decision. Exit codes: 0 printed, 1 failed, 2 wrong use.
    """
    now = time.time_ns() // 1_000_000
    since = brussels_day(now) if since is None else since
    if until <= since:
        raise click.UsageError("--until must lie after the day on which the clearance begins")
    if of is not None:
        party = _party_of(of, name, _events_of(of.rpartition("/")[0], events, bootstrap, now))
    else:
        party = _typed(name, country, birth_date, identifiers)
    records, _, _ = records_for(reference, False, url)
    hit = _hit_on(Desk(records, since, 1), party, entry, despite_identifiers)
    key = party_key(party)
    ident = hashlib.blake2b(repr((key, hit.record.record_key, consignment)).encode(), digest_size=8).hexdigest()
    record = Clearance(
        id=f"clearance-{ident}", party=key, entry=hit.record.record_key, entry_hash=material_hash(hit.record),
        cleared_by=cleared_by, reason=reason, consignment_id=consignment, despite_identifiers=despite_identifiers,
        applies_from=since, applies_until=until, recorded_at=now, source=f"finding of {cleared_by}", confidence="B",
    )  # fmt: skip
    click.echo(msgspec.json.encode(record_to_json(record)).decode())
    click.echo(printable(f"clears {key} of {hit.record.record_key}: {hit.because}"), err=True)
