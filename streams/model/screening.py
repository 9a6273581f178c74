"""What is recorded of a screening (topic `screening.decisions`): who, under which law, by which matcher, with what result."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal["PARTY", "SHIP", "LAW"]
Result = Literal["clear", "review", "listed"]


class Stretch(Struct, frozen=True, gc=False):
    """What a measure's lists say of a party between two Brussels days (until exclusive, None: open)."""

    measure: str
    result: Result
    because: str
    applies_from: int | None = None
    applies_until: int | None = None


class Screening(Struct, frozen=True, kw_only=True, gc=False):
    """A party (or ship) screened under a law for the first time by one worker; or a law judged through.

    ``law`` is the digest of the reference records, ``subject`` the party key (`streams.rules.clearances.party_key`), the
    ship's IMO number and name, or of a LAW the partition. ``at`` (ms UTC) is the time of the input that led to it,
    and `consignment_id` where that happened. ``result`` holds for the Brussels day of ``at``, ``stretches`` tell the
    other days; ``score`` (0-1) and ``entries`` are of all list entries that it resembles, best first, of whatever
    measure. ``context`` names the stated owners and clearances that the result rests on; None: on nothing but the party.
    ``lists`` are those of a LAW: when each was fetched (ISO 8601, UTC).
    """

    kind: Kind
    law: str
    matcher: str
    at: int
    subject: str
    consignment_id: str | None = None
    result: Result = "clear"
    score: float = 0.0
    entries: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    context: str | None = None
    clearances: tuple[str, ...] = ()
    lists: dict[str, str] = {}
