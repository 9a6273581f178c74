"""The record of a screening says who, under which law, with what result, also where nothing was found."""

from __future__ import annotations

from streams.model.events import Holder, Party, Transport
from streams.model.moments import parse_day, parse_time
from streams.model.reference import AnyRecord
from streams.model.screening import Screening
from streams.reference.bundled import bundled_records
from streams.rules.audit import law_judged_through, screening_key, screening_of
from streams.rules.judge import Judge
from streams.rules.law import Law
from streams.screening import MATCHER_VERSION
from tests.unit.rules.build import buyer, event, holder, listed
from tests.unit.rules.test_clearances import FIRM, cleared

AT = parse_time("2026-07-06T12:00:00Z")


def screened(
    *parties: Party, records: tuple[AnyRecord, ...] = (FIRM,), at: int = AT, **fields: object
) -> list[Screening]:
    judge = Judge([*bundled_records(), *records])
    judge.law.fresh = []
    judge.apply(None, event("BOOKED", "2026-07-06", parties=parties, **fields))
    found = [screening_of(key, value, "d1", "C-1", at) for key, value in judge.law.fresh]
    return [s for s in found if s is not None]


def test_a_party_of_whom_no_list_speaks_is_recorded_as_clear() -> None:
    (found,) = screened(buyer("Quillfeather Society"))
    assert (found.kind, found.subject, found.result) == ("PARTY", "quillfeather society|KZ||", "clear")
    assert (found.law, found.matcher, found.at, found.consignment_id) == ("d1", MATCHER_VERSION, AT, "C-1")
    assert found.score == 0 and found.entries == () and found.stretches == () and found.context is None


def test_a_listed_party_is_recorded_with_entry_score_and_days() -> None:
    (found,) = screened(buyer("TOO Zerde Agro Bau"))
    assert found.result == "listed" and found.entries == ("party:X",) and found.score > 0.8
    assert [(s.measure, s.result, s.applies_from, s.applies_until) for s in found.stretches] == [
        ("FREEZE", "listed", parse_day("2023-06-23"), None)
    ]


def test_the_result_is_that_of_the_day_and_the_stretches_tell_the_others() -> None:
    later = listed("L", "TOO Zerde Agro Bau", "2026-08-01")
    (before,) = screened(buyer("TOO Zerde Agro Bau"), records=(later,))
    (after,) = screened(buyer("TOO Zerde Agro Bau"), records=(later,), at=parse_time("2026-08-01T12:00:00Z"))
    assert (before.result, after.result) == ("clear", "listed")
    assert before.stretches == after.stretches != ()


def test_an_entry_of_a_list_without_a_rule_is_named_though_the_result_is_clear() -> None:
    (found,) = screened(buyer("TOO Zerde Agro Bau"), records=(listed("U", "TOO Zerde Agro Bau", measures=("OTHER",)),))
    assert found.result == "clear" and found.entries == ("party:U",)


def test_a_clearance_that_counted_is_named_and_makes_a_record_of_its_own() -> None:
    plain, with_it = screened(buyer("TOO Zerde Agro Bau"), records=(FIRM, cleared()))
    assert plain.result == "listed" and plain.clearances == ()
    assert with_it.result == "clear" and with_it.clearances == ("clearance:c-X",)
    assert screening_key(plain) != screening_key(with_it)


def test_stated_owners_are_a_context_of_the_record() -> None:
    man = listed("M", "Fedot Kumach-Zaretsky", schema="Person")
    with_owner: Holder = holder("Fedot Kumach-Zaretsky", 60)
    (found,) = screened(buyer("Bereke Tas Karer LLP", with_owner), records=(man,))
    assert found.result == "listed" and found.context is not None and found.entries == ()


def test_a_ship_is_recorded_too() -> None:
    found = screened(
        buyer("Quillfeather Society"), transport=Transport("SEA", vessel_imo="1000007", vessel_name="PRIMER")
    )
    ship = next(s for s in found if s.kind == "SHIP")
    assert ship.subject == "imo:1000007|primer" and ship.entries == ("party:SAMPLE-SHIP-1",) and ship.result == "listed"


def test_what_is_asked_again_under_the_same_law_is_not_recorded_again() -> None:
    judge = Judge(bundled_records())
    judge.law.fresh = []
    booked = event("BOOKED", "2026-07-06", parties=(buyer("Quillfeather Society"),))
    judge.apply(None, booked)
    judge.law.fresh.clear()
    judge.apply(None, booked)
    assert judge.law.fresh == []


def test_a_law_that_nobody_watches_keeps_no_record() -> None:
    judge = Judge(bundled_records())
    judge.apply(None, event("BOOKED", "2026-07-06", parties=(buyer("Quillfeather Society"),)))
    assert judge.law.fresh is None


def test_a_law_judged_through_says_how_old_its_lists_are() -> None:
    found = law_judged_through(Law(bundled_records()), "d1", 3, AT)
    assert (found.kind, found.subject, found.law) == ("LAW", "partition 3", "d1")
    assert found.lists["SAMPLE-FREEZE"] == "2026-11-21T00:00:00Z"
