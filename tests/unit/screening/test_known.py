"""Known parties are found by the changed entries that they resemble, exactly as if everybody were screened."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings, strategies as st

from streams.model.reference import ListedName, ListedParty, Owned, Ownership
from streams.screening import known
from streams.screening.known import Asked, KnownParties
from streams.screening.layered import LayeredScreener
from streams.screening.match import Hit, Screener

FLOOR = 0.7
_RECORDS = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
_WORDS = (
    "Makar", "Makarr", "Innokentyevich", "Dolgorukikh", "Долгоруких", "Ali", "Aly", "A", "Oleg", "Oleh", "Zarya", "Zaria",
    "Finans", "Finance", "Trade", "Trading", "Bank", "LLC", "OOO", "ТОО", "Group", "Kedr", "KedrZaural", "Zaural", "Petrov",
    "Petroff", "12", "Rossiya", "Al", "Shcherbakov", "Schtscherbakow",
)  # fmt: skip
_NAMES = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(" ".join) | st.text("Aaбvи .-'7", max_size=8)
_NUMBERS = st.sampled_from(
    ({}, {}, {"inn": "7736050003"}, {"imo": "9319466"}, {"imo": "9319467"}, {"bin": "940140000385"})
)
_SCHEMAS = st.sampled_from(("Person", "Organization", "Company", "Vessel", "LegalEntity"))
_PARTIES = st.builds(
    Asked, st.none() | _NAMES, st.sampled_from((None, "RU", "KZ")), st.sampled_from((None, "1970-05-01")),
    _NUMBERS.map(lambda held: tuple(held.items())), st.sampled_from((None, None, None, "Vessel")),
)  # fmt: skip
_ENTRIES = st.builds(
    lambda number, names, schema, numbers, birth: ListedParty(
        id=f"P{number}", list="L", schema=schema, names=tuple(map(ListedName, names)), identifiers=numbers,
        birth_date=birth, measures=("FREEZE",),
    ),
    st.integers(0, 9), st.lists(_NAMES, max_size=3), _SCHEMAS, _NUMBERS, st.sampled_from((None, "1970")),
)  # fmt: skip
_HOLDINGS = st.builds(
    lambda number, name, numbers: Ownership(id=f"O{number}", owner_id="P1", owned=Owned(name=name, identifiers=numbers)),
    st.integers(0, 9), st.none() | _NAMES, _NUMBERS,
)  # fmt: skip
_ROWS = st.lists(_ENTRIES | _HOLDINGS, max_size=5).map(lambda rows: {r.record_key: r for r in rows})
Rows = dict[str, ListedParty | Ownership]


def _screen(screener: Screener | LayeredScreener, party: Asked) -> tuple[Hit, ...]:
    return screener.screen(
        party.name, party.country, party.birth_date, dict(party.identifiers) or None, party.schema
    )  # fmt: skip


def _known(parties: list[Asked]) -> KnownParties:
    found = KnownParties()
    for party in parties:
        found.number(party)
    return found


@_RECORDS
@given(st.lists(_PARTIES, max_size=12, unique=True), _ROWS, st.booleans())
def test_nobody_is_missed_who_would_be_hit_if_all_were_screened(
    parties: list[Asked], rows: Rows, by_index: bool
) -> None:
    before, known._PER_NAME = known._PER_NAME, 0 if by_index else 1_000
    try:
        found = _known(parties).resembling(rows.values(), FLOOR)
    finally:
        known._PER_NAME = before
    screener = Screener(rows.values(), FLOOR)
    assert {n for n, party in enumerate(parties) if _screen(screener, party)} <= found


def test_a_number_that_fails_its_check_finds_who_states_the_same() -> None:
    parties = _known([Asked("X", None, None, (("imo", "9319467"),), "Vessel"), Asked("Y")])
    entry = ListedParty(id="P", list="L", schema="Vessel", identifiers={"imo": "IMO 9319467"})
    assert parties.resembling([entry], FLOOR) == {0}


def test_who_shares_a_word_but_is_nobody_listed_is_not_found() -> None:
    parties = _known([Asked("Zarya Finans"), Asked("Kedr Logistika Vostok"), Asked("Finans Kapital")])
    entry = ListedParty(id="P", list="L", names=(ListedName("OOO Zarya Finans"),))
    assert parties.resembling([entry], FLOOR) == {0}
    people = _known([Asked("Makar Dolgorukikh"), Asked("Makar Shcherbakov"), Asked("Oleg Dolgorukikh")])
    person = ListedParty(id="P", list="L", schema="Person", names=(ListedName("Dolgorukikh Makar Innokentyevich"),))
    assert people.resembling([person], FLOOR) == {0}


def test_equal_parties_are_one_and_come_back_as_they_were() -> None:
    party = Asked("ТОО Зерде", "KZ", None, (("bin", "940140000385"),))
    parties = KnownParties()
    assert (parties.number(party), parties.number(Asked("Зерде")), parties.number(party)) == (0, 1, 0)
    assert (len(parties), parties.party(0)) == (2, party)


def test_who_asks_much_is_given_pauses() -> None:
    pauses: list[None] = []
    _known([Asked(f"Firma {n}") for n in range(40)]).resembling(
        [ListedParty(id="P", list="L", names=(ListedName("Firma"),) * 9)], FLOOR, lambda: pauses.append(None)
    )
    assert pauses


@_RECORDS
@given(st.lists(_PARTIES, max_size=12), _ROWS, _ROWS)
def test_a_layered_index_answers_as_one_built_anew(parties: list[Asked], held: Rows, changed: Rows) -> None:
    rows = {**{key: row for key, row in held.items() if key[-1] not in "13"}, **changed}
    layered = LayeredScreener(Screener(held.values(), FLOOR), held, rows, FLOOR)
    anew = Screener(rows.values(), FLOOR)
    for party in parties:
        assert _screen(layered, party) == _screen(anew, party)
