"""The real AIS logs: nothing is lost without a word, and silences of twelve hours are found where they are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from streams.ingest import ais
from streams.model.moments import HOUR_MS
from tests.unit.ingest.messages import told

FOLDER = Path(__file__).resolve().parents[4] / "shared/data/ais"
FILES = [path for path in sorted(FOLDER.rglob("*")) if path.is_file() and path.name != "LICENSE"]
SILENCES = FOLDER / "gfw-pipe-gaps/src/pipe_gaps/assets/sample_data/sample_messages-two-days.json"
needs_data = pytest.mark.skipif(not FILES, reason="../shared/data/ais is not here")


@needs_data
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_file_gives_events_or_says_why_not(path: Path) -> None:
    data = path.read_bytes()
    events, refusals = told(ais.read, data)
    assert all(r.at and "expected" in r.because for r in refusals)
    assert events or refusals
    if "pyais" in path.parts:
        assert ais.recognises(data[:4096]) and events


@needs_data
def test_silences_of_twelve_hours_and_more_are_found() -> None:
    events, _ = told(ais.read, SILENCES.read_bytes())
    gaps = [e for e in events if e.type == "POSITION_GAP"]
    assert Counter(round((e.gap_until - e.occurred_at) / HOUR_MS) for e in gaps if e.gap_until) == {12: 1, 13: 1}
