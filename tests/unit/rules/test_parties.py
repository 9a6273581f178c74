"""R15: which parties count as frozen, on which day, and why (contract 6(5), 6(20), 6(21), 6(27))."""

from __future__ import annotations

import pytest

from streams.model.decision import Decision
from streams.model.events import Document, Party
from streams.model.moments import parse_day, parse_time
from streams.model.reference import ListedName, ListState, Owned
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import buyer, decide, event, findings, holder, listed, owns, verdicts

BIN, OTHER_BIN, BRANCH = "940140000385", "970740000838", "050140000656"
FROZEN = listed("F", "Arseny Valeryanovich Tolmachev-Rokotov", schema="Person", countries=("RU",))
FIRM = listed("X", "TOO Zerde Agro Bau", countries=("KZ",), identifiers={"bin": BIN})
DAY = "2026-07-06"


def r15(*parties: Party, day: str = DAY, extra: tuple = (FROZEN,), now: str | None = None) -> list[str]:  # type: ignore[type-arg]
    return verdicts(decide([event("BOOKED", day, parties=parties)], *extra, now=now), "R15")


def test_a_listed_name_is_a_breach_that_names_record_and_list() -> None:
    found = findings(decide([event("BOOKED", DAY, parties=(buyer("ТОО «Зерде Агро Бау»"),))], FIRM), "R15")
    assert [f.verdict for f in found] == ["BREACH"]
    assert "party:X" in found[0].because
    assert found[0].records == ("party:X@2023-06-23",)


def test_an_equal_number_matches_whatever_the_name() -> None:
    assert r15(buyer("Something Else", identifiers={"bin": BIN}), extra=(FIRM,)) == ["BREACH"]


def test_another_valid_number_of_the_type_excludes_a_match_by_name() -> None:
    assert r15(buyer("TOO Zerde Agro Bau", identifiers={"bin": OTHER_BIN}), extra=(FIRM,)) == []


def test_the_number_of_a_branch_does_not_exclude_the_head_office() -> None:
    branch = BRANCH[:5] + "1" + BRANCH[6:]
    assert r15(buyer("TOO Zerde Agro Bau", identifiers={"bin": branch}), extra=(FIRM,)) == ["BREACH"]


def test_a_number_with_a_wrong_check_digit_neither_matches_nor_excludes() -> None:
    wrong = BIN[:-1] + "9"
    assert r15(buyer("TOO Zerde Agro Bau", identifiers={"bin": wrong}), extra=(FIRM,)) == ["BREACH"]
    assert r15(buyer("TOO Altyn Dala Trans", identifiers={"bin": wrong}), extra=(FIRM,)) == []


def test_a_weak_alias_alone_never_hits() -> None:
    alias = listed("W", "", names=(ListedName("Beloyar", weak=True), ListedName("OOO Dalny Kordon")), countries=("RU",))
    assert r15(buyer("Beloyar", country="RU"), extra=(alias,)) == []


def test_a_weak_alias_hits_with_equal_country_and_birth_date() -> None:
    alias = listed("W", "", schema="Person", names=(ListedName("Kumach Fedot", weak=True),), countries=("RU",),
                   birth_date="1970-05-01")  # fmt: skip
    assert r15(buyer("Fedot Kumach", country="RU", birth_date="1970-05-01"), extra=(alias,)) == ["BREACH"]


def test_a_name_below_the_match_threshold_is_insufficient_and_names_the_candidate() -> None:
    man = listed("M", "Yerlan Serikovich Abdrakhmanov", schema="Person", countries=("KZ",), birth_date="1970-01-01")
    told = buyer("Yerlan Serikovich Abdrakhmanov", birth_date="1981-05-05")
    found = findings(decide([event("BOOKED", DAY, parties=(told,))], man), "R15")
    assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]
    assert "Yerlan Serikovich Abdrakhmanov (party:M)" in found[0].missing[0]


def test_a_list_without_the_measure_freezes_nobody() -> None:
    assert r15(buyer("TOO Zerde Agro Bau"), extra=(listed("X", "TOO Zerde Agro Bau", measures=("OTHER",)),)) == []


def test_before_its_listing_a_party_is_free_and_from_midnight_in_brussels_on_it_is_not() -> None:
    late = listed("X", "TOO Zerde Agro Bau", "2026-07-24")
    assert r15(buyer("TOO Zerde Agro Bau"), day="2026-07-23T23:59:00+02:00", extra=(late,)) == []
    assert r15(buyer("TOO Zerde Agro Bau"), day="2026-07-24T00:00:00+02:00", extra=(late,)) == ["BREACH"]


def test_a_delisted_party_is_free_again() -> None:
    gone = listed("X", "TOO Zerde Agro Bau", "2023-06-23", applies_until="2026-03-01")
    assert r15(buyer("TOO Zerde Agro Bau"), extra=(gone,)) == []


def test_a_new_listing_reaches_what_is_still_moving() -> None:
    late = listed("X", "TOO Zerde Agro Bau", "2026-07-24")
    assert r15(buyer("TOO Zerde Agro Bau"), extra=(late,), now="2026-08-01") == ["BREACH"]


@pytest.mark.parametrize("closing", ["DELIVERED", "CANCELLED", "INVALIDATED"])
def test_a_new_listing_does_not_reach_what_is_over(closing: str) -> None:
    late = listed("X", "TOO Zerde Agro Bau", "2026-07-24")
    told = [event("BOOKED", DAY, parties=(buyer("TOO Zerde Agro Bau"),)), event(closing, "2026-07-10")]
    assert verdicts(decide(told, late, now="2026-08-01"), "R15") == []


def test_a_party_that_left_its_role_is_judged_on_the_events_before_it_left() -> None:
    told = [
        event("BOOKED", DAY, parties=(buyer("TOO Zerde Agro Bau"),)),
        event("PARTIES_CHANGED", "2026-07-08", parties=(buyer("TOO Nauryz Dala"),)),
    ]
    assert verdicts(decide(told, FIRM), "R15") == ["BREACH"]
    assert verdicts(decide(told, listed("X", "TOO Zerde Agro Bau", "2026-07-08"), now="2026-08-01"), "R15") == []


def test_one_party_in_two_roles_is_one_finding() -> None:
    seller = Party("SELLER", "TOO Zerde Agro Bau", "KZ")
    assert r15(buyer("TOO Zerde Agro Bau"), seller, extra=(FIRM,)) == ["BREACH"]


def test_two_frozen_parties_are_two_findings() -> None:
    assert r15(buyer("TOO Zerde Agro Bau"), Party("OWNER", "Arseny Valeryanovich Tolmachev-Rokotov", "RU"),
               extra=(FIRM, FROZEN)) == ["BREACH", "BREACH"]  # fmt: skip


def test_european_parties_are_exposed_and_none_need_be() -> None:
    told = [event("BOOKED", DAY, parties=(buyer("TOO Zerde Agro Bau"), Party("CONSIGNOR", "Arredi S.r.l.", "IT")))]
    assert [e.name for e in findings(decide(told, FIRM), "R15")[0].exposed] == ["Arredi S.r.l."]
    assert r15(buyer("TOO Zerde Agro Bau"), extra=(FIRM,)) == ["BREACH"]


def test_no_party_stated_is_insufficient_and_names_goods_too_when_none_are() -> None:
    found = findings(decide([event("LOADED", DAY)]), "R15")
    assert (found[0].verdict, found[0].missing) == ("INSUFFICIENT_DATA", ("parties", "goods"))


def test_a_party_without_name_and_number_is_insufficient() -> None:
    found = findings(decide([event("BOOKED", DAY, parties=(Party("OWNER", country="KZ"),))]), "R15")
    assert (found[0].verdict, found[0].missing) == ("INSUFFICIENT_DATA", ("name of the OWNER",))


def test_an_unnamed_party_that_never_held_its_role_is_not_asked_for() -> None:
    told = [
        event("DECLARED", "2026-07-05", parties=(Party("OWNER", country="KZ"),), classifier="PLANNED"),
        event("BOOKED", DAY, parties=(Party("OWNER", "TOO Nauryz Dala", "KZ"),)),
    ]
    assert verdicts(decide(told), "R15") == []


def _list(fetched: str) -> ListState:
    return ListState(id="FSF", list="FSF", measures=("FREEZE",), fetched_at=parse_time(fetched))


def test_a_list_older_than_the_policy_allows_is_insufficient_and_named() -> None:
    told = [event("BOOKED", DAY, parties=(buyer("TOO Nauryz Dala"),))]
    assert verdicts(decide(told, _list("2026-06-30T00:00:00Z")), "R15") == []
    found = findings(decide(told, _list("2026-06-28T00:00:00Z")), "R15")
    assert found[0].verdict == "INSUFFICIENT_DATA"
    assert "FSF" in found[0].missing[0]


def test_exactly_half_is_ownership() -> None:
    assert r15(buyer("TOO Kokpar", holder(FROZEN.names[0].name, 50.0, False))) == ["BREACH"]
    assert r15(buyer("TOO Kokpar", holder(FROZEN.names[0].name, 49.9, False))) == []


def test_control_is_enough_without_shares() -> None:
    assert r15(buyer("TOO Kokpar", holder(FROZEN.names[0].name, 0.0, True))) == ["BREACH"]


def test_shares_of_several_listed_holders_add_up() -> None:
    two = buyer("TOO Kokpar", holder(FROZEN.names[0].name, 25.0), holder("TOO Zerde Agro Bau", 25.0))
    assert r15(two, extra=(FROZEN, FIRM)) == ["BREACH"]
    assert r15(two, extra=(FROZEN,)) == []


def test_a_holder_with_neither_share_nor_control_stated_is_insufficient() -> None:
    told = [event("BOOKED", DAY, parties=(buyer("TOO Kokpar", holder(FROZEN.names[0].name)),))]
    found = findings(decide(told, FROZEN), "R15")
    assert found[0].verdict == "INSUFFICIENT_DATA"
    assert "share or control of Arseny" in found[0].missing[0]


def test_an_owned_firm_counts_as_listed_for_the_next_link_and_shares_are_not_multiplied() -> None:
    chain = (owns("F", "TOO Middle Link", 60.0), owns("X2", "TOO Kokpar", 50.0))
    middle = listed("X2", "TOO Middle Link", measures=("OTHER",))
    assert r15(buyer("TOO Kokpar"), extra=(FROZEN, middle, *chain)) == ["BREACH"]


def test_a_chain_of_event_and_record_is_followed_and_told() -> None:
    told = [event("BOOKED", DAY, parties=(buyer("TOO Kokpar", holder("TOO Middle Link", 55.0)),))]
    found = findings(decide(told, FROZEN, owns("F", "TOO Middle Link", 100.0, control=True)), "R15")
    assert found[0].verdict == "BREACH"
    assert "held by TOO Middle Link (55 %" in found[0].because
    assert "100 % and control" in found[0].because
    assert "ownership:F>TOO Middle Link" in found[0].records


def test_a_minority_link_breaks_a_chain() -> None:
    assert r15(buyer("TOO Kokpar", holder("TOO Middle Link", 40.0, False)),
               extra=(FROZEN, owns("F", "TOO Middle Link", 100.0))) == []  # fmt: skip


def test_a_chain_within_one_event_is_followed() -> None:
    middle = Party("SELLER", "TOO Middle Link", "KZ", owners=(holder(FROZEN.names[0].name, 80.0),))
    assert r15(buyer("TOO Kokpar", holder("TOO Middle Link", 60.0)), middle) == ["BREACH", "BREACH"]


def test_circular_holdings_end() -> None:
    one, two = listed("A", "TOO Circle One", measures=("OTHER",)), listed("B", "TOO Circle Two", measures=("OTHER",))
    circle = (one, two, owns("A", Owned(id="B"), 60.0), owns("B", Owned(id="A"), 60.0))
    assert r15(buyer("TOO Circle One"), extra=(FROZEN, *circle)) == []
    assert r15(buyer("TOO Circle One"), extra=(FROZEN, *circle, owns("F", Owned(id="B"), 50.0))) == ["BREACH"]


def test_one_holding_told_by_event_and_record_counts_once() -> None:
    told = buyer("TOO Kokpar", holder(FROZEN.names[0].name, 30.0))
    assert r15(told, extra=(FROZEN, owns("F", "TOO Kokpar", 30.0))) == []


def test_one_holder_on_two_lists_counts_once() -> None:
    again = listed("F2", FROZEN.names[0].name, schema="Person", countries=("RU",))
    assert (
        r15(buyer("TOO Kokpar"), extra=(FROZEN, again, owns("F", "TOO Kokpar", 30.0), owns("F2", "TOO Kokpar", 30.0)))
        == []
    )


def test_on_difference_the_share_of_the_event_prevails() -> None:
    told = buyer("TOO Kokpar", holder(FROZEN.names[0].name, 10.0))
    assert r15(told, extra=(FROZEN, owns("F", "TOO Kokpar", 60.0, applies_from="2021-03-01"))) == []


def test_a_record_newer_than_the_event_prevails_from_its_date() -> None:
    told = buyer("TOO Kokpar", holder(FROZEN.names[0].name, 10.0))
    newer = owns("F", "TOO Kokpar", 60.0, applies_from="2026-07-20")
    assert r15(told, extra=(FROZEN, newer), now="2026-07-10") == []
    assert r15(told, extra=(FROZEN, newer), now="2026-07-21") == ["BREACH"]


def test_holders_of_event_and_record_are_united() -> None:
    told = buyer("TOO Kokpar", holder(FROZEN.names[0].name, 25.0))
    assert r15(told, extra=(FROZEN, FIRM, owns("X", "TOO Kokpar", 25.0))) == ["BREACH"]


def test_a_holder_listed_later_counts_from_then_on() -> None:
    later = listed("L", "Yulian Rostislavovich Berezhkov", "2026-07-20", schema="Person")
    two = buyer("TOO Kokpar", holder(FROZEN.names[0].name, 25.0), holder("Yulian Rostislavovich Berezhkov", 25.0))
    assert r15(two, extra=(FROZEN, later), now="2026-07-19") == []
    assert r15(two, extra=(FROZEN, later), now="2026-07-20") == ["BREACH"]


def test_a_holding_that_ended_before_the_listing_is_gone() -> None:
    sold = owns("F", "TOO Kokpar", 60.0, applies_until="2023-06-01")
    assert r15(buyer("TOO Kokpar"), extra=(FROZEN, sold)) == []


def test_a_transfer_after_the_listing_is_disregarded() -> None:
    sold = owns("F", "TOO Kokpar", 60.0, applies_until="2025-01-01")
    found = findings(decide([event("BOOKED", DAY, parties=(buyer("TOO Kokpar"),))], FROZEN, sold), "R15")
    assert [f.verdict for f in found] == ["BREACH"]
    assert "transferred after the listing" in found[0].because


def _sale(*documents: Document, listing: str = "2026-07-08") -> Decision:
    son = holder("Ivan Arsenyevich Tolmachev", 60.0)
    told = [
        event("BOOKED", "2026-07-06", parties=(buyer("TOO Kokpar", holder(FROZEN.names[0].name, 60.0)),)),
        event("PARTIES_CHANGED", "2026-07-10", parties=(buyer("TOO Kokpar", son),), documents=documents),
    ]
    return decide(told, listed("F", FROZEN.names[0].name, listing, schema="Person"))


def test_a_transfer_told_by_events_after_the_listing_is_disregarded() -> None:
    assert verdicts(_sale(), "R15") == ["BREACH"]


def test_a_transfer_told_by_events_before_the_listing_stands() -> None:
    assert verdicts(_sale(listing="2026-07-12"), "R15") == []


def test_an_authorisation_covers_a_transfer() -> None:
    assert verdicts(_sale(Document("AUTHORISATION", "A-1", scope="transfer of shares in TOO Kokpar")), "R15") == []


def test_an_authorisation_of_something_else_or_out_of_date_covers_nothing() -> None:
    assert verdicts(_sale(Document("AUTHORISATION", "A-1", scope="release of frozen funds")), "R15") == ["BREACH"]
    late = Document("AUTHORISATION", "A-1", valid_until=parse_day("2026-07-09"), scope="transfer of shares")
    assert verdicts(_sale(late), "R15") == ["BREACH"]


def test_an_authorisation_without_scope_leaves_it_open() -> None:
    assert verdicts(_sale(Document("AUTHORISATION", "A-1")), "R15") == ["INSUFFICIENT_DATA"]


def test_the_threshold_is_a_policy() -> None:
    from streams.model.reference import Policy

    forty = Policy(id="policy:owner_share_pct", key="owner_share_pct", value=40)
    above = Policy(id="policy:owner_share_rules", key="owner_share_rules", value={"freeze": "gt"})
    assert r15(buyer("TOO Kokpar", holder(FROZEN.names[0].name, 40.0)), extra=(FROZEN, forty)) == ["BREACH"]
    assert r15(buyer("TOO Kokpar", holder(FROZEN.names[0].name, 50.0)), extra=(FROZEN, above)) == []


def test_a_listing_that_begins_later_asks_to_be_judged_again_at_its_midnight() -> None:
    late = listed("X", "TOO Zerde Agro Bau", "2026-07-24")
    outcome = Judge([*bundled_records(), late]).apply(
        None, event("BOOKED", DAY, parties=(buyer("TOO Zerde Agro Bau"),))
    )
    assert outcome.due == parse_time("2026-07-24T00:00:00+02:00")
    assert outcome.alerts == ()


def test_the_timer_of_a_listing_raises_the_alert() -> None:
    judge = Judge([*bundled_records(), listed("X", "TOO Zerde Agro Bau", "2026-07-24")])
    outcome = judge.apply(None, event("BOOKED", DAY, parties=(buyer("TOO Zerde Agro Bau"),)))
    fired = judge.tick(outcome.state, outcome.due or 0)
    assert [(a.rule, a.verdict, a.trigger.kind) for a in fired.alerts] == [("R15", "BREACH", "TIMER")]
