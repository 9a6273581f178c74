"""What `deadletters show`, `alerts tail` and `doctor` say, without a server."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from streams.cli import cli
from streams.commands.alerts import in_country, line_of
from streams.commands.deadletters_show import hex_lines, show_lines
from streams.commands.doctor_checks import check_lists, check_live, check_redis, check_schemas
from streams.kafka.codec import MARKER, encode_event
from streams.model.decision import Alert, Exposed, Trigger
from streams.model.events import Event
from streams.model.reference import AnyRecord, ListState, Policy
from streams.processors.health import Health, HealthServer
from streams.settings import load_settings

EVENT = encode_event(Event("e1", "ktz", "LOADED", "KTZ-1", 1_790_000_000_000, 1_790_000_000_000))
DAY_MS = 86_400_000


def test_a_hex_dump_has_offset_bytes_and_letters() -> None:
    assert list(hex_lines(b"ABC\x00" + b"z" * 13)) == [
        "  00000000  41 42 43 00 7a 7a 7a 7a 7a 7a 7a 7a 7a 7a 7a 7a  ABC.zzzzzzzzzzzz",
        "  00000010  7a                                               z",
    ]


@pytest.mark.parametrize(("data", "told"), [
    (b"", "no value"), (b"\xff\xfe", "no framing that is known"), (b' {"a": 1}', "looks like JSON"),
    (MARKER + b"12345678x", "fingerprint 3132333435363738: of no known schema"),
    (EVENT, "to its end: a whole datum"), (EVENT[:-2], "breaks at"),
    (b"\x00\x00\x00\x00\x07" + EVENT[10:], "Confluent framing, schema id 7"),
    (b"\xff" * 600, "… 88 bytes more; --raw has all"),
])  # fmt: skip
def test_bytes_are_shown_for_what_they_look_like(data: bytes, told: str) -> None:
    assert told in "\n".join(show_lines(data))


def _alert(places: tuple[str, ...] = (), exposed: tuple[Exposed, ...] = ()) -> Alert:
    return Alert(
        alert_id="a", version=2, status="UPDATED", consignment_id="KTZ-1", rule="R03", verdict="BREACH", weight=0,
        title="t", because="Sold.", legal_basis="b", conditions=(), missing=("goods",), exposed=exposed, references=(),
        goods_hs=(), places=places, parties=(), occurred_at=None, decided_at="2026-10-02T02:15:00Z",
        trigger=Trigger("EVENT", "x"), records=(), previous_version=1, evidence_hash="", warnings=("held",),
    )  # fmt: skip


def test_an_alert_in_one_line_says_when_what_why_and_who() -> None:
    told = line_of(_alert(exposed=(Exposed("Energia", "BUYER", "EE"), Exposed("Ship", "CARRIER"))))
    assert told == (
        "2026-10-02T02:15:00Z  KTZ-1  BREACH  R03 UPDATED v2  Sold.  missing: goods  "
        "exposed: Energia (BUYER, EE), Ship (CARRIER)  warning: held"
    )


@pytest.mark.parametrize(("alert", "found"), [
    (_alert(places=("RUULU",)), True), (_alert(places=("somewhere in RU",)), True), (_alert(places=("RUSSEIFA",)), False),
    (_alert(places=("KZALA",)), False), (_alert(exposed=(Exposed("X", "BUYER", "RU"),)), True), (_alert(), False),
])  # fmt: skip
def test_an_alert_is_of_a_country_by_its_places_and_by_who_is_exposed(alert: Alert, found: bool) -> None:
    assert in_country(alert, "RU") is found


def test_the_released_schemas_are_in_order() -> None:
    assert [check.told for check in check_schemas() if not check.ok] == []


def test_a_list_beyond_its_age_is_a_problem_and_one_of_unknown_age_too() -> None:
    records: list[AnyRecord] = [
        ListState(id="list:a", list="A", fetched_at=0), ListState(id="list:b", list="B", fetched_at=6 * DAY_MS),
        ListState(id="list:c", list="C"), Policy(id="policy:list_max_age_days", key="list_max_age_days", value=7),
    ]  # fmt: skip
    found = [(c.told, c.ok) for c in check_lists(records, 8 * DAY_MS)]
    assert found == [("A: 8.0 days old", False), ("B: 2.0 days old", True), ("C: of unknown age", False)]


def test_redis_is_not_asked_where_the_records_come_from_elsewhere() -> None:
    settings = load_settings(
        {"TRANSITWATCH_REFERENCE_SOURCE": "bundled", "TRANSITWATCH_REDIS_URL": "redis://127.0.0.1:9"}
    )
    (check,) = check_redis(settings, 0)
    assert (check.ok, check.told) == (True, "not asked, as reference.source is bundled")


@pytest.mark.parametrize(("ready", "ok"), [(True, True), (False, False)])
def test_a_running_monitor_is_asked_for_its_health(ready: bool, ok: bool) -> None:
    def answer(good: bool) -> Callable[[], Health]:
        return lambda: Health(ok=good, body={"missing": {}})

    server = HealthServer("127.0.0.1", 0, answer(True), answer(ready), bytes)
    server.start()
    try:
        live, readiness = check_live(f"http://127.0.0.1:{server.port}/")
    finally:
        server.close()
    assert (live.ok, readiness.ok) == (True, ok)
    assert readiness.told.startswith(f"/health/ready: {200 if ok else 503} {{")


def test_a_monitor_that_does_not_answer_is_a_problem() -> None:
    assert [check.ok for check in check_live("http://127.0.0.1:9")] == [False, False]


def test_doctor_tells_each_trouble_with_what_to_do_and_hides_secrets() -> None:
    env = {
        "TRANSITWATCH_KAFKA_BOOTSTRAP": "127.0.0.1:9", "TRANSITWATCH_REDIS_URL": "redis://u:hunter2@127.0.0.1:9/0",
        "TRANSITWATCH_REGISTRY_URL": "http://127.0.0.1:9", "TRANSITWATCH_REDIS_TIMEOUT_S": "0.5",
    }  # fmt: skip
    result = CliRunner().invoke(cli, ["doctor", "--json"], env=env)
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"]) == (1, False)
    bad = {check["name"] for check in told["checks"] if not check["ok"]}
    assert bad == {"kafka", "registry", "redis"}
    assert all(check["do"] for check in told["checks"] if not check["ok"])
    assert "hunter2" not in result.output


def test_doctor_names_unsafe_choices() -> None:
    env = {"TRANSITWATCH_KAFKA_BOOTSTRAP": "127.0.0.1:9", "TRANSITWATCH_REFERENCE_SOURCE": "bundled",
           "TRANSITWATCH_REFERENCE_MAX_STALENESS_S": "none"}  # fmt: skip
    result = CliRunner().invoke(cli, ["doctor"], env=env)
    assert "unsafe: reference.max_staleness_s none" in result.stdout
    assert "reference.max_staleness_s = None" in result.stdout


def test_an_address_that_is_no_url_is_wrong_use() -> None:
    assert CliRunner().invoke(cli, ["doctor", "--live", "localhost:8080"]).exit_code == 2
