"""`transitwatch reference clearance`: a record that clears what it was made for, and refuses what it should not clear."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from streams.commands.decide import command as decide
from streams.commands.reference import command as reference
from streams.commands.screen import command as screen
from streams.kafka.codec import decode_record, encode_record
from streams.model.intake import record_from_json

FIRM = {
    "kind": "party", "id": "X1", "list": "TEST", "schema": "Organization", "names": [{"name": "TOO Zerde Agro Bau"}],
    "countries": ["KZ"], "identifiers": {"bin": "940140000385"}, "measures": ["FREEZE"], "applies_from": "2024-06-24",
}  # fmt: skip
BUYER = {"role": "BUYER", "name": "ТОО «Зерде Агро Бау»", "country": "KZ"}
BOOKED = {
    "event_id": "e1", "source": "t", "type": "BOOKED", "consignment_id": "C-1", "occurred_at": "2026-07-06T10:00:00Z",
    "recorded_at": "2026-07-06T10:00:00Z", "parties": [BUYER], "goods": [{"hs": "270112"}],
}  # fmt: skip
WHY = ("--by", "A. Officer", "--because", "other seat", "--from", "2026-07-01", "--until", "2026-12-01")


def written(path: Path, *rows: Any) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def lists(tmp_path: Path) -> str:
    return written(tmp_path / "lists.ndjson", FIRM)


def run(command: Any, *args: str) -> Result:
    return CliRunner().invoke(command, args)


def clearance(*args: str) -> Result:
    return run(reference, "clearance", *args, *WHY)


def r15(events: str, *references: str) -> list[dict[str, Any]]:
    args = [arg for file in references for arg in ("--reference", file)]
    done = run(decide, events, *args, "--json")
    assert done.exit_code == 0, done.output
    return [f for f in json.loads(done.stdout)["findings"] if f["rule"] == "R15"]


def test_the_printed_record_clears_the_party_of_the_events_it_was_made_of(lists: str, tmp_path: Path) -> None:
    events = written(tmp_path / "events.ndjson", BOOKED)
    done = clearance("--of", "C-1/buyer", "--events", events, "--reference", lists)
    assert done.exit_code == 0, done.output
    record = written(tmp_path / "cleared.ndjson", json.loads(done.stdout))
    assert [f["verdict"] for f in r15(events, lists)] == ["BREACH"]
    (found,) = r15(events, lists, record)
    assert found["verdict"] == "CLEAR" and "by A. Officer until 2026-12-01 because: other seat" in found["because"]


def test_screen_shows_who_cleared_a_hit_and_when_that_no_longer_counts(lists: str, tmp_path: Path) -> None:
    party = ("Zerde Agro Bau", "--country", "KZ", "--reference", lists)
    record = written(tmp_path / "cleared.ndjson", json.loads(clearance(*party).stdout))
    asked = (*party, "--reference", record)
    answer = json.loads(run(screen, *asked, "--as-of", "2026-08-01", "--json").stdout)
    assert answer["hit"] is False and "A. Officer" in answer["matches"][0]["cleared"]
    assert "no hit: what it resembles has been cleared" in run(screen, *asked, "--as-of", "2026-08-01").stdout
    later = json.loads(run(screen, *asked, "--as-of", "2026-12-01", "--json").stdout)
    assert later["hit"] is True and "it ended on 2026-12-01" in later["matches"][0]["lapsed"]
    assert "it ended on 2026-12-01" in run(screen, *asked, "--as-of", "2026-12-01").stdout


def test_the_record_travels_over_the_topic_unchanged(lists: str) -> None:
    done = clearance("Zerde Agro Bau", "--reference", lists, "--consignment", "C-7", "--despite-identifiers")
    record = record_from_json(json.loads(done.stdout))[0]
    assert decode_record(encode_record(record)) == record


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("Quillfeather Society",), "resembles nothing at all"),
        (("Zerde Agro Bau", "--entry", "party:X2"), "party:X2 is not among them"),
        (("Zerde", "--identifier", "bin=940140000385"), "only with --despite-identifiers"),
        (("Zerde Agro Bau", "--until", "2026-07-01"), "--until must lie after"),
        ((), "query: required field missing"),
    ],
)
def test_what_cannot_be_cleared_is_refused_with_the_reason(lists: str, args: tuple[str, ...], told: str) -> None:
    done = run(reference, "clearance", *WHY, *args, "--reference", lists)
    assert done.exit_code == 2 and told in " ".join(done.stderr.split())


def test_a_role_of_several_parties_or_none_is_refused(lists: str, tmp_path: Path) -> None:
    events = written(tmp_path / "events.ndjson", {**BOOKED, "parties": [BUYER, {**BUYER, "name": "Another"}]})
    for of, told in (("C-1/BUYER", "several parties"), ("C-1/SELLER", "no such party"), ("C-9/BUYER", "no such party")):
        done = clearance("--of", of, "--events", events, "--reference", lists)
        assert done.exit_code == 2 and told in " ".join(done.stderr.split())


def test_a_clearance_without_an_end_or_of_no_entry_is_no_record(lists: str, tmp_path: Path) -> None:
    good = json.loads(clearance("Zerde Agro Bau", "--reference", lists).stdout)
    endless = {k: v for k, v in good.items() if k != "applies_until"}
    bad = written(tmp_path / "bad.ndjson", endless, {**good, "entry": "X1"})
    done = run(screen, "Zerde Agro Bau", "--reference", bad)
    assert done.exit_code == 3
    assert "bad.ndjson:1: applies_until" in done.stderr and "bad.ndjson:2: entry: no list entry" in done.stderr
