"""The oracle on R15: parties against frozen persons, by number, by name after plain simplification, by holdings."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from streams.feed.numbers import sound
from streams.feed.oracle_facts import Journey, law_day, moment
from streams.feed.oracle_law import Law, Record

_UNIQUE = ("bin", "inn", "ogrn", "lei", "imo")
_FORMS = {"ooo", "oao", "zao", "ao", "pao", "too", "zhshs", "llc", "llp", "ltd", "jsc", "gmbh", "uab", "sia"}
_LATIN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya a g k n o u u h i"
_CYRILLIC = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі", _LATIN.split(), strict=True))


@lru_cache(maxsize=20_000)
def simple_name(name: str) -> str:
    """A name without case, punctuation, legal form and marks on letters, Cyrillic written in Latin letters."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = "".join(_CYRILLIC.get(c, c) for c in text).replace("_", "")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[^\w\s]", " ", re.sub(r"['’ʹ]", "", text)).split()
    return " ".join(w for w in words if w not in _FORMS)


def numbers_of(who: dict[str, Any]) -> dict[str, str]:
    """The sound numbers that only one party bears."""
    return {k: v for k, v in (who.get("identifiers") or {}).items() if k in _UNIQUE and sound(k, v)}


def same_party(who: dict[str, Any], record: Record) -> bool:
    """Whether somebody is the one of a record (6(20))."""
    mine, theirs = numbers_of(who), numbers_of(record)
    both = mine.keys() & theirs.keys()
    if any(mine[k] == theirs[k] for k in both):
        return True
    if both:
        return False
    here = simple_name(who.get("name") or "")
    names = [n if isinstance(n, dict) else {"name": n} for n in record.get("names") or [record]]
    if any(simple_name(n.get("name") or "") == here for n in names if not n.get("weak")):
        return True
    born = who.get("birth_date")
    same_person = born is not None and born == record.get("birth_date") and who.get("country") in record["countries"]
    return same_person and any(simple_name(n["name"]) == here for n in names)


def nameless(who: dict[str, Any]) -> bool:
    """Whether nothing is stated by which somebody could be screened (6(20))."""
    return not who.get("name") and not who.get("identifiers")


def frozen(law: Law, who: dict[str, Any], day: date, depth: int = 0) -> str:
    """Whether somebody counts as frozen on a day: "yes", "no", or "unknown" (R15, 6(20), 6(21))."""
    if depth == 0 and nameless(who):
        return "unknown"
    if any(same_party(who, r) for r in law.of("party", day) if "FREEZE" in r["measures"]):
        return "yes"
    if depth > 5:
        return "no"
    shares: dict[str, float] = {}
    unknown = False
    for holder in _holders(law, who, day):
        state = frozen(law, holder, day, depth + 1)
        share, control = holder.get("share_pct"), holder.get("control")
        if state == "yes" and control:
            return "yes"
        if state == "yes":
            key = _identity(law, holder, day)
            shares[key] = max(share or 0, shares.get(key, 0))
            unknown = unknown or (share is None and control is None)
        unknown = unknown or (state == "unknown" and bool(control or (share or 0) >= 50))
    limit = law.policy("owner_share_pct", day)
    return "yes" if sum(shares.values()) >= limit else "unknown" if unknown else "no"


def _identity(law: Law, who: dict[str, Any], day: date) -> str:
    """Who a frozen holder is: holdings are united per holder, one told twice counts once (6(21))."""
    found = [r["id"] for r in law.of("party", day) if "FREEZE" in r["measures"] and same_party(who, r)]
    return found[0] if found else simple_name(who["name"])


def _holders(law: Law, who: dict[str, Any], day: date) -> list[dict[str, Any]]:
    """Who holds somebody: by the event, and by the register for holders whom the event does not name."""
    told = list(who.get("owners") or [])
    for record in law.of("ownership", day):
        owned = record["owned"] if isinstance(record["owned"], dict) else {}
        if not same_party(who, {"countries": [], **owned}):
            continue
        for owner in law.of("party", id=record["owner_id"]):
            known = {simple_name(h["name"]) for h in told}
            names = {simple_name(n["name"]) for n in owner["names"]}
            if not known & names:
                facts = {k: owner[k] for k in ("identifiers", "birth_date") if k in owner}
                share = {k: record[k] for k in ("share_pct", "control") if k in record}
                told.append({"name": owner["names"][0]["name"], **facts, **share})
    return told


def judge_parties(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R15, None without a finding (6(5), 6(27))."""
    asked = {
        (json.dumps(p, sort_keys=True), law_day(moment(event)))
        for index, event in enumerate(journey.actual)
        for p in journey.parties(index)
    }
    if not asked:
        return "INSUFFICIENT_DATA"
    if not journey.closed:
        asked |= {(json.dumps(p, sort_keys=True), law_day(now)) for p in journey.parties()}
    states = {frozen(law, json.loads(party), day) for party, day in asked}
    return "BREACH" if "yes" in states else "INSUFFICIENT_DATA" if "unknown" in states else None
