"""Messages that others wrote: every Track & Trace event gives an event or a named refusal, the wrong ones a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from streams.ingest import dcsa
from streams.ingest.adapter import Given, Message, Refusal
from streams.model.events import Event
from streams.model.moments import parse_time

SHARED = Path(__file__).resolve().parents[4] / "shared/data/dcsa"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/dcsa is not here")
GIVEN = Given("carrier", parse_time("2026-11-25T00:00:00Z"))


def _messages(pattern: str) -> list[Path]:
    return sorted(SHARED.glob(f"Conformance-Gateway/**/messages/{pattern}"))


def _examples(value: Any) -> Iterator[Any]:
    """The example events in an OpenAPI document."""
    if isinstance(value, dict) and isinstance(value.get("metadata"), dict) and "eventID" in value["metadata"]:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _examples(inner)


def _account(data: bytes) -> Counter[str]:
    """How many messages, events of which type, and refusals."""
    account: Counter[str] = Counter()
    for item in dcsa.read(data, GIVEN):
        if isinstance(item, Message):
            account["messages"] += item.counted
        elif isinstance(item, Event):
            account[item.type] += 1
        else:
            assert item.because
            assert item.at
            account["refused"] += 1
    return account


def test_good_messages_of_3_0_give_an_event_each() -> None:
    files = _messages("tnt-300-*.json")
    assert files
    for file in files:
        account = _account(file.read_bytes())
        bases = account.pop("RETRACTED")
        messages = account.pop("messages")
        assert (bases, sum(account.values()), account["refused"]) == (messages, messages, 0), file.name


def test_the_wrong_messages_are_refused_with_the_path_of_what_is_wrong() -> None:
    (times,) = _messages("tnt-220-response-wrong-date-times.json")
    refused = {item.at.split(".")[-1] for item in dcsa.read(times.read_bytes(), GIVEN) if isinstance(item, Refusal)}
    assert refused == {"eventCreatedDateTime", "eventDateTime"}
    assert _account(times.read_bytes())["refused"] == 6
    (values,) = _messages("tnt-220-response-wrong-attribute-values.json")
    assert _account(values.read_bytes()) == Counter(messages=3, refused=3)


def test_the_examples_of_the_beta_give_an_event_each() -> None:
    document = yaml.safe_load((SHARED / "DCSA-OpenAPI/tnt/v3/tnt.yaml").read_text("utf-8"))
    examples = list(_examples(document))
    account = _account(msgspec.json.encode(examples))
    assert (account.pop("messages"), account["refused"], sum(account.values())) == (len(examples), 0, len(examples))


def test_messages_of_other_dcsa_standards_are_refused_by_name() -> None:
    for file in (f for f in _messages("*.json") if not f.name.startswith("tnt-")):
        data = file.read_bytes()
        assert dcsa.recognises(data[:8192])
        account = _account(data)
        assert account["refused"] == account["messages"] > 0, file.name
