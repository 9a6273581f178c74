"""The oracle on R14, R16 and R17: end users, banks and ships that a list names, day by day, goods and nexus beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from streams.feed.numbers import sound
from streams.feed.oracle_facts import Event, Journey, law_day, moment
from streams.feed.oracle_law import Law, Record
from streams.feed.oracle_parties import nameless, same_party, simple_name
from streams.feed.oracle_ports import NOT_MET, nexus

_WORST = ("BREACH", "INSUFFICIENT_DATA", "RED_FLAG")
_NEW_GOODS = ("PROCESSED", "MERGED", "SPLIT")
_OFF_THE_SHIP = ("UNLOADED", "STORED", "DELIVERED")
_PAPERS = (
    "BOOKED", "OWNERSHIP_TRANSFERRED", "ROUTE_CHANGED", "PARTIES_CHANGED", "CANCELLED", "RETRACTED", "DECLARED",
    "RELEASED_FOR_TRANSIT", "DISCHARGED", "ENQUIRY_OPENED", "EXPORT_CONFIRMED", "INVALIDATED", "CERTIFIED",
)  # fmt: skip


def _worst(verdicts: Iterable[str]) -> str | None:
    return min(verdicts, key=_WORST.index, default=None)


def occasions(journey: Journey, now: datetime) -> Iterator[tuple[int | None, date]]:
    """When parties are judged (6(5)): at every actual event and, while the consignment is open, at the clock."""
    for index, event in enumerate(journey.actual):
        yield index, law_day(moment(event))
    if not journey.closed:
        yield None, law_day(now)


def listed(law: Law, who: dict[str, Any], measure: str, day: date) -> bool:
    """Whether a record with a measure speaks of somebody on a day."""
    return any(measure in r["measures"] and same_party(who, r) for r in law.of("party", day))


def goods_made(journey: Journey, index: int | None) -> list[dict[str, Any]]:
    """The goods at an actual event: as stated last before other goods are made of them."""
    lines: list[dict[str, Any]] = []
    for number, event in enumerate(journey.actual):
        if event.get("goods"):
            if index is not None and number > index and event["type"] in _NEW_GOODS and lines:
                break
            lines = event["goods"]
    return lines


def _of_end_user(law: Law, lines: list[dict[str, Any]], day: date) -> str:
    """What a listed end user's goods make of it (6(22))."""
    on_list = [law.on_list("ANNEX_VII", {"hs": line.get("hs")}, day) for line in lines]
    if any((line.get("dual_use") or "") != "" for line in lines) or True in on_list:
        return "BREACH"
    return "INSUFFICIENT_DATA" if None in on_list or not lines else "RED_FLAG"


def judge_end_users(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R14, None without a finding."""
    if not any(journey.parties(index) for index, _ in occasions(journey, now)):
        return "INSUFFICIENT_DATA"
    asked = [(index, day, who) for index, day in occasions(journey, now) for who in journey.parties(index)]
    doubts = ["INSUFFICIENT_DATA" for _, _, who in asked if nameless(who)]
    return _worst(
        [
            *(
                _of_end_user(law, goods_made(journey, i), day)
                for i, day, who in asked
                if listed(law, who, "ANNEX_IV", day)
            ),
            *doubts,
        ]
    )


def _bound(law: Law, journey: Journey, hits: list[tuple[int | None, str]]) -> str | None:
    """The worst verdict where a nexus binds somebody; CLEAR, for R01, when it binds nobody anywhere (3.1(5))."""
    binding = [verdict for index, verdict in hits if nexus(law, journey, index) != NOT_MET]
    return _worst(binding) if binding else "CLEAR" if hits else None


def judge_banks(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R16; CLEAR when it binds nobody, None without a finding."""
    hits: list[tuple[int | None, str]] = [
        (index, "INSUFFICIENT_DATA" if nameless(who) else "BREACH")
        for index, day in occasions(journey, now)
        for who in journey.parties(index)
        if who["role"] == "BANK" and (nameless(who) or listed(law, who, "TRANSACTION_BAN", day))
    ]
    return _bound(law, journey, hits)


def _ship(event: Event) -> dict[str, Any] | None:
    transport = event.get("transport") or {}
    return transport if transport.get("vessel_imo") or transport.get("vessel_name") else None


def _of_ship(ship: dict[str, Any], ships: list[Record]) -> str | None:
    """A ship against those listed on a day: the number decides; without a sound one a listed name is a doubt."""
    number = ship.get("vessel_imo") or ""
    if sound("imo", number):
        return "BREACH" if any(r["identifiers"].get("imo") == number for r in ships) else None
    name = simple_name(ship.get("vessel_name") or "")
    known = {simple_name(n["name"]) for r in ships for n in r["names"]}
    return "INSUFFICIENT_DATA" if name in known else None


def _uses(journey: Journey, now: datetime) -> Iterator[tuple[int | None, date, dict[str, Any]]]:
    """The uses of ships: by whom the nexus is judged, on which day, which ship."""
    aboard: dict[str, Any] | None = None
    named, booked = False, []
    for index, event in enumerate(journey.actual):
        ship, mode = _ship(event), (event.get("transport") or {}).get("mode")
        if event["type"] in _PAPERS:
            booked += [(law_day(moment(event)), ship)] if ship else []
            continue
        if ship:
            named, aboard = True, ship
            yield index, law_day(moment(event)), ship
        if event["type"] in _OFF_THE_SHIP or mode in ("RAIL", "ROAD", "AIR", "PIPELINE"):
            aboard = None
    if aboard and not journey.closed:
        yield None, law_day(now), aboard
    for plan in journey.plans():
        if ship := _ship(plan):
            yield None, law_day(moment(plan)), ship
    if booked and not named and not any(e["type"] in ("DELIVERED", "CANCELLED") for e in journey.actual):
        yield None, booked[-1][0], booked[-1][1]
        if not journey.closed:
            yield None, law_day(now), booked[-1][1]


def judge_ships(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R17; CLEAR when it binds nobody, None without a finding."""
    hits = []
    for index, day, ship in _uses(journey, now):
        verdict = _of_ship(ship, [r for r in law.of("party", day) if "VESSEL_BAN" in r["measures"]])
        if verdict:
            hits.append((index, verdict))
    return _bound(law, journey, hits)
