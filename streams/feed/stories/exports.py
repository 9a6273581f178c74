"""Exports that are banned or bound to a duty: machine tools and radio gear to Kyrgyzstan, high priority goods to anywhere."""

from __future__ import annotations

from streams.feed import cast
from streams.feed.journeys import EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless, high_priority
from streams.feed.story import JsonEvent, Story

_KG_BAN = "2026-04-24"
_MACHINES: tuple[JsonEvent, ...] = (
    {"hs": "84581120", "dual_use": "", "description": "Turning centres, numerically controlled"},
    {"hs": "84603100", "dual_use": "", "description": "Tool grinding machines, numerically controlled"},
    {"hs": "85256000", "dual_use": "", "description": "Radio transceivers"},
)


def _machine(s: Story) -> JsonEvent:
    return dict(s.rng.choice(_MACHINES))


def _to_kyrgyzstan(s: Story, line: JsonEvent) -> EuGoods:
    return EuGoods(s, "MIDDLE", line, buyer="KG", end="KGFRU")


def _through(run: EuGoods) -> None:
    run.leave()
    run.travel()
    run.deliver()


@story(share=2, first="2026-03-01")
def export_kg_machines(s: Story) -> None:
    """Machine tools or radio gear to Kyrgyzstan about the day from which some of them are banned; some are called off."""
    run = _to_kyrgyzstan(s, _machine(s))
    run.book()
    if s.rng.random() < 0.15:
        s.wait(30)
        s.tell("CANCELLED", source="operator-17")
        return
    _through(run)


@story(share=2, first="2026-03-20", last="2026-04-20")
def export_kg_midnight(s: Story) -> None:
    """Declared for export to Kyrgyzstan in the night to 24 April 2026: the day begins at midnight in Brussels."""
    run = _to_kyrgyzstan(s, _machine(s))
    run.book()
    s.go_to(*s.rng.choice((("2026-04-23", "23:40:00"), ("2026-04-24", "00:10:00"))), "BE")
    s.tell("DECLARED", run.start, customs={"mrn": cast.mrn(s.rng, "DE", 2026, "A"), "procedure": "EX"})
    s.wait(9)
    s.tell("DEPARTED", run.start, transport=run.lorry)
    run.travel()


@story(share=1.5, first="2026-03-20", last="2026-04-20")
def export_kg_waiting(s: Story) -> None:
    """Machines for Kyrgyzstan are booked before the ban and still wait when it begins, at midnight in Brussels."""
    _to_kyrgyzstan(s, _machine(s)).book()
    s.go_to(*s.rng.choice((("2026-04-23", "23:30:00"), ("2026-04-24", "00:30:00"))), "BE")
    s.now = s.at


@story(share=1.5, first="2026-02-01")
def export_kg_harmless(s: Story) -> None:
    """Harmless goods to Kyrgyzstan, or goods without a code."""
    line = s.rng.choice((harmless(s), {"description": "Equipment as per contract"}))
    _through(_booked(_to_kyrgyzstan(s, line)))


def _booked(run: EuGoods) -> EuGoods:
    run.book()
    return run


@story(share=1.5, first="2026-03-01")
def export_kg_end_use(s: Story) -> None:
    """Machines to Kazakhstan for an end user, or for use, in Kyrgyzstan; nobody says where to, or from where."""
    run = EuGoods(s, "MIDDLE", _machine(s))
    user = cast.in_role("END_USER", cast.firm(s.rng, "KG"))
    run.book(**s.rng.choice((
        {"parties": [*run.parties(), user]}, {"end_use_country": "KG"},
        {"parties": [user, cast.in_role("SELLER", cast.firm(s.rng, "CN"))], "destination_country": None, "export_country": None},
        {"parties": [user, cast.in_role("SELLER", cast.firm(s.rng, "CN"))], "export_country": "CN"},
    )))  # fmt: skip
    if s.rng.random() < 0.6:
        _through(run)


@story(share=2, first="2026-03-01", last="2026-04-20")
def export_kg_turned(s: Story) -> None:
    """Machines for Kazakhstan are turned to Kyrgyzstan on the way, before or after the ban; or that was a mistake."""
    run = EuGoods(s, "MIDDLE", _machine(s))
    run.book()
    run.leave()
    s.go_to(s.rng.choice(("2026-04-23", "2026-04-24", "2026-05-20")), "13:00:00", "BE")
    told = s.tell("ROUTE_CHANGED", source="operator-17", destination_country="KG")
    if s.rng.random() < 0.3:
        s.retract(told, 30)
    s.wait(60)
    s.tell("ARRIVED", "KZAAU", transport=run.lorry)


def _priority(s: Story, end: str = "KZALA") -> EuGoods:
    return EuGoods(s, "MIDDLE", high_priority(s), buyer=end[:2], end=end)


_DD: JsonEvent = {"type": "DUE_DILIGENCE", "number": "DD-1", "scope": "end use and end user checked"}


@story(share=3)
def export_clause(s: Story) -> None:
    """High priority goods under a contract, old or new, without a clause against re-export to Russia, or of which nobody says."""
    run = _priority(s, s.rng.choice(("KZALA", "KZALA", "TRISK", "MACAS", "NOOSL")))
    terms: tuple[JsonEvent, ...] = (
        {"no_russia_clause": False}, {"no_russia_clause": None}, {"no_russia_clause": False, "date": None},
        {"no_russia_clause": False, "date": "2023-11-20"}, {"no_russia_clause": None, "date": "2023-12-19"},
    )  # fmt: skip
    contract = run.contract(**s.rng.choice(terms)) if s.rng.random() < 0.85 else None
    run.book(contract=contract, **({"destination_country": None} if s.rng.random() < 0.15 else {}))
    _through(run)


@story(share=2, first="2024-11-25", last="2024-12-17")
def export_clause_old_contract(s: Story) -> None:
    """An old contract without the clause, carried out about the night to 21 December 2024, when its time runs out."""
    run = _priority(s)
    run.book(contract=run.contract(date="2023-10-02", no_russia_clause=s.rng.choice((False, None))), documents=[_DD])
    run.leave()
    s.go_to(*s.rng.choice((("2024-12-20", "23:30:00"), ("2024-12-21", "00:20:00"))), "BE")
    s.tell("POSITION", "GEPTI", transport={"mode": "RAIL"})


@story(share=2)
def export_clause_corrected(s: Story) -> None:
    """A contract without the clause was stated by mistake; the corrected booking has it, or is cancelled."""
    run = _priority(s)
    told = run.book(contract=run.contract(no_russia_clause=False), documents=[_DD])
    if s.rng.random() < 0.5:
        s.replace(told, 5, contract=run.contract())
        _through(run)
    elif s.rng.random() < 0.5:
        s.wait(20)
        s.tell("CANCELLED", source="operator-17")


@story(share=2, first="2024-12-01", last="2024-12-24")
def export_diligence_midnight(s: Story) -> None:
    """High priority goods booked about the night to 26 December 2024; an assessment is stated, has run out, or is not."""
    run = _priority(s, s.rng.choice(("KZALA", "MACAS", "NOOSL")))
    s.go_to(*s.rng.choice((("2024-12-25", "23:50:00"), ("2024-12-26", "00:05:00"))), "BE")
    old, held = {**_DD, "valid_until": "2024-11-30"}, {**_DD, "valid_until": "2025-11-30"}
    run.book(documents=[s.rng.choice((_DD, old, held))] if s.rng.random() < 0.6 else None)
    _through(run)


@story(share=2)
def export_goods_unclear(s: Story) -> None:
    """The goods have a code too short to tell, no code, or are not stated."""
    line = s.rng.choice(({"hs": "848", "dual_use": ""}, {"description": "Spare parts"}))
    run = EuGoods(s, "MIDDLE", {"description": "Bearings", **line})
    more = {"goods": None} if s.rng.random() < 0.3 else {}
    run.book(contract=run.contract(no_russia_clause=s.rng.choice((True, False, None))), **more)
    _through(run)


@story(share=2)
def export_priority_from_elsewhere(s: Story) -> None:
    """High priority goods from China, or from nobody knows where, to a country that is watched or not."""
    buyer = s.rng.choice(("KZ", "AE", "MA"))
    parties = [cast.in_role("SELLER", cast.firm(s.rng, "CN")), cast.in_role("CONSIGNEE", cast.firm(s.rng, buyer))]
    s.tell(
        "BOOKED", source="operator-17", parties=parties, goods=[{"line": 1, "net_kg": 4_200, **high_priority(s)}],
        export_country=s.rng.choice(("CN", "CN", None)), destination_country=s.rng.choice((buyer, None)),
    )  # fmt: skip
    s.wait(50)
    s.tell("DEPARTED", s.rng.choice(("CNHUP", "CNHUP", "DEHAM")), transport={"mode": "RAIL"})
    s.wait(90)
    s.tell("ARRIVED", "KZAAU", transport={"mode": "RAIL"})
