"""F06, F07, F12, F18 and F22: what roles, numbers and records tell of parties (domain 4.3; contract 6(32))."""

from __future__ import annotations

from typing import Any

import pytest

from streams.feed import numbers
from streams.feed.cast import wrong_check
from streams.model.decision import Decision
from streams.model.events import Event, Party
from streams.model.moments import parse_day, parse_time
from streams.model.reference import AnyRecord, Policy
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from streams.rules.party_flags import contacts_of
from tests.unit.rules.build import decide, event, findings, listed

FLAGS = ("F06", "F07", "F12", "F18", "F22")
FORWARDER = "TOO Zheti Ekspeditsiya"
BANK = listed("BANK-1", "Kedr Zaural Bank", "2026-03-01", measures=("TRANSACTION_BAN",), countries=("KG",))


def booked(*parties: Party, at: str = "2026-07-15", **fields: Any) -> Event:
    return event("BOOKED", at, parties=parties, export_country="DE", destination_country="KZ", **fields)


def flags(*events: Event, extra: tuple[AnyRecord, ...] = (), now: str | None = None) -> list[tuple[str, int]]:
    decision = decide(events, *extra, now=now)
    return [(f.rule, f.weight) for f in decision.findings if f.rule in FLAGS]


def only(decision: Decision, rule: str) -> Any:
    (found,) = findings(decision, rule)
    return found


def bin_of(start: str) -> str:
    """A sound BIN that begins so: year, month, kind of firm, head or branch."""
    return next(found for n in range(99_999) if (found := numbers.kz_bin(f"{start}{n:05d}")))


def buyer(number: str, **fields: Any) -> Party:
    return Party(fields.pop("role", "BUYER"), "TOO Zhana", "KZ", identifiers={"bin": number}, **fields)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (bin_of("220240"), []), (bin_of("220340"), [("F07", 15)]), (bin_of("940140"), []), (bin_of("250740"), [("F07", 15)]),
        (bin_of("250840"), [("F07", 25)]), (bin_of("220341"), []), (bin_of("220350"), [("F07", 15)]),
        (wrong_check(bin_of("220340")), []), (bin_of("220330"), []), (bin_of("221340"), []),
    ],
)  # fmt: skip
def test_a_buyer_whose_number_tells_that_it_was_founded_after_february_2022_is_flagged(
    number: str, expected: list[tuple[str, int]]
) -> None:
    assert flags(booked(buyer(number))) == expected


def test_the_finding_names_month_and_number_and_asks_for_no_eu_nexus() -> None:
    found = only(decide([booked(buyer(bin_of("220340")))]), "F07")
    assert "was founded in 2022-03 by its BIN" in found.because
    assert [(c.name, c.state) for c in found.conditions] == [("buyer_founded_lately", "MET")]
    assert found.verdict == "RED_FLAG"


def test_the_age_of_a_buyer_is_that_at_its_first_event_however_often_it_is_stated() -> None:
    young = buyer(bin_of("250840"))
    again = event("PARTIES_CHANGED", "2026-09-20", parties=(young,))
    assert flags(booked(young), again) == [("F07", 25)]
    assert flags(booked(young, at="2026-08-01")) == [("F07", 15)]


def test_only_a_buyer_is_asked_for_its_age() -> None:
    assert flags(booked(buyer(bin_of("250840"), role="CONSIGNEE"))) == []


def test_the_day_after_which_a_buyer_is_young_is_a_dated_policy() -> None:
    later = Policy(
        id="policy:founded_after-2026", key="founded_after", value="2025-12-31", applies_from=parse_day("2026-07-15")
    )
    number = bin_of("250740")
    assert flags(booked(buyer(number)), extra=(later,)) == []
    assert flags(booked(buyer(number), at="2026-07-14"), extra=(later,), now="2026-07-16") == [("F07", 15)]


def test_a_buyer_named_by_mistake_and_taken_back_is_withdrawn() -> None:
    judge = Judge(bundled_records())
    state = judge.apply(None, booked(Party("BUYER", "TOO Alma", "KZ"))).state
    change = event("PARTIES_CHANGED", "2026-07-20", parties=(buyer(bin_of("250840")),))
    changed = judge.apply(state, change)
    assert [(a.rule, a.status, a.title) for a in changed.alerts if a.rule == "F07"] == [
        ("F07", "OPEN", "Buyer founded lately")
    ]
    back = event("RETRACTED", "2026-07-21", retracts="PARTIES_CHANGED-2026-07-20")
    assert [(a.rule, a.status) for a in judge.apply(changed.state, back).alerts if a.rule == "F07"] == [
        ("F07", "WITHDRAWN")
    ]


def test_a_planned_booking_is_judged_by_today_until_the_buyer_grows_old() -> None:
    plan = booked(buyer(bin_of("250840")), classifier="PLANNED")
    early = decide([plan], now="2026-07-20")
    assert [(f.rule, f.weight) for f in early.findings if f.rule == "F07"] == [("F07", 25)]
    assert early.due == parse_time("2026-08-01T00:00:00+02:00")
    assert flags(plan, now="2026-08-01") == [("F07", 15)]


@pytest.mark.parametrize(
    ("consignee", "other", "expected"),
    [
        (Party("CONSIGNEE", FORWARDER, "KZ"), Party("FORWARDER", "Too «Zheti Ekspeditsiya»", "KZ"), [("F06", 20)]),
        (Party("CONSIGNEE", FORWARDER, "KZ"), Party("FORWARDER", FORWARDER), [("F06", 20)]),
        (Party("CONSIGNEE", FORWARDER, "KZ"), Party("FORWARDER", FORWARDER, "UZ"), []),
        (Party("CONSIGNEE", FORWARDER, "KZ"), Party("BANK", FORWARDER, "KZ"), [("F06", 20)]),
        (Party("CONSIGNEE", FORWARDER, "KZ"), Party("CARRIER", FORWARDER, "KZ"), []),
        (Party("CONSIGNEE", "TOO Freight Broker Bank", "KZ"), Party("FORWARDER", FORWARDER, "KZ"), []),
        (Party("CONSIGNEE", "A", "KZ", identifiers={"bin": "940140000385"}),
         Party("FORWARDER", "B", "UZ", identifiers={"bin": "940140000385"}), [("F06", 20)]),
        (Party("CONSIGNEE", FORWARDER, "KZ", identifiers={"bin": "940140000385"}),
         Party("FORWARDER", FORWARDER, "KZ", identifiers={"bin": "970740000838"}), []),
        (Party("CONSIGNEE", FORWARDER, "KZ", identifiers={"bin": "940140000386"}),
         Party("FORWARDER", FORWARDER, "KZ", identifiers={"bin": "970740000838"}), [("F06", 20)]),
        (Party("CONSIGNEE", None, "KZ"), Party("FORWARDER", None, "KZ"), []),
    ],
)  # fmt: skip
def test_a_consignee_that_is_the_forwarder_or_a_bank_as_well_is_flagged(
    consignee: Party, other: Party, expected: list[tuple[str, int]]
) -> None:
    assert [f for f in flags(booked(consignee, other)) if f[0] == "F06"] == expected


def test_a_forwarder_that_came_after_the_consignee_had_gone_is_no_consignee() -> None:
    first = booked(Party("CONSIGNEE", FORWARDER, "KZ"))
    changed = event("PARTIES_CHANGED", "2026-07-20", parties=(Party("CONSIGNEE", "TOO Alma", "KZ"),))
    late = event("PARTIES_CHANGED", "2026-07-21", parties=(Party("FORWARDER", FORWARDER, "KZ"),))
    assert flags(first, changed, late) == []
    assert flags(first, late, event("PARTIES_CHANGED", "2026-07-22", parties=changed.parties)) == [("F06", 20)]


@pytest.mark.parametrize(
    ("role", "at", "expected"),
    [
        ("CONSIGNEE", "2026-03-01", [("F06", 20)]), ("CONSIGNEE", "2026-02-27", []), ("GUARANTOR", "2026-03-01", [("F18", 25)]),
        ("GUARANTOR", "2026-02-27", []), ("BANK", "2026-03-01", []), ("NOTIFY_PARTY", "2026-03-01", []),
    ],
)  # fmt: skip
def test_a_bank_under_a_transaction_ban_is_flagged_as_consignee_and_as_guarantor_from_its_listing_on(
    role: str, at: str, expected: list[tuple[str, int]]
) -> None:
    assert flags(booked(Party(role, "Kedr Zaural Bank", "KG"), at=at), extra=(BANK,), now=at) == expected  # type: ignore[arg-type]


def test_a_bank_that_is_listed_while_the_goods_move_is_found_at_midnight() -> None:
    judge = Judge([*bundled_records(), BANK])
    state = judge.apply(None, booked(Party("GUARANTOR", "Kedr Zaural Bank", "KG"), at="2026-02-20")).state
    midnight = parse_time("2026-03-01T00:00:00+01:00")
    assert judge.apply(state, event("ARRIVED", "2026-02-22")).due == midnight
    fired = judge.tick(state, midnight)
    assert [(a.rule, a.records) for a in fired.alerts if a.rule == "F18"] == [("F18", ("party:BANK-1@2026-03-01",))]


def test_a_name_that_only_resembles_a_listed_bank_raises_no_flag() -> None:
    assert flags(booked(Party("GUARANTOR", "Kedr Zauralsky Banc", "KG")), extra=(BANK,)) == []


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party("BUYER", "TOO Alma", "KZ", "Abay 3, Almaty, snab@alma.ru"), [("F22", 15)]),
        (Party("END_USER", "TOO Alma", "KZ", identifiers={"phone": "+7 (495) 123-45-67"}), [("F22", 15)]),
        (Party("CONSIGNEE", "TOO Alma", "KZ", identifiers={"email": "a@почта.рф"}), [("F22", 15)]),
        (Party("BUYER", "TOO Alma", "KZ", "Abay 3, +7 727 250 11 22, a@alma.kz"), []),
        (Party("BUYER", "TOO Alma", "KZ", "Abay 3, +7 727 250 11 22, 007 812 555-01-02"), [("F22", 15)]),
        (Party("BUYER", "OOO Alma", "RU", "Moskva, a@alma.ru"), []), (Party("BUYER", "Alma", None, "a@alma.ru"), []),
        (Party("CARRIER", "TOO Alma", "KZ", "a@alma.ru"), []), (Party("BUYER", "TOO Alma.ru Group", "KZ", "ul. Ru 3"), []),
        (Party("BUYER", "TOO Alma", "KZ", identifiers={"reg": "+7 495 1"}), []),
    ],
)  # fmt: skip
def test_a_user_of_the_goods_outside_russia_with_a_russian_number_or_mailbox_is_flagged(
    party: Party, expected: list[tuple[str, int]]
) -> None:
    assert flags(booked(party)) == expected


def test_a_russian_forwarder_is_flagged_for_goods_exported_from_the_eu_alone() -> None:
    parties = (Party("FORWARDER", "OOO Tranzit", "RU"), Party("CONSIGNEE", "TOO Alma", "KZ"))
    assert flags(booked(*parties)) == [("F22", 15)]
    abroad = event("BOOKED", "2026-07-15", parties=parties, export_country="KZ", destination_country="NL")
    assert flags(abroad) == []
    assert flags(event("BOOKED", "2026-07-15", parties=parties, destination_country="KZ")) == []


def test_one_firm_in_several_roles_is_one_finding_and_one_weight() -> None:
    firm = ("TOO Alma", "KZ", "Abay 3, a@alma.ru")
    decision = decide(
        [booked(Party("BUYER", *firm), Party("CONSIGNEE", *firm), Party("END_USER", "B", "KZ", "b@b.ru"))]
    )
    assert [f.subject for f in findings(decision, "F22")] == ["b", "too alma"]
    assert decision.weight == 15


def test_contacts_are_read_out_of_addresses() -> None:
    assert contacts_of("Abay 3, sales@firm.co.ru, +7(701)1234567") == (("mailbox", "ru"), ("phone", "7"))
    assert contacts_of("Abay 3, office 1007") == ()


HOUSE = "Dostyk Ave 12, Almaty"


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party("CONSIGNEE", "TOO Alma", "KZ", HOUSE), [("F12", 25)]),
        (Party("CONSIGNEE", "TOO Alma", "KZ", "DOSTYK AVE 12 (ALMATY)"), [("F12", 25)]),
        (Party("CONSIGNEE", "TOO Alma", "KZ", "Dostyk Ave 121, Almaty"), []), (Party("CONSIGNEE", "TOO Alma", "KZ", "Almaty"), []),
        (Party("CONSIGNEE", "TOO Alma", "KZ"), []), (Party("BUYER", "TOO Alma", "KZ", HOUSE), []),
        (Party("CONSIGNEE", "Kvarts Metrologiya", "KZ", HOUSE), []),
        (Party("CONSIGNEE", "KM", "KZ", HOUSE, identifiers={"bin": "940140000385"}), []),
    ],
)  # fmt: skip
def test_a_consignee_at_the_address_of_another_who_is_listed_is_flagged(
    party: Party, expected: list[tuple[str, int]]
) -> None:
    there = listed(
        "U-1", "Kvarts Metrologiya", "2026-01-10", measures=("ANNEX_IV",), addresses=("Moskva", HOUSE),
        identifiers={"bin": "940140000385"},
    )  # fmt: skip
    assert flags(booked(party), extra=(there,)) == expected


@pytest.mark.parametrize(
    ("since", "until", "measures", "expected"),
    [
        ("2026-07-15", None, ("FREEZE",), [("F12", 25)]), ("2026-07-17", None, ("FREEZE",), []),
        ("2026-01-01", "2026-07-15", ("FREEZE",), []), ("2026-01-01", None, ("OTHER",), []),
    ],
)  # fmt: skip
def test_the_other_must_be_listed_on_a_day_on_which_the_consignee_is_one(
    since: str, until: str | None, measures: tuple[str, ...], expected: list[tuple[str, int]]
) -> None:
    there = listed("U-1", "Kvarts Metrologiya", since, measures=measures, addresses=(HOUSE,), applies_until=until)
    assert flags(booked(Party("CONSIGNEE", "TOO Alma", "KZ", HOUSE)), extra=(there,), now="2026-07-16") == expected


def test_who_is_listed_later_at_the_address_of_a_consignee_is_found_at_midnight() -> None:
    there = listed("U-1", "Kvarts Metrologiya", "2026-08-01", measures=("ANNEX_IV",), addresses=(HOUSE,))
    judge = Judge([*bundled_records(), there])
    state = judge.apply(None, booked(Party("CONSIGNEE", "TOO Alma", "KZ", HOUSE))).state
    midnight = parse_time("2026-08-01T00:00:00+02:00")
    assert judge.apply(state, event("ARRIVED", "2026-07-20")).due == midnight
    fired = judge.tick(state, midnight)
    assert [(a.rule, a.status, a.records) for a in fired.alerts if a.rule == "F12"] == [
        ("F12", "OPEN", ("party:U-1@2026-08-01",))
    ]
