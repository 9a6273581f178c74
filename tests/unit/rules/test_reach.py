"""Which records a changed one draws along, and which known parties are reached through them."""

from __future__ import annotations

from streams.model.reference import AnyRecord, ListedParty, Owned, Ownership
from streams.reference.bundled import bundled_records
from streams.rules.law import Law
from streams.rules.reach import affected, parties_reached
from streams.screening.known import Asked, KnownParties
from tests.unit.rules.strategies import party

HOLDER = party("H", "Dauren Kassymbekov", schema="Person", countries=("KZ",))
FIRM = Ownership(id="F", owner_id="H", owned=Owned(id="F-ID", name="Ertis Razrez"), share_pct=60.0)
DAUGHTER = Ownership(id="D", owner_id="F-ID", owned=Owned(name="Taskala Metiz"), share_pct=80.0)
OTHER = Ownership(id="O", owner_id="Q", owned=Owned(name="Kokshe Torap"), share_pct=80.0)
GRAPH: tuple[AnyRecord, ...] = (HOLDER, FIRM, DAUGHTER, OTHER, party("Q", "Ladoga Portservis"))


def _law(*records: AnyRecord) -> Law:
    return Law([*bundled_records(), *records])


def _keys(changed: ListedParty | Ownership, law: Law) -> set[str]:
    return {r.record_key for r in affected([changed], law, law.screening_floor)}


def test_a_holder_draws_along_all_that_it_holds_through_any_number_of_links() -> None:
    assert _keys(HOLDER, _law(*GRAPH)) == {"party:H", "ownership:F", "ownership:D"}


def test_a_holding_draws_along_what_its_owned_holds_but_not_its_holder() -> None:
    assert _keys(FIRM, _law(*GRAPH)) == {"ownership:F", "ownership:D"}


def test_an_entry_that_resembles_a_holder_draws_along_what_that_holds() -> None:
    again = party("AGAIN", "Kassymbekov Dauren", schema="Person")
    assert {"ownership:F", "ownership:D"} <= _keys(again, _law(*GRAPH, again))


def test_holdings_in_a_circle_end() -> None:
    back = Ownership(id="B", owner_id="D-ID", owned=Owned(id="F-ID", name="Ertis Razrez"), share_pct=5.0)
    daughter = Ownership(id="D", owner_id="F-ID", owned=Owned(id="D-ID", name="Taskala Metiz"), share_pct=80.0)
    assert _keys(back, _law(HOLDER, FIRM, daughter, back)) == {"ownership:B", "ownership:F", "ownership:D"}


def test_parties_are_reached_by_the_old_and_by_the_new_content_of_a_record() -> None:
    known = KnownParties()
    for name in ("Ertis Razrez", "Taskala Metiz", "Kokshe Torap", "Nurly Zhol Agro"):
        known.number(Asked(name, "KZ"))
    renamed = Ownership(id="F", owner_id="H", owned=Owned(name="Nurly Zhol Agro"), share_pct=60.0)
    before, after = _law(*GRAPH), _law(HOLDER, renamed, DAUGHTER, OTHER)
    assert parties_reached([FIRM, renamed], before, after, known) == {0, 1, 3}
