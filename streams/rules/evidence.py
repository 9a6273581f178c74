"""What the hash of an alert version is taken over, and how each version is chained to the one before.

``evidence_hash`` = SHA-256 of the 32 bytes of the previous version's hash (nothing before version 1) and the canonical
JSON of the version with an empty ``evidence_hash``. Canonical: UTF-8, no white space, the fields in the order of
`streams.model.decision.Alert`, nothing but what JSON demands escaped. Whoever holds the lines can recompute it
(`streams.rules.evidence_chain` does, without this module).
"""

from __future__ import annotations

import hashlib

import msgspec

from streams.model.decision import Alert

_json = msgspec.json.Encoder(order="deterministic").encode


def canonical(alert: Alert) -> bytes:
    """The canonical JSON of an alert version, with the hash that it carries."""
    return _json(alert)


def chained(previous: bytes, alert: Alert) -> tuple[Alert, bytes]:
    """The version with its hash in it, and the hash; ``previous``: that of the version before, empty for the first.

    ``alert`` must come with an empty ``evidence_hash``.
    """
    evidence = hashlib.sha256(previous + _json(alert)).digest()
    return msgspec.structs.replace(alert, evidence_hash=evidence.hex()), evidence
