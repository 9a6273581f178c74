"""The filter of consignments that a change of records may touch: it misses none, and it names few."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import given, settings, strategies as st

from streams.model.events import Event, Goods, Party, Place, Transport
from streams.model.moments import DAY_MS
from streams.model.reference import AnyRecord, GoodsEntry, ListedPlace, ListState, Owned, Ownership, Policy, Quota
from streams.rules.judge import Judge
from streams.rules.touched import changed_records, touched
from tests.unit.rules.strategies import LISTING, QUICK, START, Journey, cruises, journeys, party, records, voyages
from tests.unit.rules.test_properties import run

Change = Callable[[dict[str, AnyRecord]], None]


def _put(*added: AnyRecord) -> Change:
    return lambda held: held.update({r.record_key: r for r in added})


def _drop(key: str) -> Change:
    def drop(held: dict[str, AnyRecord]) -> None:
        held.pop(key, None)

    return drop


def _alter(key: str, **fields: object) -> Change:
    def alter(held: dict[str, AnyRecord]) -> None:
        if key in held:
            held[key] = msgspec.structs.replace(held[key], **fields)

    return alter


CHANGES: tuple[Change, ...] = (
    _put(party("N-1", "Aegean Handy Bulk S.A.", countries=("GR",), applies_from=LISTING + 2)),
    _put(party("N-2", "ТОО Екибастуз Комир", countries=("KZ",))),
    _put(party("N-3", "Another Company", identifiers={"bin": "050140000656"}, applies_from=LISTING - 5)),
    _put(Ownership(id="N-4", owner_id="T-MAKAR", owned=Owned(name="Rotterdam Coal BV"), share_pct=51.0)),
    _put(Ownership(id="N-5", owner_id="N-6", owned=Owned(name="AO SK Kokzhiek"), share_pct=50.0),
         party("N-6", "Holder of Kokzhiek")),
    _alter("party:T-ZARYA", addresses=("DOSTYK AVE 12 (Almaty)",)),
    _put(party("N-14", "Nobody Else", addresses=("Dostyk Ave 12, Almaty",), applies_from=LISTING + 2)),
    _drop("party:T-ZARYA"), _drop("party:T-MAKAR"), _drop("ownership:T-OWN"), _drop("ownership:SAMPLE-OWN-1"),
    _alter("party:T-ZARYA", applies_from=LISTING - 10), _alter("party:T-OTIN", applies_until=None),
    _alter("party:T-MAKAR", measures=("OTHER",)), _alter("ownership:T-OWN", share_pct=20.0, applies_until=None),
    _alter("party:SAMPLE-FREEZE-2", applies_from=LISTING), _alter("place:RUVYS", applies_from=LISTING - 14),
    _alter("place:GE-KULEVI", applies_from=LISTING), _drop("place:SVO"), _drop("goods:IMPORT_BAN_RU-2701"),
    _alter("goods:IMPORT_BAN_RU-2701", applies_from=LISTING + 4), _drop("place:RUULU"), _alter("place:ID-KARIMUN-OIL-TERMINAL", aliases=()), _alter("waiver:coal-5ae", goods=("27",)),
    _drop("waiver:coal-5ae"), _alter("waiver:coal-5ae", quota=Quota(50_000.0)), _drop("goods:TRANSIT_BY-DU-3"), _alter("goods:CHP-848210", hs="8482"),
    _put(GoodsEntry(id="N-7", list="TRANSIT_RU", hs="100199", applies_from=LISTING)),
    _alter("list:TEST", fetched_at=START + 2 * DAY_MS), _alter("list:TEST", fetched_at=START + 40 * DAY_MS),
    _put(ListState(id="N-8", list="NEW", measures=("FREEZE",), fetched_at=START)), _drop("list:TEST"),
    _alter("party:T-KEDR", applies_from=LISTING - 9), _drop("party:T-KEDR"), _drop("party:T-KVARTS"),
    _alter("party:T-KVARTS", measures=("OTHER",)), _drop("party:T-PETREL"), _drop("party:SAMPLE-SHIP-1"),
    _alter("party:T-PETREL", identifiers={}), _alter("party:T-PETREL", applies_until=None),
    _alter("party:T-PETREL", identifiers={"imo": "8814274"}), _alter("party:T-PETREL", measures=("OTHER",)),
    _put(party("N-9", "Sea Lark", schema="Vessel", measures=("VESSEL_BAN",), applies_from=LISTING + 3)),
    _put(party("N-10", "Anything", schema="Vessel", measures=("VESSEL_BAN",), identifiers={"imo": "9319466"})),
    _put(party("N-11", "Saryarka Kommertsbank", measures=("TRANSACTION_BAN",), applies_from=LISTING)),
    _put(GoodsEntry(id="N-12", list="ANNEX_VII", hs="270112", applies_from=LISTING - 4)),
    _drop("place:T-ZONE"), _alter("place:T-ZONE", annex="LII-A"), _alter("place:LII-ALABUGA", applies_from=LISTING + 1),
    _put(ListedPlace(id="N-15", annex="LII-B", name="Obninsk Park", aliases=("Laguna Park",), country="BY")),
    _drop("goods:T-NRC"), _alter("goods:T-CHP", applies_from=LISTING - 9), _alter("goods:DILIGENCE-848210", hs="9999"),
    _drop("goods:T-KG"), _alter("goods:T-KG", hs="8542"), _put(GoodsEntry(id="N-14", list="EXPORT_KG", hs="2701")),
    _alter("list:BANKS", fetched_at=START + 3 * DAY_MS), _alter("list:SHIPS", fetched_at=START + 50 * DAY_MS),
    _drop("list:SHIPS"), _put(ListState(id="N-13", list="BANKS", measures=("TRANSACTION_BAN",), fetched_at=START)),
    _alter("policy:policy:r21_weight", value=50), _alter("policy:policy:transit_grace_days", value=1),
)  # fmt: skip
PORTS_CHANGED: tuple[Change, ...] = (_alter("place:RUVYS", applies_from=LISTING - 14), _drop("place:RUULU"))
BEFORE = Judge(records())


def _after(changes: list[Change]) -> Judge:
    held = dict(BEFORE.law.records)
    for change in changes:
        change(held)
    return Judge(held.values())


def _missed(drawn: list[Journey], changes: list[Change]) -> list[str]:
    """The consignments that are not named although their decision differs after the changes."""
    after = _after(changes)
    states = [(str(n), run(BEFORE, journey.events)[0]) for n, journey in enumerate(drawn)]
    named = set(touched(states, BEFORE.law, after.law))
    return [ident for ident, state in states if ident not in named and after.touched_by(state, BEFORE)]


_CHANGED = st.lists(st.sampled_from(CHANGES), min_size=1, max_size=2)


@settings(QUICK, max_examples=60)
@given(st.lists(journeys(most=6), min_size=1, max_size=4), _CHANGED)
def test_a_consignment_that_is_not_named_is_judged_as_before(drawn: list[Journey], changes: list[Change]) -> None:
    assert _missed(drawn, changes) == []


@settings(QUICK, max_examples=150)
@given(st.lists(voyages(), min_size=1, max_size=4), _CHANGED)
def test_a_voyage_that_is_not_named_is_judged_as_before(drawn: list[Journey], changes: list[Change]) -> None:
    assert _missed(drawn, changes) == []


@settings(QUICK, max_examples=150)
@given(st.lists(cruises(), min_size=1, max_size=4), st.sampled_from(PORTS_CHANGED).map(lambda change: [change]))
def test_a_ship_at_sea_that_is_not_named_is_judged_as_before_a_port_was_listed(
    drawn: list[Journey], changes: list[Change]
) -> None:
    assert _missed(drawn, changes) == []


def _state(ident: str, **fields: object) -> bytes:
    stated: dict[str, object] = {"parties": (Party("CONSIGNEE", "Bergamo Tessuti S.p.A.", "IT"),), **fields}
    kind: Any = stated.pop("type", "BOOKED")
    event = Event("e0", "a", kind, ident, START, START, **stated)  # type: ignore[arg-type]
    return BEFORE.apply(None, event).state


STATES = {
    "plain": _state("plain"),
    "port": _state("port", place=Place("RUULU"), port_use="TRANSIT"),
    "chips": _state("chips", goods=(Goods(1, "854231", "3A001"),)),
    "frozen soon": _state("frozen soon", parties=(Party("BUYER", "Zarya Finans OOO", "RU"),)),
    "banked": _state("banked", parties=(Party("BANK", "Kedr Zaural Bank", "KG"),)),
    "shipped": _state("shipped", transport=Transport("SEA", vessel_imo="8814275", vessel_name="Renamed")),
    "housed": _state("housed", parties=(Party("CONSIGNEE", "TOO Tamas Dala", "KZ", "Dostyk Ave 12, Almaty"),)),
    "silent": _state("silent", type="POSITION_GAP", place=Place(latitude=60.3, longitude=27.9)),
    "zoned": _state("zoned", parties=(Party("CONSIGNEE", "OOO Vymysel", "RU", "Nevsky pr. 1"),)),
    "held": _state("held", parties=(Party("BUYER", "TOO Saryarka Zhol", "KZ"),)),
}


def _named(*changes: Change) -> set[str]:
    return set(touched(STATES.items(), BEFORE.law, _after(list(changes)).law))


def test_a_changed_party_touches_those_that_resemble_it_and_those_that_it_holds() -> None:
    assert _named(_alter("party:T-ZARYA", applies_from=LISTING - 30)) == {"frozen soon", "held"}


def test_a_changed_address_touches_those_who_have_it() -> None:
    assert _named(_alter("party:T-ZARYA", addresses=("Dostyk Ave 12 Almaty",))) == {"frozen soon", "held", "housed"}


def test_a_changed_bank_or_ship_touches_those_that_name_it_by_name_or_number() -> None:
    assert _named(_alter("party:T-KEDR", applies_from=LISTING - 30)) == {"banked"}
    assert _named(_alter("party:T-PETREL", applies_from=LISTING - 30)) == {"shipped"}


def test_a_list_of_banks_or_ships_fetched_again_in_time_touches_nothing() -> None:
    assert _named(_alter("list:BANKS", fetched_at=START + 23 * DAY_MS)) == set()


def test_a_list_of_banks_that_ages_touches_those_with_a_bank() -> None:
    assert _named(_alter("list:BANKS", fetched_at=START - 10 * DAY_MS)) == {"banked"}


def test_a_changed_place_touches_those_that_name_it_and_ships_that_were_looked_at_anywhere() -> None:
    assert _named(_alter("place:RUULU", applies_from=LISTING)) == {"port", "silent"}


def test_a_changed_goods_entry_touches_those_with_a_line_under_it() -> None:
    assert _named(_drop("goods:TRANSIT_BY-DU-3")) == {"chips"}


def test_a_changed_zone_touches_those_with_a_consignee_in_its_country_and_those_that_name_it() -> None:
    assert _named(_alter("place:T-ZONE", applies_from=LISTING + 1)) == {"zoned"}


def test_a_first_zone_of_a_country_and_a_first_code_for_kyrgyzstan_touch_all() -> None:
    park = ListedPlace(id="N-15", annex="LII-A", name="Park", country="BY")
    assert _named(_put(park)) == set(STATES)
    assert _named(_drop("goods:T-KG")) == set(STATES)


def test_a_changed_waiver_touches_those_that_deal_with_a_port() -> None:
    assert _named(_drop("waiver:coal-5ae")) == {"port"}


def test_a_list_fetched_again_in_time_touches_nothing() -> None:
    assert _named(_alter("list:TEST", fetched_at=START + 25 * DAY_MS)) == set()


def test_a_changed_policy_touches_all() -> None:
    policy = Policy(id="policy:transit_grace_days", key="transit_grace_days", value=2)
    assert _named(_put(policy)) == set(STATES)


def test_without_a_law_before_all_are_touched() -> None:
    assert set(touched(STATES.items(), None, BEFORE.law)) == set(STATES)


def test_the_same_records_touch_nothing() -> None:
    assert _named() == set()


def test_a_record_that_changed_is_named_in_both_versions() -> None:
    after = _after([_alter("place:RUULU", applies_from=LISTING)])
    assert [r.applies_from == LISTING for r in changed_records(BEFORE.law, after.law)] == [False, True]
