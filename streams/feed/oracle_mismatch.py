"""The oracle on R22: the flags of documents, masses and seals that do not agree (3.1(4), 6(32), domain 4.3)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from streams.feed.numbers import sound
from streams.feed.oracle_facts import Event, Journey, country_of, law_day, moment, same_place
from streams.feed.oracle_law import Law, codes_of

Line = dict[str, Any]
_CUSTOMS = ("DECLARED", "RELEASED_FOR_TRANSIT", "ARRIVED_AT_DESTINATION", "CONTROLLED")
_OTHER_GOODS = ("PROCESSED", "SPLIT", "MERGED")


def judge_mismatch(law: Law, journey: Journey) -> dict[str, int]:
    """The weight of each flag that is raised, by F-id."""
    flags = {
        "F04": _seals(law, journey), "F08": _late_change(journey), "F09": _codes(law, journey), "F10": _weighed(law, journey),
        "F11": _coal_price(law, journey), "F20": _loaded(law, journey), "F21": _more_than_certified(law, journey),
    }  # fmt: skip
    weights = law.policy("flag_weights", law_day(moment(journey.actual[0])))
    return {flag: max(weights[flag], answer) for flag, answer in flags.items() if answer}


def _clean(number: str | None) -> str:
    return "".join(c for c in (number or "").upper() if c.isalnum())


def _explained(law: Law, journey: Journey, event: Event) -> bool:
    span = timedelta(hours=law.policy("seal_removal_hours", law_day(moment(event))))
    return any(
        same_place(other, event) and timedelta(0) <= moment(event) - moment(other) <= span
        for other in journey.actual
        if other["type"] in ("CONTROLLED", "DELIVERED")
    )


def _seals(law: Law, journey: Journey) -> int:
    """1 when a seal is broken, missing, taken off, replaced, or silent in Russia or Belarus."""
    told: list[tuple[str, str | None, Event]] = []
    for index, event in enumerate(journey.actual):
        seals = event.get("seals") or []
        for seal in seals:
            status, number = seal.get("status"), _clean(seal.get("number"))
            if status in ("BROKEN", "MISSING"):
                return 1
            if status == "SILENT":
                if _whereabouts(journey, index) & {"RU", "BY"}:
                    return 1
            elif not _explained(law, journey, event):
                if status == "REMOVED":
                    return 1
                if number and number not in [n for n, _, _ in told] and _stands_for_another(told, seal, event):
                    return 1
        told += [(_clean(s["number"]), s.get("kind"), event) for s in seals if s.get("number")]
    return 0


def _stands_for_another(told: list[tuple[str, str | None, Event]], seal: dict[str, Any], event: Event) -> bool:
    at_the_start = seal.get("status") == "AFFIXED" and all(same_place(event, other) for _, _, other in told)

    def boxes(of: Event) -> set[str]:
        transport = of.get("transport") or {}
        return {*transport.get("wagons", ()), *transport.get("containers", ())}

    def may_be_same(other: Event) -> bool:
        return not boxes(other) or not boxes(event) or bool(boxes(other) & boxes(event))

    kinds = {seal.get("kind"), None}
    return not at_the_start and any(
        (None in (k, seal.get("kind")) or k in kinds) and may_be_same(o) for _, k, o in told
    )


def _whereabouts(journey: Journey, index: int) -> set[str]:
    """The country of the place, else where the goods were last and the leg that follows."""
    here = country_of(journey.actual[index].get("place"))
    if here:
        return {here}
    before = [country_of(e.get("place")) for e in journey.actual[:index] if e["type"] not in (*_CUSTOMS[:2], "BOOKED")]
    shown = [c for c in before if c]
    legs = [country_of(leg) for e in journey.actual[: index + 1] if e.get("route") for leg in e["route"]]
    if not shown:
        return {c for c in legs if c}
    following = [b for a, b in pairwise(legs) if a == shown[-1] and b != a and b]
    return {shown[-1], *following[:1]}


def _late_change(journey: Journey) -> int:
    """1 when consignee, notify party or destination become others after the release."""
    for kind in ("EXPORT_CONFIRMED", "RELEASED_FOR_TRANSIT"):
        release = next((n for n, e in enumerate(journey.actual) if e["type"] == kind), None)
        if release is not None:
            break
    else:
        return 0
    for index in range(release + 1, len(journey.actual)):
        for role in ("CONSIGNEE", "NOTIFY_PARTY"):
            old, new = (
                [p for p in journey.parties(n) if p["role"] == role and p.get("name")] for n in (index - 1, index)
            )
            same = [any(_one(p, q) for q in old) for p in new] + [any(_one(p, q) for q in new) for p in old]
            if old and new and not all(same):
                return 1
        stated = [e["destination_country"] for e in journey.actual[: index + 1] if e.get("destination_country")]
        if journey.actual[index].get("destination_country") and len(stated) > 1 and stated[-1] != stated[-2]:
            return 1
    return 0


def _one(party: dict[str, Any], other: dict[str, Any]) -> bool:
    ours, theirs = party.get("identifiers") or {}, other.get("identifiers") or {}
    both = [k for k in ours if k in theirs and sound(k, ours[k]) and sound(k, theirs[k])]
    if both:
        return any(ours[k] == theirs[k] for k in both)
    return bool(party["name"] == other["name"])


def _codes(law: Law, journey: Journey) -> int:
    """The weight of F09 when goods codes of two customs documents differ; 1 stands for the least."""
    papers: list[Event] = []
    answer = 0
    for event in journey.actual:
        if event["type"] in ("PROCESSED", "MERGED"):
            papers = []
        if event["type"] not in _CUSTOMS or not [g for g in event.get("goods") or [] if g.get("hs")]:
            continue
        for paper in papers:
            answer = max(answer, _differ(law, paper, event))
        papers.append(event)
    return answer


def _differ(law: Law, first: Event, second: Event) -> int:
    old, new = ([g for g in paper["goods"] if g.get("hs")] for paper in (first, second))

    def among(line: Line, others: list[Line]) -> bool:
        six = {code[:6] for other in others for code in codes_of(other["hs"])[1:] or [other["hs"]]}
        return any(code[:6] in six for code in codes_of(line["hs"])[1:] or [line["hs"]])

    lost = [g for g in old if not among(g, new)]
    found = [g for g in new if not among(g, old)]
    if not found and (not lost or len(new) < len(old)):
        return 0
    day = law_day(moment(second))
    for name in law.policy("controlled_goods_lists", day):
        if any(law.on_list(name, g, day) for g in lost) and not any(law.on_list(name, g, day) for g in found):
            return int(law.policy("f09_weight_leaves_list", day))
    return 1


def _statements(journey: Journey) -> list[tuple[int, list[Line]]]:
    """The goods as stated, each with the number of times that they had been made into others."""
    times, found = 0, []
    for event in journey.actual:
        times += event["type"] in _OTHER_GOODS
        if event.get("goods"):
            found.append((times, event["goods"]))
    return found


def _weighings(journey: Journey) -> list[tuple[int, Event]]:
    """Weighings of the whole: not a mere declaration, nor of some of the wagons named last."""
    times, found = 0, []
    train: set[str] = set()
    for event in journey.actual:
        times += event["type"] in _OTHER_GOODS
        transport = event.get("transport") or {}
        wagons = {*transport.get("wagons", ()), *transport.get("containers", ())}
        if event.get("weight"):
            if event["weight"].get("method") != "DECLARED" and not (wagons and wagons < train):
                found.append((times, event))
        else:
            train = wagons or train
    return found


def _total(lines: list[Line], field: str) -> float | None:
    masses = [g.get(field) for g in lines]
    return sum(m for m in masses if m is not None) if masses and None not in masses else None


def _tolerance(law: Law, lines: list[Line], event: Event) -> float:
    kind = "boxed" if any(g.get("packages") for g in lines) else "bulk"
    return float(law.policy(f"weight_tolerance_{kind}_pct", law_day(moment(event))))


def _weighed(law: Law, journey: Journey) -> int:
    answer = 0
    for times, event in _weighings(journey):
        for other, lines in reversed(_statements(journey)):
            pairs = [(event["weight"].get(f), _total(lines, f)) for f in ("gross_kg", "net_kg")]
            pair = next(((w, d) for w, d in pairs if w is not None and d is not None), None)
            if other != times or pair is None:
                continue
            off, tolerance = abs(pair[0] - pair[1]) * 100 / pair[1], _tolerance(law, lines, event)
            strong = int(law.policy("f10_weight_gross", law_day(moment(event))))
            answer = max(answer, 0 if off <= tolerance else 1 if off <= 2 * tolerance else strong)
            break
    return answer


def _coal_price(law: Law, journey: Journey) -> int:
    """1 when coal, as last stated with a value, is priced outside the band."""
    for times in {t for t, _ in _statements(journey)}:
        own = [lines for t, lines in _statements(journey) if t == times]
        valued = [lines for lines in own if any(g.get("value") for g in lines)]
        for line in (valued or own)[-1]:
            day = law_day(moment(journey.actual[0]))
            price, value = (journey.last("contract") or {}).get("price") or {}, line.get("value")
            if not law.on_list("COAL", line, day):
                continue
            amount = None
            if value and value["currency"] == "USD" and line.get("net_kg"):
                amount = value["amount"] * 1000 / line["net_kg"]
            elif not value and price.get("currency") == "USD" and price.get("per") == "t":
                amount = price["amount"]
            low, high = law.policy("coal_price_band_usd_per_t", day)
            if amount is not None and not low <= amount <= high:
                return 1
    return 0


def _loaded(law: Law, journey: Journey) -> int:
    """1 when goods of Kazakhstan are loaded at a station of rail or road in Russia."""
    ports = {
        code
        for r in law.of("place")
        if r.get("annex") in ("XLVII-A", "XLVII-C")
        for code in (r.get("unlocode"), *r.get("unlocodes", ()))
        if code
    }
    for index, event in enumerate(journey.actual):
        mode, place = (event.get("transport") or {}).get("mode"), event.get("place") or {}
        station = mode in ("RAIL", "ROAD") and country_of(place) == "RU" and place.get("unlocode") not in ports
        if event["type"] != "LOADED" or not station:
            continue
        times = sum(e["type"] in _OTHER_GOODS for e in journey.actual[: index + 1])
        at = [lines for t, lines in _statements(journey) if t <= times] or [s[1] for s in _statements(journey)[:1]]
        for line in at[-1] if at else ():
            origins = {o["country"] for o in line.get("origin") or [] if o.get("share_pct") != 0}
            if "KZ" in origins and "RU" not in origins:
                return 1
    return 0


def _more_than_certified(law: Law, journey: Journey) -> int:
    """1 when the goods are more than their certificates of origin or quality are for."""
    if any(e["type"] == "MERGED" for e in journey.actual):
        return 0
    for kind, field in (("CERTIFICATE_OF_ORIGIN", "origin"), ("QUALITY", "hs")):
        own = [d for d in journey.documents() if d["type"] == kind]
        papers: dict[Any, Any] = {d.get("number") or id(d): d.get("quantity_kg") for d in own}
        if not papers or None in papers.values():
            continue
        allowed = sum(papers.values())
        for lines in [s for _, s in _statements(journey)][-1:]:
            alike = (
                len({str([o["country"] for o in g["origin"]] if field == "origin" else g["hs"]) for g in lines}) == 1
            )
            mass = _total(lines, "net_kg")
            if alike and mass is not None and mass > allowed:
                return 1
            heavy = [
                w
                for _, w in _weighings(journey)
                if (w["weight"].get("net_kg") or 0) * 100 > allowed * (100 + _tolerance(law, lines, w))
            ]
            if alike and heavy:
                return 1
    return 0
