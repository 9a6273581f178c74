"""R17: which ships are listed, by number, on which day, and whom it binds (domain 2.5, contract 6(24), 6(27), 3.1(5))."""

from __future__ import annotations

import pytest

from streams.model.decision import Decision
from streams.model.events import Event, Party, Place, Transport
from streams.model.moments import parse_time
from streams.model.reference import ListedName, ListState
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import decide, event, findings, listed, verdicts

IMO, WRONG, OTHER = "8814275", "8814274", "9319466"
NAMES = (ListedName("Grey Petrel"), ListedName("Kola Spirit"))
SHIP = listed("S", "", "2026-07-10", names=NAMES, schema="Vessel", identifiers={"imo": IMO}, measures=("VESSEL_BAN",))
ABROAD = (
    Party("SELLER", "TOO Dan Eksport", "KZ"), Party("BUYER", "Xezri Erzaq MMC", "AZ"),
    Party("CARRIER", "Abseron Feribot MMC", "AZ"), Party("INSURER", "AO SK Kokzhiek", "KZ"),
)  # fmt: skip
EU = (Party("SELLER", "TOO Dan Eksport", "KZ"), Party("BUYER", "Arredi S.r.l.", "IT"))


def sea(imo: str | None = IMO, name: str | None = "Lady Rosamund", flag: str | None = "PW") -> Transport:
    return Transport("SEA", vessel_imo=imo, vessel_name=name, vessel_flag=flag)


def voyage(
    *events: Event, parties: tuple[Party, ...] = EU, now: str | None = None, booked: str = "2026-07-01"
) -> Decision:
    return decide([event("BOOKED", booked, parties=parties), *events], SHIP, now=now)


def loaded(day: str, transport: Transport | None = None, kind: str = "LOADED", place: str = "TRISK") -> Event:
    return event(kind, day, place=Place(place), transport=transport or sea())


def test_a_listed_ship_under_another_name_is_a_breach_by_its_number() -> None:
    found = findings(voyage(loaded("2026-07-11")), "R17")
    assert [f.verdict for f in found] == ["BREACH"]
    assert found[0].records == ("party:S@2026-07-10",)
    assert [e.name for e in found[0].exposed] == ["Arredi S.r.l."]
    assert {c.name: c.state for c in found[0].conditions} == {"listed_ship": "MET", "eu_nexus": "MET"}


def test_the_day_of_use_counts_not_that_of_the_knowledge() -> None:
    past = (loaded("2026-07-07"), loaded("2026-07-09", kind="UNLOADED", place="ITRAN"))
    assert verdicts(voyage(*past, now="2026-07-20"), "R17") == []
    late = event("LOADED", "2026-07-07", transport=sea(), recorded_at="2026-07-20")
    assert verdicts(voyage(late, past[1], now="2026-07-20"), "R17") == []


def test_a_ship_listed_while_at_sea_is_found_when_its_next_event_or_the_clock_says_that_it_is_still_used() -> None:
    at_sea = (loaded("2026-07-07"), loaded("2026-07-08", kind="DEPARTED"))
    assert verdicts(voyage(*at_sea, now="2026-07-09"), "R17") == []
    assert verdicts(voyage(*at_sea, now="2026-07-10"), "R17") == ["BREACH"]
    assert verdicts(voyage(*at_sea, loaded("2026-07-11", kind="POSITION")), "R17") == ["BREACH"]
    assert verdicts(voyage(*at_sea, loaded("2026-07-09", kind="UNLOADED"), now="2026-07-12"), "R17") == []
    assert verdicts(voyage(*at_sea, event("DELIVERED", "2026-07-09"), now="2026-07-12"), "R17") == []


@pytest.mark.parametrize("onward", [Transport("RAIL"), sea(OTHER), Transport("ROAD", plates=("611TOA13",))])
def test_goods_that_went_on_by_other_means_are_no_longer_aboard(onward: Transport) -> None:
    told = (loaded("2026-07-07"), loaded("2026-07-09", onward, kind="DEPARTED"))
    assert verdicts(voyage(*told, now="2026-07-12"), "R17") == []


def test_a_delisted_ship_is_free_from_the_day_of_delisting_on() -> None:
    gone = listed("S", "Grey Petrel", "2025-01-01", applies_until="2026-07-10", schema="Vessel",
                  identifiers={"imo": IMO}, measures=("VESSEL_BAN",))  # fmt: skip
    booked = event("BOOKED", "2026-07-01", parties=EU)
    assert verdicts(decide([booked, loaded("2026-07-09")], gone), "R17") == ["BREACH"]
    assert verdicts(decide([booked, loaded("2026-07-10")], gone), "R17") == []


def test_another_sound_number_clears_a_ship_of_a_listed_name() -> None:
    assert verdicts(voyage(loaded("2026-07-11", sea(OTHER, "Grey Petrel"))), "R17") == []


@pytest.mark.parametrize("name", ["Grey Petrel", "GREY PETREL", "Kola Spirit"])
@pytest.mark.parametrize("imo", [None, WRONG])
def test_without_a_sound_number_an_equal_name_is_a_question_never_a_breach(imo: str | None, name: str) -> None:
    found = findings(voyage(loaded("2026-07-11", sea(imo, name))), "R17")
    assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]
    assert found[0].missing[0] == "IMO number of the ship (transport.vessel_imo)"
    assert "party:S" in found[0].missing[1]


@pytest.mark.parametrize("imo", [None, WRONG])
def test_without_a_sound_number_another_name_is_none(imo: str | None) -> None:
    assert verdicts(voyage(loaded("2026-07-11", sea(imo, "Sea Heron"))), "R17") == []


def test_a_number_that_fails_its_check_on_the_list_as_well_is_a_question() -> None:
    wrong = listed("W", "Grey Petrel", schema="Vessel", identifiers={"imo": WRONG}, measures=("VESSEL_BAN",))
    booked = event("BOOKED", "2026-07-01", parties=EU)
    found = findings(decide([booked, loaded("2026-07-11", sea(WRONG, "Lady Rosamund"))], wrong), "R17")
    assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]


def test_a_transport_by_sea_that_names_no_ship_is_not_asked() -> None:
    assert verdicts(voyage(loaded("2026-07-11", Transport("SEA"))), "R17") == []


def test_flag_and_port_of_the_eu_make_the_nexus_without_any_party_of_it() -> None:
    call = loaded("2026-07-11", sea(flag="MT"), kind="PORT_CALL", place="MTMLA")
    found = findings(voyage(call, parties=ABROAD), "R17")
    assert [f.verdict for f in found] == ["BREACH"]
    assert [e.name for e in found[0].exposed] == ["Abseron Feribot MMC"]


def test_a_transfer_from_ship_to_ship_by_an_eu_person_is_a_use() -> None:
    assert verdicts(voyage(event("STS_TRANSFER", "2026-07-11", transport=sea())), "R17") == ["BREACH"]


def test_without_an_eu_nexus_r01_says_that_nobody_is_bound() -> None:
    decision = voyage(loaded("2026-07-11", place="KZAAU"), parties=ABROAD)
    assert (verdicts(decision, "R17"), verdicts(decision, "R01")) == ([], ["CLEAR"])


def test_an_unknown_nexus_keeps_the_verdict_and_names_what_is_missing() -> None:
    found = findings(voyage(loaded("2026-07-11", place="KZAAU"), parties=ABROAD[:3]), "R17")
    assert [(f.verdict, f.missing, f.exposed) for f in found] == [("BREACH", ("insurer",), ())]


def test_a_planned_or_booked_ship_is_planned_until_another_is_used() -> None:
    plan = event("LOADED", "2026-07-12", classifier="PLANNED", transport=sea(), recorded_at="2026-07-02")
    assert [(f.verdict, f.planned) for f in findings(voyage(plan), "R17")] == [("BREACH", True)]
    booked = event("BOOKED", "2026-07-05", parties=EU, transport=sea())
    assert verdicts(decide([booked], SHIP), "R17") == []
    assert [(f.verdict, f.planned) for f in findings(decide([booked], SHIP, now="2026-07-10"), "R17")] == [
        ("BREACH", True)
    ]
    assert verdicts(decide([booked, loaded("2026-07-09", sea(OTHER))], SHIP, now="2026-07-10"), "R17") == []
    assert verdicts(decide([booked, event("CANCELLED", "2026-07-10")], SHIP, now="2026-07-11"), "R17") == []


def test_two_listed_ships_are_two_findings() -> None:
    second = listed("T", "Night Heron", schema="Vessel", identifiers={"imo": OTHER}, measures=("VESSEL_BAN",))
    told = [event("BOOKED", "2026-07-11", parties=EU), loaded("2026-07-11"), loaded("2026-07-12", sea(OTHER))]
    assert verdicts(decide(told, SHIP, second), "R17") == ["BREACH", "BREACH"]


def test_without_a_list_of_ships_or_with_a_stale_one_who_names_a_ship_is_insufficient() -> None:
    told = [event("BOOKED", "2026-07-11", parties=EU), loaded("2026-07-11", sea(OTHER))]
    gone = {r.record_key for r in bundled_records() if "VESSEL_BAN" in getattr(r, "measures", ())}
    assert "Annex XLII" in findings(decide(told, without=gone), "R17")[0].missing[0]
    assert verdicts(decide(told[:1], without=gone), "R17") == []
    stale = ListState(id="L", list="L", measures=("VESSEL_BAN",), fetched_at=parse_time("2026-07-01T00:00:00Z"))
    assert verdicts(decide(told, SHIP, stale), "R17") == ["INSUFFICIENT_DATA"]


def test_a_ship_listed_at_sea_is_found_by_the_timer_at_midnight_in_brussels() -> None:
    judge = Judge([*bundled_records(), SHIP])
    state = judge.apply(None, event("BOOKED", "2026-07-06", parties=EU)).state
    first = judge.apply(state, loaded("2026-07-07"))
    assert first.due == parse_time("2026-07-10T00:00:00+02:00")
    fired = judge.tick(first.state, first.due)
    assert [(a.rule, a.verdict, a.trigger.kind) for a in fired.alerts] == [("R17", "BREACH", "TIMER")]
