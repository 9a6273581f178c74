"""The histories that `transitwatch replay` takes from files of events, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from streams.commands.decide import _lines
from streams.commands.replay_buckets import Buckets
from streams.errors import InvalidInput
from streams.model.decision import Alert
from streams.model.events import Event
from streams.model.intake import event_from_json, load_json
from streams.rules.state import Entry, EventEntry, decode_log, encode_entry

Wanted = frozenset[str] | None
"""The consignments asked for; None: all."""
Tell = Callable[[str], None]


class History(Struct):
    """A consignment's inputs in order of arrival, and the versions published of it (None: it is not known)."""

    consignment_id: str
    entries: list[Entry]
    published: list[Alert] | None = None


def _events(sources: Iterable[str], intake_time: int, refuse: Tell) -> Iterator[Event]:
    for source in sources:
        for number, line in _lines(source):
            try:
                yield event_from_json(load_json(line), intake_time)[0]
            except InvalidInput as error:
                refuse(f"{source}:{number}: {error}")


def from_files(
    sources: Iterable[str], wanted: Wanted, intake_time: int, refuse: Tell, read: Callable[[int], None] = lambda _: None
) -> Iterator[History]:
    """The histories in files of events: the order of the lines is the order of arrival.

    ``intake_time`` (ms UTC) stands in for an absent `recorded_at`; ``refuse`` is told each line that is no event,
    ``read`` how many events were read so far.
    """
    with Buckets() as buckets:
        for count, event in enumerate(_events(sources, intake_time, refuse), 1):
            read(count)
            if wanted is None or event.consignment_id in wanted:
                buckets.put(event.consignment_id, 0, encode_entry(EventEntry(event)))
        for consignment, items in buckets.groups():
            log = b"".join(item.value for item in items)
            yield History(consignment, decode_log(len(items), log))
