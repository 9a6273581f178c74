"""`transitwatch replay`: as known at a time, what if, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from streams.commands.replay import command
from streams.commands.replay_account import Bounds, differences, replayed
from streams.commands.replay_buckets import Buckets
from streams.commands.replay_law import law_at
from streams.commands.replay_sources import History
from streams.model.intake import event_to_json, record_to_json
from streams.model.moments import DAY_MS, parse_time
from streams.model.reference import ListState
from streams.reference.bundled import load_records
from streams.reference.loaders.base import About
from streams.reference.snapshots import Guards, Snapshots
from streams.rules.replaying import run_events
from streams.rules.state import EventEntry, ReferenceEntry, entries_of
from tests.unit.rules.build import listed
from tests.unit.rules.chains import JUDGE, history, told

LAW = law_at(JUDGE.law.records.values(), None)
EMBARGO = listed("X1", "Maasdok Brandstoffen B.V.")


def run(*args: str) -> Result:
    return CliRunner().invoke(command, args)


@pytest.fixture
def feed(tmp_path: Path) -> str:
    file = tmp_path / "events.ndjson"
    rows = [event_to_json(e) for e in history()]
    rows += [{**row, "consignment_id": "C-2"} for row in rows[:2]]
    file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return str(file)


def accounts(*args: str) -> list[dict[str, Any]]:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_consignment_is_judged_as_it_could_be_known_then(feed: str) -> None:
    (then,) = accounts("--consignment", "C-1", "--events", feed, "--known-at", "2026-09-10T13:00:00Z")
    assert [(a["rule"], a["version"]) for a in then["alerts"]] == [("R06", 1), ("R02", 1), ("R03", 1), ("R06", 2)]
    assert (then["decision"]["verdict"], then["exact"], then["late"]) == ("NEEDS_WAIVER", None, [])
    (now,) = accounts("--consignment", "C-1", "--events", feed)
    assert [a["evidence_hash"] for a in now["alerts"]] == [a.evidence_hash for a in told().alerts]
    assert now["decision"]["verdict"] == "BREACH"


def test_all_consignments_are_replayed_each_in_a_line_of_json(feed: str) -> None:
    assert {a["consignment_id"] for a in accounts("--all", "--events", feed)} == {"C-1", "C-2"}
    assert "2 consignments, " in run("--all", "--events", feed).stdout


def test_what_had_not_happened_yet_is_left_out(feed: str) -> None:
    (then,) = accounts("--consignment", "C-1", "--events", feed, "--occurred-until", "2026-09-05T00:00:00Z")
    assert not [a for a in then["alerts"] if a["rule"] == "R02"]


def test_a_consignment_of_which_nothing_was_known_then_is_told(feed: str) -> None:
    result = run("--consignment", "C-1", "--events", feed, "--known-at", "2026-01-01T00:00:00Z")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "C-1: nothing was known of it then" in result.stderr


def test_what_if_tells_the_differences_and_the_budget(tmp_path: Path, feed: str) -> None:
    draft = tmp_path / "draft.ndjson"
    draft.write_bytes(msgspec.json.encode(record_to_json(EMBARGO)) + b"\n")
    result = run("--all", "--events", feed, "--reference", str(draft), "--json")
    assert result.exit_code == 0
    *differences_, last = [json.loads(line) for line in result.stdout.splitlines()]
    assert {(d["consignment_id"], d["change"], d["rule"]) for d in differences_} == {
        ("C-1", "opened", "R15"), ("C-2", "opened", "R15"),
    }  # fmt: skip
    budget = last["budget"]
    assert (budget["consignments"], budget["touched"]) == (2, 2)
    assert (budget["rules"]["R15"]["before"], budget["rules"]["R15"]["after"]) == (0, 2)
    text = run("--all", "--events", feed, "--reference", str(draft)).stdout
    assert "C-1  R15 would open, BREACH: " in text
    assert "2 of 2 consignments would be judged otherwise" in text
    same = run("--all", "--events", feed, "--base", str(draft), "--reference", str(draft)).stdout
    assert "nothing can change" in same


def test_refused_lines_are_told_and_the_rest_is_replayed(feed: str) -> None:
    with Path(feed).open("ab") as file:
        file.write(b"no event\n")
    result = run("--all", "--events", feed)
    assert (result.exit_code, "refused: " in result.stderr) == (3, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "which consignments"),
        (("--all", "--consignment", "C-1"), "which consignments"),
        (("--all",), "where the events are"),
        (("--all", "--bootstrap", "x:1", "--base", "."), "--base goes with --events"),
    ],
)  # fmt: skip
def test_wrong_use_is_told(options: tuple[str, ...], said: str) -> None:
    result = run(*options)
    assert (result.exit_code, said in result.stderr) == (2, True)


def test_an_unknown_consignment_is_an_error(feed: str) -> None:
    result = run("--consignment", "C-9", "--events", feed)
    assert (result.exit_code, "C-9: no event of this consignment" in result.stderr) == (1, True)


def published(**changes: Any) -> History:
    run_ = told()
    assert run_.state is not None
    alerts = [msgspec.structs.replace(a, **changes) if n == 3 else a for n, a in enumerate(run_.alerts)]
    return History("C-1", entries_of(run_.state), alerts)


def test_versions_equal_to_those_published_are_exact_at_every_time() -> None:
    for each in history():
        account = replayed(published(), LAW, Bounds(each.recorded_at))
        assert account is not None and account.exact is True and account.because == []


def test_a_version_that_differs_in_anything_is_not_exact_and_is_named() -> None:
    account = replayed(published(because="other"), LAW, Bounds())
    assert account is not None and account.exact is False
    assert account.because[0].startswith("version 4 of 11 published is R06 v2 UPDATED")
    assert "made under another one" in account.because[1]
    before = replayed(published(because="other"), LAW, Bounds(history()[0].recorded_at))
    assert before is not None and before.exact is True


@pytest.mark.parametrize("published_count", [10, 12])
def test_a_version_too_few_or_too_many_on_the_topic_is_noticed(published_count: int) -> None:
    run_ = run_events(JUDGE, history())
    alerts = [*run_.alerts, run_.alerts[-1]][:published_count]
    assert len(differences(run_, alerts)) == 1


def test_a_change_of_law_that_is_not_held_is_said_and_never_taken_for_equal() -> None:
    run_ = run_events(JUDGE, history()[:2])
    assert run_.state is not None
    at = history()[1].recorded_at + 1000
    changed = law_at([*JUDGE.law.records.values(), EMBARGO], None).judge.rejudge(run_.state, at, "reference abc")
    account = replayed(History("C-1", entries_of(changed.state), [*run_.alerts, *changed.alerts]), LAW, Bounds())
    assert account is not None and account.exact is False
    assert "the law changed within this history (reference abc)" in account.because[-1]
    assert isinstance(entries_of(changed.state)[-1], ReferenceEntry)


def test_records_learnt_later_are_left_out_and_that_is_said() -> None:
    at = parse_time("2026-09-01T00:00:00Z")
    later = msgspec.structs.replace(EMBARGO, recorded_at=at + 1)
    fetched = ListState(id="list:T", list="T", measures=("FREEZE",), fetched_at=at + 1)
    law = law_at([*JUDGE.law.records.values(), later, fetched], at)
    assert law.judge.version == law_at([*JUDGE.law.records.values(), fetched], None).judge.version
    assert len(law.notes) == 1 and law.notes[0].startswith(
        "1 records were learnt or changed after 2026-09-01T00:00:00Z"
    )
    assert law_at([later, fetched], at + 1).notes == []


def load(directory: Path, number: int, *names: str) -> None:
    Snapshots(directory).load(
        About("TEST", ("FREEZE",), "synthetic"), "uk", {"f": "0"}, [listed(f"TEST:{n}", n) for n in names],
        fetched_at=number * DAY_MS, now=number * DAY_MS, guards=Guards(1, 100.0), tell=lambda _: None,
    )  # fmt: skip


def test_the_lists_of_a_time_are_those_that_were_loaded_then(tmp_path: Path) -> None:
    load(tmp_path, 20_000, "Erste Probe", "Zweite Probe")
    load(tmp_path, 20_010, "Zweite Probe", "Dritte Probe")
    held = load_records(tmp_path / "test.ndjson")[0]
    then = law_at(held, 20_005 * DAY_MS, tmp_path)
    assert {k for k in then.judge.law.records if k.startswith("party:")} == {
        "party:TEST:Erste Probe",
        "party:TEST:Zweite Probe",
    }
    now = law_at(held, 20_010 * DAY_MS, tmp_path)
    assert {k for k in now.judge.law.records if k.startswith("party:")} == {
        "party:TEST:Zweite Probe",
        "party:TEST:Dritte Probe",
    }
    before = law_at(held, 19_999 * DAY_MS, tmp_path)
    assert not [k for k in before.judge.law.records if k.startswith("party:")]
    assert "list TEST was first loaded after" in before.notes[0]


def test_snapshots_without_a_time_are_wrong_use(tmp_path: Path, feed: str) -> None:
    assert run("--all", "--events", feed, "--snapshots", str(tmp_path)).exit_code == 2
    given = run("--all", "--events", feed, "--snapshots", str(tmp_path), "--known-at", "2026-09-10T13:00:00Z")
    assert given.exit_code == 0, given.output


def test_buckets_give_every_value_back_by_key_in_the_order_of_entry() -> None:
    with Buckets() as buckets:
        wanted: dict[str, list[tuple[int, bytes]]] = {}
        for n in range(3000):
            key, value = f"Ключ {n % 700}", bytes([n % 256]) * (n % 90)
            buckets.put(key, n % 3, value)
            wanted.setdefault(key, []).append((n % 3, value))
        big = bytes(200_000)
        buckets.put("big", 1, big)
        found = {key: [tuple(item) for item in items] for key, items in buckets.groups()}
    assert found == {**wanted, "big": [(1, big)]}


def test_the_log_of_a_file_is_the_order_of_its_lines(feed: str) -> None:
    from streams.commands.replay_sources import from_files

    counts: list[int] = []
    found = {h.consignment_id: h for h in from_files([feed], None, 0, lambda _: None, counts.append)}
    assert [e.event for e in found["C-1"].entries if isinstance(e, EventEntry)] == history()
    assert counts == list(range(1, 8))
