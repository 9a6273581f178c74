"""Check digits and normal forms of identifiers."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from streams.model.identifiers import (
    UNIQUE_KINDS,
    hs_matches,
    hs_successors,
    is_branch_bin,
    is_valid,
    normal,
)

GOOD = [
    ("mrn", "21DE27364916384836"), ("mrn", "21DE12345678901234"), ("mrn", "26LTKR1000T00491J0"),
    ("container", "CSQU3054383"), ("container", "csqu 305438-3"),
    ("imo", "9319466"), ("imo", "IMO 8814275"),
    ("wagon", "64782352"), ("wagon", "52988128"), ("wagon", "60102035"), ("wagon", "73948218"), ("wagon", "94123452"),
    ("bin", "940140000385"), ("bin", "050140000656"), ("bin", "970740000838"), ("bin", "020440001144"),
    ("inn", "7707083893"), ("inn", "7736050003"), ("inn", "500100732259"),
    ("ogrn", "1027700132195"), ("ogrn", "304500116000157"),
    ("lei", "5493001KJTIIGC8Y1R12"), ("unlocode", "RUULU"),
]  # fmt: skip
BAD = [
    ("mrn", "21DE27364916384835"), ("container", "CSQU3054384"), ("imo", "8814274"), ("wagon", "64782353"),
    ("bin", "940140000386"), ("inn", "7707083894"), ("inn", "500100732250"), ("ogrn", "1027700132190"),
    ("lei", "5493001KJTIIGC8Y1R13"), ("lei", ""), ("imo", "881427"), ("bin", "٩٤٠١٤٠٠٠٠٣٨٥"), ("unlocode", "RU"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_a_right_check_digit_is_valid(kind: str, value: str) -> None:
    assert is_valid(kind, value) is True


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_a_wrong_check_digit_or_shape_is_not(kind: str, value: str) -> None:
    assert is_valid(kind, value) is False


def test_a_kind_without_a_check_is_neither() -> None:
    assert is_valid("reg", "GE-415094423") is None
    assert is_valid("eori", "DE482915537016224") is None


@pytest.mark.parametrize(("kind", "value"), [g for g in GOOD if g[0] != "unlocode"])
def test_every_single_wrong_digit_at_the_end_is_noticed(kind: str, value: str) -> None:
    text = normal(kind, value)
    others = [text[:-1] + d for d in "0123456789" if d != text[-1]]
    assert not any(is_valid(kind, other) for other in others)


def test_normal_form_ignores_case_spaces_and_cyrillic_lookalikes() -> None:
    assert normal("lei", " 5493-001kjtiigc8y1r12") == "5493001KJTIIGC8Y1R12"
    assert normal("plate", "А123ВС") == "A123BC"
    assert normal("hs", "8542.31 00") == "85423100"


def test_branches_are_told_from_head_offices() -> None:
    assert is_branch_bin("940141000388")
    assert not is_branch_bin("940140000385")
    assert not is_branch_bin("800110300456"), "an IIN has the day of birth there"


def test_hs_2017_codes_lead_to_their_successors() -> None:
    assert hs_successors("854890") == ("854800",)
    assert hs_successors("85258019") == ("852589", "852581", "852582", "852583")
    assert hs_successors("270112") == ("270112",)


def test_a_code_matches_a_prefix_or_is_too_short_to_tell() -> None:
    assert hs_matches("85414090", "854149") is True
    assert hs_matches("27011290", "2701") is True
    assert hs_matches("8422", "842230") is None
    assert hs_matches("8423", "842230") is False
    assert hs_matches("", "842230") is False


@given(
    kind=st.sampled_from([*UNIQUE_KINDS, "mrn", "container", "wagon", "unlocode", "hs", "reg"]),
    value=st.text(max_size=30),
)
def test_no_text_makes_the_checks_fail_and_normal_is_stable(kind: str, value: str) -> None:
    assert is_valid(kind, value) in (True, False, None)
    assert normal(kind, normal(kind, value)) == normal(kind, value) or value.upper().count("IMO") > 1
