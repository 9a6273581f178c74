"""R21 (flag F03): a transit that was opened and neither arrived nor was written off in time.

NCTS: 029 release without 045 write-off or 025 release at destination, or a 140 enquiry (domain 8 R21; contract
6(29)). Due at 00:00 Brussels on the day after `limit_date` + `transit_grace_days`; the clock alone raises it.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.decision import Condition, Finding
from streams.model.events import Event
from streams.model.identifiers import is_valid, normal
from streams.model.moments import brussels_day, brussels_midnight, iso_day
from streams.rules.case import Case
from streams.rules.law import Law, record_ref

LEGAL_BASIS = "UCC transit, NCTS 029 without 045; 4.3 F03"
CLEARS = frozenset({"DISCHARGED", "INVALIDATED"})


class Movement(NamedTuple):
    """One customs transit: its release and what was said of it since."""

    mrn: str
    release: Event | None
    arrived: Event | None
    enquiry: Event | None
    cleared: Event | None

    @property
    def limit(self) -> int | None:
        """The Brussels day until which it must arrive, as the release states it."""
        return limit_of(self.release) if self.release is not None else None


def limit_of(release: Event) -> int | None:
    """The Brussels day until which a transit must arrive; None when its release states none."""
    return release.customs.limit_date if release.customs is not None else None


def _mrn(event: Event) -> str:
    return normal("mrn", event.customs.mrn) if event.customs and event.customs.mrn else ""


def movements(case: Case) -> list[Movement]:
    """The customs transits of a consignment, matched by valid MRN or, without one, the only open one."""
    opened: dict[str, Movement] = {}
    for event in case.c.actual:
        if event.type == "RELEASED_FOR_TRANSIT":
            opened[_mrn(event)] = Movement(_mrn(event), event, None, None, None)
    for event in case.c.actual:
        if event.type == "ENQUIRY_OPENED" and _target(opened, event) is None:
            opened.setdefault(_mrn(event), Movement(_mrn(event), None, None, None, None))
    for event in case.c.actual:
        field = {"ARRIVED_AT_DESTINATION": "arrived", "ENQUIRY_OPENED": "enquiry"}.get(event.type)
        field = "cleared" if event.type in CLEARS else field
        key = _target(opened, event) if field else None
        if field and key is not None and (field == "enquiry" or not _known_bad(event)):
            opened[key] = _with(opened[key], field, event)
    return list(opened.values())


def _with(movement: Movement, field: str, event: Event) -> Movement:
    """The movement with an event, of each kind the first."""
    if field == "arrived":
        return movement._replace(arrived=movement.arrived or event)
    if field == "enquiry":
        return movement._replace(enquiry=movement.enquiry or event)
    return movement._replace(cleared=movement.cleared or event)


def _known_bad(event: Event) -> bool:
    """An MRN with a wrong check character clears nothing."""
    mrn = _mrn(event)
    return bool(mrn) and is_valid("mrn", mrn) is False


def _target(opened: dict[str, Movement], event: Event) -> str | None:
    mrn = _mrn(event)
    if mrn:
        if mrn in opened:
            return mrn
        return "" if "" in opened and len(opened) == 1 else None
    still = [key for key, movement in opened.items() if movement.cleared is None]
    return still[0] if len(still) == 1 else None


def overdue_from(limit: int, law: Law) -> int:
    """The Brussels day from which a transit with a limit (Brussels day) is overdue when it did not arrive."""
    return limit + int(law.policy("transit_grace_days", limit)) + 1


def _due_day(case: Case, movement: Movement) -> int | None:
    """The Brussels day from which the transit is overdue; None when no limit is stated."""
    limit = movement.limit
    if limit is None:
        return None
    day = overdue_from(limit, case.law)
    if movement.arrived is not None and brussels_day(movement.arrived.occurred_at) <= limit:
        day += int(case.law.policy("transit_extension_days", limit))
    return day


def r21(case: Case) -> list[Finding]:
    """A red flag for each transit overdue or under enquiry; sets the timer of those not yet due."""
    if not any(e.type in ("RELEASED_FOR_TRANSIT", "ENQUIRY_OPENED") for e in case.c.actual):
        return []
    found = []
    for movement in movements(case):
        day = _due_day(case, movement)
        if movement.cleared is not None:
            found.extend(_late(case, movement, movement.cleared, day))
            continue
        if movement.enquiry is not None:
            found.append(_finding(case, movement, f"customs opened an enquiry on {_on(movement.enquiry)}", day))
        elif day is None:
            found.append(_no_limit(case, movement))
        elif case.now >= brussels_midnight(day):
            found.append(_finding(case, movement, f"overdue since {iso_day(day)}", day))
        else:
            case.wake_at(brussels_midnight(day))
    return found


def _late(case: Case, movement: Movement, cleared: Event, day: int | None) -> list[Finding]:
    """R21 CLEAR that names the delay, where the flag had been due before the transit was discharged."""
    limit, on = movement.limit, brussels_day(cleared.occurred_at)
    overdue = day is not None and max(on, brussels_day(cleared.recorded_at)) >= day
    if not overdue and movement.enquiry is None:
        return []
    delay = f", {on - limit} days after the limit {iso_day(limit)}" if limit is not None and on > limit else ""
    late = brussels_day(cleared.recorded_at) - on
    known = f"; known {late} days later" if late > 0 else ""
    because = f"{_name(movement, start=True)}: {cleared.type} on {iso_day(on)}{delay}{known}."
    return [
        Finding(
            rule="R21", subject=movement.mrn, verdict="CLEAR", legal_basis=LEGAL_BASIS, because=because,
            conditions=(Condition("discharged", "MET", because, (cleared.uid,)),), clocks=case.clocks(None),
        )
    ]  # fmt: skip


def _on(event: Event) -> str:
    return iso_day(brussels_day(event.occurred_at))


def _name(movement: Movement, *, start: bool = False) -> str:
    if movement.mrn:
        return f"{'Transit' if start else 'transit'} {movement.mrn}"
    return f"{'A' if start else 'a'} transit without MRN"


def _finding(case: Case, movement: Movement, why: str, day: int | None) -> Finding:
    release = movement.release
    at = brussels_day(release.occurred_at) if release is not None else case.today
    entry = next((h.entry for g in case.c.goods if (h := case.law.goods.match("CHP", g, at)).entry), None)
    weight = int(
        case.law.policy("r21_weight_chp", case.today) if entry else case.law.policy("flag_weights", case.today)["F03"]
    )
    limit = movement.limit
    deadline = f", limit {iso_day(limit)}" if limit is not None else ""
    uid = movement.enquiry or release
    chp = "; goods of the common high priority list" if entry else ""
    return Finding(
        rule="R21",
        subject=movement.mrn,
        verdict="RED_FLAG",
        weight=weight,
        legal_basis=LEGAL_BASIS,
        because=f"No arrival or write-off of {_name(movement)}{deadline}: {why}{chp}.",
        conditions=(
            Condition(
                "discharged", "NOT_MET", f"no discharge of {_name(movement)} is known", (uid.uid,) if uid else ()
            ),
        ),
        missing=("discharge of the transit (NCTS 045)",),
        clocks=case.clocks(None),
        records=(record_ref(entry),) if entry else (),
    )


def _no_limit(case: Case, movement: Movement) -> Finding:
    uid = (movement.release.uid,) if movement.release is not None else ()
    return Finding(
        rule="R21",
        subject=movement.mrn,
        verdict="INSUFFICIENT_DATA",
        legal_basis=LEGAL_BASIS,
        because=f"{_name(movement, start=True)} was released without a limit date.",
        conditions=(Condition("discharged", "NOT_KNOWN", "no limit date is stated", uid),),
        missing=("customs.limit_date",),
        clocks=case.clocks(None),
    )
