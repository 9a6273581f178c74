"""Whether a party is frozen, itself or through who owns and controls it (269/2014 Art. 2; contract 6(20), 6(21)).

A *dossier* holds all that reference records and events say of one party: which records it resembles, who holds it,
who holds those, and from when until when. It is gathered once and answers for any Brussels day. Shares of listed
holders add up and are not multiplied; a firm owned or controlled by listed persons counts as listed for the next
link; circles end because only what was derived from a listing is counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import Literal, NamedTuple

from streams.model.moments import iso_day
from streams.model.reference import ListedParty
from streams.rules.case import FOREVER
from streams.rules.holdings import Document, Edge, Node, Statement, gather
from streams.rules.law import Law, record_ref
from streams.rules.naming import Described
from streams.screening.match import Hit

MEASURE = "FREEZE"
POLICIES = ("match_threshold", "review_threshold", "owner_share_pct", "owner_share_rules")
_TRANSFER_WORDS = ("transfer", "share", "stake", "holding", "ownership", "divest", "disposal", "sale of", "дол", "акци")


class Screened(NamedTuple):
    """The answer for a party on a day: what it is, in words, the records it rests on, and what would settle a doubt."""

    state: Literal["listed", "review", "clear"]
    because: str
    records: tuple[str, ...] = ()
    legal_basis: str | None = None
    missing: tuple[str, ...] = ()


CLEAR = Screened("clear", "")
_STATES: tuple[Literal["clear", "review", "listed"], ...] = ("clear", "review", "listed")


class _Holding(NamedTuple):
    """What one holder holds of a node on a day; ``strength`` 2 sure, 1 doubtful."""

    holder: int
    share: float | None
    control: bool
    strength: int
    edges: tuple[Edge, ...]


class _Why(NamedTuple):
    hit: Hit | None
    held: tuple[_Holding, ...]
    unknown: bool


class Dossier:
    """All that is known of one party's listing and ownership, for any Brussels day; immutable but for its memo."""

    __slots__ = ("_answers", "_breaks", "_documents", "_law", "_levels", "_nodes", "clear")

    def __init__(self, law: Law, nodes: list[Node], documents: tuple[Document, ...]) -> None:
        self._law = law
        self._nodes = nodes
        self._documents = documents
        self.clear = not any(_freezes(hit) for node in nodes for hit in node.hits.values())
        """Whether nothing on any day speaks against the party."""
        self._breaks = [] if self.clear else sorted(self._days())
        self._answers: dict[int, Screened] = {}
        self._levels: dict[int, tuple[list[int], list[_Why | None]]] = {}

    def _days(self) -> set[int]:
        days: set[int | None] = {day for key in POLICIES for day in self._law.policy_days(key)}
        for node in self._nodes:
            for hit in node.hits.values():
                days |= {hit.record.applies_from, hit.record.applies_until}
            for edge in node.edges:
                days |= {edge.start, edge.end, edge.moved}
        return {day for day in days if day is not None}

    def at(self, day: int) -> Screened:
        """The answer for a Brussels day. Raises KeyError when no policy gives the thresholds."""
        return CLEAR if self.clear else self._answer(bisect_right(self._breaks, day))

    def steady(self, day: int) -> tuple[int, int]:
        """The Brussels days (until exclusive) around ``day`` with the same answer."""
        if self.clear:
            return 0, FOREVER
        first = last = bisect_right(self._breaks, day)
        answer = self._answer(first)
        while first and self._answer(first - 1) == answer:
            first -= 1
        while last < len(self._breaks) and self._answer(last + 1) == answer:
            last += 1
        return (self._breaks[first - 1] if first else 0), (self._breaks[last] if last < len(self._breaks) else FOREVER)

    def _answer(self, index: int) -> Screened:
        found = self._answers.get(index)
        if found is None:
            level, why = self._judged(index)
            found = self._answers[index] = CLEAR if not level[0] else self._told(level, why)
        return found

    def _judged(self, index: int) -> tuple[list[int], list[_Why | None]]:
        """The level of every node (2 listed, 1 doubtful, 0 neither) between two dates of change, and why."""
        found = self._levels.get(index)
        if found is not None:
            return found
        day = self._breaks[index - 1] if index else self._breaks[0] - 1 if self._breaks else 0
        match, review = (
            float(self._law.policy("match_threshold", day)),
            float(self._law.policy("review_threshold", day)),
        )
        level = [0] * len(self._nodes)
        reasons: list[_Why | None] = [None] * len(self._nodes)

        def strength(score: float) -> int:
            return 2 if score >= match else 1 if score >= review else 0

        for n, node in enumerate(self._nodes):
            for hit in node.hits.values():
                found_now = strength(2.0 if hit.certain else hit.score) if _freezes(hit) else 0
                if found_now > level[n] and hit.record.in_force(day):
                    level[n], reasons[n] = found_now, _Why(hit, (), False)
        changed = True
        while changed:
            changed = False
            for n, node in enumerate(self._nodes):
                if level[n] < 2 and node.edges:
                    held = self._held(node, index, day, level, [strength(e.score) for e in node.edges])
                    reached, reason = self._owned(held, level, day)
                    if reached > level[n]:
                        level[n], reasons[n], changed = reached, reason, True
        self._levels[index] = level, reasons
        return level, reasons

    def _held(self, node: Node, index: int, day: int, level: list[int], strengths: list[int]) -> list[_Holding]:
        """What each holder holds of a node: as last stated, and what a listed holder gave away after its listing."""
        now: dict[int, list[tuple[Edge, int]]] = defaultdict(list)
        kept: dict[int, list[tuple[Edge, int]]] = defaultdict(list)
        for edge, sure in zip(node.edges, strengths, strict=True):
            if not sure or edge.start > day:
                continue
            if edge.end is None or day < edge.end:
                now[edge.holder].append((edge, sure))
                continue
            then = bisect_right(self._breaks, edge.moved if edge.moved is not None else edge.end)
            listed = level if then >= index else self._judged(then)[0]
            still = min(sure, listed[edge.holder], self._uncovered(node, edge))
            if still:
                kept[edge.holder].append((edge, still))
        found = []
        for holder in {**now, **kept}:
            rows = now.get(holder, [])
            if rows:
                latest = max((e.start, e.stated) for e, _ in rows)
                rows = [row for row in rows if (row[0].start, row[0].stated) == latest]
            rows = rows + kept.get(holder, [])
            shares = [e.share for e, _ in rows if e.share is not None]
            found.append(
                _Holding(
                    holder, max(shares) if shares else None, any(e.control for e, _ in rows),
                    max(s for _, s in rows), tuple(e for e, _ in rows),
                )
            )  # fmt: skip
        return found

    def _uncovered(self, node: Node, edge: Edge) -> int:
        """2 when no authorisation covers the transfer of a holding, 1 when one may, 0 when one does."""
        moved = edge.moved if edge.moved is not None else edge.end
        doubt = 2
        names = [n.casefold() for n in (node.name, self._nodes[edge.holder].name) if n]
        for document in self._documents:
            if moved is None or (document.valid_until is not None and document.valid_until < moved):
                continue
            if document.issued_at is not None and document.issued_at > moved:
                continue
            scope = (document.scope or "").casefold()
            if not scope:
                doubt = 1
            elif any(word in scope for word in _TRANSFER_WORDS) or any(name in scope for name in names):
                return 0
        return doubt

    def _owned(self, held: list[_Holding], level: list[int], day: int) -> tuple[int, _Why | None]:
        rows = [h for h in held if level[h.holder]]
        if not rows:
            return 0, None
        sure = [h for h in rows if level[h.holder] == 2 and h.strength == 2]
        for wanted, some in ((2, sure), (1, rows)):
            controlling = [h for h in some if h.control]
            if controlling:
                return wanted, _Why(None, tuple(controlling), False)
            if self._reaches(sum(h.share or 0.0 for h in some), day):
                return wanted, _Why(None, tuple(h for h in some if h.share), False)
        unknown = tuple(h for h in rows if h.share is None)
        return (1, _Why(None, unknown, True)) if unknown else (0, None)

    def _reaches(self, share: float, day: int) -> bool:
        """Whether shares together make an owner: `ge` from the policy's share on, `gt` above it (domain 2.9)."""
        threshold = float(self._law.policy("owner_share_pct", day))
        rule = str(self._law.policy("owner_share_rules", day).get("freeze", "ge"))
        share = round(share, 6)
        return share > threshold if rule.startswith("gt") else share >= threshold

    def _told(self, level: list[int], why: list[_Why | None]) -> Screened:
        records: dict[str, None] = {}
        missing: dict[str, None] = {}
        basis: list[str] = []
        text = self._tell(0, level, why, records, missing, basis)
        return Screened(
            _STATES[level[0]],
            text,
            tuple(records),
            basis[0] if basis else None,
            tuple(missing) if level[0] == 1 else (),
        )

    def _tell(
        self,
        n: int,
        level: list[int],
        why: list[_Why | None],
        records: dict[str, None],
        missing: dict[str, None],
        basis: list[str],
    ) -> str:
        """The path from a node to the listings in words, collecting records and what would settle a doubt."""
        reason, node = why[n], self._nodes[n]
        if reason is None:
            return node.name or "?"
        if reason.hit is not None:
            return self._listed(reason.hit, node, level[n] == 2, records, missing, basis)
        parts = []
        for h in reason.held:
            inner = self._tell(h.holder, level, why, records, missing, basis)
            name = self._nodes[h.holder].name or "?"
            how = "a share not stated" if h.share is None and not h.control else ""
            how = how or (f"{h.share:g} %" if h.share is not None else "control")
            how += " and control" if h.control and h.share is not None else ""
            gone = any(e.end is not None and e.moved is not None for e in h.edges)
            parts.append(f"{name} ({how}{'; transferred after the listing' if gone else ''}; {inner})")
            records.update((record_ref(e.record), None) for e in h.edges if e.record is not None)
            if reason.unknown:
                missing[f"share or control of {name} in {node.name or '?'}"] = None
            elif h.strength < 2:
                missing[f"whether {name} holds {node.name or '?'}, and whether its transfer was authorised"] = None
        total = sum(h.share or 0.0 for h in reason.held)
        together = f"held {total:g} % together by " if len(reason.held) > 1 and not reason.unknown else "held by "
        return together + " and ".join(parts)

    def _listed(
        self, hit: Hit, node: Node, sure: bool, records: dict[str, None], missing: dict[str, None], basis: list[str]
    ) -> str:
        record = hit.record
        assert isinstance(record, ListedParty)
        records[record_ref(record)] = None
        if record.legal_basis or record.programme:
            basis.append(record.legal_basis or str(record.programme))
        since = f" since {iso_day(record.applies_from)}" if record.applies_from is not None else ""
        listed = record.names[0].name if record.names else record.id
        if not sure:
            missing[f"identity of {node.name or '?'}: is it {listed} ({record.record_key})?"] = None
        return f"on list {record.list}{since} as {listed}, {record.record_key}: {hit.because}"


def _freezes(hit: Hit) -> bool:
    return isinstance(hit.record, ListedParty) and MEASURE in hit.record.measures


def dossier_of(
    law: Law, party: Described, statements: tuple[Statement, ...] = (), documents: tuple[Document, ...] = ()
) -> Dossier:
    """The dossier of a party under a law, from memory when the same was asked before.

    ``statements`` are what the events of its consignment say of owners, ``documents`` the authorisations among its
    documents.
    """
    key = (party, statements, documents if statements else ())
    found = law.dossiers.get(key)
    if found is None:
        found = Dossier(law, gather(law, party, statements), documents)
        law.remember(key, found)
    assert isinstance(found, Dossier)
    return found
