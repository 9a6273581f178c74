"""R01: is anybody or anything of the European Union in it (Art. 13 of 833/2014; contract 3.1(5), 6(10))?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from streams.model.decision import Condition, Exposed, Finding, State
from streams.model.events import Party
from streams.model.moments import brussels_day
from streams.rules.case import Case

LEGAL_BASIS = "833/2014 Art. 13"
BOUND = {"NOT_MET": 0, "NOT_KNOWN": 1, "MET": 2}
"""How surely a prohibition binds by the state of the nexus; 0: it does not."""
_MUST_BE_STATED = (
    ("seller or consignor", ("SELLER", "CONSIGNOR")),
    ("buyer or consignee", ("BUYER", "CONSIGNEE")),
    ("carrier or flag", ("CARRIER",)),
    ("insurer", ("INSURER",)),
)


class Nexus(NamedTuple):
    """Whether there is a nexus, why, who is exposed, and what is not known."""

    state: State
    because: str
    exposed: tuple[Exposed, ...]
    missing: tuple[str, ...]
    events: tuple[str, ...]

    def condition(self) -> Condition:
        """The condition `eu_nexus` of a rule."""
        return Condition("eu_nexus", self.state, self.because, self.events)


def european(party: Party, members: frozenset[str]) -> bool:
    """Whether a party is of a member state by seat or nationality."""
    return party.country in members or party.nationality in members


def exposed_parties(parties: Iterable[Party], members: frozenset[str]) -> tuple[Exposed, ...]:
    """The parties of member states, each once, in the first role in which they are named."""
    found: dict[str, Exposed] = {}
    for party in parties:
        if party.name and european(party, members):
            found.setdefault(party.name, Exposed(party.name, party.role, party.country))
    return tuple(found.values())


def _operators(parties: list[Party]) -> tuple[Exposed, ...]:
    """When only territory or flag meets the nexus: the ship's operator or the carrier (contract 6(10))."""
    for role in ("SHIP_OPERATOR", "CARRIER"):
        for party in parties:
            if party.role == role and party.name:
                return (Exposed(party.name, role, party.country),)
    return ()


def _territory(case: Case, members: frozenset[str]) -> tuple[str, str] | None:
    for n, event in enumerate(case.c.actual):
        facts = case.place(n)
        if facts.country in members:
            return f"{event.type} at {facts.label} in {facts.country}", event.uid
    return None


def _flag(case: Case, members: frozenset[str]) -> tuple[str, str] | None:
    for event in case.c.actual:
        transport = event.transport
        if transport is not None and transport.vessel_flag in members:
            return f"the ship flies the flag of {transport.vessel_flag}", event.uid
    return None


def nexus_of(case: Case, index: int | None) -> Nexus:
    """The nexus at an actual event (None: for a plan, with the parties known now)."""
    known: Nexus | None = case.nexuses.get(index)
    if known is None:
        known = case.nexuses[index] = _nexus_of(case, index)
    return known


def _nexus_of(case: Case, index: int | None) -> Nexus:
    parties = case.c.parties_now() if index is None else case.c.parties_at(index)
    time = case.now if index is None else case.c.actual[index].occurred_at
    members = case.law.eu_members(brussels_day(time))
    exposed = exposed_parties(parties, members)
    if exposed:
        who = exposed[0]
        return Nexus("MET", f"{who.name} ({who.role}) is of {who.country or 'a member state'}", exposed, (), ())
    if any(european(p, members) for p in parties):
        return Nexus("MET", "a party of a member state that is not named", (), (), ())
    origin = case.c.export_country
    if origin in members:
        return Nexus("MET", f"the goods are exported from {origin}", _operators(parties), (), ())
    seen = _territory(case, members) or _flag(case, members)
    if seen is not None:
        return Nexus("MET", seen[0], _operators(parties), (), (seen[1],))
    return _without(case, parties)


def _without(case: Case, parties: list[Party]) -> Nexus:
    roles = {p.role for p in parties if p.country or p.nationality}
    flagged = any(e.transport is not None and e.transport.vessel_flag for e in case.c.actual)
    missing = tuple(
        label
        for label, wanted in _MUST_BE_STATED
        if not any(r in roles for r in wanted) and not (label == "carrier or flag" and flagged)
    )
    if not missing:
        return Nexus("NOT_MET", "seller, buyer, carrier and insurer are stated and none is of the EU", (), (), ())
    return Nexus("NOT_KNOWN", "nobody of the EU is stated, but not everybody is", (), missing, ())


def no_nexus(nexus: Nexus, prohibition: str) -> Finding:
    """R01 CLEAR: a prohibition that binds nobody here (contract 3.1(5))."""
    return Finding(
        rule="R01",
        verdict="CLEAR",
        legal_basis=LEGAL_BASIS,
        because=f"No EU nexus, so {prohibition} binds nobody here: {nexus.because}.",
        conditions=(nexus.condition(),),
    )
