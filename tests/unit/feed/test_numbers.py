"""Numbers made by the feed pass their checks; published vectors say what the checks are."""

from __future__ import annotations

from random import Random

import pytest

from streams.feed import cast, numbers


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("mrn", "21DE27364916384836"), ("mrn", "21DE12345678901234"), ("imo", "9319466"), ("imo", "8814275"),
        ("bin", "940140000385"), ("bin", "050140000656"), ("bin", "970740000838"), ("bin", "020440001144"),
        ("inn", "7707083893"), ("inn", "500100732259"), ("ogrn", "1027700132195"), ("ogrn", "304500116000157"),
        ("lei", "529900T8BM49AURSDO55"),
    ],
)  # fmt: skip
def test_published_numbers_are_sound(kind: str, value: str) -> None:
    assert numbers.sound(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("mrn", "21DE27364916384835"), ("imo", "8814274"), ("bin", "940140000386"), ("inn", "7707083894"),
        ("inn", "500100732250"), ("ogrn", "1027700132196"), ("lei", "529900T8BM49AURSDO56"), ("imo", "ABC"),
        ("lei", "529900T8BM49AÜRSDO55"), ("mrn", "DE2127364916384836"), ("eori", "DE123"), ("inn", "77"),
    ],
)  # fmt: skip
def test_numbers_with_a_wrong_check_or_form_are_not_sound(kind: str, value: str) -> None:
    assert not numbers.sound(kind, value)


@pytest.mark.parametrize("good", ["64782352", "52988128", "60102035", "73948218", "94123452"])
def test_wagon_numbers_end_in_their_check_digit(good: str) -> None:
    assert numbers.wagon(good[:7]) == good


def test_container_numbers_end_in_their_check_digit() -> None:
    assert numbers.container("CSQU", "305438") == "CSQU3054383"


def test_a_number_put_out_by_one_is_not_sound() -> None:
    number = cast.mrn(Random(1), "LT", 2026)
    assert numbers.sound("mrn", number)
    assert not numbers.sound("mrn", cast.wrong_check(number))


@pytest.mark.parametrize("seed", range(50))
def test_every_number_of_the_cast_is_sound(seed: int) -> None:
    rng = Random(seed)
    firms = [cast.firm(rng, country) for country in ("KZ", "RU", "NL", "LT", "TR")]
    held = [(kind, value) for firm in firms for kind, value in firm["identifiers"].items() if kind != "reg"]
    assert all(numbers.sound(kind, value) for kind, value in held)
    assert numbers.sound("imo", cast.ship(rng)["vessel_imo"])
    wagons = cast.gondolas(rng, 60)["wagons"]
    assert all(numbers.wagon(w[:7]) == w for w in wagons)
