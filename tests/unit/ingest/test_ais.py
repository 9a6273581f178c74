"""AIS logs become positions and silences; what is broken, impossible or nothing of a ship's way is refused by line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pyais
import pytest

from streams.ingest import ais
from streams.ingest.adapter import Given, Message, Refusal
from streams.ingest.ais_lines import checksum
from streams.model.events import Event
from streams.model.moments import HOUR_MS, parse_time
from tests.unit.ingest.messages import GIVEN, NOW, spoiled, told

MMSI = 273345678
START = parse_time("2026-08-01T00:00:00Z")
GOOD_IMO, BAD_IMO = 9319466, 9319467


def sentences(**fields: Any) -> list[str]:
    """The sentences of a message that the library encodes."""
    return pyais.encode_dict({"mmsi": MMSI, **fields}, radio_channel="A", talker_id="AI")


def tagged(sentence: str, time: int, group: str = "") -> str:
    block = f"{group}c:{time // 1000}"
    return f"\\{block}*{checksum(block.encode()):02X}\\{sentence}"


def at(hours: float, latitude: float, longitude: float, **fields: Any) -> str:
    """A position report so many hours after the start."""
    report = {"type": 1, "lat": latitude, "lon": longitude, "second": round(hours * 3600) % 60, **fields}
    return tagged(sentences(**report)[0], START + round(hours * HOUR_MS))


def static(**fields: Any) -> list[str]:
    return sentences(type=5, shipname="KASPIY 7", callsign="UB1", **fields)


def log(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def read(*lines: str) -> tuple[list[Event], list[Refusal]]:
    return told(ais.read, log(*lines))


def events_of(*lines: str) -> list[Event]:
    events, refusals = read(*lines)
    assert refusals == []
    return events


def refusal_of(*lines: str) -> Refusal:
    events, (refusal,) = read(*lines)
    assert events == []
    return refusal


def test_a_position_says_who_where_and_when() -> None:
    (event,) = events_of(at(2, 43.6, 51.2))
    assert (event.type, event.consignment_id) == ("POSITION", f"MMSI:{MMSI}")
    assert (event.occurred_at, event.recorded_at) == (START + 2 * HOUR_MS, NOW)
    assert event.place is not None and (event.place.latitude, event.place.longitude) == (43.6, 51.2)
    assert event.transport is not None and (event.transport.mode, event.transport.mmsi) == ("SEA", str(MMSI))


@pytest.mark.parametrize("type", [1, 2, 3, 18, 19, 27])
def test_every_type_of_position_report_is_read(type: int) -> None:
    first, *rest = sentences(type=type, lat=43.6, lon=51.2)
    (event,) = events_of(tagged(first, START), *rest)
    assert event.place is not None and event.place.latitude == pytest.approx(43.6, abs=0.001)


def test_a_position_without_any_stamp_is_of_the_time_of_intake() -> None:
    assert events_of(sentences(type=1, lat=1, lon=2)[0])[0].occurred_at == NOW


@pytest.mark.parametrize(
    "stamp",
    [
        lambda s: f"{START // 1000} {s}",
        lambda s: f"2026-08-01T05:00:00+05:00 {s}",
        lambda s: f"{s},rRECEIVER,{START // 1000}",
        lambda s: f"$PGHP,1,2026,8,1,0,0,0,0,338,2,,1,09*17\n{s}",
        lambda s: tagged(s, START),
    ],
)
def test_a_time_stamp_is_read_wherever_receivers_write_it(stamp: Any) -> None:
    assert events_of(stamp(sentences(type=1, lat=1, lon=2)[0]))[0].occurred_at == START


def test_the_lines_of_a_group_share_the_time_of_its_tag_block() -> None:
    first, second = sentences(type=1, lat=43.6, lon=51.2)[0], sentences(type=1, lat=43.61, lon=51.2)[0]
    block = "g:2-2-77"
    follower = f"\\{block}*{checksum(block.encode()):02X}\\{second}"
    assert [e.occurred_at for e in events_of(tagged(first, START, "g:1-2-77,"), follower)] == [START, START]


def test_name_and_imo_number_join_the_positions_of_their_mmsi_wherever_they_stand() -> None:
    first, second = events_of(at(0, 43.6, 51.2), *static(imo=GOOD_IMO), at(1, 43.7, 51.3))
    for event in (first, second):
        assert event.consignment_id == f"IMO:{GOOD_IMO}"
        assert event.transport is not None
        assert (event.transport.vessel_imo, event.transport.vessel_name) == (str(GOOD_IMO), "KASPIY 7")


def test_the_parts_of_a_message_may_come_in_any_order_among_others() -> None:
    first, second = static(imo=GOOD_IMO)
    (event,) = events_of(second, at(0, 43.6, 51.2), first)
    assert event.consignment_id == f"IMO:{GOOD_IMO}"


def test_a_class_b_ship_tells_its_name_in_message_24() -> None:
    (event,) = events_of(at(0, 43.6, 51.2), *sentences(type=24, partno=0, shipname="SULU"))
    assert event.transport is not None and event.transport.vessel_name == "SULU"


def test_an_imo_number_with_a_wrong_check_digit_is_kept_but_names_no_consignment() -> None:
    (event,) = events_of(at(0, 43.6, 51.2), *static(imo=BAD_IMO))
    assert event.consignment_id == f"MMSI:{MMSI}"
    assert event.transport is not None and event.transport.vessel_imo == str(BAD_IMO)


def test_two_imo_numbers_of_one_mmsi_are_reported_and_neither_is_guessed() -> None:
    events, (refusal,) = read(at(0, 43.6, 51.2), *static(imo=GOOD_IMO), *static(imo=8814275))
    assert [e.consignment_id for e in events] == [f"MMSI:{MMSI}"]
    assert "states 2 IMO numbers" in refusal.because and refusal.at == "line 4"


def test_a_ship_that_only_tells_its_name_is_heard_without_a_place() -> None:
    first, second = static(imo=GOOD_IMO)
    (event,) = events_of(tagged(first, START), second)
    assert (event.type, event.place, event.occurred_at) == ("POSITION", None, START)
    assert event.consignment_id == f"IMO:{GOOD_IMO}"


def test_a_silence_of_the_policy_s_length_is_a_gap_and_a_shorter_one_is_none() -> None:
    events = events_of(at(0, 43.6, 51.2), at(11.9, 43.6, 51.2), at(23.9, 43.7, 51.2))
    assert [e.type for e in events] == ["POSITION", "POSITION", "POSITION", "POSITION_GAP"] or [
        e.type for e in events
    ] == [
        "POSITION",
        "POSITION",
        "POSITION_GAP",
        "POSITION",
    ]
    gap = next(e for e in events if e.type == "POSITION_GAP")
    assert gap.occurred_at == START + round(11.9 * HOUR_MS) and gap.gap_until == START + round(23.9 * HOUR_MS)
    assert gap.place is not None and gap.place.latitude == 43.6


def test_a_ship_still_silent_when_others_are_heard_much_later_has_an_open_gap() -> None:
    other = at(20, 43.6, 51.2, mmsi=273000001)
    gaps = [e for e in events_of(at(0, 43.6, 51.2), other) if e.type == "POSITION_GAP"]
    assert [(e.consignment_id, e.gap_until) for e in gaps] == [(f"MMSI:{MMSI}", None)]


def test_positions_without_stamps_make_no_gaps_and_no_leaps() -> None:
    here, there = sentences(type=1, lat=1, lon=2)[0], sentences(type=1, lat=60, lon=2)[0]
    assert [e.type for e in events_of(here, there)] == ["POSITION", "POSITION"]


def test_a_leap_that_no_ship_makes_is_refused_by_line() -> None:
    events, (refusal,) = read(at(0, 43.6, 51.2), at(1, 55.0, 20.0), at(2, 43.7, 51.2))
    assert [e.place.latitude for e in events if e.place] == [43.6, 43.7]
    assert refusal.at == "line 2" and "knots" in refusal.because and "expected at most" in refusal.because


def test_after_a_leap_that_the_next_position_confirms_the_ship_is_there() -> None:
    events, refusals = read(at(0, 43.6, 51.2), at(1, 55.0, 20.0), at(2, 55.1, 20.0), at(3, 55.2, 20.0))
    assert [e.place.latitude for e in events if e.place] == [43.6, 55.1, 55.2]
    assert [r.at for r in refusals] == ["line 2"]


def test_the_same_message_from_two_receivers_is_one_event() -> None:
    first, again = events_of(at(0, 43.6, 51.2), at(0, 43.6, 51.2))
    assert first.event_id == again.event_id


@pytest.mark.parametrize(
    ("line", "because"),
    [
        (at(0, 91, 51.2), "the ship does not know its position"),
        (at(0, 43.6, 181), "the ship does not know its position"),
        ("!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*24", "wrong checksum *24; expected *23"),
        ("!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0", "not an AIS sentence"),
        ("!AIVDM,1,1,,B,,0*25", "without payload"),
        ("!AIVDM,1,2,,A,13HOI,0*" + f"{checksum(b'AIVDM,1,2,,A,13HOI,0'):02X}", "part 2 of 1"),
        ("!AIVDM,1,1,,A,1,0*" + f"{checksum(b'AIVDM,1,1,,A,1,0'):02X}", "MMSI"),
        (static()[0], "message of 2 parts of which 1 came"),
        ("\\c:1785542400*00\\" + at(0, 1, 2).split("\\")[2], "wrong checksum of the tag block"),
        ("12345678 " + at(0, 1, 2).split("\\")[2], "not an AIS sentence"),
        ("99999999999 " + at(0, 1, 2).split("\\")[2], "lies before 1990 or in the future"),
        (sentences(type=4, lat=1, lon=2, year=2026)[0], "1 of message type 4"),
        ("$GPGGA,184353.07,1929.045,S,02410.506,E,1,04,2.6,100.00,M,-33.9,M,,0000*6D\n!AIVDM,", "sentence"),
    ],
)
def test_what_is_of_no_use_is_refused_with_its_line(line: str, because: str) -> None:
    events, refusals = read("# a comment", "", line, at(5, 43.6, 51.2))
    assert [e.type for e in events] == ["POSITION"]
    assert refusals and refusals[0].at == "line 3" and because in refusals[0].because


@pytest.mark.parametrize("data", [b"", b"# VDM, VDO,\n", b"day,count\n2021-01-01,5\n", b"{", b"[1]", b'{"ssvid": "x"}'])
def test_a_file_that_is_no_ais_log_is_refused(data: bytes) -> None:
    events, refusals = told(ais.read, data)
    assert events == [] and len(refusals) == 1


def decoded(hours: Iterable[float]) -> list[dict[str, Any]]:
    return [{"ssvid": str(MMSI), "timestamp": (START + h * HOUR_MS) / 1000, "lat": 43.6, "lon": 51.2} for h in hours]


def test_positions_decoded_elsewhere_are_read_as_a_list_and_as_lines() -> None:
    entries = decoded((0, 13))
    whole, lines = json.dumps(entries).encode(), "\n".join(map(json.dumps, entries)).encode()
    for data in (whole, lines):
        assert ais.recognises(data)
        events, refusals = told(ais.read, data)
        assert refusals == [] and sorted(e.type for e in events) == ["POSITION", "POSITION", "POSITION_GAP"]


def test_a_decoded_entry_without_position_is_refused_by_its_number() -> None:
    events, (refusal,) = told(ais.read, json.dumps([*decoded((0,)), {**decoded((1,))[0], "lat": None}]).encode())
    assert len(events) == 1 and (refusal.at, refusal.because.split(";")[0]) == ("entry 2", "latitude is not stated")


def test_ais_is_recognised_and_other_formats_are_not() -> None:
    assert ais.recognises(log("# log", at(0, 1, 2)))
    assert not ais.recognises(b'{"eventType": "TRANSPORT"}') and not ais.recognises(b"<EPCISDocument/>")


@pytest.mark.parametrize("seed", range(4))
def test_spoiled_bytes_never_crash_the_adapter(seed: int) -> None:
    lines = [at(0, 43.6, 51.2), *static(imo=GOOD_IMO), at(13, 43.7, 51.3), *sentences(type=24, partno=0, shipname="A")]
    for data in (log(*lines), json.dumps(decoded((0, 13))).encode()):
        for bad in spoiled(data, seed, 250):
            events, refusals = told(ais.read, bad)
            assert events or refusals


def test_the_account_names_the_types_of_messages_and_counts_silences_apart() -> None:
    data = log(at(0, 43.6, 51.2), "$GPGGA,1*00", at(13, 43.6, 51.2, type=18))
    kinds = [(found.kind, found.counted) for found in ais.read(data, GIVEN) if isinstance(found, Message)]
    assert kinds == [("type 1", True), ("of no use", True), ("type 18", True), ("silence", False)]


def test_a_log_larger_than_the_bound_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ais, "MOST_BYTES", 10)
    (refusal,) = ais.read(b"!AIVDM,1,1,,", Given("s", GIVEN.now_ms))
    assert isinstance(refusal, Refusal) and "larger than 10 bytes" in refusal.because
