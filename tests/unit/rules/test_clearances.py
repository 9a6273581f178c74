"""Cleared hits: what they take away, when they count no longer, and that they are always told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from streams.model.decision import Decision
from streams.model.events import Event, Party
from streams.model.moments import brussels_midnight, parse_day, parse_time
from streams.model.reference import AnyRecord, Clearance, ListedName, ListedParty, Owned, Ownership
from streams.reference.bundled import bundled_records
from streams.rules import judge as judging
from streams.rules.clearances import material_hash, party_key
from streams.rules.judge import Judge
from streams.rules.law import Law
from streams.rules.naming import Described, described
from streams.rules.touched import touched
from tests.unit.rules.build import buyer, decide, event, findings, holder, listed, owns, verdicts
from tests.unit.rules.strategies import LISTING, PARTIES, QUICK, Journey, journeys, plain_journeys, records
from tests.unit.rules.test_properties import run

FIRM = listed("X", "TOO Zerde Agro Bau", countries=("KZ",), identifiers={"bin": "940140000385"})
NAMESAKE = buyer("TOO Zerde Agro Bau")
DAY, UNTIL = "2026-07-06", "2026-12-01"


def cleared(record: ListedParty | Ownership = FIRM, party: Any = NAMESAKE, **fields: Any) -> Clearance:
    """A clearance of a party from a listed one."""
    for name in ("applies_from", "applies_until"):
        if isinstance(fields.get(name), str):
            fields[name] = parse_day(fields[name])
    fields.setdefault("applies_until", parse_day(UNTIL))
    fields.setdefault("entry_hash", material_hash(record))
    return Clearance(
        id=f"c-{record.id}", party=party_key(described(party)), entry=record.record_key, cleared_by="A. Officer",
        reason="other register number", **fields,
    )  # fmt: skip


def booked(*parties: Party) -> list[Event]:
    return [event("BOOKED", DAY, parties=parties or (NAMESAKE,))]


def judged(*extra: AnyRecord, parties: tuple[Party, ...] = (), now: str | None = None) -> Decision:
    return decide(booked(*parties), *extra, now=now)


def test_a_cleared_hit_is_clear_and_says_who_cleared_it_until_when_and_why() -> None:
    assert verdicts(judged(FIRM), "R15") == ["BREACH"]
    (found,) = findings(judged(FIRM, cleared()), "R15")
    assert found.verdict == "CLEAR"
    assert "on party:X of list TEST" in found.because
    assert "by A. Officer until 2026-12-01 because: other register number" in found.because
    assert [(c.name, c.state) for c in found.conditions] == [("clearance", "MET")]
    assert found.records == ("party:X@2023-06-23", "clearance:c-X")


def test_a_party_of_which_more_is_stated_than_was_cleared_is_not_cleared() -> None:
    for other in (
        buyer("TOO Zerde Agro Bau", identifiers={"bin": "940140000385"}),
        buyer("TOO Zerde Agro Bau", country="RU"),
        buyer("TOO Zerde Agro Bau Trade"),
    ):
        assert "CLEAR" not in verdicts(judged(FIRM, cleared(), parties=(other,)), "R15")


def test_case_and_punctuation_make_no_other_party() -> None:
    assert verdicts(judged(FIRM, cleared(), parties=(buyer("TOO «ZERDE  Agro-Bau»"),)), "R15") == ["CLEAR"]


def test_the_day_on_which_it_ends_is_one_of_judging_and_the_hit_is_back() -> None:
    assert verdicts(judged(FIRM, cleared(), now="2026-11-30"), "R15") == ["CLEAR"]
    (found,) = findings(judged(FIRM, cleared(), now=UNTIL), "R15")
    assert found.verdict == "BREACH"
    assert "that does not count: it ended on 2026-12-01" in found.conditions[-1].because
    assert found.conditions[-1].state == "NOT_MET"


def test_the_clock_wakes_the_consignment_when_a_clearance_ends_and_when_one_begins() -> None:
    assert judged(FIRM, cleared()).due == brussels_midnight(parse_day(UNTIL))
    later = cleared(applies_from="2026-09-01")
    assert judged(FIRM, later).due == brussels_midnight(parse_day("2026-09-01"))
    assert verdicts(judged(FIRM, later), "R15") == ["BREACH"]
    assert verdicts(judged(FIRM, later, now="2026-09-01"), "R15") == ["CLEAR"]


def test_what_was_cleared_when_a_consignment_closed_stays_cleared() -> None:
    events = [*booked(), event("DELIVERED", "2026-07-20")]
    found = decide(events, FIRM, cleared(), now="2027-05-05")
    assert verdicts(found, "R15") == ["CLEAR"] and found.due is None
    after = event("POSITION", "2027-05-01")
    assert verdicts(decide([*events, after], FIRM, cleared(), now="2027-05-05"), "R15") == ["CLEAR"]
    late = cleared(applies_from="2027-01-01", applies_until="2028-01-01")
    assert verdicts(decide(events, FIRM, late, now="2027-05-05"), "R15") == ["CLEAR"]


def test_a_clearance_for_one_consignment_counts_on_no_other() -> None:
    assert verdicts(judged(FIRM, cleared(consignment_id="C-1")), "R15") == ["CLEAR"]
    assert verdicts(judged(FIRM, cleared(consignment_id="C-2")), "R15") == ["BREACH"]
    assert "cleared for this consignment" in findings(judged(FIRM, cleared(consignment_id="C-1")), "R15")[0].because


@pytest.mark.parametrize(
    "change",
    [
        {"names": (ListedName("TOO Zerde Agro Bau"), ListedName("Zerde Holding"))},
        {"identifiers": {"bin": "970740000838"}}, {"countries": ("KZ", "RU")}, {"measures": ("FREEZE", "OTHER")},
        {"programme": "OTHER"}, {"birth_date": "1970"},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_material_change_of_the_entry_ends_it(change: dict[str, Any]) -> None:
    changed = msgspec.structs.replace(FIRM, **change)
    found = findings(judged(changed, cleared()), "R15")
    assert [f.verdict for f in found] == ["BREACH"]
    assert "the list entry has changed since" in found[0].conditions[-1].because


def test_a_relisting_without_a_material_change_keeps_it() -> None:
    again = msgspec.structs.replace(
        FIRM, applies_from=parse_day("2026-01-01"), addresses=("Elsewhere 1",), note="corrected", source="another file"
    )
    assert verdicts(judged(again, cleared()), "R15") == ["CLEAR"]


def test_an_equal_identifier_is_overruled_only_where_the_record_says_so() -> None:
    same = buyer("TOO Zerde Agro Bau", identifiers={"bin": "940140000385"})
    found = findings(judged(FIRM, cleared(party=same), parties=(same,)), "R15")
    assert found[0].verdict == "BREACH" and "does not speak of an identifier" in found[0].conditions[-1].because
    assert verdicts(judged(FIRM, cleared(party=same, despite_identifiers=True), parties=(same,)), "R15") == ["CLEAR"]


def test_another_entry_that_the_party_resembles_still_counts_and_both_are_told() -> None:
    second = listed("Y", "TOO Zerde Agro Bau")
    (found,) = findings(judged(FIRM, second, cleared()), "R15")
    assert found.verdict == "BREACH" and "party:Y" in found.because
    assert [(c.name, c.state) for c in found.conditions] == [("frozen_party", "MET"), ("clearance", "MET")]
    assert "clearance:c-X" in found.records


def test_a_cleared_holder_is_not_the_listed_one_and_another_holder_still_is() -> None:
    man = listed("M", "Fedot Kumach-Zaretsky", schema="Person")
    namesake = holder("Fedot Kumach-Zaretsky", 60, country="KZ")
    told = (buyer("Bereke Tas Karer LLP", namesake),)
    assert verdicts(judged(man, parties=told), "R15") == ["BREACH"]
    assert verdicts(judged(man, cleared(man, namesake), parties=told), "R15") == ["CLEAR"]
    both = (buyer("Bereke Tas Karer LLP", namesake, holder("Fedot Kumach-Zaretsky", 50, country="RU")),)
    assert verdicts(judged(man, cleared(man, namesake), parties=both), "R15") == ["BREACH"]


def test_a_firm_cleared_from_an_ownership_record_is_not_held_by_it() -> None:
    man = listed("M", "Fedot Kumach-Zaretsky", schema="Person")
    holding = owns("M", "Bereke Tas Karer LLP", 60)
    told = (buyer("Bereke Tas Karer LLP"),)
    assert verdicts(judged(man, holding, parties=told), "R15") == ["BREACH"]
    assert verdicts(judged(man, holding, cleared(holding, told[0]), parties=told), "R15") == ["CLEAR"]


def test_a_bank_is_cleared_under_its_own_rule() -> None:
    ban = listed("B", "Altyn Saray Bank", measures=("TRANSACTION_BAN",))
    parties = (Party("BANK", "Altyn Saray Bank", "KZ"), Party("SELLER", "Maasdok Brandstoffen B.V.", "NL"))
    assert verdicts(judged(ban, parties=parties), "R16") == ["BREACH"]
    assert verdicts(judged(ban, cleared(ban, parties[0]), parties=parties), "R16") == ["CLEAR"]


def test_a_clearance_without_an_end_counts_for_nothing() -> None:
    assert verdicts(judged(FIRM, cleared(applies_until=None)), "R15") == ["BREACH"]


def test_the_withdrawal_of_an_alert_says_who_cleared_the_hit_and_a_new_alert_follows_its_end() -> None:
    before = Judge([*bundled_records(), FIRM])
    after = Judge([*bundled_records(), FIRM, cleared()])
    opened = before.apply(None, booked()[0])
    gone = after.rejudge(opened.state, parse_time("2026-07-07T12:00:00Z"), "clearance:c-X")
    alert = next(a for a in gone.alerts if a.rule == "R15")
    assert (alert.status, alert.verdict) == ("WITHDRAWN", "CLEAR") and "A. Officer" in alert.because
    assert gone.due == brussels_midnight(parse_day(UNTIL))
    back = after.tick(gone.state, gone.due)
    assert [(a.status, a.verdict) for a in back.alerts if a.rule == "R15"] == [("OPEN", "BREACH")]


@pytest.mark.parametrize("record", [FIRM, owns("F", "TOO Zerde Agro Bau", 60)], ids=["party", "ownership"])
def test_a_clearance_that_comes_or_goes_touches_those_that_name_the_party_and_no_others(record: Any) -> None:
    frozen = listed("F", "Fedot Kumach-Zaretsky", schema="Person")
    rows = [*bundled_records(), frozen, record]
    plain, with_it = Law(rows), Law([*rows, cleared(record)])
    judge = Judge(rows)
    other = msgspec.structs.replace(booked(buyer("Sholpan Kum Zavod"))[0], consignment_id="C-2")
    states = [("C-1", judge.apply(None, booked()[0]).state), ("C-2", judge.apply(None, other).state)]
    assert list(touched(states, plain, with_it)) == ["C-1"]
    assert list(touched(states, with_it, plain)) == ["C-1"]


def test_a_clearance_of_a_firm_between_reaches_those_that_it_holds() -> None:
    frozen = listed("F", "Fedot Kumach-Zaretsky", schema="Person")
    between = owns("F", "Bereke Tas Karer LLP", 60, id="1")
    known_as_z = owns("Q", Owned(id="Z", name="Bereke Tas Karer LLP"), 10, id="2")
    rows = [*bundled_records(), frozen, between, known_as_z, owns("Z", "Sholpan Kum Zavod", 60, id="3")]
    clearance = cleared(between, Party("BUYER", "Bereke Tas Karer LLP", None))
    plain, with_it = Law(rows), Law([*rows, clearance])
    events = booked(buyer("Sholpan Kum Zavod"))
    assert verdicts(Judge(rows).decide("C-1", events), "R15") == ["BREACH"]
    assert verdicts(Judge([*rows, clearance]).decide("C-1", events), "R15") == ["CLEAR"]
    assert list(touched([("C-1", Judge(rows).apply(None, events[0]).state)], plain, with_it)) == ["C-1"]


def test_a_party_key_holds_all_that_is_stated_in_normal_form() -> None:
    party = Described("Ivan  IVANOV", "KZ", "1970-01-01", (("inn", " 7701234567"), ("bin", "940140000385")))
    assert party_key(party) == "ivan ivanov|KZ|1970-01-01|bin:940140000385,inn:7701234567"
    assert party_key(Described(None)) == "|||"


def _cleared_of_all() -> list[AnyRecord]:
    """The records of the property tests with a clearance of every hit on a party of theirs, some of other days."""
    law = Law(records())
    found: list[AnyRecord] = []
    for known in [described(p) for p in PARTIES] + [described(o) for p in PARTIES for o in p.owners]:
        for hit in law.screener.screen(known.name, known.country, None, dict(known.identifiers) or None):
            n = len(found)
            found.append(
                Clearance(
                    id=str(n), party=party_key(known), entry=hit.record.record_key, entry_hash=material_hash(hit.record),
                    cleared_by="A. Officer", reason="x", despite_identifiers=n % 2 == 0,
                    applies_from=LISTING - 9 + n % 5 * 4, applies_until=LISTING + 5 + n % 7 * 3,
                )
            )  # fmt: skip
    assert len(found) > 5
    return [*records(), *found]


CLEARED = Judge(_cleared_of_all())


@settings(QUICK, max_examples=200)
@given(st.one_of(plain_journeys(), journeys()))
def test_with_clearances_the_short_cut_for_neutral_events_is_right_too(journey: Journey) -> None:
    state, alerts = run(CLEARED, journey.events)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "is_neutral", lambda *_: False)
        full, told = run(CLEARED, journey.events)
    assert alerts == told
    assert CLEARED.decision_of(state) == CLEARED.decision_of(full)


@settings(QUICK, max_examples=100)
@given(st.lists(journeys(most=6), min_size=1, max_size=4))
def test_who_is_not_touched_by_clearances_is_judged_as_before(drawn: list[Journey]) -> None:
    plain = Judge(records())
    states = {}
    for n, journey in enumerate(drawn):
        ident = f"C-{n}"
        moved = tuple(msgspec.structs.replace(e, consignment_id=ident) for e in journey.events)
        states[ident] = run(plain, moved)[0]
    named = set(touched(states.items(), plain.law, CLEARED.law))
    for ident in states.keys() - named:
        assert not CLEARED.touched_by(states[ident], plain), ident
