"""The judge and the oracle, written apart from each other, come to the same verdicts; a wrong judge is found out."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest

from streams.feed.oracle import Oracle
from streams.feed.traffic import Consignment, consignments
from streams.model.decision import Decision
from streams.model.events import Event
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.feed.judging import disagreements


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle.bundled()


@pytest.fixture(scope="module")
def some(oracle: Oracle) -> list[Consignment]:
    return list(consignments(2000, 4, oracle))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_judge_agrees_with_the_oracle_on_every_consignment(seed: int, oracle: Oracle) -> None:
    assert disagreements(Judge(bundled_records()), consignments(400, seed, oracle)) == []


class _Deaf:
    """A judge that does not hear events of one type."""

    def __init__(self, type_: str) -> None:
        self.judge, self.type = Judge(bundled_records()), type_

    def decide(self, consignment_id: str, events: Iterable[Event], now: int | None = None) -> Decision:
        return self.judge.decide(consignment_id, [e for e in events if e.type != self.type], now)


class _Impatient:
    """A judge whose clock is five days ahead."""

    def __init__(self) -> None:
        self.judge = Judge(bundled_records())

    def decide(self, consignment_id: str, events: Iterable[Event], now: int | None = None) -> Decision:
        return self.judge.decide(consignment_id, events, (now or 0) + 5 * 86_400_000)


class _Stubborn:
    """A judge that does not take back what was replaced."""

    def __init__(self) -> None:
        self.judge = Judge(bundled_records())

    def decide(self, consignment_id: str, events: Iterable[Event], now: int | None = None) -> Decision:
        kept = [msgspec.structs.replace(e, replaces=None) for e in events]
        return self.judge.decide(consignment_id, kept, now)


@pytest.mark.parametrize(
    "type_",
    [
        "RETRACTED",
        "OWNERSHIP_TRANSFERRED",
        "ROUTE_CHANGED",
        "DISCHARGED",
        "DELIVERED",
        "SEAL_CHECKED",
        "WEIGHED",
        "EXPORT_CONFIRMED",
        "POSITION_GAP",
        "STS_TRANSFER",
    ],
)
def test_a_judge_deaf_to_a_type_of_event_is_found_out(type_: str, some: list[Consignment]) -> None:
    assert disagreements(_Deaf(type_), some)


def test_a_judge_with_a_wrong_clock_is_found_out(some: list[Consignment]) -> None:
    assert disagreements(_Impatient(), some)


def test_a_judge_that_ignores_corrections_is_found_out(some: list[Consignment]) -> None:
    assert disagreements(_Stubborn(), some)


@pytest.mark.parametrize(
    "left_out",
    [
        "RUULU", "coal-5ae", "SAMPLE-FREEZE-1", "TRANSIT_RU-DU-3", "CHP-848210", "SAMPLE-OWN-1", "SAMPLE-IV-1",
        "SAMPLE-BANK-1", "SAMPLE-SHIP-1", "IMPORT_BAN_RU-2701", "GE-KULEVI", "VKO", "NO_RUSSIA_CLAUSE-848210",
        "DILIGENCE-848210", "LII-ALABUGA", "LII-VLADIVOSTOK-FREE-PORT",
    ],
)  # fmt: skip
def test_a_judge_that_lacks_one_record_of_the_law_is_found_out(left_out: str, some: list[Consignment]) -> None:
    records = [r for r in bundled_records() if r.id != left_out]
    assert disagreements(Judge(records), some)
