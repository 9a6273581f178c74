"""Which format a file is in, and which formats there are."""

from __future__ import annotations

import sys

import pytest

from streams.ingest.formats import CANONICAL, built, is_built, recognised


@pytest.mark.parametrize("head", [
    b"", b"\n", b"{broken", b'{"event_id": "1", "consignment_id": "2"}\n', b'\xef\xbb\xbf{"event_id": "1", "consignment_id": "2"}',
    b'{"consignment_id": "1", "event_id": "2", "references": [{"value": "\\"eventClassifierCode\\""}]}',
])  # fmt: skip
def test_what_no_adapter_knows_is_canonical(head: bytes) -> None:
    assert recognised(head) == CANONICAL


@pytest.mark.parametrize("head", [b"{\n  1", b"[1, 2]", b"Dear sir", b"\x00\x01", b"PK\x03\x04"])
def test_what_is_no_object_a_line_is_no_format_either(head: bytes) -> None:
    assert recognised(head) is None


def test_dcsa_is_known_by_its_names() -> None:
    assert recognised(b'\xef\xbb\xbf [{"eventType": "SHIPMENT", "eventClassifierCode": "ACT"') == "dcsa"


def test_an_adapter_that_is_not_there_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "streams.ingest.dcsa", None)
    assert not is_built("dcsa")
    assert "dcsa" not in built()
    assert recognised(b'[{"eventType": "SHIPMENT", "eventClassifierCode": "ACT"') is None
