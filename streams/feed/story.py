"""One consignment in the making: a clock that moves on, and the events told on the way.

The events are the JSON objects of the contract (section 1), so that what is written is what is judged.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from streams.feed.geography import place, zone_of

JsonEvent = dict[str, Any]

_SOURCES = {"KZ": "ktz", "RU": "port-agent-ru", "BY": "bch", "LT": "lt-customs", "LV": "lv-customs", "PL": "pl-customs"}
_CUSTOMS = {
    "DECLARED", "RELEASED_FOR_TRANSIT", "ARRIVED_AT_DESTINATION", "CONTROLLED", "DISCHARGED", "ENQUIRY_OPENED",
    "EXPORT_CONFIRMED", "INVALIDATED", "CERTIFIED",
}  # fmt: skip


def iso(moment: datetime, country: str | None = None) -> str:
    """A moment as senders in that country write it: local time, to the second, with offset."""
    return moment.astimezone(zone_of(country)).isoformat(timespec="seconds")


class Story:
    """The events of one consignment. ``at`` is the clock of the journey; ``now`` the clock of the judgement, if any."""

    def __init__(self, consignment_id: str, rng: Random, start: datetime) -> None:
        self.id = consignment_id
        self.rng = rng
        self.at = start.replace(microsecond=0)
        self.events: list[JsonEvent] = []
        self.now: datetime | None = None

    def wait(self, hours: float) -> None:
        """Let that many hours pass, give or take a quarter."""
        minutes = round(hours * 60 * self.rng.uniform(0.75, 1.25))
        self.at += timedelta(minutes=minutes)

    def go_to(self, day: str, time: str = "09:00:00", zone: str | None = "BE") -> None:
        """Set the clock to a local date and time in a country."""
        self.at = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone_of(zone)).astimezone(UTC)

    def tell(self, type: str, where: str | dict[str, Any] | None = None, **fields: Any) -> JsonEvent:
        """Add an event at the present clock and return it; ``where`` is a UN/LOCODE of the feed or a Place object.

        ``occurred`` gives another time of occurrence (a datetime), ``late`` the hours until it became known.
        """
        spot = place(where) if isinstance(where, str) else where
        country = (spot or {}).get("country")
        occurred: datetime = fields.pop("occurred", self.at)
        late: float = fields.pop("late", self.rng.randrange(5, 180) / 60)
        known = (self.at if fields.get("classifier") in ("PLANNED", "ESTIMATED") else occurred) + timedelta(hours=late)
        event: JsonEvent = {
            "event_id": f"{self.id}-{len(self.events) + 1:02d}",
            "source": fields.pop("source", None) or self._source(type, country),
            "type": type,
            "consignment_id": self.id,
            "occurred_at": iso(occurred, country),
            "recorded_at": iso(known, country),
        }
        if spot:
            event["place"] = spot
        event.update({name: value for name, value in fields.items() if value is not None})
        self.events.append(event)
        return event

    def _source(self, type: str, country: str | None) -> str:
        if type in _CUSTOMS:
            return f"{(country or 'EU').lower()}-customs"
        return _SOURCES.get(country or "", "operator-17")

    def replace(self, event: JsonEvent, hours: float, **changes: Any) -> JsonEvent:
        """A correction of an event: the same with changes, known that many hours after the corrected one."""
        return self._answer({**copy.deepcopy(event), "replaces": event["event_id"], **changes}, event, hours)

    def retract(self, event: JsonEvent, hours: float) -> JsonEvent:
        """Take an event back: it never happened; known that many hours after it."""
        told = {name: event[name] for name in ("source", "consignment_id")}
        told["occurred_at"] = min(event["occurred_at"], event["recorded_at"], key=datetime.fromisoformat)
        return self._answer({**told, "type": "RETRACTED", "retracts": event["event_id"]}, event, hours)

    def _answer(self, told: JsonEvent, event: JsonEvent, hours: float) -> JsonEvent:
        known = datetime.fromisoformat(event["recorded_at"]) + timedelta(hours=hours)
        told = {
            "event_id": f"{self.id}-{len(self.events) + 1:02d}",
            **{k: v for k, v in told.items() if k != "event_id"},
        }
        told["recorded_at"] = known.isoformat(timespec="seconds")
        self.events.append(told)
        return told

    @property
    def clock(self) -> datetime:
        """The clock of the judgement: ``now`` if set, else the latest time at which an event became known."""
        return self.now or max(datetime.fromisoformat(e["recorded_at"]) for e in self.events)
