"""Which events cannot change any finding: a rule runs again only when an input it depends on changed.

Most messages of a journey say only that it goes on. Such an event is added to the log and not judged. The test
`tests/unit/rules/test_neutral.py` holds this against judging everything.
"""

from __future__ import annotations

from streams.model.events import Event, Transport
from streams.model.moments import HOUR_MS, brussels_day, brussels_midnight
from streams.rules.ghost import limit_of, overdue_from
from streams.rules.law import Law
from streams.rules.masses import agrees
from streams.rules.mismatch import loading_may_matter
from streams.rules.ports import PORT_ASKED, WATER
from streams.rules.seals import QUIET, seal_number
from streams.rules.ships import listing_of_ship
from streams.rules.state import (
    CAPPED,
    CUSTOMS,
    DIRECTED,
    LISTED,
    ORIGIN,
    PLANS,
    PORTS,
    QUOTED,
    ROUTED,
    ROVING,
    SHIP,
    SILENT,
    TRANSIT,
    UNROUTED,
    Header,
    sail_mark,
)  # fmt: skip

MOVES = frozenset({
    "LOADED", "UNLOADED", "DEPARTED", "ARRIVED", "BORDER_CROSSED", "PORT_CALL", "STORED", "TRANSSHIPPED",
    "POSITION", "POSITION_GAP", "WEIGHED", "SEALED", "SEAL_CHECKED", "CONTROLLED",
})  # fmt: skip
"""Types that no built rule reads beyond their time, place, transport, statements, weight and seals."""
RELEASE = "RELEASED_FOR_TRANSIT"
"""The first of a transit that runs in time only sets a timer (R21)."""
SIGNALS = frozenset({"POSITION", "POSITION_GAP"})
"""Types that come by the thousand: of a ship that is looked at they matter only in the Union or after a silence."""
WATCHED = frozenset({"RU", "BY"})
_ALWAYS = DIRECTED | PLANS | LISTED | CAPPED | SILENT
"""With one of these flags every event is judged."""


def _states_something(event: Event) -> bool:
    return bool(
        event.parties or event.goods or event.route or event.documents or event.waivers
        or event.contract is not None or event.export_country or event.destination_country
        or event.end_use_country or event.port_use or event.replaces or event.retracts
    )  # fmt: skip


def _ship_matters(transport: Transport, header: Header, law: Law) -> bool:
    """The first ship and another flag are looked at; of further ships only one that a list of some date may mean matters."""
    if transport.vessel_flag and sail_mark(transport) != header.sails:
        return True
    named = transport.vessel_imo or transport.vessel_name
    return bool(named) and (not header.flags & SHIP or listing_of_ship(law, transport) is not None)


def _long_gap(event: Event, law: Law) -> bool:
    """Whether a ship was, or still is, silent for longer than any policy allows (R18)."""
    if event.type != "POSITION_GAP":
        return False
    return event.gap_until is None or event.gap_until - event.occurred_at >= law.least("ais_gap_hours") * HOUR_MS


def _agrees(event: Event, header: Header) -> bool:
    """Whether what is weighed and seen of seals is as declared and known, so that R22 finds nothing in it, nor R24."""
    weight = event.weight
    if weight is not None and (
        header.flags & QUOTED or (header.weighable is not None and not agrees(weight, header.weighable))
    ):
        return False
    known = header.seals
    return not event.seals or (
        known is not None and all(s.status in QUIET and (not s.number or seal_number(s) in known) for s in event.seals)
    )


def _overdue_at(release: Event, law: Law) -> int | None:
    """When (ms UTC) a transit that does not arrive is overdue; None when no limit is stated."""
    limit = limit_of(release)
    return brussels_midnight(overdue_from(limit, law)) if limit is not None else None


def _in_time(release: Event, header: Header, law: Law) -> bool:
    """Whether a transit has a limit that lies ahead."""
    due = _overdue_at(release, law)
    return due is not None and due > max(header.clock, release.recorded_at)


def note_release(release: Event, header: Header, law: Law) -> None:
    """Set in the header what a release that is neutral leads to: the timer of its limit, and that it was."""
    due = _overdue_at(release, law)
    if due is not None and (header.due is None or due < header.due):
        header.due = due
    header.flags |= CUSTOMS


def is_neutral(event: Event, header: Header, law: Law) -> bool:
    """Whether the event, which comes last in order, leaves every finding as it is."""
    flags = header.flags
    if event.type == RELEASE:
        if flags & CUSTOMS or not _in_time(event, header, law):
            return False
    elif event.type not in MOVES:
        return False
    if event.classifier != "ACTUAL" or flags & _ALWAYS:
        return False
    at_sea = flags & ROVING
    if (at_sea and event.type not in SIGNALS) or _long_gap(event, law):
        return False
    if (event.occurred_at, event.recorded_at) <= header.last or _states_something(event):
        return False
    if (event.weight is not None or event.seals) and not _agrees(event, header):
        return False
    if event.type == "CONTROLLED" and event.occurred_at <= header.last[0]:
        return False  # it may explain what was done to a seal at the same moment
    day, known = brussels_day(event.occurred_at), brussels_day(event.recorded_at)
    if not (header.steady_from <= day < header.steady_until and known < header.steady_until):
        return False
    if header.due is not None and event.recorded_at >= header.due:
        return False
    transport = event.transport
    if (
        transport is not None
        and (transport.vessel_imo or transport.vessel_name or transport.vessel_flag)
        and _ship_matters(transport, header, law)
    ):
        return False
    if event.place is None:
        asked = event.type in PORT_ASKED and transport is not None and transport.mode in WATER
        return not asked and not (flags & PORTS)
    if flags & (PORTS | UNROUTED):
        return False
    facts = law.places.find(event.place)
    if (flags & ROUTED and facts.country in law.route_watch) or (event.type == "UNLOADED" and facts.country == "RU"):
        return False
    if at_sea and facts.country in law.eu_members(day):
        return False
    if facts.listed or facts.doubtful or (flags & TRANSIT and (facts.country in WATCHED or event.type == "DEPARTED")):
        return False
    if flags & ORIGIN and event.type == "LOADED":
        conflicts = law.policy("origin_loading_conflicts", day)
        if loading_may_matter(event, facts.country, conflicts):
            return False
    return facts.known or event.type not in PORT_ASKED or transport is None or transport.mode not in WATER
