"""R07 and R08: dealings with listed refineries and airports (833/2014 Art. 5ae(2a) and (2), Annex XLVII Parts D and B).

As with ports, each dealing is judged with the law of its own Brussels day, a plan likewise. What happens at a refinery before
its date is an advance notice (domain 8 R07). A plan that still stands when the date comes can only be carried out under the
ban: from then on it counts as of the first day of the listing, without any event. To fly over an airport is no dealing.
"""

from __future__ import annotations

from streams.model.decision import Condition, Finding
from streams.model.events import Event
from streams.model.moments import brussels_day, brussels_midnight, iso_day, iso_time
from streams.model.reference import ListedPlace
from streams.rules.case import Case
from streams.rules.law import PlaceFacts, record_ref
from streams.rules.nexus import nexus_of, no_nexus
from streams.rules.ports import NO_DEALING, Ban, Dealing, Visit, article, dealings, finding_of, use_of, visits, worst_of
from streams.rules.waivers import answer

REFINERIES = Ban("R07", frozenset({"XLVII-D"}), "refinery", "833/2014 Art. 5ae(2a)", "listed_refinery")
AIRPORTS = Ban("R08", frozenset({"XLVII-B"}), "airport", "833/2014 Art. 5ae(2)", "listed_airport")


def r07(case: Case) -> list[Finding]:
    """The finding of the ban on refineries, or the advance notice of it; R01 CLEAR without nexus."""
    seen = visits(case)
    if not seen and not case.doubtful and not case.c.plans:
        return []
    found = dealings(case, REFINERIES.annexes)
    ahead: list[Dealing] = []
    for visit in seen:
        listing = _coming(visit)
        if listing is not None and listing.applies_from is not None:
            if visit.at is None and not visit.leg:
                case.wake_at(brussels_midnight(listing.applies_from))
                if case.today >= listing.applies_from:
                    found.append(_dealing(case, visit, listing, listing.applies_from))
                    continue
            ahead.append(_dealing(case, visit, listing, visit.day))
    case.ports = case.ports or bool(found or ahead)
    bound = [d for d in ahead if d.nexus.state != "NOT_MET"]
    if bound and all(d.nexus.state == "NOT_MET" for d in found):
        return [_notice(case, bound), *_unnamed(case, REFINERIES)]
    return [*_banned(case, REFINERIES, found or ahead), *_unnamed(case, REFINERIES)]


def r08(case: Case) -> list[Finding]:
    """The finding of the ban on airports; R01 CLEAR without nexus."""
    if not visits(case) and not case.doubtful and not case.c.plans:
        return []
    found = [d for d in dealings(case, AIRPORTS.annexes) if not _flown_over(d.event)]
    case.ports = case.ports or bool(found)
    return [*_banned(case, AIRPORTS, found), *_unnamed(case, AIRPORTS)]


def _coming(visit: Visit) -> ListedPlace | None:
    """The listing as a refinery that begins after a visit."""
    return next(
        (
            r for r in visit.facts.listed
            if r.annex in REFINERIES.annexes and r.applies_from is not None and visit.day < r.applies_from
        ),
        None,
    )  # fmt: skip


def _dealing(case: Case, visit: Visit, listing: ListedPlace, day: int) -> Dealing:
    return Dealing(visit.event, visit.at, listing, visit.facts, visit.use, day, nexus_of(case, visit.at))


def _flown_over(event: Event) -> bool:
    """Whether an event at an airport is but a crossing in the air."""
    by_air = event.transport is None or event.transport.mode in {None, "AIR"}
    return event.type == "BORDER_CROSSED" and event.port_use is None and by_air


def _banned(case: Case, ban: Ban, found: list[Dealing]) -> list[Finding]:
    """The prohibition and what waivers say of it."""
    bound = [d for d in found if d.nexus.state != "NOT_MET"]
    if not bound:
        return finding_of(case, ban, found, None)
    reply = answer(case, bound, ban.rule)
    return [*finding_of(case, ban, found, reply.answered_by), *reply.findings]


def _notice(case: Case, ahead: list[Dealing]) -> Finding:
    """That a refinery which is dealt with will be listed."""
    worst = worst_of(ahead)
    listing, uid = worst.place, worst.event.uid
    since = iso_day(listing.applies_from) if listing.applies_from is not None else "a day to come"
    why = f"{worst.facts.label} on {listing.annex} only from {since}"
    return Finding(
        rule=REFINERIES.rule,
        verdict="RED_FLAG",
        weight=int(case.law.policy("r07_advance_weight", case.today)),
        planned=worst.planned,
        legal_basis=REFINERIES.legal_basis,
        because=f"{worst.text()}: dealings with this refinery need a waiver from {since} on.",
        conditions=(Condition(REFINERIES.condition, "NOT_MET", why, (uid,)), worst.nexus.condition()),
        missing=worst.nexus.missing,
        exposed=worst.nexus.exposed,
        clocks=case.clocks(worst.event.occurred_at),
        records=(record_ref(listing),),
    )


def _unnamed(case: Case, ban: Ban) -> list[Finding]:
    """INSUFFICIENT_DATA for the first dealing at a name that a listed place bears, in a country that nobody states."""
    if not case.doubtful and not case.c.plans:
        return []
    events = [(event, n, case.place(n)) for n, event in enumerate(case.c.actual)]
    told: list[tuple[Event, int | None, PlaceFacts]] = [*events]
    told += [(event, None, case.place_of(event)) for event in case.c.plans]
    for event, at, facts in told:
        if facts.country is not None or event.type in NO_DEALING or use_of(event) is None:
            continue
        day = brussels_day(event.occurred_at)
        listing = next((r for r in facts.perhaps if r.annex in ban.annexes and r.in_force(day)), None)
        if listing is not None:
            case.ports = True
            return [_unknown(case, ban, event, at, facts, listing)]
    return []


def _unknown(case: Case, ban: Ban, event: Event, at: int | None, facts: PlaceFacts, listing: ListedPlace) -> Finding:
    nexus = nexus_of(case, at)
    if nexus.state == "NOT_MET":
        return no_nexus(nexus, ban.prohibition)
    verb = f"{event.type} planned" if at is None else event.type
    why = f"{article(ban.what)} of this name is listed, and the country is not stated"
    return Finding(
        rule=ban.rule,
        subject=f"unknown {ban.what}",
        verdict="INSUFFICIENT_DATA",
        planned=at is None,
        legal_basis=ban.legal_basis,
        because=f"{verb} on {iso_time(event.occurred_at)} at {facts.label!r}: {why}.",
        conditions=(Condition(ban.condition, "NOT_KNOWN", why, (event.uid,)), nexus.condition()),
        missing=(f"country of {event.type} (place.country)", *nexus.missing),
        exposed=nexus.exposed,
        clocks=case.clocks(event.occurred_at),
        records=(record_ref(listing),),
    )
