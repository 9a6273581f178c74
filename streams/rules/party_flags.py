"""Red flags that the parties themselves raise: F06, F07, F12, F18 and F22 (domain 4.3; contract 6(20), 6(32)).

They are raised only where roles, numbers or records decide: a consignee that is itself the forwarder or a bank (F06), a buyer
whose BIN is younger than `policy:founded_after` (F07), a consignee at the address of a listed party (F12), a bank or payment agent under a transaction ban in a role of
`policy:f18_roles` beside the paying bank, with which R16 deals (F18), a buyer, consignee or end user with a Russian number or
mailbox, or a Russian forwarder of EU goods (F22). No word in a name raises any of them, and no EU nexus is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from streams.model.addresses import address_key
from streams.model.consignment import Holding
from streams.model.decision import Condition, Finding
from streams.model.events import Party
from streams.model.identifiers import UNIQUE_KINDS, founding_month, is_valid, normal
from streams.model.moments import brussels_day, brussels_midnight, iso_day, month_after, parse_day
from streams.model.reference import ListedParty, Measure
from streams.rules.case import Case
from streams.rules.law import record_ref
from streams.rules.listing import Screened
from streams.rules.lists import BANKS
from streams.rules.parties import Suspect, occasions, suspects, watch
from streams.rules.state import LISTED

LEGAL_BASIS = "Commission guidance on enhanced due diligence of September 2023"
_LOOKED_AT = frozenset({"BUYER", "CONSIGNEE", "END_USER", "FORWARDER"})
_CONTACTS = frozenset({"mail", "email", "e-mail", "e_mail", "phone", "tel", "telephone", "mobile", "fax"})
"""Keys of identifiers that hold a way to reach a party; others hold numbers of registers."""
_MAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+([\w-]+)")
_PHONE = re.compile(r"(?:\+|\b00)\s?7[\s(.-]*(\d)")
_RUSSIA = "RU"
_SHARED: frozenset[Measure] = frozenset({"FREEZE", "ANNEX_IV", "TRANSACTION_BAN"})
"""The measures of the listed parties whose address tells something (F12)."""


def party_flags(case: Case) -> list[Finding]:
    """The findings F06, F07, F12, F18 and F22 of the parties, as they hold their roles."""
    found: list[Finding] = []
    holdings = case.c.holdings
    for h in holdings:
        role = h.role
        if role in _LOOKED_AT:
            for party in h.parties:
                if (party.identifiers or party.address or party.country == _RUSSIA) and h.end != h.start:
                    found += _alone(case, h, party)
    if len(holdings) > 1 and case.c.current("CONSIGNEE"):
        found += _carriers(case)
    for suspect in suspects(case):
        if suspect.dossier is not None and BANKS.measure in suspect.dossier.under:
            found += _banned(case, suspect)
    return found


def _alone(case: Case, h: Holding, party: Party) -> Iterator[Finding]:
    """What one party in one role raises by itself: F07, F12, F22."""
    if h.role == "FORWARDER":
        yield from _russian_forwarder(case, h, party)
        return
    if h.role == "BUYER" and party.identifiers and "bin" in party.identifiers:
        yield from _founded(case, h, party, party.identifiers["bin"])
    elif h.role == "CONSIGNEE" and party.address:
        yield from _shares(case, h, party, party.address)
    yield from _reached(case, h, party)


def _shares(case: Case, h: Holding, party: Party, address: str) -> Iterator[Finding]:
    """F12: the consignee has the address of a listed party that is another."""
    house = address_key(address)
    for record in case.law.listed_at(house) if house is not None else ():
        if not _SHARED & set(record.measures) or _is(party, record):
            continue
        case.marks |= LISTED
        if h.end is None and case.c.is_open:
            for day in (record.applies_from, record.applies_until):
                if day is not None and day > case.today:
                    case.wake_at(brussels_midnight(day))
        for day, at in _days(case, h):
            if record.in_force(day):
                name = record.names[0].name if record.names else record.id
                because = f"has the address of {name} on list {record.list}: {address}"
                answer = Screened("listed", because, (record_ref(record),))
                weight = _least(case, "F12", day)
                yield _flag(case, "F12", h, party, weight, because, name="address_of_listed", answer=answer, at=at)
                return


def _days(case: Case, h: Holding) -> Iterator[tuple[int, int | None]]:
    """The Brussels days on which a role is held, each with the index of its actual event, None for the clock."""
    actual = case.c.actual
    for n in range(h.start, len(actual) if h.end is None else h.end):
        yield brussels_day(actual[n].occurred_at), n
    if h.end is None and case.c.is_open:
        yield case.today, None


def _is(party: Party, record: ListedParty) -> bool:
    """Whether the party is the listed one itself, by a number or by one of its names."""
    names: list[str | None] = [n.name for n in record.names]
    return any(_same(party, Party("CONSIGNEE", name, identifiers=record.identifiers)) for name in names or [None])


def _day(case: Case, h: Holding) -> int:
    """The Brussels day on which a role is first held; what is planned holds from the event before it."""
    actual = case.c.actual
    if h.start < len(actual) and (actual[h.start].uid == h.uid or not h.start):
        return brussels_day(actual[h.start].occurred_at)
    return brussels_day(actual[h.start - 1].occurred_at) if actual else case.today


def _flag(
    case: Case, rule: str, h: Holding | Suspect, party: Party, weight: int, because: str, *, name: str,
    answer: Screened | None = None, at: int | None = None,
) -> Finding:  # fmt: skip
    uid = h.uid if isinstance(h, Holding) else h.uid_at(case, at)
    told = f"{party.role} {party.name or 'not named'} {because}"
    return Finding(
        rule=rule,
        subject=(party.name or party.role).casefold(),
        verdict="RED_FLAG",
        weight=weight,
        legal_basis=LEGAL_BASIS,
        because=f"{told}.",
        conditions=(Condition(name, "MET", told, (uid,)),),
        clocks=case.clocks(None if at is None else case.c.actual[at].occurred_at),
        records=answer.records if answer is not None else (),
    )


def _least(case: Case, rule: str, day: int) -> int:
    return int(case.law.policy("flag_weights", day)[rule])


def _founded(case: Case, h: Holding, party: Party, number: str) -> Iterator[Finding]:
    """F07: the BIN of a buyer tells that it was founded after `policy:founded_after`."""
    month = founding_month(number)
    day = _day(case, h)
    if month is None or month <= parse_day(case.law.policy("founded_after", day)):
        return
    months = int(case.law.policy("f07_young_months", day))
    grown = month_after(month, months)
    if day < grown:
        weight = int(case.law.policy("f07_weight_young", day))
        young = f", less than {months} months before {iso_day(day)}"
        if not case.c.actual:
            case.wake_at(brussels_midnight(grown))
    else:
        weight, young = _least(case, "F07", day), ""
    because = f"was founded in {iso_day(month)[:7]} by its BIN{young}"
    yield _flag(case, "F07", h, party, weight, because, name="buyer_founded_lately")


def _carriers(case: Case) -> Iterator[Finding]:
    """F06: a consignee is at the same time the forwarder or a bank (`policy:f06_roles`)."""
    roles = [role for role in case.law.policy("f06_roles", case.today) if case.c.current(role)]
    if not roles:
        return
    for h in case.c.holdings:
        for other in case.c.holdings if h.role == "CONSIGNEE" else ():
            if other.role in roles and _together(h, other):
                for party in h.parties:
                    if any(_same(party, second) for second in other.parties):
                        because = f"is {other.role} as well: no user of the goods is named"
                        weight = _least(case, "F06", _day(case, h))
                        yield _flag(case, "F06", h, party, weight, because, name="consignee_is_intermediary")


def _together(one: Holding, other: Holding) -> bool:
    """Whether two roles are held at the same time."""
    if one.end == one.start or other.end == other.start:
        return False
    return (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)


@lru_cache(maxsize=20_000)
def _folded(name: str) -> str:
    return " ".join("".join(ch if ch.isalnum() else " " for ch in name.casefold()).split())


def _numbers(party: Party) -> dict[str, str]:
    found = {k: normal(k, v) for k, v in (party.identifiers or {}).items() if k in UNIQUE_KINDS}
    return {k: v for k, v in found.items() if is_valid(k, v)}


def _same(one: Party, other: Party) -> bool:
    """Whether two roles are held by one firm: by a number of its own, else by equal names (contract 6(20))."""
    if one.identifiers and other.identifiers:
        mine, theirs = _numbers(one), _numbers(other)
        both = mine.keys() & theirs.keys()
        if both:
            return any(mine[kind] == theirs[kind] for kind in both)
    if not one.name or not other.name or (one.country and other.country and one.country != other.country):
        return False
    return _folded(one.name) == _folded(other.name)


def _reached(case: Case, h: Holding, party: Party) -> Iterator[Finding]:
    """F22: a buyer, consignee or end user outside Russia is reached at a Russian number or mailbox."""
    if party.country in {None, _RUSSIA}:
        return
    texts = [party.address] if party.address else []
    if party.identifiers:
        texts += [v for k, v in party.identifiers.items() if k in _CONTACTS]
    contacts = [contact for text in texts for contact in contacts_of(text)]
    kind = _russian_contact(case, contacts, _day(case, h)) if contacts else None
    if kind is not None:
        because = f"is reached at a Russian {kind} although of {party.country}"
        yield _flag(case, "F22", h, party, _least(case, "F22", _day(case, h)), because, name="russian_contact")


def _russian_contact(case: Case, contacts: list[tuple[str, str]], day: int) -> str | None:
    known = {
        "mailbox": case.law.policy("russian_mail_domains", day),
        "phone": case.law.policy("russian_phone_digits", day),
    }
    return next((kind for kind, key in contacts if key in known[kind]), None)


@lru_cache(maxsize=50_000)
def contacts_of(text: str) -> tuple[tuple[str, str], ...]:
    """The top-level domain of each mailbox, and the first digit after each country code 7, in an address or contact.

    >>> contacts_of("Abay 3, sales@firm.ru, +7 (495) 123-45-67"), contacts_of("Abay 3")
    ((('mailbox', 'ru'), ('phone', '4')), ())
    """
    mails = [("mailbox", m.group(1).casefold()) for m in _MAIL.finditer(text)]
    return (*mails, *(("phone", m.group(1)) for m in _PHONE.finditer(text)))


def _russian_forwarder(case: Case, h: Holding, party: Party) -> Iterator[Finding]:
    """F22: goods exported from the Union to elsewhere than Russia are in the hands of a Russian forwarder."""
    day = _day(case, h)
    if (
        party.country == _RUSSIA
        and case.c.destination_country != _RUSSIA
        and case.c.export_country in case.law.eu_members(day)
    ):
        because = "is a Russian forwarder of goods exported from the EU"
        yield _flag(case, "F22", h, party, _least(case, "F22", day), because, name="russian_forwarder")


def _banned(case: Case, suspect: Suspect) -> Iterator[Finding]:
    """F06 and F18: a bank or payment agent under a transaction ban is consignee, or stands in for a payment."""
    assert suspect.dossier is not None
    role = suspect.party.role
    if role == "CONSIGNEE":
        rule, words, name = "F06", "is a bank or payment agent", "consignee_is_intermediary"
    elif role in case.law.policy("f18_roles", case.today):
        rule, words, name = "F18", "is a bank or payment agent beside the paying bank", "banned_bank_behind"
    else:
        return
    case.marks |= LISTED
    listing = suspect.dossier.under[BANKS.measure]
    watch(case, listing, suspect)
    for day, at in occasions(case, suspect):
        answer = listing.at(day)
        if answer.state == "listed":
            because = f"{words}: {answer.because}"
            weight = _least(case, rule, day)
            yield _flag(case, rule, suspect, suspect.party, weight, because, name=name, answer=answer, at=at)
            return
