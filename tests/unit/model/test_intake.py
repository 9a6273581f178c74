"""Events and records from JSON: what is refused, with path and value, and what is only a warning (contract 1.3)."""

from __future__ import annotations

from typing import Any

import pytest

from streams.errors import InvalidInput
from streams.model.decision import combine_weights
from streams.model.events import Origin
from streams.model.intake import event_from_json, event_to_json, load_json, record_from_json
from streams.model.moments import parse_day, parse_time

GOOD: dict[str, Any] = {
    "event_id": "e1", "source": "ktz", "type": "LOADED", "consignment_id": "C", "occurred_at": "2026-10-02T07:15:00+05:00",
    "recorded_at": "2026-10-02T07:20:00+05:00",
}  # fmt: skip


def refusal(**fields: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        event_from_json({**GOOD, **fields}, 0)
    return caught.value


@pytest.mark.parametrize(
    ("fields", "path", "what"),
    [
        ({"occurred_at": "2026-10-02T07:15:00"}, "occurred_at", "time without offset"),
        ({"occurred_at": 5}, "occurred_at", "not a time"),
        ({"event_id": None}, "event_id", "required field missing"),
        ({"consignment_id": ""}, "consignment_id", "required field missing"),
        ({"type": "TELEPORTED"}, "type", "unknown value"),
        ({"classifier": "MAYBE"}, "classifier", "unknown value"),
        ({"goods": [{"net_kg": -1}]}, "goods[0].net_kg", "negative mass"),
        ({"weight": {"gross_kg": -0.5}}, "weight.gross_kg", "negative mass"),
        ({"goods": [{"net_kg": "5"}]}, "goods[0].net_kg", "not a number"),
        ({"goods": [{"origin": [{"country": "KZ", "share_pct": 70}, {"country": "RU", "share_pct": 40}]}]},
         "goods[0].origin", "shares above 100 %"),
        ({"parties": [{"role": "BUYER", "owners": [{"name": "A", "share_pct": 150}]}]},
         "parties[0].owners[0].share_pct", "share out of range"),
        ({"parties": [{"name": "A"}]}, "parties[0].role", "required field missing"),
        ({"parties": {}}, "parties", "not a list"),
        ({"customs": {"limit_date": "soon"}}, "customs.limit_date", "not a date"),
        ({"type": "RETRACTED"}, "retracts", "required field missing"),
        ({"contract": {"no_russia_clause": "yes"}}, "contract.no_russia_clause", "not a yes or no"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused_with_its_path(fields: dict[str, Any], path: str, what: str) -> None:
    error = refusal(**fields)
    assert (error.path, error.what) == (path, what)
    assert error.expected


@pytest.mark.parametrize("text", [b"{", b"", b"\xff\xfe", b"[1,"])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInput):
        load_json(text)


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(InvalidInput):
        event_from_json([1], 0)


def test_an_unknown_field_is_left_out_with_a_warning() -> None:
    event, warnings = event_from_json({**GOOD, "colour": "red", "place": {"planet": "Mars"}}, 0)
    assert event.event_id == "e1"
    assert warnings == ["colour: unknown field, left out", "place.planet: unknown field, left out"]


def test_absent_and_null_are_the_same() -> None:
    assert event_from_json({**GOOD, "place": None, "goods": None}, 0) == event_from_json(GOOD, 0)


def test_the_moment_of_intake_stands_in_for_recorded_at() -> None:
    event, _ = event_from_json({**GOOD, "recorded_at": None}, 1_700_000_000_000)
    assert event.recorded_at == 1_700_000_000_000


def test_dates_are_days_in_brussels() -> None:
    event, _ = event_from_json({**GOOD, "customs": {"limit_date": "2026-10-02T23:30:00Z"}}, 0)
    assert event.customs is not None
    assert event.customs.limit_date == parse_day("2026-10-03")


def test_an_identifier_with_a_wrong_check_digit_is_kept() -> None:
    event, warnings = event_from_json({**GOOD, "transport": {"vessel_imo": "8814274"}}, 0)
    assert event.transport is not None
    assert (event.transport.vessel_imo, warnings) == ("8814274", [])


def test_an_event_written_and_read_again_is_the_same() -> None:
    goods = [{"line": 1, "hs": "270112", "dual_use": "", "origin": [{"country": "KZ", "share_pct": 100}], "net_kg": 5}]
    event, _ = event_from_json({**GOOD, "goods": goods, "from": ["X"]}, 0)
    assert event.goods[0].origin == (Origin("KZ", 100.0),)
    assert event_from_json(event_to_json(event), 0) == (event, [])


@pytest.mark.parametrize(
    ("record", "path"),
    [
        ({"kind": "palace", "id": "x"}, "kind"),
        ({"kind": "place", "id": "x"}, "annex"),
        ({"kind": "party", "id": "x", "list": "T", "measures": ["TICKLE"]}, "measures[0]"),
        (
            {"kind": "policy", "id": "x", "key": "k", "applies_from": "2026-02-01", "applies_until": "2026-01-01"},
            "applies_until",
        ),
    ],
)
def test_what_is_no_record_is_refused_with_its_path(record: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        record_from_json(record)
    assert caught.value.path == path


def test_a_record_keeps_its_days_and_times() -> None:
    record, _ = record_from_json({"kind": "list", "id": "F", "list": "F", "fetched_at": "2026-10-02T00:00:00Z",
                                  "applies_from": "2026-10-02"})  # fmt: skip
    assert (record.applies_from, record.record_key) == (parse_day("2026-10-02"), "list:F")
    assert getattr(record, "fetched_at", None) == parse_time("2026-10-02T00:00:00Z")


@pytest.mark.parametrize(("weights", "together"), [([], 0), ([45], 45), ([45, 30], 61.5), ([100, 5], 100)])
def test_flags_combine_by_what_each_leaves_over(weights: list[int], together: float) -> None:
    assert combine_weights(weights) == together
