"""The page on DCSA says what the adapter does."""

from __future__ import annotations

import re
from pathlib import Path

from streams.ingest import dcsa_codes as codes

PAGE = (Path(__file__).resolve().parents[3] / "docs/feeds/dcsa.md").read_text("utf-8")


def _table(heading: str) -> dict[str, str | None]:
    """Code → event of the table under a heading."""
    (section,) = re.findall(rf"^## {re.escape(heading)}$(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| `(\w+)` \| (?:`(\w+)`|–) \|", section, re.MULTILINE)
    return {code: event or None for code, event in rows}


def test_the_tables_of_events_are_those_of_the_code() -> None:
    assert _table("TRANSPORT") == codes.TRANSPORT
    assert _table("EQUIPMENT") == codes.EQUIPMENT
    assert _table("IOT and REEFER (3.0)") == codes.IOT | dict.fromkeys(codes.REEFER_TYPES, "POSITION")


def test_every_state_of_a_document_is_on_the_page() -> None:
    (section,) = re.findall(r"^## SHIPMENT$(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    for row, states in (
        ("holds:", codes.STANDS),
        ("on its way:", codes.UNDER_WAY),
        ("holds no more:", codes.NO_MORE - {"VOID"}),
    ):
        (line,) = [line for line in section.splitlines() if row in line]
        assert set(re.findall(r"`(\w{4})`", line.split("|")[2])) == states


def test_a_code_stands_for_one_thing_only() -> None:
    assert len(codes.SHIPMENT) == len(set(codes.SHIPMENT))
