"""The oracle on R19: the price of Russian oil against the cap of the day on which it was loaded (6(25))."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from streams.feed.oracle_facts import Journey, law_day, moment
from streams.feed.oracle_law import Law, Record
from streams.feed.oracle_listed import goods_made
from streams.feed.oracle_ports import NOT_MET, nexus

_OUR_CURRENCY = "USD"


def judge_cap(law: Law, journey: Journey, now: datetime) -> str | None:
    """The verdict of R19; CLEAR when it binds nobody, None without a finding."""
    index = _loading(journey)
    day = law_day(now) if index is None else law_day(moment(journey.actual[index]))
    plans = [p for p in journey.plans() if p["type"] == "LOADED"]
    if index is None and plans:
        day = law_day(moment(plans[0]))
    goods = goods_made(journey, index)
    lines = [line for line in goods if law.on_list("OIL", line, day) and russian(line) != "no"]
    if not lines:
        return None
    if nexus(law, journey, index) == NOT_MET:
        return "CLEAR"
    verdicts = {_line(law, journey, line, day, lines_of=goods) for line in lines}
    for verdict in ("BREACH", "INSUFFICIENT_DATA"):
        if verdict in verdicts:
            return verdict
    if verdicts == {None} or index is None or any(d["type"] == "PRICE_ATTESTATION" for d in journey.documents()):
        return None
    patience = timedelta(days=int(law.policy("price_attestation_days", day)))
    return "NEEDS_WAIVER" if law_day(now) > day + patience else None


def _loading(journey: Journey) -> int | None:
    def first(kind: str, modes: tuple[str, ...] = ()) -> int | None:
        for number, event in enumerate(journey.actual):
            mode = (event.get("transport") or {}).get("mode")
            if event["type"] == kind and (not modes or mode in modes):
                return number
        return None

    options = (first("LOADED", ("SEA", "INLAND_WATERWAY")), first("LOADED"), first("DEPARTED"))
    return next((option for option in options if option is not None), None)


def russian(line: dict[str, Any]) -> str:
    """Whether a line is of Russian origin, in part too: yes, no, or unknown."""
    origin = line.get("origin") or []
    if any(o["country"] == "RU" and o.get("share_pct") != 0 for o in origin):
        return "yes"
    whole = 100 if len(origin) == 1 and "share_pct" not in origin[0] else sum(o.get("share_pct") or 0 for o in origin)
    return "no" if whole >= 100 else "unknown"


def _caps(law: Law, code: str, day: date) -> dict[str, Record]:
    """The cap of each product that a code may be, on a day."""
    wanted = {"2709": ["crude"], "2710": ["product_premium", "product_discount"]}.get(code[:4], [])
    held = {product: law.of("cap", day, product=product) for product in wanted}
    return {product: max(rows, key=lambda r: r["applies_from"]) for product, rows in held.items() if rows}


def _line(law: Law, journey: Journey, line: dict[str, Any], day: date, lines_of: list[dict[str, Any]]) -> str | None:
    """The verdict on a line; "kept" when a cap is kept to, None when there is none."""
    caps = _caps(law, line["hs"], day)
    if not caps:
        return None
    contract = journey.last("contract") or {}
    price = contract.get("price")
    if russian(line) == "unknown" or not price or price.get("currency") != _OUR_CURRENCY:
        return "INSUFFICIENT_DATA"
    per_t = law.policy("oil_bbl_per_t", day)["crude" if line["hs"].startswith("2709") else "product"]
    amount = price["amount"]
    if price["per"] == "t":
        amount /= per_t
    elif price["per"] == "total":
        if any(g.get("net_kg") is None for g in lines_of):
            return "INSUFFICIENT_DATA"
        amount /= sum(g["net_kg"] for g in lines_of) / 1000 * per_t
    told = {_against(law, contract, product, amount, cap, day, line["hs"]) for product, cap in caps.items()}
    return told.pop() if len(told) == 1 else "INSUFFICIENT_DATA"


def _against(law: Law, contract: dict[str, Any], product: str, amount: float, cap: Record, day: date, code: str) -> str:
    if amount <= cap["usd_per_bbl"]:
        return "kept"
    before, grace = cap.get("contract_before") or cap["applies_from"], cap.get("contract_grace_until")
    if not before or not grace or day > date.fromisoformat(grace):
        return "BREACH"
    if not contract.get("date"):
        return "INSUFFICIENT_DATA"
    if contract["date"] >= before:
        return "BREACH"
    then = _caps(law, code, date.fromisoformat(contract["date"])).get(product)
    return "BREACH" if then is not None and amount > then["usd_per_bbl"] else "kept"
