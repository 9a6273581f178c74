"""Who was screened is stored with the states it belongs to, once, and exported: a monitor on a real Kafka."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import Any

import pytest

from streams.kafka.codec import decode_screening
from streams.kafka.topics import SCREENINGS
from streams.model.reference import ListedName, ListedParty
from streams.model.screening import Screening
from streams.reference.bundled import bundled_records
from streams.reference.source import FixedSource
from tests.integration.operating import Installation, until
from tests.integration.watching import Running, booked, ingest
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka
LISTED = ListedParty(
    id="X1", list="TEST", names=(ListedName("TOO Zerde Agro Bau"),), countries=("KZ",), measures=("FREEZE",)
)


def judged(here: Installation, consignment: str) -> bool:
    return here.run("explain", consignment, "--bootstrap", here.kafka.bootstrap).exit_code == 0


def exported(here: Installation, *options: str) -> list[dict[str, Any]]:
    return here.lines("audit", "export", *options)


def recorded(here: Installation) -> list[Screening]:
    return [decode_screening(value) for _, _, value in here.values(SCREENINGS) if value is not None]


def count(here: Installation, **fields: str) -> int:
    return sum(all(getattr(s, name) == value for name, value in fields.items()) for s in recorded(here))


def test_every_party_is_recorded_once_per_law_also_when_nothing_was_found(kafka: KafkaServer) -> None:
    here = Installation(kafka)
    source = FixedSource(bundled_records())
    with Running(here, kafka, source):
        ingest(here, *(booked(n, "Quillfeather Society", f"Partner {n} of Many Words") for n in range(20)))
        until(lambda: count(here, kind="PARTY") == 21, "21 parties recorded")
        source.put([*bundled_records(), LISTED])
        until(lambda: len({s.law for s in recorded(here) if s.kind == "LAW"}) == 2, "the new law in force")
        ingest(here, booked(50, "TOO Zerde Agro Bau"))
        until(lambda: count(here, result="listed") == 1, "the listed one recorded")
    parties = exported(here, "--kind", "party", "--result", "clear")
    assert len(parties) == 21
    assert len([p for p in parties if p["subject"] == "quillfeather society|KZ||"]) == 1
    laws = {p["law"] for p in parties}
    assert len(laws) == 1 and laws < {p["law"] for p in exported(here, "--kind", "law")}
    (found,) = exported(here, "--result", "listed", "--kind", "party")
    assert found["entries"] == ["party:X1"] and found["consignment_id"] == "C-50" and found["law"] not in laws
    named = exported(here, "--consignment", "C-3", "--kind", "party")
    assert {p["subject"] for p in named} == {"quillfeather society|KZ||", "partner 3 of many words|KZ||"}
    table = here.run("audit", "export", "--format", "csv", "--party", "zerde", "--kind", "party")
    (row,) = csv.DictReader(io.StringIO(table.stdout))
    assert (
        row["subject"] == "too zerde agro bau|KZ||"
        and row["result"] == "listed"
        and row["stretches"].startswith("FREEZE listed")
    )


def test_a_restarted_monitor_leaves_one_record_of_each(kafka: KafkaServer) -> None:
    here = Installation(kafka)
    for n in (1, 2):
        with Running(here, kafka, FixedSource(bundled_records())):
            ingest(here, booked(n, "Quillfeather Society"))
            until(partial(judged, here, f"C-{n}"), "judged")
    assert len(exported(here, "--kind", "party")) == 1
    keys = [key for _, key, _ in here.values(SCREENINGS)]
    assert len(set(keys)) == len(exported(here))


def test_nothing_is_recorded_where_that_is_switched_off(kafka: KafkaServer) -> None:
    here = Installation(kafka)
    with Running(here, kafka, FixedSource(bundled_records()), **{"monitor.screenings": "not_recorded"}):
        ingest(here, booked(1, "Quillfeather Society"))
        until(partial(judged, here, "C-1"), "judged")
    assert exported(here) == []
