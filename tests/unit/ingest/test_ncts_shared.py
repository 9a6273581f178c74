"""The messages of the shared material and the page of the documents agree with the adapter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from streams.ingest import ncts
from streams.ingest.adapter import Refusal
from streams.ingest.ncts_kinds import INCIDENT_REPORT, KINDS, SILENT
from streams.model.events import Event
from tests.unit.ingest.ncts_messages import all_of, event_of

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared/data/ncts"
FILES = sorted(path for path in DATA.rglob("*") if path.suffix in (".xml", ".json") and "xsd" not in path.parts
               and "conf" not in path.parts)  # fmt: skip
PAGE = (ROOT / "docs/feeds/ncts.md").read_text("utf-8")
_ROW = re.compile(r"^\| (\d{3}) \|(.*)$", re.MULTILINE)


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/ncts is not here")
def test_valid_messages_of_the_shared_material_are_events_and_wrong_ones_named_refusals() -> None:
    assert FILES
    for path in FILES:
        data = path.read_bytes()
        assert ncts.recognises(data[:4096]), path.name
        found = all_of(data)
        wrong = [item for item in found if isinstance(item, Refusal)]
        if "valid" in path.name.replace("invalid", "") or path.name == "cc140c.xml":
            assert found and not wrong, (path.name, wrong)
            phases = [e.customs.message or "" for e in found if isinstance(e, Event) and e.customs is not None]
            assert all(phase.endswith(" NCTS5.0") for phase in phases) and len(phases) == len(found), path.name
        else:
            assert len(wrong) == len(found) == 1 and wrong[0].at and "expected" in wrong[0].because, path.name


def test_the_page_lists_every_message_with_its_event() -> None:
    rows = dict(_ROW.findall(PAGE))
    assert {int(number) for number in rows} == {*KINDS, *SILENT, INCIDENT_REPORT}
    for number, kind in KINDS.items():
        assert f"`{kind.type}`" in rows[f"{number:03}"] and kind.name in rows[f"{number:03}"]
    for number, reason in SILENT.items():
        assert reason in rows[f"{number:03}"]


def test_the_example_of_the_page_is_a_release() -> None:
    assert event_of((ROOT / "docs/examples/ncts-release.xml").read_bytes()).type == "RELEASED_FOR_TRANSIT"
