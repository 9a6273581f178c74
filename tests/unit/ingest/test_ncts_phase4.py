"""Messages of phase 4 say the same under other names."""

from __future__ import annotations

from streams.model.events import Event, Leg, Reference, Seal
from streams.model.moments import iso_day, iso_time
from tests.unit.ingest.ncts_messages import MRN, OLD_RELEASE, all_of, event_of, refusal_of


def old(name: str, header: str, more: str = "") -> str:
    return (
        f"<{name}><MesSenMES3>NTA.LV</MesSenMES3><MesRecMES6>T</MesRecMES6><DatOfPreMES9>190411</DatOfPreMES9>"
        f"<TimOfPreMES10>201904111128</TimOfPreMES10><MesIdeMES19>7</MesIdeMES19><MesTypMES20>LV{name[2:]}</MesTypMES20>"
        f"<HEAHEA>{header}</HEAHEA>{more}</{name}>"
    )


def test_a_release_of_phase_4_is_read_and_its_phase_marked() -> None:
    event = event_of(OLD_RELEASE)
    assert (event.type, event.consignment_id) == ("RELEASED_FOR_TRANSIT", f"MRN:{MRN}")
    assert iso_time(event.occurred_at) == "2026-09-24T08:30:00Z"
    customs = event.customs
    assert customs is not None and customs.message == "CC029B NCTS4" and customs.office == "LTKR1000"
    assert customs.limit_date is not None and iso_day(customs.limit_date) == "2026-10-02"
    assert [(p.role, p.name) for p in event.parties] == [
        ("DECLARANT", "UAB Vilnius Transit"),
        ("CONSIGNEE", "TOO Podshipnik"),
    ]
    assert [(g.line, g.hs, g.gross_kg, g.packages) for g in event.goods] == [
        (1, "848210", 1000.0, 40),
        (2, None, None, None),
    ]
    assert event.transport is not None and event.transport.plates == ("ABC 123",)
    assert event.route == (Leg("LV", None, "ROAD"), Leg("RU", None, "ROAD"))
    assert event.seals == (Seal("LT-778", "MECHANICAL", "AFFIXED"),)
    assert Reference("CONTAINER", "CSQU3054383") in event.references


def test_dates_of_six_and_eight_digits_and_times_with_a_date_are_read() -> None:
    event = event_of(old("CC045A", f"<DocNumHEA5>{MRN}</DocNumHEA5><WriOffDatHEA619>20190410</WriOffDatHEA619>"))
    assert event.type == "DISCHARGED"
    assert (iso_time(event.recorded_at), iso_time(event.occurred_at)) == (
        "2019-04-11T11:28:00Z",
        "2019-04-09T22:00:00Z",
    )


def test_an_event_on_the_way_becomes_one_of_its_own() -> None:
    office = "<CUSOFFPREOFFRES><RefNumRES1>LVRI0210</RefNumRES1></CUSOFFPREOFFRES>"
    on_the_way = (
        "<ENROUEVETEV><PlaTEV10>Burachki</PlaTEV10><CouTEV13>RU</CouTEV13><TRASHP>"
        "<NewTraMeaIdeSHP26>X 9</NewTraMeaIdeSHP26><EndDatSHP60>20190410</EndDatSHP60></TRASHP></ENROUEVETEV>"
    )
    header = f"<DocNumHEA5>{MRN}</DocNumHEA5><ArrNotDatHEA141>20190411</ArrNotDatHEA141>"
    text = old("CC007A", header, office + on_the_way).replace("<MesRecMES6>T<", "<MesRecMES6>NTA.LV<")
    events = [e for e in all_of(text) if isinstance(e, Event)]
    assert [e.type for e in events] == ["ARRIVED_AT_DESTINATION", "TRANSSHIPPED"]
    place = events[1].place
    assert place is not None and (place.country, place.address) == ("RU", "Burachki")


def test_a_refusal_names_the_element_as_the_message_has_it() -> None:
    wrong = OLD_RELEASE.replace("<GroMasGDS46>1000", "<GroMasGDS46>heavy")
    assert refusal_of(wrong).at == "/CC029B/GOOITEGDS[1]/GroMasGDS46"
    missing = OLD_RELEASE.replace(f"<DocNumHEA5>{MRN}</DocNumHEA5>", "")
    assert refusal_of(missing).at == "/CC029B/HEAHEA/DocNumHEA*"
    assert refusal_of(OLD_RELEASE.replace("20260924</DatOf", "26-9-24</DatOf")).at == "/CC029B/DatOfPreMES9"
