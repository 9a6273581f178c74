"""When two addresses are one."""

from __future__ import annotations

import pytest

from streams.model.addresses import address_key


@pytest.mark.parametrize("text", ["Abay Ave 3, Almaty", "ABAY AVE. 3 (Almaty)", "  abay   ave 3 – almaty"])
def test_case_and_punctuation_make_no_other_address(text: str) -> None:
    assert address_key(text) == "abay ave 3 almaty"


@pytest.mark.parametrize("text", ["", "Almaty", "Almaty, Abay Ave, Kazakhstan", "Office 7, Almaty"])
def test_what_names_no_house_is_no_address(text: str) -> None:
    assert address_key(text) is None


def test_addresses_in_any_script_have_a_key() -> None:
    assert address_key("Примерная ул. 1, Москва") == "примерная ул 1 москва"
