"""What an alert version's hash is taken over: worked out here by hand from the line."""

from __future__ import annotations

import hashlib
import json

import msgspec

from streams.rules.evidence import canonical, chained
from tests.unit.rules.chains import told


def test_the_hash_covers_the_line_without_its_hash_and_the_hash_of_the_version_before() -> None:
    before: dict[str, str] = {}
    for alert in told().alerts:
        row = json.loads(canonical(alert))
        assert row.pop("evidence_hash") == alert.evidence_hash
        bare = json.dumps(
            {**json.loads(canonical(alert)), "evidence_hash": ""}, ensure_ascii=False, separators=(",", ":")
        )
        chain = bytes.fromhex(before.get(alert.alert_id, ""))
        assert alert.evidence_hash == hashlib.sha256(chain + bare.encode()).hexdigest()
        before[alert.alert_id] = alert.evidence_hash


def test_another_predecessor_gives_another_hash() -> None:
    bare = msgspec.structs.replace(told().alerts[0], evidence_hash="")
    alert, _ = chained(b"", bare)
    other, digest = chained(bytes(32), bare)
    assert alert.evidence_hash != other.evidence_hash == digest.hex()
