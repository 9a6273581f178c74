"""R01: who and what ties a consignment to the European Union (contract 3.1(5), 6(10))."""

from __future__ import annotations

import pytest

from streams.model.decision import Finding
from streams.model.events import Event, Goods, Holder, Party, Place, Transport
from tests.unit.rules.build import decide, event, findings

BASE = (Party("SELLER", "TOO A", "KZ"), Party("BUYER", "B Ltd", "TR"))
OTHERS = (Party("CARRIER", "C", "TR"), Party("INSURER", "D", "KZ"))
PORT = event("LOADED", "2026-04-10", place=Place("RUULU"))
GOODS = (Goods(1, "720839"),)


def nexus(*parties: Party, told: tuple[Event, ...] = (), **fields: object) -> Finding | None:
    booked = event("BOOKED", "2026-04-01", parties=(*BASE, *parties), goods=GOODS, **fields)
    found = findings(decide([booked, PORT, *told]), "R02")
    return found[0] if found else None


def state(finding: Finding | None) -> str:
    return next(c.state for c in finding.conditions if c.name == "eu_nexus") if finding else "NOT_MET"


@pytest.mark.parametrize("role", ["BANK", "INSURER", "CARRIER", "SHIP_OWNER", "NOTIFY_PARTY", "FORWARDER"])
def test_a_party_of_a_member_state_in_any_role_meets_it(role: str) -> None:
    found = nexus(Party(role, "Donau AG", "AT"))  # type: ignore[arg-type]
    assert state(found) == "MET"
    assert found is not None
    assert [(e.name, e.role) for e in found.exposed] == [("Donau AG", role)]


def test_a_nationality_meets_it_wherever_the_person_lives() -> None:
    assert state(nexus(Party("SHIP_OWNER", "E. Karavellas", "AE", nationality="GR"))) == "MET"


def test_goods_exported_from_a_member_state_meet_it() -> None:
    assert state(nexus(*OTHERS, export_country="DE")) == "MET"


def test_an_event_on_the_territory_meets_it_and_exposes_the_carrier() -> None:
    found = nexus(*OTHERS, told=(event("UNLOADED", "2026-04-20", place=Place("NLRTM")),))
    assert state(found) == "MET"
    assert found is not None
    assert [e.role for e in found.exposed] == ["CARRIER"]


def test_the_flag_of_a_member_state_meets_it() -> None:
    flag = event("DEPARTED", "2026-04-11", place=Place("RUULU"), transport=Transport("SEA", vessel_flag="MT"))
    assert state(nexus(*OTHERS, told=(flag,))) == "MET"


def test_a_destination_a_plan_and_a_parent_company_do_not_meet_it() -> None:
    plan = event("UNLOADED", "2026-05-01", place=Place("NLRTM"), classifier="PLANNED")
    daughter = Party("FORWARDER", "TOO Daughter", "KZ", owners=(Holder("Mother GmbH", "DE", share_pct=100.0),))
    assert nexus(*OTHERS, daughter, told=(plan,), destination_country="NL") is None


def test_when_all_are_stated_and_none_is_european_it_is_not_met() -> None:
    assert nexus(*OTHERS) is None


def test_a_flag_stands_in_for_the_carrier() -> None:
    flag = event("DEPARTED", "2026-04-11", place=Place("RUULU"), transport=Transport("SEA", vessel_flag="LR"))
    assert nexus(Party("INSURER", "D", "KZ"), told=(flag,)) is None


def test_when_somebody_is_not_stated_it_is_not_known_and_nobody_is_exposed() -> None:
    found = nexus(Party("CARRIER", "C", "TR"))
    assert state(found) == "NOT_KNOWN"
    assert found is not None
    assert (found.verdict, found.missing, found.exposed) == ("NEEDS_WAIVER", ("insurer",), ())


def test_a_party_without_a_country_is_not_stated() -> None:
    found = nexus(Party("CARRIER", "C", "TR"), Party("INSURER", "D"))
    assert state(found) == "NOT_KNOWN"


def test_a_party_that_comes_after_the_dealing_does_not_meet_it() -> None:
    later = event("PARTIES_CHANGED", "2026-04-12", parties=(Party("BANK", "Donau AG", "AT"),))
    assert nexus(*OTHERS, told=(later,)) is None
