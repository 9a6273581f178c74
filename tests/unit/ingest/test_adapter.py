"""What a refusal shows of what it refuses."""

from __future__ import annotations

from streams.ingest.adapter import shown


def test_a_shown_value_is_short_and_harmless_on_a_terminal() -> None:
    assert shown(b"  ETD ") == "ETD"
    assert shown("\x1b[2J") == "\\x1b[2J"
    assert shown(b"\xff1") == "\\xff1"
    assert len(shown("x" * 1000)) == 200
