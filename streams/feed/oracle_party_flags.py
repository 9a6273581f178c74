"""The oracle on the flags that parties raise: F06, F07, F12, F18 and F22 (domain 4.3, 6(32))."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from streams.feed.numbers import sound
from streams.feed.oracle_facts import Journey, law_day, moment
from streams.feed.oracle_law import Law
from streams.feed.oracle_listed import listed, occasions
from streams.feed.oracle_parties import numbers_of, same_party

_USERS = ("BUYER", "CONSIGNEE", "END_USER")
_REACHED_BY = ("mail", "email", "e-mail", "e_mail", "phone", "tel", "telephone", "mobile", "fax")


def judge_party_flags(law: Law, journey: Journey, now: datetime) -> dict[str, int]:
    """The weight of each flag that the parties raise, by its id."""
    weights = law.policy("flag_weights", law_day(now))
    found: dict[str, int] = {}
    for index, day in occasions(journey, now):
        parties = journey.parties(index)
        found.update({flag: weights[flag] for flag in _plain(law, journey, parties, day)})
    ages = [_age(law, journey, p, n) for n in range(len(journey.actual)) for p in journey.parties(n)]
    young = [months for months in ages if months is not None]
    if young:
        lately = min(young) < law.policy("f07_young_months", law_day(now))
        found["F07"] = law.policy("f07_weight_young", law_day(now)) if lately else weights["F07"]
    return found


def _plain(law: Law, journey: Journey, parties: list[dict[str, Any]], day: date) -> set[str]:
    """The flags of one weight that hold with these parties on a day."""
    found = set()
    consignees = [p for p in parties if p["role"] == "CONSIGNEE"]
    others = [p for p in parties if p["role"] in law.policy("f06_roles", day)]
    if any(_one_firm(a, b) for a in consignees for b in others):
        found.add("F06")
    if any(listed(law, p, "TRANSACTION_BAN", day) for p in consignees):
        found.add("F06")
    if any(p["role"] in law.policy("f18_roles", day) and listed(law, p, "TRANSACTION_BAN", day) for p in parties):
        found.add("F18")
    if any(_at_a_listed_address(law, p, day) for p in consignees):
        found.add("F12")
    outward = journey.last("export_country") in law.policy("eu_members", day)
    russian = [p for p in parties if p["role"] == "FORWARDER" and p.get("country") == "RU"]
    if russian and outward and journey.last("destination_country") != "RU":
        found.add("F22")
    if any(_russian_line(law, p, day) for p in parties if p["role"] in _USERS):
        found.add("F22")
    return found


def _at_a_listed_address(law: Law, who: dict[str, Any], day: date) -> bool:
    """Whether another listed party than this one itself has the same address."""
    here = re.findall(r"[^\W_]+", (who.get("address") or "").casefold())
    if len(here) < 4 or not re.search(r"\d", " ".join(here)):
        return False
    for record in law.of("party", day):
        if not {"FREEZE", "ANNEX_IV", "TRANSACTION_BAN"} & set(record["measures"]):
            continue
        there = [re.findall(r"[^\W_]+", text.casefold()) for text in record.get("addresses") or []]
        if here in there and not same_party(who, record):
            return True
    return False


def _one_firm(one: dict[str, Any], other: dict[str, Any]) -> bool:
    mine, theirs = numbers_of(one), numbers_of(other)
    if mine.keys() & theirs.keys():
        return any(mine[k] == theirs.get(k) for k in mine)
    countries = {one.get("country"), other.get("country")} - {None}
    name = (one.get("name") or "").casefold()
    return bool(name) and name == (other.get("name") or "").casefold() and len(countries) < 2


def _russian_line(law: Law, party: dict[str, Any], day: date) -> bool:
    """Whether somebody of another country is reached in Russia."""
    if party.get("country") in (None, "RU"):
        return False
    told = [party.get("address") or ""]
    told += [v for k, v in (party.get("identifiers") or {}).items() if k in _REACHED_BY]
    ends = "|".join(map(re.escape, law.policy("russian_mail_domains", day)))
    digits = "".join(law.policy("russian_phone_digits", day))
    pattern = rf"@[\w.-]+\.({ends})(?![\w-])|(\+|\b00)\s?7[\s(.-]*[{digits}]"
    return any(re.search(pattern, text, re.IGNORECASE) for text in told)


def _age(law: Law, journey: Journey, party: dict[str, Any], index: int) -> int | None:
    """How many months old a buyer founded too late was when it first was buyer; None for all others."""
    number = (party.get("identifiers") or {}).get("bin") or ""
    if party["role"] != "BUYER" or not sound("bin", number) or number[4] in "0123" or number[5] in "12":
        return None
    year = int(number[:2])
    founded = date(year + (1900 if year >= 70 else 2000), int(number[2:4]), 1)
    day = law_day(moment(journey.actual[index]))
    if founded <= date.fromisoformat(law.policy("founded_after", day)):
        return None
    return (day.year - founded.year) * 12 + day.month - founded.month
