"""R14: what a listed military end user may not be sent, and what is unknown (contract 6(22), 6(27))."""

from __future__ import annotations

import pytest

from streams.model.decision import Decision
from streams.model.events import Event, Goods, Party
from streams.model.moments import parse_day, parse_time
from streams.model.reference import GoodsEntry, ListedName, ListState
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import STRICT, decide, event, findings, listed, verdicts

NAMES = (ListedName("TOO Kvarts Metrologiya"), ListedName("TOO Tenir Optika Pribor"))
USER = listed("U", "", "2026-07-10", names=NAMES, countries=("KZ",), measures=("ANNEX_IV",))
SELLER = Party("SELLER", "Gulf Dune General Trading LLC", "AE")
PENCILS = (Goods(1, "960910"),)
DAY = "2026-07-12"


def user(role: str = "END_USER", name: str | None = "Kvarts Metrologiya LLP") -> Party:
    return Party(role, name, "KZ")  # type: ignore[arg-type]


def sold(*goods: Goods, party: Party | None = None, day: str = DAY, now: str | None = None) -> Decision:
    return decide([event("BOOKED", day, parties=(SELLER, party or user()), goods=goods)], USER, now=now)


def test_goods_under_a_control_code_are_a_breach_without_any_eu_nexus() -> None:
    found = findings(sold(Goods(1, "841350", "2B350")), "R14")
    assert [f.verdict for f in found] == ["BREACH"]
    assert "2B350" in found[0].because
    assert found[0].exposed == ()
    assert {c.name: c.state for c in found[0].conditions} == {"listed_end_user": "MET", "controlled_goods": "MET"}


def test_one_controlled_line_among_others_is_enough() -> None:
    assert verdicts(sold(*PENCILS, Goods(2, None, "3A001")), "R14") == ["BREACH"]


def test_goods_of_annex_vii_are_a_breach_from_their_date_on() -> None:
    entry = GoodsEntry(id="VII", list="ANNEX_VII", hs="8413", applies_from=parse_day("2026-07-12"))
    told = event("BOOKED", "2026-07-12", parties=(SELLER, user()), goods=(Goods(1, "841350"),))
    found = findings(decide([told], USER, entry), "R14")
    assert [f.verdict for f in found] == ["BREACH"]
    assert "goods:VII@2026-07-12" in found[0].records
    earlier = event("BOOKED", "2026-07-11", parties=(SELLER, user()), goods=(Goods(1, "841350"),))
    assert verdicts(decide([earlier], USER, entry), "R14") == ["RED_FLAG"]


@pytest.mark.parametrize("dual_use", [None, ""])
def test_other_goods_are_a_red_flag_of_the_policys_weight(dual_use: str | None) -> None:
    decision = sold(Goods(1, "960910", dual_use))
    assert [(f.verdict, f.weight) for f in findings(decision, "R14")] == [("RED_FLAG", 60)]
    assert decision.weight == 60


def test_goods_not_stated_or_without_a_code_are_insufficient() -> None:
    assert "goods" in findings(sold(), "R14")[0].missing
    uncoded = findings(sold(*PENCILS, Goods(2, None, None, "parts")), "R14")
    assert [(f.verdict, f.missing) for f in uncoded] == [("INSUFFICIENT_DATA", ("goods code (goods.hs)",))]


def test_a_code_shorter_than_the_listed_one_that_it_begins_is_insufficient() -> None:
    entry = GoodsEntry(id="VII", list="ANNEX_VII", hs="84135020")
    told = event("BOOKED", DAY, parties=(SELLER, user()), goods=(Goods(1, "841350"),))
    assert verdicts(decide([told], USER, entry), "R14") == ["INSUFFICIENT_DATA"]


@pytest.mark.parametrize("role", ["FORWARDER", "BANK", "CONSIGNEE", "CARRIER"])
def test_the_role_does_not_matter(role: str) -> None:
    assert verdicts(sold(Goods(1, "841350", "2B350"), party=user(role)), "R14") == ["BREACH"]


def test_a_former_name_on_the_list_matches() -> None:
    assert verdicts(sold(*PENCILS, party=user(name="ТОО «Тенир Оптика Прибор»")), "R14") == ["RED_FLAG"]


def test_the_goods_of_the_day_count_and_the_worst_day_is_told() -> None:
    told: list[Event] = [
        event("BOOKED", DAY, parties=(SELLER, user()), goods=(Goods(1, "841350", "2B350"),)),
        event("PROCESSED", "2026-07-14", goods=PENCILS),
    ]
    assert verdicts(decide(told, USER), "R14") == ["BREACH"]
    late = [event("BOOKED", "2026-07-08", parties=(SELLER,), goods=(Goods(1, "841350", "2B350"),)), told[1]]
    late.append(event("PARTIES_CHANGED", "2026-07-15", parties=(user(),)))
    assert verdicts(decide(late, USER), "R14") == ["RED_FLAG"]


def test_who_is_listed_only_afterwards_is_none_when_all_is_over() -> None:
    told = [event("BOOKED", "2026-07-06", parties=(user(),), goods=PENCILS), event("DELIVERED", "2026-07-09")]
    assert verdicts(decide(told, USER, now="2026-08-01"), "R14") == []
    assert verdicts(decide(told[:1], USER, now="2026-07-09"), "R14") == []
    assert verdicts(decide(told[:1], USER, now="2026-07-10"), "R14") == ["RED_FLAG"]


def test_a_candidate_is_insufficient_and_eu_parties_are_exposed() -> None:
    parties = (Party("SELLER", "Arredi S.r.l.", "IT"), user(name="Kvarts Metrologika"))
    found = findings(decide([event("BOOKED", DAY, parties=parties, goods=PENCILS)], USER, STRICT), "R14")
    assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]
    assert "party:U" in found[0].missing[0]
    assert [e.name for e in found[0].exposed] == ["Arredi S.r.l."]


def test_a_freeze_is_no_listing_as_end_user() -> None:
    frozen = listed("U", "TOO Kvarts Metrologiya", "2026-07-01")
    assert verdicts(decide([event("BOOKED", DAY, parties=(user(),), goods=PENCILS)], frozen), "R14") == []


def test_without_parties_or_names_nothing_can_be_told() -> None:
    assert findings(decide([event("LOADED", DAY)]), "R14")[0].missing == ("parties", "goods")
    nobody = findings(sold(*PENCILS, party=user(name=None)), "R14")
    assert [(f.verdict, f.missing) for f in nobody] == [("INSUFFICIENT_DATA", ("name of the END_USER",))]


def test_without_a_list_or_with_a_stale_one_everybody_is_insufficient() -> None:
    told = [event("BOOKED", DAY, parties=(SELLER,), goods=PENCILS)]
    gone = {r.record_key for r in bundled_records() if "ANNEX_IV" in getattr(r, "measures", ())}
    assert "Annex IV" in findings(decide(told, without=gone), "R14")[0].missing[0]
    stale = ListState(id="L", list="L", measures=("ANNEX_IV",), fetched_at=parse_time("2026-07-01T00:00:00Z"))
    assert verdicts(decide(told, stale), "R14") == ["INSUFFICIENT_DATA"]


def test_a_listing_that_begins_on_the_way_is_found_by_the_timer() -> None:
    judge = Judge([*bundled_records(), USER])
    first = judge.apply(None, event("BOOKED", "2026-07-06", parties=(SELLER, user()), goods=PENCILS))
    assert first.due == parse_time("2026-07-10T00:00:00+02:00")
    fired = judge.tick(first.state, first.due)
    assert [(a.rule, a.verdict, a.weight) for a in fired.alerts] == [("R14", "RED_FLAG", 60)]
