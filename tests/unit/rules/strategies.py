"""Random but realistic events and laws for the property tests of the decision core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, settings, strategies as st

from streams.model.events import (
    Contract,
    Customs,
    Document,
    Event,
    Goods,
    Holder,
    Leg,
    Origin,
    Party,
    Place,
    Seal,
    Transport,
    Weight,
)  # fmt: skip
from streams.model.moments import DAY_MS, HOUR_MS, iso_day, parse_day, parse_time
from streams.model.reference import (
    AnyRecord,
    GoodsEntry,
    ListedName,
    ListedParty,
    ListedPlace,
    ListState,
    Owned,
    Ownership,
    Policy,
)  # fmt: skip
from streams.reference.bundled import bundled_records

QUICK = settings(
    max_examples=150, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
"""What every property test here runs with: enough to find, quick enough for every commit; shrinking takes minutes."""
START = parse_time("2026-07-10T00:00:00+00:00")
"""Two weeks before ports and a party are listed in the records below and in the bundled ones."""
LISTING = parse_day("2026-07-24")
MRN = "21DE27364916384836"
BAD_MRN = "21DE27364916384835"
FIRM = {"bin": "940140000385"}
BRANCH = {"bin": "050140000656"}

PLACES = (
    None, Place("RUULU", country="RU"), Place("RUVYS"), Place("KZEKB", country="KZ"), Place("LTMDK", country="LT"),
    Place("BYMSQ", country="BY"), Place("NLRTM", country="NL"), Place(name="Primorsk", country="RU"),
    Place(name="Karimun Oil Terminal", country="ID"), Place(latitude=59.69, longitude=28.41, country="RU"),
    Place(country="RU"), Place("RU?"), Place(name="Laguna Park", country="RU"), Place("KZALA", country="KZ"), Place(iata="SVO"), Place(name="Kulevi", country="GE"), Place("AEJEA"), Place("RUMOW"),
)  # fmt: skip
TRANSPORTS = (
    None, Transport("RAIL", wagons=("64782352",)), Transport("SEA", vessel_imo="9319466", vessel_flag="MT"),
    Transport("SEA", vessel_flag="LR"), Transport("ROAD"), Transport("INLAND_WATERWAY"),
    Transport("SEA", vessel_imo="8814275", vessel_name="Sea Lark"), Transport("SEA", vessel_name="Grey Petrel"),
    Transport("SEA", vessel_imo="8814274", vessel_name="Grey Petrel", vessel_flag="GA"),
    Transport("SEA", vessel_imo="1000007", vessel_flag="PW"), Transport("SEA", vessel_imo="9319466", vessel_flag="GA"),
)  # fmt: skip
GOODS = (
    (Goods(1, "270112", origin=(Origin("KZ"),), net_kg=60000.0),),
    (Goods(1, "270112", origin=(Origin("KZ", 90.0), Origin("RU", 10.0))),),
    (Goods(1, "270112"),), (Goods(1, "854231", "3A001"),), (Goods(1, "880730", ""), Goods(2, "100199")),
    (Goods(1, None, None, "parts"),), (Goods(1, "848210"),), (Goods(1, "854140"),),
    (Goods(1, "270900", origin=(Origin("RU"),)),),
)  # fmt: skip
PARTIES = (
    Party("CONSIGNOR", "TOO Ekibastuz Komir", "KZ", identifiers=FIRM), Party("OWNER", "TOO Ekibastuz Komir", "KZ"),
    Party("OWNER", "OOO Kuzbass Treyd", "RU"), Party("CONSIGNEE", "Rotterdam Coal B.V.", "NL"),
    Party("BUYER", "TOO Ulgi Kenish Holding", "KZ"), Party("CONSIGNEE", "TOO Zhana Otin", "KZ", identifiers=BRANCH),
    Party("CARRIER", "Aegean Handy Bulk SA", "GR"), Party("INSURER", "AO SK Kokzhiek", "KZ"),
    Party("CARRIER", "TOO Saryarka Zhol", "KZ"), Party("SELLER", "Zarya Finans", "RU"),
    Party("OWNER", "TOO Arka Komir", "KZ", owners=(Holder("Makar Innokentyevich Dolgorukikh", "RU", share_pct=50.0),)),
    Party("OWNER", "TOO Arka Komir", "KZ", owners=(Holder("Aigul Sembina", "KZ", share_pct=100.0, control=True),)),
    Party("BANK", "Makar Innokentevich Dolgorukih", "RU"), Party("NOTIFY_PARTY"), Party("BANK"),
    Party("BANK", "Kedr Zaural Bank", "KG"), Party("BANK", "AO Saryarka Kommertsbank", "KZ"),
    Party("CONSIGNEE", "OOO Vymysel", "RU", "Laguna Park, Kazan"), Party("CONSIGNEE", "OOO Vymysel", "RU"),
    Party("CONSIGNEE", "OOO Obrazets", None, "Alabuga, Sh-2 4"),
    Party("END_USER", "TOO Kvarts Metrologiya", "KZ"), Party("FORWARDER", "NPO Obrazets Optika Primer AO", "RU"),
    Party("BUYER", "TOO Zhas Sauda", "KZ", "Abay 3, a@zhas.ru", identifiers={"bin": "260340000002"}),
    Party("FORWARDER", "Rotterdam Coal B.V.", "NL"), Party("GUARANTOR", "Kedr Zaural Bank", "KG"),
    Party("CONSIGNEE", "Kedr Zaural Bank", "KG"), Party("CONSIGNEE", "TOO Tamas Dala", "KZ", "Dostyk Ave 12, Almaty"),
    Party("CONSIGNEE", "OsOO Tien Shan Snab", "KG", "ul. Zavodskaya 5, Tomsk"),
)  # fmt: skip
ROUTES = (
    (), (Leg("LT", "LTMDK", "ROAD"), Leg("BY", "BYMSQ", "ROAD"), Leg("KZ", "KZALA", "ROAD")),
    (Leg("RU", "RUULU", "SEA"),), (Leg("PL", None, "RAIL"),),
)  # fmt: skip
DOCUMENTS = (
    (), (Document("DEROGATION", "D-1"),), (Document("AUTHORISATION", "A-1", scope="transfer of shares"),),
    (Document("AUTHORISATION", "A-2", valid_until=LISTING, scope="transit through Belarus"),),
    (Document("DUE_DILIGENCE", "DD-1", valid_until=LISTING - 1),),
)  # fmt: skip
CONTRACTS = (
    Contract("C-1"), Contract("C-2", no_russia_clause=True), Contract("C-3", LISTING - 40, no_russia_clause=False),
    Contract("C-4", LISTING - 90, no_russia_clause=False), Contract("C-5", no_russia_clause=False), Contract("C-6", LISTING - 90),
)  # fmt: skip
WEIGHTS = (
    Weight(1.0), Weight(60000.0), Weight(59000.0, 60500.0), Weight(gross_kg=61000.0), Weight(58000.0, method="DECLARED"), Weight(),
)  # fmt: skip
SEALS = (
    (Seal("LT 1", "MECHANICAL", "AFFIXED"),), (Seal("LT-1", None, "INTACT"),), (Seal("LT1"),), (Seal("LT 2", "MECHANICAL", "INTACT"),),
    (Seal("LT 1", None, "REMOVED"), Seal("LT 2", None, "AFFIXED")), (Seal("LT 1", None, "BROKEN"),), (Seal(None, None, "INTACT"),),
    (Seal("NP 1", "NAVIGATION", "SILENT"),), (Seal("NP 1", "NAVIGATION"), Seal("NP 2", "NAVIGATION")),
)  # fmt: skip
CUSTOMS = (
    None, Customs(MRN, "T1", limit_date=LISTING), Customs(MRN, "EX"), Customs(BAD_MRN), Customs(procedure="T1"),
    Customs(limit_date=LISTING + 10),
)  # fmt: skip
MOVES = (
    "LOADED",
    "DEPARTED",
    "ARRIVED",
    "BORDER_CROSSED",
    "POSITION",
    "WEIGHED",
    "SEAL_CHECKED",
    "UNLOADED",
    "STORED",
    "SEALED",
)
TYPES = (
    *MOVES, "BOOKED", "BOOKED", "OWNERSHIP_TRANSFERRED", "PROCESSED", "ROUTE_CHANGED", "PARTIES_CHANGED", "DELIVERED",
    "CANCELLED", "DECLARED", "RELEASED_FOR_TRANSIT", "ARRIVED_AT_DESTINATION", "DISCHARGED", "ENQUIRY_OPENED",
    "EXPORT_CONFIRMED", "INVALIDATED", "CONTROLLED", "STS_TRANSFER", "TRANSSHIPPED", "RETRACTED", "POSITION_GAP",
)  # fmt: skip
_COUNTRIES = st.sampled_from((None, None, "KZ", "NL", "DE", "RU", "KG"))
_HOURS = st.integers(0, 40 * 24)


@dataclass(frozen=True)
class Journey:
    """A consignment's events in the order in which they were drawn."""

    events: tuple[Event, ...]


def _rarely(values: tuple[Any, ...], nothing: Any) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(nothing), st.just(nothing), st.sampled_from(values))


def _silence(at: int) -> st.SearchStrategy[int | None]:
    """When a silence that began at a time ended: soon, late, or not yet."""
    return st.sampled_from((None, None, at + 3 * HOUR_MS, at + 12 * HOUR_MS, at + 70 * HOUR_MS))


@st.composite
def events(draw: st.DrawFn, number: int, consignment: str, types: tuple[str, ...] = TYPES) -> Event:
    kind = draw(st.sampled_from(types))
    at = START + draw(_HOURS) * HOUR_MS
    known = at + draw(st.sampled_from((0, 60_000, HOUR_MS, 30 * DAY_MS)))
    other = f"e{draw(st.integers(0, 9))}"
    replaces = other if draw(st.integers(0, 9)) == 0 else None
    states = kind in {"BOOKED", "DECLARED", "PARTIES_CHANGED", "OWNERSHIP_TRANSFERRED", "PROCESSED"}
    some = st.sampled_from if states else lambda values: _rarely(values, values[0] if values[0] in (None, ()) else ())
    return Event(
        event_id=f"e{number}",
        source=draw(st.sampled_from(("a", "a", "b"))),
        type=kind,  # type: ignore[arg-type]
        consignment_id=consignment,
        occurred_at=at,
        recorded_at=known,
        classifier=draw(st.sampled_from(("ACTUAL", "ACTUAL", "ACTUAL", "ACTUAL", "PLANNED", "ESTIMATED"))),
        replaces=replaces if kind != "RETRACTED" else None,
        retracts=other if kind == "RETRACTED" else None,
        place=draw(st.sampled_from(PLACES)),
        transport=draw(st.sampled_from(TRANSPORTS)),
        parties=tuple(draw(st.lists(st.sampled_from(PARTIES), max_size=5 if states else 1))),
        goods=draw(_rarely(GOODS, ()) if not states else st.sampled_from(((), *GOODS))),
        route=draw(some(ROUTES)),
        documents=draw(_rarely(DOCUMENTS, ())),
        export_country=draw(_COUNTRIES) if states else None,
        destination_country=draw(_COUNTRIES) if states else None,
        end_use_country=draw(_rarely(("KG", "KZ"), None)) if states else None,
        contract=draw(st.sampled_from(CONTRACTS)) if kind == "BOOKED" else None,
        port_use=draw(_rarely(("SALE", "STORAGE", "TRANSIT"), None)),
        customs=draw(st.sampled_from(CUSTOMS)) if kind not in MOVES else None,
        weight=draw(st.sampled_from(WEIGHTS)) if kind == "WEIGHED" else None,
        seals=draw(st.sampled_from(SEALS)) if kind in ("SEALED", "SEAL_CHECKED") else (),
        gap_until=draw(_silence(at)) if kind == "POSITION_GAP" else None,
    )


@st.composite
def journeys(draw: st.DrawFn, consignment: str = "C-1", most: int = 9) -> Journey:
    """Up to ``most`` events of one consignment; some contradict each other under one id."""
    size = draw(st.integers(1, most))
    ids = [draw(st.integers(0, 9)) if draw(st.integers(0, 7)) == 0 else n for n in range(size)]
    return Journey(tuple(draw(events(n, consignment)) for n in ids))


@st.composite
def plain_journeys(draw: st.DrawFn, consignment: str = "C-1") -> Journey:
    """A booking and then mostly moves in order of time: what the short cut for neutral events is for."""
    booked = draw(events(0, consignment, ("BOOKED",)))
    first = Event(**{**_fields(booked), "occurred_at": START, "recorded_at": START, "replaces": None})
    moves = [draw(events(n, consignment, (*MOVES, "CONTROLLED"))) for n in range(1, draw(st.integers(2, 9)))]
    plain = []
    for n, move in enumerate(sorted(moves, key=lambda e: e.order), 1):
        quiet = {"parties": (), "goods": (), "route": (), "documents": (), "replaces": None, "port_use": None}
        keep = draw(st.integers(0, 5)) == 0
        change = {"event_id": f"e{n}"} if keep else {"event_id": f"e{n}", "classifier": "ACTUAL", **quiet}
        plain.append(Event(**{**_fields(move), **change}))
    return Journey((first, *plain))


SHIPS = tuple(t for t in TRANSPORTS if t is not None and (t.vessel_imo or t.vessel_name))
_PORTS = (
    Place("KZAAU"), Place("AZBAK"), Place("NLRTM"), Place("TRISK"), Place("AEJEA"), Place("RUTAM"), None, Place(latitude=60.63, longitude=28.0),
    Place(latitude=36.4, longitude=22.9), Place(latitude=44.3, longitude=37.3, country="RU"),
)  # fmt: skip
_AT_SEA = (
    "LOADED", "DEPARTED", "POSITION", "POSITION", "POSITION", "ARRIVED", "UNLOADED", "STS_TRANSFER", "POSITION_GAP", "POSITION_GAP",
)  # fmt: skip
ABROAD = (
    Party("SELLER", "TOO Nauryz Dala", "KZ"), Party("BUYER", "Xezri Erzaq MMC", "AZ"), Party("INSURER", "Kokzhiek", "KZ"),
    Party("CARRIER", "Abseron Feribot MMC", "AZ"),
)  # fmt: skip
_WITH = (
    Party("BANK", "Kedr Zaural Bank", "KG"), Party("BANK", "AO Saryarka Kommertsbank", "KZ"), Party("BANK"),
    Party("END_USER", "TOO Kvarts Metrologiya", "KZ"), Party("CONSIGNEE", "Rotterdam Coal B.V.", "NL"),
)  # fmt: skip


@st.composite
def voyages(draw: st.DrawFn, consignment: str = "C-1") -> Journey:
    """Goods of no list by sea, where nothing matters but ship, bank, end user, and who of the EU is in it."""
    parties = (*draw(st.sampled_from((ABROAD, ABROAD[:3]))), *draw(st.lists(st.sampled_from(_WITH), max_size=2)))
    start = START + draw(st.integers(0, 12 * 24)) * HOUR_MS
    oil = (Goods(1, "270900", origin=draw(st.sampled_from(((Origin("RU"),), (Origin("KZ"),), ())))),)
    goods = draw(st.sampled_from(((Goods(1, "080810", ""),), (Goods(1, "270112"),), oil)))
    booking = draw(st.sampled_from((None, None, *SHIPS)))
    told = [Event("e0", "a", "BOOKED", consignment, start, start, parties=parties, goods=goods, transport=booking)]
    transport: Transport | None = None
    for n in range(1, draw(st.integers(2, 7))):
        start += draw(st.integers(4, 140)) * HOUR_MS
        kind: Any = draw(st.sampled_from(_AT_SEA))
        transport = draw(st.sampled_from((transport, transport, None, Transport("RAIL"), *SHIPS)))
        told.append(
            Event(
                f"e{n}",
                "a",
                kind,
                consignment,
                start,
                start,
                place=draw(st.sampled_from(_PORTS)),
                transport=transport,
                gap_until=draw(_silence(start)) if kind == "POSITION_GAP" else None,
            )
        )
    return Journey(tuple(told))


_ON_THE_WAY = (
    "LOADED",
    "DEPARTED",
    "BORDER_CROSSED",
    "WEIGHED",
    "SEALED",
    "SEAL_CHECKED",
    "SEAL_CHECKED",
    "CONTROLLED",
)
_STATIONS = (Place("RUCEK"), Place("KZPPK"), Place("AZBAK"), Place("AZBAK"), None)
_TONNES = (
    (Goods(1, "080810", origin=(Origin("KZ"),), net_kg=60000.0, gross_kg=61000.0),), (Goods(1, "080810", net_kg=60000.0, packages=40),),
    (Goods(1, "080810", origin=(Origin("KZ"), Origin("RU")), gross_kg=60000.0),), (Goods(1, "080810", origin=(Origin("KZ"),)),),
    (Goods(1, "080810", net_kg=40000.0), Goods(2, "071340", net_kg=20000.0)),
)  # fmt: skip
_CERTIFICATES = (
    (), (Document("CERTIFICATE_OF_ORIGIN", "CT-1", quantity_kg=60000.0),), (Document("QUALITY", quantity_kg=59500.0),),
    (Document("CERTIFICATE_OF_ORIGIN", "CT-1", quantity_kg=40000.0),),
)  # fmt: skip


@st.composite
def carriages(draw: st.DrawFn, consignment: str = "C-1") -> Journey:
    """Goods of no list by land, weighed and sealed: nothing matters but masses, certificates, seals and where they are loaded."""
    start = START
    parties = (Party("CONSIGNOR", "TOO Nauryz Dala", "KZ"), Party("CONSIGNEE", "Xezri Erzaq MMC", "AZ"))
    goods, papers = draw(st.sampled_from(_TONNES)), draw(st.sampled_from(_CERTIFICATES))
    told = [Event("e0", "a", "BOOKED", consignment, start, start, parties=parties, goods=goods, documents=papers)]
    for n in range(1, draw(st.integers(2, 8))):
        start += draw(st.sampled_from((0, 1, 3, 30))) * HOUR_MS
        kind: Any = draw(st.sampled_from(_ON_THE_WAY))
        known = start + draw(st.sampled_from((0, 60_000)))
        transport = draw(st.sampled_from((None, Transport("RAIL"), Transport("SEA"), Transport("RAIL", wagons=("64782352",)),
                                          Transport("RAIL", wagons=("64782352", "52988128")))))  # fmt: skip
        goods = draw(_rarely(_TONNES, ()))
        told.append(
            Event(
                f"e{n}",
                "a",
                kind,
                consignment,
                start,
                known,
                place=draw(st.sampled_from(_STATIONS)),
                transport=transport,
                goods=goods,
                weight=draw(st.sampled_from(WEIGHTS)) if kind == "WEIGHED" else None,
                seals=draw(st.sampled_from(SEALS)) if "SEAL" in kind else draw(_rarely(SEALS, ())),
            )
        )
    return Journey(tuple(told))


_AFLOAT = (
    Transport("SEA", vessel_imo="9319466"), Transport("SEA", vessel_imo="9319466", vessel_flag="GA"),
    Transport("SEA", vessel_imo="9319466", vessel_flag="PW"), Transport("SEA", vessel_imo="8814275", vessel_flag="PW"), None,
)  # fmt: skip
_SEAS = (
    Place(latitude=60.63, longitude=28.0), Place(latitude=44.3, longitude=37.3), Place(latitude=36.4, longitude=22.9),
    Place(latitude=35.8, longitude=14.6, country="MT"), None,
)  # fmt: skip


@st.composite
def cruises(draw: st.DrawFn, consignment: str = "C-1") -> Journey:
    """Signals of a ship near listed ports, near the Union and far from both: where R18 alone has something to say."""
    parties = draw(st.sampled_from((ABROAD, ABROAD[:3], (*ABROAD, _WITH[-1]))))
    oil = (Goods(1, "270900", origin=draw(st.sampled_from(((Origin("RU"),), (Origin("KZ"),), ())))),)
    goods = draw(st.sampled_from(((Goods(1, "270112"),), (Goods(1, "270112"),), oil)))
    start = START + draw(st.integers(0, 14 * 24)) * HOUR_MS
    told = [Event("e0", "a", "BOOKED", consignment, start, start, parties=parties, goods=goods, transport=_AFLOAT[0])]
    for n in range(1, draw(st.integers(2, 8))):
        start += draw(st.sampled_from((1, 2, 5, 11, 12, 30))) * HOUR_MS
        kind: Any = draw(st.sampled_from(("POSITION", "POSITION", "POSITION_GAP", "POSITION_GAP", "STS_TRANSFER")))
        until = draw(_silence(start)) if kind == "POSITION_GAP" else None
        place, ship = draw(st.sampled_from(_SEAS)), draw(st.sampled_from(_AFLOAT))
        told.append(Event(f"e{n}", "a", kind, consignment, start, start, place=place, transport=ship, gap_until=until))
    return Journey(tuple(told))


def _fields(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


def party(ident: str, name: str, **fields: Any) -> ListedParty:
    fields.setdefault("measures", ("FREEZE",))
    fields.setdefault("list", "TEST")
    return ListedParty(id=ident, names=(ListedName(name),), **fields)


EXTRA: tuple[AnyRecord, ...] = (
    party("T-ZARYA", "OOO Zarya Finans", countries=("RU",), applies_from=LISTING, addresses=("ul. Zavodskaya 5, Tomsk",)),
    party("T-MAKAR", "Makar Innokentyevich Dolgorukikh", schema="Person", countries=("RU",), applies_from=LISTING - 7),
    party("T-OTIN", "TOO Zhana Otin", countries=("KZ",), identifiers=dict(FIRM), applies_from=LISTING,
          applies_until=LISTING + 9),
    party("T-KEDR", "Kedr Zaural Bank", countries=("KG",), measures=("TRANSACTION_BAN",), applies_from=LISTING,
          applies_until=LISTING + 12),
    party("T-KVARTS", "TOO Kvarts Metrologiya", countries=("KZ",), measures=("ANNEX_IV",), applies_from=LISTING - 3),
    party("T-PETREL", "Grey Petrel", schema="Vessel", measures=("VESSEL_BAN",), identifiers={"imo": "8814275"},
          applies_from=LISTING, applies_until=LISTING + 15),
    Ownership(id="T-OWN", owner_id="T-ZARYA", owned=Owned(name="TOO Saryarka Zhol", country="KZ"), share_pct=70.0,
              applies_until=LISTING + 3),
    GoodsEntry(id="T-KG", list="EXPORT_KG", hs="848210", applies_from=LISTING - 2),
    GoodsEntry(id="T-NRC", list="NO_RUSSIA_CLAUSE", hs="270112", applies_from=LISTING - 4, applies_until=LISTING + 8),
    GoodsEntry(id="T-CHP", list="CHP", hs="270112", tier="2", applies_from=LISTING + 3),
    ListedPlace(id="T-ZONE", annex="LII-B", name="Laguna Park", country="RU", applies_from=LISTING,
                applies_until=LISTING + 6),
    Policy(id="policy:no_russia_clause", key="no_russia_clause", value={
        "from": iso_day(LISTING - 5), "contract_after": iso_day(LISTING - 60), "running_after": iso_day(LISTING + 2),
    }),
    ListState(id="TEST", list="TEST", measures=("FREEZE",), fetched_at=START + 20 * DAY_MS, records=3),
    ListState(id="BANKS", list="BANKS", measures=("TRANSACTION_BAN",), fetched_at=START + 22 * DAY_MS, records=1),
    ListState(id="SHIPS", list="SHIPS", measures=("VESSEL_BAN", "ANNEX_IV"), fetched_at=START + 24 * DAY_MS, records=2),
)  # fmt: skip


def records() -> list[AnyRecord]:
    """The bundled records and those above."""
    return [*bundled_records(), *EXTRA]
