"""`transitwatch waivers`: what is in force, and how the quotas stand by what files tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.commands.waivers import command

LAW = {
    "kind": "waiver", "id": "FECR-Q2", "answers": "R02", "goods": ["7202"], "legal_basis": "authorisation FECR-Q2",
    "conditions": [{"type": "destination_in", "countries": ["LT", "LV"]}], "applies_from": "2026-01-01",
    "quota": {"kg": 30_000, "period_from": "2026-04-01", "period_until": "2026-07-01"},
}  # fmt: skip


def told(cons: str, number: int, kind: str, at: str, **fields: Any) -> dict[str, Any]:
    time = f"{at}T10:00:00+03:00"
    return {"event_id": f"{cons}{number}", "source": "erp", "type": kind, "consignment_id": cons, "occurred_at": time,
            "recorded_at": time, **fields}  # fmt: skip


def booked(cons: str, at: str, kg: float) -> dict[str, Any]:
    return told(cons, 1, "BOOKED", at, goods=[{"hs": "720241", "net_kg": kg}], waivers=["FECR-Q2"])


EVENTS = (
    booked("A", "2026-05-02", 20_000),
    booked("B", "2026-05-10", 25_000),
    told("B", 2, "WEIGHED", "2026-05-12", weight={"net_kg": 24_000.5, "method": "WEIGHBRIDGE"}),
    told("A", 2, "DELIVERED", "2026-05-20"),
    booked("C", "2026-07-01", 5_000),
)


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    events, law = tmp_path / "events.ndjson", tmp_path / "law.ndjson"
    events.write_text("".join(json.dumps(e) + "\n" for e in EVENTS))
    law.write_text(json.dumps(LAW))
    return ["--events", str(events), "--reference", str(law)]


def waivers(*args: str) -> Result:
    return CliRunner().invoke(command, args)


def rows(*args: str) -> list[dict[str, Any]]:
    result = waivers(*args, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_list_tells_of_each_quota_what_is_used_reserved_and_free(sources: list[str]) -> None:
    (row,) = rows("list", "--reference-only", *sources)
    assert {key: row[f"{key}_kg"] for key in ("used", "reserved", "free", "over")} == {
        "used": 20_000, "reserved": 10_000, "free": 0, "over": 19_000.5,
    }  # fmt: skip
    assert (row["claims"], row["quota"]) == (3, LAW["quota"])
    line = next(x for x in waivers("list", *sources).stdout.splitlines() if x.startswith("FECR-Q2"))
    assert line.split()[-5:] == ["30,000", "20,000", "10,000", "0", "19,000.5"]


def test_the_list_needs_no_events_and_then_tells_nothing_of_use(sources: list[str]) -> None:
    listed = rows("list", *sources[2:])
    assert {"coal-5ae", "oil-5ae", "FECR-Q2"} <= {row["id"] for row in listed}
    assert not any("used_kg" in row for row in listed)
    assert waivers("list", *sources[2:]).stdout.splitlines()[0].split()[:3] == ["ID", "RULE", "ANSWERS"]


def test_a_waiver_is_shown_with_its_conditions_and_who_claims_of_it_in_order(sources: list[str]) -> None:
    (row,) = rows("show", "FECR-Q2", *sources)
    assert row["conditions"] == LAW["conditions"]
    assert [(c["consignment_id"], c["status"], c["claimed_kg"], c["granted_kg"]) for c in row["consignments"]] == [
        ("A", "SETTLED", 20_000, 20_000), ("B", "RESERVED", 24_000.5, 10_000), ("C", "RESERVED", 5_000, 0),
    ]  # fmt: skip
    text = waivers("show", "FECR-Q2", *sources).stdout
    assert "condition destination_in: LT, LV" in text
    assert "quota: 30,000 kg from 2026-04-01 until 2026-07-01" in text
    assert "RESERVED, outside the period" in text


def test_the_ledger_shows_every_event_with_the_running_total(sources: list[str]) -> None:
    entries = rows("ledger", "FECR-Q2", *sources)
    assert [(e["event"], e["kind"], e["kg"], e["claimed_kg"], e["total_kg"]) for e in entries] == [
        ("erp/A1", "RESERVED", 20_000, 20_000, 20_000), ("erp/B1", "RESERVED", 10_000, 25_000, 30_000),
        ("erp/B2", "WEIGHED", 0, 24_000.5, 30_000), ("erp/A2", "SETTLED", 0, 20_000, 30_000),
        ("erp/C1", "RESERVED", 0, 5_000, 30_000),
    ]  # fmt: skip
    first = waivers("ledger", "FECR-Q2", *sources).stdout.splitlines()[1]
    assert first.split() == ["2026-05-02T07:00:00Z", "erp/A1", "RESERVED", "A", "20,000", "20,000", "20,000", "20,000"]


def test_what_was_not_known_yet_is_left_out(sources: list[str]) -> None:
    (row,) = rows("show", "FECR-Q2", *sources, "--known-at", "2026-05-11T00:00:00+03:00")
    assert [c["claimed_kg"] for c in row["consignments"]] == [20_000, 25_000]


def test_an_unknown_waiver_fails_and_names_those_that_are_like_it(sources: list[str]) -> None:
    result = waivers("ledger", "FECR-Q1", *sources)
    assert result.exit_code == 1
    assert "no waiver 'FECR-Q1'; ids are case-sensitive, there is FECR-Q2" in result.stderr


def test_a_waiver_without_a_quota_has_no_ledger(sources: list[str]) -> None:
    result = waivers("ledger", "coal-5ae", *sources)
    assert result.exit_code == 1
    assert "coal-5ae has no quota" in result.stderr


def test_the_ledger_asks_for_events() -> None:
    result = waivers("ledger", "coal-5ae")
    assert result.exit_code == 2
    assert "--events" in result.stderr


def test_refused_lines_are_told_and_the_rest_is_shown(sources: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.ndjson"
    bad.write_text('{"kind": "waiver"}\n')
    result = waivers("list", *sources, "--reference", str(bad))
    assert result.exit_code == 3
    assert result.stderr.startswith("refused: ")
    assert "FECR-Q2" in result.stdout
