"""The histories that `transitwatch replay` takes from the topics of a running system, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from streams.commands.replay_buckets import Buckets
from streams.commands.replay_sources import History, Tell, Wanted
from streams.errors import InvalidInput
from streams.kafka.changelog import LAW_KEY
from streams.kafka.codec import Registry, decode_alert, decode_state
from streams.kafka.reading import scan
from streams.kafka.registry import registry_of
from streams.kafka.topics import ALERTS, STATE, topic_name
from streams.model.decision import Alert
from streams.rules.state import entries_of
from streams.settings import Settings

_STATE, _ALERT = 1, 2


def from_topics(settings: Settings, wanted: Wanted, refuse: Tell) -> Iterator[History]:
    """The histories in `consignments.state` with the versions on `alerts`; ``refuse`` is told what cannot be read.

    Raises KafkaTrouble, InvalidInput for a state that is none.
    """
    prefix, registry = settings.kafka.topic_prefix, registry_of(settings.registry)
    with Buckets() as buckets:
        for tag, topic in ((_STATE, STATE), (_ALERT, ALERTS)):
            for message in scan(settings.kafka, topic_name(prefix, topic)):
                key, value = _bytes(message.key()), message.value()
                if key == LAW_KEY or (wanted is not None and key.decode(errors="replace") not in wanted):
                    continue
                buckets.put(key.decode(errors="replace"), tag, value or b"")
        for consignment, items in buckets.groups():
            states = [item.value for item in items if item.tag == _STATE]
            if states and states[-1]:
                values = [item.value for item in items if item.tag == _ALERT]
                alerts = list(_alerts(consignment, values, registry, refuse))
                yield History(consignment, entries_of(decode_state(states[-1])), alerts)


def _alerts(consignment: str, values: Iterable[bytes], registry: Registry | None, refuse: Tell) -> Iterator[Alert]:
    for value in values:
        try:
            yield decode_alert(value, registry)
        except InvalidInput as error:
            refuse(f"{consignment}: an alert version on the topic cannot be read: {error}")


def _bytes(key: str | bytes | None) -> bytes:
    return key.encode() if isinstance(key, str) else key or b""
