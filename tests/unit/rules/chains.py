"""A consignment whose alerts have several versions, for the tests of evidence and replay."""

from __future__ import annotations

from streams.model.events import Event, Goods, Origin, Party, Place, Transport
from streams.reference.bundled import bundled_records
from streams.rules.judge import Judge
from streams.rules.replaying import Run, run_events
from tests.unit.rules.build import event

JUDGE = Judge(bundled_records())
BUYER = Party("BUYER", "Maasdok Brandstoffen B.V.", "NL")
COAL = (Goods(1, "270112", net_kg=60000.0),)


def history() -> list[Event]:
    """Coal at a Russian port of which origin, then owner become known, then that it is Russian after all."""
    kazakh = (Goods(1, "270112", origin=(Origin("KZ"),), net_kg=60000.0),)
    russian = (Goods(1, "270112", origin=(Origin("RU"),), net_kg=60000.0),)
    owner = Party("OWNER", "TOO Ekibastuz Komir", "KZ")
    return [
        event("BOOKED", "2026-09-01", goods=COAL, parties=(BUYER,)),
        event("LOADED", "2026-09-10", place=Place("RUULU"), transport=Transport("SEA")),
        event("PROCESSED", "2026-09-02", recorded_at="2026-09-11", goods=kazakh),
        event("OWNERSHIP_TRANSFERRED", "2026-09-03", recorded_at="2026-09-12", parties=(owner,)),
        event("PROCESSED", "2026-09-04", recorded_at="2026-09-13", goods=russian),
    ]


def told() -> Run:
    """The history judged under the bundled records."""
    return run_events(JUDGE, history())
