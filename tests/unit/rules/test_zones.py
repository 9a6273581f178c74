"""R20: who is in a special zone, on which day, of which part, and what is a question (domain 2.7, 8 R20, contract 6(30))."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.model.decision import Decision
from streams.model.events import Event, Goods, Party, Place
from streams.model.moments import parse_day
from streams.model.reference import ListedPlace
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, verdicts

SELLER = Party("SELLER", "Kuršių Mechanika UAB", "LT")
ALABUGA = "Alabuga Special Economic Zone, Sh-2 Street 4, 423601 Yelabuga"
PARK = ListedPlace(
    id="T-PARK", annex="LII-B", name="Laguna Park", country="RU", latitude=55.8, longitude=52.05,
    applies_from=parse_day("2026-02-01"), applies_until=parse_day("2026-04-01"),
)  # fmt: skip


def consignee(address: str | None = ALABUGA, country: str | None = "RU") -> Party:
    return Party("CONSIGNEE", "Kama Sladosti OOO", country, address)


def booked(
    at: str = "2026-03-03", *who: Party, export: str | None = "LT", to: str | None = "RU", **fields: Any
) -> Event:
    parties = who or (SELLER, consignee())
    goods = (Goods(1, "18063210"),)
    return event("BOOKED", at, parties=parties, goods=goods, export_country=export, destination_country=to, **fields)


def delivered(at: str = "2026-03-09", **place: Any) -> Event:
    return event("DELIVERED", at, place=Place(**{"name": "Yelabuga", "country": "RU", **place}))


def the(decision: Decision) -> tuple[str, bool]:
    (found,) = findings(decision, "R20")
    return found.verdict, found.planned


def test_a_consignee_in_a_zone_of_part_a_is_a_breach() -> None:
    (found,) = findings(decide([booked(), delivered()]), "R20")
    assert found.verdict == "BREACH"
    assert {c.name: c.state for c in found.conditions} == {"consignee_in_zone": "MET", "eu_export": "MET"}
    assert found.records == ("place:LII-ALABUGA@2025-10-24",)
    assert [e.name for e in found.exposed] == ["Kuršių Mechanika UAB"]
    assert "Kama Sladosti OOO" in found.because and "LII-A" in found.because


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ОЭЗ «Алабуга», ул. Ш-2, Елабуга", ["BREACH"]), ("technopolis MOSCOW, Volgogradsky pr. 42", ["BREACH"]),
        ("Free Port of Vladivostok, Nazimovo 1", ["NEEDS_WAIVER"]), ("SEZ St. Petersburg, Strelna", ["NEEDS_WAIVER"]),
        ("Alabugskaya ul. 7, Kazan", []), ("Vladivostok, Svetlanskaya 3", []),
    ],
)  # fmt: skip
def test_the_name_counts_in_whole_words_and_the_part_decides(address: str, expected: list[str]) -> None:
    assert verdicts(decide([booked("2026-03-03", SELLER, consignee(address))]), "R20") == expected


def test_a_place_of_that_name_in_another_country_is_none() -> None:
    assert verdicts(decide([booked("2026-03-03", SELLER, consignee(country="KZ"), to="KZ")]), "R20") == []


def test_only_the_consignee_is_asked() -> None:
    other = msgspec.structs.replace(consignee(), role="NOTIFY_PARTY")
    assert verdicts(decide([booked("2026-03-03", SELLER, consignee("Kazan, Bauman 1"), other)]), "R20") == []


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (delivered("2025-10-23T21:59:00+00:00"), []), (delivered("2025-10-23T22:00:00+00:00"), ["BREACH"]),
        (event("POSITION", "2025-10-23T21:59:00+00:00"), []), (event("POSITION", "2025-10-23T22:00:00+00:00"), ["BREACH"]),
    ],
)  # fmt: skip
def test_the_days_of_the_events_count_from_midnight_in_brussels(last: Event, expected: list[str]) -> None:
    assert verdicts(decide([booked("2025-10-01"), last]), "R20") == expected


def test_while_it_is_open_the_day_of_the_clock_counts_and_wakes_it() -> None:
    judge, booking = Judge(bundled_records()), booked("2025-10-01")
    outcome = judge.apply(None, booking)
    assert outcome.alerts == () and outcome.due is not None
    assert [a.rule for a in judge.tick(outcome.state, outcome.due).alerts] == ["R20"]
    assert verdicts(decide([booking, delivered("2025-10-10")], now="2025-11-10"), "R20") == []


def test_a_zone_delisted_before_the_goods_went_is_none() -> None:
    address = consignee("Laguna Park, Kazan")
    assert verdicts(decide([booked("2026-03-31", SELLER, address)], PARK), "R20") == ["NEEDS_WAIVER"]
    assert verdicts(decide([booked("2026-04-01", SELLER, address)], PARK), "R20") == []
    assert verdicts(decide([booked("2026-01-20", SELLER, address), delivered("2026-01-31")], PARK), "R20") == []


@pytest.mark.parametrize(
    "place", [{"latitude": 55.81, "longitude": 52.06}, {"facility": "Laguna Park"}, {"name": "Laguna Park"}]
)
def test_goods_delivered_within_a_zone_count_whatever_the_postal_address(place: dict[str, Any]) -> None:
    postal = booked("2026-03-03", SELLER, consignee("Kazan, Bauman 1"))
    assert the(decide([postal, delivered(**place)], PARK)) == ("NEEDS_WAIVER", False)
    plan = msgspec.structs.replace(delivered(**place), classifier="PLANNED", recorded_at=postal.recorded_at)
    assert the(decide([postal, plan], PARK)) == ("NEEDS_WAIVER", True)
    assert verdicts(decide([postal, delivered("2026-04-01", **place)], PARK), "R20") == []


def test_unloading_in_a_zone_on_the_way_to_another_country_is_none() -> None:
    here = Place(name="Laguna Park", country="RU")
    onward = booked("2026-03-03", SELLER, Party("CONSIGNEE", "Turan TOO", "KZ", "Almaty"), to="KZ")
    assert verdicts(decide([onward, event("UNLOADED", "2026-03-06", place=here)], PARK), "R20") == []
    home = booked("2026-03-03", SELLER, consignee("Kazan, Bauman 1"))
    assert the(decide([home, event("UNLOADED", "2026-03-06", place=here)], PARK)) == ("NEEDS_WAIVER", False)


def test_nobody_of_the_eu_and_an_export_from_elsewhere_is_none() -> None:
    seller = Party("SELLER", "TOO Nauryz", "KZ")
    assert verdicts(decide([booked("2026-03-03", seller, consignee(), export="KZ")]), "R20") == []
    found = decide([booked("2026-03-03", seller, consignee(), export=None)])
    assert [(f.verdict, f.missing) for f in findings(found, "R20")] == [("INSUFFICIENT_DATA", ("export_country",))]


@pytest.mark.parametrize(
    ("who", "missing"),
    [((consignee(None),), "address of the consignee (parties.address)"), ((), "consignee (parties)")],
)
def test_an_address_or_a_consignee_not_stated_is_a_question(who: tuple[Party, ...], missing: str) -> None:
    (found,) = findings(decide([booked("2026-03-03", SELLER, *who)]), "R20")
    assert (found.verdict, found.missing) == ("INSUFFICIENT_DATA", (missing,))
    assert verdicts(decide([booked("2025-10-01", SELLER, *who), delivered("2025-10-10")]), "R20") == []


def test_another_consignee_named_later_does_not_undo_what_went_before_a_correction_does() -> None:
    other = consignee("Kazan, Bauman 1")
    left = event("DEPARTED", "2026-03-04", place=Place("LTVNO"))
    changed = event("PARTIES_CHANGED", "2026-03-05", parties=(other,))
    assert verdicts(decide([booked(), left, changed]), "R20") == ["BREACH"]
    fixed = booked("2026-03-03", SELLER, other, event_id="fixed", replaces="BOOKED-2026-03-03")
    assert verdicts(decide([booked(), fixed, left]), "R20") == []
