"""Every real EPCIS file gives events or, where it is wrong on purpose, a refusal that says where and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.ingest import epcis
from tests.unit.ingest.messages import told

FOLDER = Path(__file__).resolve().parents[4] / "shared/data/epcis"
NO_EVENTS = "Queries"
"""Queries ask for events and hold none."""


def _files() -> Iterator[Path]:
    yield from (path for path in sorted(FOLDER.rglob("*")) if path.suffix in {".xml", ".json"})


FILES = list(_files())


@pytest.mark.skipif(not FILES, reason="../shared/data/epcis is not here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_file_is_recognised_and_nothing_in_it_is_lost_without_a_word(path: Path) -> None:
    data = path.read_bytes()
    events, refusals = told(epcis.read, data)
    if "Invalid" in path.parts or NO_EVENTS in path.parts:
        assert refusals and all(r.at and r.because for r in refusals) and not events
    else:
        assert epcis.recognises(data[:4096]) and events
        assert all("names nothing that can be followed" in r.because for r in refusals)
