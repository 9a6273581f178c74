"""R16: which banks are under a transaction ban, on which day, and whom it binds (contract 6(23), 6(27), 3.1(5))."""

from __future__ import annotations

from streams.model.decision import Decision
from streams.model.events import Holder, Party
from streams.model.moments import parse_time
from streams.model.reference import ListState
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from tests.unit.rules.build import STRICT, decide, event, findings, listed, verdicts

BANK = listed("B", "Kedr Zaural Bank", "2026-07-10", countries=("KG",), measures=("TRANSACTION_BAN",))
EXPORTER = Party("SELLER", "Elbmarschen Papierwaren GmbH", "DE")
ABROAD = (
    Party("SELLER", "TOO Dan Eksport", "KZ"), Party("BUYER", "Chorsu Savdo MChJ", "UZ"),
    Party("CARRIER", "TOO ZhetiTrans", "KZ"),
)  # fmt: skip
INSURER = Party("INSURER", "AO SK Kokzhiek", "KZ")


def bank(name: str | None = "Kedr Zaural Bank", role: str = "BANK", **fields: object) -> Party:
    return Party(role, name, "KG", **fields)  # type: ignore[arg-type]


def paid(*parties: Party, day: str = "2026-07-12", now: str | None = None) -> Decision:
    return decide([event("BOOKED", day, parties=parties)], BANK, now=now)


def test_a_listed_bank_is_a_breach_that_names_list_and_exposed() -> None:
    found = findings(paid(EXPORTER, bank()), "R16")
    assert [f.verdict for f in found] == ["BREACH"]
    assert found[0].records == ("party:B@2026-07-10",)
    assert [e.name for e in found[0].exposed] == ["Elbmarschen Papierwaren GmbH"]
    assert {c.name: c.state for c in found[0].conditions} == {"banned_bank": "MET", "eu_nexus": "MET"}


def test_a_bank_is_judged_on_the_day_of_every_event_and_while_open_on_that_of_the_clock() -> None:
    assert verdicts(paid(EXPORTER, bank(), day="2026-07-09"), "R16") == []
    assert verdicts(paid(EXPORTER, bank(), day="2026-07-09", now="2026-07-10"), "R16") == ["BREACH"]
    told = [event("BOOKED", "2026-07-06", parties=(EXPORTER, bank())), event("DELIVERED", "2026-07-09")]
    assert verdicts(decide(told, BANK, now="2026-08-01"), "R16") == []
    assert verdicts(decide([*told, event("DISCHARGED", "2026-07-11")], BANK, now="2026-08-01"), "R16") == ["BREACH"]


def test_a_bank_delisted_in_time_is_none() -> None:
    past = listed("B", "Kedr Zaural Bank", "2026-01-01", applies_until="2026-07-10", measures=("TRANSACTION_BAN",))
    told = [event("BOOKED", "2026-07-10", parties=(EXPORTER, bank()))]
    assert verdicts(decide(told, past), "R16") == []


def test_only_the_role_of_bank_is_looked_at() -> None:
    assert verdicts(paid(EXPORTER, bank(role="BUYER"), bank("AO Saryarka Bank")), "R16") == []


def test_a_bank_that_a_listed_one_owns_is_not_itself_listed() -> None:
    owned = bank("Tien Shan Kapital", owners=(Holder("Kedr Zaural Bank", "KG", share_pct=100.0, control=True),))
    assert verdicts(paid(EXPORTER, owned), "R16") == []


def test_a_list_without_the_measure_does_not_ban() -> None:
    other = listed("B", "Kedr Zaural Bank", "2026-07-01", measures=("OTHER",))
    assert verdicts(decide([event("BOOKED", "2026-07-12", parties=(EXPORTER, bank()))], other), "R16") == []


def test_without_an_eu_nexus_the_ban_binds_nobody_and_r01_says_so() -> None:
    decision = paid(*ABROAD, INSURER, bank())
    assert verdicts(decision, "R16") == []
    assert verdicts(decision, "R01") == ["CLEAR"]


def test_an_unknown_nexus_keeps_the_verdict_and_names_what_is_missing() -> None:
    found = findings(paid(*ABROAD, bank()), "R16")
    assert [f.verdict for f in found] == ["BREACH"]
    assert "insurer" in found[0].missing
    assert found[0].exposed == ()


def test_the_nexus_of_the_dealing_counts_and_the_worst_dealing_is_told() -> None:
    change = event("PARTIES_CHANGED", "2026-07-14", parties=(Party("INSURER", "Maasdelta N.V.", "NL"),))
    told = [event("BOOKED", "2026-07-12", parties=(*ABROAD, INSURER, bank())), change]
    found = findings(decide(told, BANK), "R16")
    assert [f.verdict for f in found] == ["BREACH"]
    assert found[0].clocks.dealing == "2026-07-14T12:00:00Z"


def test_a_candidate_below_the_threshold_is_insufficient_and_named() -> None:
    told = event("BOOKED", "2026-07-12", parties=(EXPORTER, bank("Kedr Zaurol Bank")))
    found = findings(decide([told], BANK, STRICT), "R16")
    assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]
    assert "party:B" in found[0].missing[0]


def test_a_bank_without_name_and_number_is_insufficient() -> None:
    found = findings(paid(EXPORTER, bank(None)), "R16")
    assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]
    assert found[0].missing[0] == "name of the BANK"


def test_without_a_list_of_banks_only_who_names_a_bank_is_asked() -> None:
    gone = {r.record_key for r in bundled_records() if "TRANSACTION_BAN" in getattr(r, "measures", ())}
    told = [event("BOOKED", "2026-07-12", parties=(EXPORTER, bank()))]
    found = findings(decide(told, without=gone), "R16")
    assert [f.verdict for f in found] == ["INSUFFICIENT_DATA"]
    assert "Annexes XIV, XLIV, XLV" in found[0].missing[0]
    assert verdicts(decide([event("BOOKED", "2026-07-12", parties=(EXPORTER,))], without=gone), "R16") == []


def test_a_stale_list_of_banks_is_insufficient_unless_nobody_is_bound() -> None:
    stale = ListState(id="L", list="L", measures=("TRANSACTION_BAN",), fetched_at=parse_time("2026-07-01T00:00:00Z"))
    clean = bank("AO Saryarka Bank")
    assert verdicts(decide([event("BOOKED", "2026-07-12", parties=(EXPORTER, clean))], stale), "R16") == [
        "INSUFFICIENT_DATA"
    ]
    abroad = decide([event("BOOKED", "2026-07-12", parties=(*ABROAD, INSURER, clean))], stale)
    assert (verdicts(abroad, "R16"), verdicts(abroad, "R01")) == ([], ["CLEAR"])


def test_a_listing_that_begins_on_the_way_is_found_by_the_timer_at_midnight_in_brussels() -> None:
    judge = Judge([*bundled_records(), BANK])
    first = judge.apply(None, event("BOOKED", "2026-07-06", parties=(EXPORTER, bank())))
    assert first.due == parse_time("2026-07-10T00:00:00+02:00")
    fired = judge.tick(first.state, first.due)
    assert [(a.rule, a.verdict, a.trigger.kind) for a in fired.alerts] == [("R16", "BREACH", "TIMER")]
