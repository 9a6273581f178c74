"""Events as sentences, what became of each, and who is asked for a missing fact."""

from __future__ import annotations

import pytest

from streams.commands.explain_story import MARKS, MEANINGS, record_index, sources_of, tell
from streams.commands.explain_words import PHRASES, details, headline, kilograms, who_can_supply
from streams.model.decision import PRECEDENCE, Finding
from streams.model.events import EVENT_TYPES, Goods, Holder, Origin, Party, Place, Transport
from streams.reference.bundled import bundled_records
from tests.unit.rules.build import event


def test_every_type_of_event_has_a_phrase_and_every_verdict_a_meaning() -> None:
    assert set(PHRASES) == set(EVENT_TYPES)
    assert set(MEANINGS) == set(PRECEDENCE)
    assert set(MARKS) == {"MET", "NOT_MET", "NOT_KNOWN"}


@pytest.mark.parametrize(
    ("missing", "who"),
    [
        ("origin", "chamber of commerce"), ("owner from entry into Russia to departure", "title documents"),
        ("identity of X: is it Y (party:Z)?", "extract of its register"), ("share or control of A in B", "register of companies"),
        ("port of LOADED (place.unlocode)", "port agent"), ("discharge of the transit (NCTS 045)", "office of destination"),
        ("IMO number of the ship (transport.vessel_imo)", "certificate of registry"), ("name of the BANK", "consignor"),
        ("list FSF in its present state", "transitwatch reference"), ("something else", "the consignor or the carrier"),
    ],
)  # fmt: skip
def test_a_missing_fact_names_who_can_supply_it(missing: str, who: str) -> None:
    assert who in who_can_supply(missing)


def test_a_headline_says_what_where_and_by_what() -> None:
    told = event("LOADED", "2026-06-10", place=Place("RUULU", name="Ust-Luga"), classifier="PLANNED",
                 transport=Transport("SEA", vessel_name="Tide", vessel_imo="9319466"))  # fmt: skip
    assert headline(told) == "planned: loaded at Ust-Luga (RUULU), by sea, ship Tide IMO 9319466"


def test_details_name_parties_owners_and_goods() -> None:
    owner = Party("OWNER", "TOO A", "KZ", owners=(Holder("B", share_pct=60.0, control=True),))
    told = event(
        "BOOKED", "2026-06-10", parties=(owner,), goods=(Goods(1, "270112", origin=(Origin("KZ", 100.0),), net_kg=5e6),)
    )
    assert details(told) == [
        "OWNER TOO A (KZ) [owned by B 60 %, controls]",
        "goods: HS 270112, 5,000 t, origin KZ 100 %",
    ]


def test_masses_from_a_tonne_on_are_in_tonnes() -> None:
    assert (kilograms(999), kilograms(1500)) == ("999 kg", "1.5 t")


def test_what_became_of_each_event_is_told() -> None:
    first, second = (
        event("LOADED", "2026-06-10", event_id="a"),
        event("LOADED", "2026-06-10", event_id="b", replaces="a"),
    )
    waiting = event("ARRIVED", "2026-06-11", event_id="c", replaces="unknown")
    fates = {t.event.event_id: t.fate for t in tell([first, second, waiting])}
    assert fates == {
        "a": "does not count: replaced by t/b", "b": "",
        "c": "waits for t/unknown, which it replaces and which is not known",
    }  # fmt: skip


def test_a_source_that_is_not_at_hand_is_uncertain() -> None:
    index = record_index(bundled_records())
    finding = Finding(rule="R02", verdict="NEEDS_WAIVER", legal_basis="", because="",
                      records=("place:RUULU@2025-02-25", "place:NOWHERE"))  # fmt: skip
    assert [(s.confidence, s.uncertain) for s in sources_of(finding, index)] == [("A", False), (None, True)]
