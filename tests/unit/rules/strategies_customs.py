"""Random customs transits of goods of no list."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from streams.model.events import Customs, Event, Goods, Place
from streams.model.moments import HOUR_MS
from tests.unit.rules.strategies import ABROAD, LISTING, MRN, START, Journey

_SAID = (
    "RELEASED_FOR_TRANSIT",
    "RELEASED_FOR_TRANSIT",
    "ARRIVED_AT_DESTINATION",
    "DISCHARGED",
    "ENQUIRY_OPENED",
    "BORDER_CROSSED",
)
_PROCEDURES = (
    Customs(MRN, "T1", limit_date=LISTING), Customs(MRN, "T1", limit_date=LISTING + 10), Customs(limit_date=LISTING + 3),
    Customs("21DE27364916384844", "T1", limit_date=LISTING + 4), Customs(MRN), Customs(MRN, "T1", limit_date=LISTING - 30), None,
)  # fmt: skip
_SEEN_AT = (None, None, None, Place("LTMDK", country="LT"), Place("RUMOW"), Place("BYMSQ"))


@st.composite
def transits(draw: st.DrawFn, consignment: str = "C-1") -> Journey:
    """Customs transits of goods of no list: where R21 alone has something to say."""
    goods = draw(st.sampled_from(((Goods(1, "080810"),), (Goods(1, "270112"),), (Goods(1, "848210"),))))
    told = [Event("e0", "a", "BOOKED", consignment, START, START, parties=ABROAD, goods=goods, export_country="DE")]
    at = START
    for n in range(1, draw(st.integers(2, 6))):
        at += draw(st.sampled_from((1, 30, 100, 200))) * HOUR_MS
        kind: Any = draw(st.sampled_from(_SAID))
        customs = draw(st.sampled_from(_PROCEDURES)) if kind != "BORDER_CROSSED" else None
        place = draw(st.sampled_from(_SEEN_AT))
        told.append(Event(f"e{n}", "a", kind, consignment, at, at, place=place, customs=customs))
    return Journey(tuple(told))
