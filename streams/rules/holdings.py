"""Who holds whom: the holdings of `ownership` records united with those that events state (contract 6(21)).

From a party upwards: its holders, their holders, and so on, each once. A holder that is listed twice, or told of by
a record and by an event, is one holder.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.model.events import Document
from streams.model.reference import ListedParty, Owned, Ownership
from streams.rules.clearances import Sieve
from streams.rules.law import Law
from streams.rules.naming import Described, described_owned, described_record
from streams.screening.match import Hit, Screener

__all__ = ["Document", "Edge", "Node", "Statement", "gather"]
ALWAYS = -(1 << 40)
_SURE = 2.0
_SAME = 0.95
"""From here on two list entries, or two descriptions, are taken for one holder."""


class Statement(NamedTuple):
    """What an event says of the owners of a party: from which Brussels day, in which order, and who holds how much."""

    day: int
    order: int
    owned: Described
    holders: tuple[tuple[Described, float | None, bool | None], ...]


class Edge(NamedTuple):
    """A holding of the node it hangs on, from Brussels day ``start`` until before ``end``.

    ``moved`` is the day on which it was given away. ``score`` says how surely the record speaks of this node.
    """

    holder: int
    share: float | None
    control: bool | None
    start: int
    end: int | None
    moved: int | None
    stated: bool
    score: float
    record: Ownership | None


class Node:
    """A party of the graph: its name, the list records it resembles (by id), and who holds it."""

    __slots__ = ("edges", "hits", "name")

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.hits: dict[str, Hit] = {}
        self.edges: list[Edge] = []


def gather(law: Law, party: Described, statements: tuple[Statement, ...], sieve: Sieve | None = None) -> list[Node]:
    """The party (first) and all that hold it, directly or through others, without hits that ``sieve`` takes out."""
    graph = _Graph(law, statements, sieve)
    graph.node_of(party)
    while graph.open:
        graph.expand(*graph.open.pop())
    return graph.nodes


class _Graph:
    def __init__(self, law: Law, statements: tuple[Statement, ...], sieve: Sieve | None) -> None:
        self.law = law
        self.sieve = sieve
        self.nodes: list[Node] = []
        self.open: list[tuple[int, Described, tuple[Hit, ...], str | None]] = []
        self.statements = statements
        self._index: dict[object, int] = {}
        self._seen: set[tuple[int, Described | str]] = set()
        self._local = _screener_of(statements) if statements else None
        self._first = [self._alike(s.owned)[0] for s in statements]

    def _alike(self, party: Described) -> list[int]:
        """The statements that speak of a party."""
        found = {n for n, s in enumerate(self.statements) if s.owned == party}
        if self._local is not None:
            for hit in self._local.screen(party.name, party.country, party.birth_date, dict(party.identifiers) or None):
                if hit.certain or hit.score >= _SAME:
                    found.add(int(hit.record.id))
        return sorted(found)

    def node_of(self, party: Described) -> int:
        """The node of a described party; listed ones fall together by their record, others by statement."""
        hits = screen(self.law, party, self.sieve)
        sure = self.law.match_floor
        strong = next(
            (h.record for h in hits if isinstance(h.record, ListedParty) and (h.certain or h.score >= sure)), None
        )
        key: object
        if strong is not None:
            key = ("party", canonical(self.law, strong))
        else:
            alike = self._alike(party) if self._local is not None else []
            key = ("stated", self._first[alike[0]]) if alike else party
        return self._node(key, party, hits)

    def _node(self, key: object, party: Described, hits: tuple[Hit, ...]) -> int:
        n = self._index.get(key)
        if n is None:
            n = self._index[key] = len(self.nodes)
            self.nodes.append(Node(party.name))
        if (n, party) not in self._seen:
            self._seen.add((n, party))
            self.open.append((n, party, hits, None))
        return n

    def node_of_id(self, ident: str) -> int:
        """The node of an owner that a record names by id: a listed party, or one that other records own."""
        record = self.law.party_by_id.get(ident)
        if record is not None:
            key: object = ("party", canonical(self.law, record))
            known = described_record(record)
        else:
            key = ("id", ident)
            known = [described_owned(o.owned) for o in self.law.holdings_of_id(ident)] or [Described(None)]
        for party in known:
            n = self._node(key, party, screen(self.law, party, self.sieve))
        if record is not None:
            self.nodes[n].hits[record.id] = Hit(record, 1.0, "named by the ownership record", True)
        if (n, ident) not in self._seen:
            self._seen.add((n, ident))
            self.open.append((n, Described(None), (), ident))
        return n

    def expand(self, n: int, party: Described, hits: tuple[Hit, ...], ident: str | None) -> None:
        """Hang on a node what the records and events say of one description, or of one id, of it."""
        if ident is not None:
            self._hang_records(n, ident, _SURE)
            return
        node = self.nodes[n]
        for hit in hits:
            score = _SURE if hit.certain else hit.score
            if isinstance(hit.record, ListedParty):
                held = node.hits.get(hit.record.id)
                if held is None or (hit.certain, hit.score) > (held.certain, held.score):
                    node.hits[hit.record.id] = hit
                self._hang_records(n, hit.record.id, score)
            else:
                self._hang(n, hit.record, score)
        for k in self._alike(party) if self.statements else ():
            self._hang_statement(n, k)

    def _hang_records(self, n: int, ident: str, score: float) -> None:
        for record in self.law.holdings_of_id(ident):
            self._hang(n, record, score)

    def _hang(self, n: int, record: Ownership, score: float) -> None:
        edges = self.nodes[n].edges
        for spot, edge in enumerate(edges):
            if edge.record is record:
                edges[spot] = edge._replace(score=max(edge.score, score))
                return
        start = record.applies_from if record.applies_from is not None else ALWAYS
        end = record.applies_until
        holder = self.node_of_id(record.owner_id)
        edges.append(Edge(holder, record.share_pct, record.control, start, end, end, False, score, record))

    def _hang_statement(self, n: int, k: int) -> None:
        statement = self.statements[k]
        later = [
            s for m, s in enumerate(self.statements)
            if self._first[m] == self._first[k] and s.order > statement.order
        ]  # fmt: skip
        moved = min((s.day for s in later), default=None)
        end = None if moved is None else max(moved, statement.day + 1)
        together: dict[int, dict[tuple[float | None, bool | None], None]] = {}
        for holder, share, control in statement.holders:
            together.setdefault(self.node_of(holder), {})[share, control] = None
        for holder_node, stakes in together.items():
            shares = [share for share, _ in stakes if share is not None]
            controls = [control for _, control in stakes if control is not None]
            edge = Edge(
                holder_node, sum(shares) if shares else None, any(controls) if controls else None, statement.day, end,
                moved, True, _SURE, None,
            )  # fmt: skip
            if edge not in self.nodes[n].edges:
                self.nodes[n].edges.append(edge)


def screen(law: Law, party: Described, sieve: Sieve | None = None) -> tuple[Hit, ...]:
    """All records that a described party resembles, best first, without those that ``sieve`` takes out."""
    hits = law.screener.screen(party.name, party.country, party.birth_date, dict(party.identifiers) or None)
    return hits if sieve is None else sieve.standing(party, hits)


def _sure(hit: Hit) -> bool:
    return hit.certain or hit.score >= _SAME


def canonical(law: Law, record: ListedParty) -> str:
    """The id under which one holder on several lists is counted once."""
    found = law.dossiers.get(record.record_key)
    if found is None:
        ids = {record.id}
        for party in described_record(record):
            hits = law.screener.screen(
                party.name, party.country, party.birth_date, dict(party.identifiers) or None, record.schema
            )
            ids |= {h.record.id for h in hits if isinstance(h.record, ListedParty) and _sure(h)}
        found = min(ids)
        law.remember(record.record_key, found)
    return str(found)


def _screener_of(statements: tuple[Statement, ...]) -> Screener:
    """A small index over the parties whose owners the events state."""
    return Screener(
        [
            Ownership(
                id=str(n),
                owner_id="",
                owned=Owned(name=s.owned.name, country=s.owned.country, identifiers=dict(s.owned.identifiers)),
            )
            for n, s in enumerate(statements)
        ],
        _SAME,
    )
