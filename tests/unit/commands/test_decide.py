"""`transitwatch decide`: exit codes, clocks, refused lines and the shape of its JSON (contract 3)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.commands.decide import command
from streams.commands.explain import command as explain

BOOKED: dict[str, Any] = {
    "event_id": "e1", "source": "ktz", "type": "BOOKED", "consignment_id": "KTZ-1",
    "occurred_at": "2026-09-01T10:00:00+05:00", "recorded_at": "2026-09-01T10:05:00+05:00",
    "parties": [
        {"role": "CONSIGNOR", "name": "TOO Ekibastuz Komir", "country": "KZ"},
        {"role": "OWNER", "name": "TOO Ekibastuz Komir", "country": "KZ"},
        {"role": "BUYER", "name": "Maasdok Brandstoffen B.V.", "country": "NL"},
    ],
    "goods": [{"line": 1, "hs": "270112", "origin": [{"country": "KZ"}], "net_kg": 60000}],
}  # fmt: skip
LOADED: dict[str, Any] = {
    "event_id": "e2", "source": "ktz", "type": "LOADED", "consignment_id": "KTZ-1",
    "occurred_at": "2026-09-10T10:00:00+03:00", "recorded_at": "2026-09-10T12:00:00+03:00",
    "place": {"unlocode": "RUULU"}, "transport": {"mode": "SEA"},
}  # fmt: skip
RELEASED: dict[str, Any] = {
    "event_id": "c1", "source": "lt", "type": "RELEASED_FOR_TRANSIT", "consignment_id": "LT-1",
    "occurred_at": "2026-09-01T10:00:00+03:00", "recorded_at": "2026-09-01T10:00:00+03:00",
    "parties": [{"role": "CONSIGNEE", "name": "TOO Nauryz Dala", "country": "KZ"}],
    "goods": [{"hs": "180690"}], "customs": {"mrn": "21DE27364916384836", "limit_date": "2026-09-09"},
}  # fmt: skip


def feed(tmp_path: Path, *events: object) -> str:
    file = tmp_path / "events.ndjson"
    file.write_text("".join((e if isinstance(e, str) else json.dumps(e)) + "\n" for e in events))
    return str(file)


def decide(*args: str, **kwargs: Any) -> Result:
    return CliRunner().invoke(command, args, **kwargs)


def decisions(*args: str, **kwargs: Any) -> dict[str, dict[str, Any]]:
    result = decide(*args, "--json", **kwargs)
    assert result.exit_code in (0, 3), result.output
    return {d["consignment_id"]: d for d in map(json.loads, result.stdout.splitlines())}


def test_a_judged_feed_exits_with_0_whatever_the_verdict(tmp_path: Path) -> None:
    result = decide(feed(tmp_path, BOOKED, LOADED))
    assert result.exit_code == 0
    assert result.stdout.startswith("KTZ-1  WAIVER_MET\n")
    assert "R02 NEEDS_WAIVER, answered by R03" in result.stdout


def test_json_is_one_object_per_consignment_sorted_by_id(tmp_path: Path) -> None:
    result = decide(feed(tmp_path, RELEASED, BOOKED, LOADED), "--json")
    assert [json.loads(line)["consignment_id"] for line in result.stdout.splitlines()] == ["KTZ-1", "LT-1"]


def test_json_has_the_fields_of_the_contract(tmp_path: Path) -> None:
    decision = decisions(feed(tmp_path, {**BOOKED, "goods": []}, LOADED))["KTZ-1"]
    assert list(decision) == ["consignment_id", "verdict", "weight", "findings", "alerts", "warnings"]
    finding = next(f for f in decision["findings"] if f["rule"] == "R02")
    assert {"rule", "version", "verdict", "answered_by", "planned", "legal_basis", "because", "conditions", "missing",
            "exposed", "clocks", "records"} <= set(finding)  # fmt: skip
    assert set(finding["clocks"]) == {"contract", "loading", "dealing", "arrival"}
    assert finding["conditions"][0] == {
        "name": "listed_port", "state": "MET", "because": "RUULU on XLVII-A since 2025-02-25", "events": ["ktz/e2"],
    }  # fmt: skip
    assert finding["exposed"] == [{"name": "Maasdok Brandstoffen B.V.", "role": "BUYER", "country": "NL"}]
    alert = next(a for a in decision["alerts"] if a["rule"] == "R02")
    assert {k: alert[k] for k in ("version", "status", "verdict")} == {
        "version": 1, "status": "OPEN", "verdict": "NEEDS_WAIVER",
    }  # fmt: skip


def test_an_answered_finding_raises_no_alert(tmp_path: Path) -> None:
    assert decisions(feed(tmp_path, BOOKED, LOADED))["KTZ-1"]["alerts"] == []


def test_refused_lines_are_named_with_their_number_and_the_rest_is_judged(tmp_path: Path) -> None:
    file = feed(tmp_path, BOOKED, "{no json", {**LOADED, "occurred_at": "2026-09-10T10:00:00"}, LOADED)
    result = decide(file)
    assert result.exit_code == 3
    assert f"refused: {file}:2: $: not JSON" in result.stderr
    assert f"refused: {file}:3: occurred_at: time without offset" in result.stderr
    assert "WAIVER_MET" in result.stdout


def test_a_refused_reference_record_is_named_too(tmp_path: Path) -> None:
    reference = tmp_path / "more.ndjson"
    reference.write_text('{"kind": "palace", "id": "x"}\n')
    result = decide(feed(tmp_path, BOOKED), "--reference", str(reference))
    assert result.exit_code == 3
    assert f"{reference}:1: kind: unknown kind of record" in result.stderr


@pytest.mark.parametrize("args", [(), ("/does/not/exist",), ("-", "--now", "2026-09-10"), ("-", "--no-such-option")])
def test_wrong_use_exits_with_2(args: tuple[str, ...]) -> None:
    assert decide(*args).exit_code == 2


def test_a_reference_folder_without_records_is_wrong_use(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = decide(feed(tmp_path, BOOKED), "--reference", str(empty))
    assert result.exit_code == 2
    assert "no *.ndjson" in result.stderr


def test_a_dash_reads_standard_input(tmp_path: Path) -> None:
    lines = json.dumps(BOOKED) + "\n" + json.dumps(LOADED) + "\n"
    assert decisions("-", input=lines)["KTZ-1"]["verdict"] == "WAIVER_MET"


def test_the_clock_is_the_latest_recorded_at_of_each_consignment(tmp_path: Path) -> None:
    assert decisions(feed(tmp_path, RELEASED, LOADED))["LT-1"]["verdict"] == "CLEAR"


def test_now_moves_the_clock_of_timers(tmp_path: Path) -> None:
    decision = decisions(feed(tmp_path, RELEASED), "--now", "2026-09-13T00:00:00+02:00")["LT-1"]
    assert (decision["verdict"], decision["weight"]) == ("RED_FLAG", 45.0)


def test_known_at_leaves_out_later_events_and_is_the_clock(tmp_path: Path) -> None:
    file = feed(tmp_path, BOOKED, LOADED, RELEASED)
    assert decisions(file, "--known-at", "2026-09-05T00:00:00+02:00")["KTZ-1"]["findings"] == []
    assert decisions(file, "--known-at", "2026-09-13T00:00:00+02:00")["LT-1"]["verdict"] == "RED_FLAG"


def test_known_at_leaves_out_records_recorded_later(tmp_path: Path) -> None:
    reference = tmp_path / "more.ndjson"
    party = {"kind": "party", "id": "T", "list": "T", "names": [{"name": "TOO Ekibastuz Komir"}], "measures": ["FREEZE"],
             "applies_from": "2026-01-01", "recorded_at": "2026-09-08T00:00:00+02:00"}  # fmt: skip
    reference.write_text(json.dumps(party) + "\n")
    args = (feed(tmp_path, BOOKED), "--reference", str(reference))
    assert decisions(*args)["KTZ-1"]["verdict"] == "BREACH"
    assert decisions(*args, "--known-at", "2026-09-05T00:00:00+02:00")["KTZ-1"]["verdict"] == "CLEAR"


def test_a_stale_list_is_asked_with_now_and_not_with_known_at(tmp_path: Path) -> None:
    reference = tmp_path / "more.ndjson"
    stale = {"kind": "list", "id": "FSF", "list": "FSF", "measures": ["FREEZE"], "fetched_at": "2026-08-20T00:00:00Z"}
    reference.write_text(json.dumps(stale) + "\n")
    args = (feed(tmp_path, BOOKED), "--reference", str(reference))
    decision = decisions(*args, "--now", "2026-09-02T00:00:00Z")["KTZ-1"]
    assert decision["verdict"] == "INSUFFICIENT_DATA"
    assert "FSF" in decision["findings"][0]["missing"][0]
    assert decisions(*args, "--known-at", "2026-09-02T00:00:00Z")["KTZ-1"]["verdict"] == "CLEAR"


def test_without_any_freeze_list_no_party_is_cleared(tmp_path: Path) -> None:
    decision = decisions(feed(tmp_path, BOOKED), "--reference-only")["KTZ-1"]
    assert decision["verdict"] == "INSUFFICIENT_DATA"
    assert any("FREEZE" in finding["missing"][0] for finding in decision["findings"])


def test_a_decision_on_sample_lists_alone_says_so(tmp_path: Path) -> None:
    assert any("sample lists" in w for w in decisions(feed(tmp_path, BOOKED))["KTZ-1"]["warnings"])


def test_an_unknown_field_is_a_warning_and_the_record_counts(tmp_path: Path) -> None:
    result = decide(feed(tmp_path, {**BOOKED, "colour": "red"}))
    assert result.exit_code == 0
    assert "warning: ktz/e1: colour: unknown field, left out" in result.stdout


def test_a_record_with_the_same_kind_and_id_replaces_the_bundled_one(tmp_path: Path) -> None:
    reference = tmp_path / "more.ndjson"
    policy = {"kind": "policy", "id": "policy:transit_grace_days", "key": "transit_grace_days", "value": 30}
    reference.write_text(json.dumps(policy) + "\n")
    args = (feed(tmp_path, RELEASED), "--now", "2026-09-20T00:00:00+02:00", "--reference", str(reference))
    assert decisions(*args)["LT-1"]["verdict"] == "CLEAR"


def _quota(tmp_path: Path) -> list[str]:
    """Two consignments of which the second is over the quota of a waiver, the second first in the file."""
    waiver = {"kind": "waiver", "id": "coal-5ae", "rule": "R03", "goods": ["2701"], "quota": {"kg": 100_000}}
    law = tmp_path / "law.ndjson"
    law.write_text(json.dumps(waiver))
    later = [e | {"consignment_id": "KTZ-2", "event_id": f"{e['event_id']}b"} for e in (BOOKED, LOADED)]
    later[0]["occurred_at"] = "2026-09-01T11:00:00+05:00"
    return [feed(tmp_path, *later, LOADED, BOOKED), "--reference", str(law)]


def test_consignments_of_one_run_share_the_quota_of_a_waiver_in_order_of_acceptance(tmp_path: Path) -> None:
    found = decisions(*_quota(tmp_path))
    assert (found["KTZ-1"]["verdict"], found["KTZ-2"]["verdict"]) == ("WAIVER_MET", "NEEDS_WAIVER")
    (excess,) = [f for f in found["KTZ-2"]["findings"] if f["rule"] == "R24"]
    assert excess["because"].startswith("20,000 kg of 60,000 kg are over the quota of coal-5ae (100,000 kg)")
    assert [a["rule"] for a in found["KTZ-2"]["alerts"]] == ["R02", "R24"]


def test_explain_tells_of_a_quota_what_decide_tells(tmp_path: Path) -> None:
    events, *law = _quota(tmp_path)
    result = CliRunner().invoke(explain, ["KTZ-2", "--events", events, *law])
    assert "20,000 kg of 60,000 kg are over the quota of coal-5ae" in result.stdout
