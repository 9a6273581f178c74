"""Whether a party is frozen, itself or through who owns and controls it (269/2014 Art. 2; contract 6(20), 6(21)).

A *dossier* holds all that reference records and events say of one party: which records it resembles, who holds it,
who holds those, and from when until when. It is gathered once and answers for any Brussels day. Shares of listed
holders add up and are not multiplied; a firm owned or controlled by listed persons counts as listed for the next
link; circles end because only what was derived from a listing is counted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from typing import Literal, NamedTuple

from streams.model.reference import ListedParty, Measure
from streams.rules.clearances import Cleared, Clearing, Sieve
from streams.rules.holdings import Document, Edge, Node, Statement, gather
from streams.rules.law import Law, record_ref
from streams.rules.listing import CLEAR, MATCHING, ByDay, Listing, Screened, listings, told
from streams.rules.naming import Described
from streams.screening.match import Hit

__all__ = ["MEASURE", "Dossier", "Screened", "dossier_of"]
MEASURE = "FREEZE"
POLICIES = (*MATCHING, "owner_share_pct", "owner_share_rules")
_TRANSFER_WORDS = ("transfer", "share", "stake", "holding", "ownership", "divest", "disposal", "sale of", "дол", "акци")
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


class Dossier(ByDay):
    """All that is known of one party's listing and ownership, for any Brussels day; immutable but for its memo.

    ``at`` answers whether it is frozen; ``under`` holds the listings that reach only whom they name.
    """

    __slots__ = ("_documents", "_law", "_levels", "_nodes", "clear", "cleared", "quiet", "under")

    def __init__(
        self, law: Law, nodes: list[Node], documents: tuple[Document, ...], under: Mapping[Measure, Listing],
        cleared: tuple[Cleared, ...] = (),
    ) -> None:  # fmt: skip
        self._law = law
        self._nodes = nodes
        self._documents = documents
        self.under = under
        self.clear = not any(_freezes(hit) for node in nodes for hit in node.hits.values())
        """Whether no freeze of any day speaks against the party."""
        self.cleared = cleared
        """What clearances speak of, with effect or without."""
        self.quiet = self.clear and not under and not cleared
        """Whether no list of any day speaks against the party."""
        super().__init__(set() if self.clear else self._days())
        self._levels: dict[int, tuple[list[int], list[_Why | None]]] = {}

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The list entries of whatever measure that the party itself resembles."""
        return tuple(self._nodes[0].hits.values())

    def _days(self) -> set[int]:
        days: set[int | None] = {day for key in POLICIES for day in self._law.policy_days(key)}
        for node in self._nodes:
            for hit in node.hits.values():
                days |= {hit.record.applies_from, hit.record.applies_until}
            for edge in node.edges:
                days |= {edge.start, edge.end, edge.moved}
        return {day for day in days if day is not None}

    def _judge(self, index: int) -> Screened:
        if self.clear:
            return CLEAR
        level, why = self._judged(index)
        return self._told(level, why) if level[0] else CLEAR

    def _judged(self, index: int) -> tuple[list[int], list[_Why | None]]:
        """The level of every node (2 listed, 1 doubtful, 0 neither) between two dates of change, and why."""
        found = self._levels.get(index)
        if found is not None:
            return found
        day = self.day_of(index)
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
        answer = told(hit, node.name, sure=sure)
        records.update((record, None) for record in answer.records)
        missing.update((doubt, None) for doubt in answer.missing)
        if answer.legal_basis:
            basis.append(answer.legal_basis)
        return answer.because


def _freezes(hit: Hit) -> bool:
    return isinstance(hit.record, ListedParty) and MEASURE in hit.record.measures


def dossier_of(
    law: Law, party: Described, statements: tuple[Statement, ...] = (), documents: tuple[Document, ...] = (),
    clearing: Clearing | None = None,
) -> Dossier:  # fmt: skip
    """The dossier of a party under a law, from memory when the same was asked before.

    ``statements`` are what the events of its consignment say of owners, ``documents`` the authorisations among its
    documents. ``clearing`` takes out what somebody cleared; where nothing speaks against a party it is not asked.
    """
    key: tuple[object, ...] = (party, statements, documents if statements else ())
    found = law.dossiers.get(key)
    if found is None:
        found = Dossier(law, gather(law, party, statements), documents, listings(law, party))
        law.remember(key, found)
    if clearing is not None and not found.quiet:
        key = (*key, clearing.era)
        found = law.dossiers.get(key)
        if found is None:
            sieve = Sieve(clearing)
            nodes, under = gather(law, party, statements, sieve), listings(law, party, sieve)
            found = Dossier(law, nodes, documents, under, tuple(sieve.found.values()))
            law.remember(key, found)
    assert isinstance(found, Dossier)
    return found
