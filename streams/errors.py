"""The exceptions of transitwatch.

TransitwatchError
+-- SettingsError       a setting that cannot be: which, its value, what would be right
+-- InvalidInput        a record that is none: what, field path, value, what would be right
+-- StateError          an encoded state that this version cannot read
+-- ReferenceUnavailable  no reference records can be had (Redis empty or away, topics unreadable)
+-- ListRefused         a list file that is not what it says: broken, cut, hostile, shrunken; nothing of it counts
+-- ReferenceStale      the held reference records are older than the configured limit
+-- KafkaTrouble        Kafka refused or did not answer: topic, partition, offset as far as known
    +-- KafkaUnavailable    no broker could be reached, or none answered in time
    +-- TopicMissing        a topic or partition that does not exist
    +-- NotAuthorised       the brokers refuse this user
    +-- RecordTooLarge      a record larger than its topic takes
+-- RegistryTrouble     the schema registry does not answer or refuses
"""

from __future__ import annotations


class TransitwatchError(Exception):
    """The root of all errors that are told to the user in one line."""


class SettingsError(TransitwatchError):
    """A setting that cannot be used; ``value`` is hidden by the caller when it is a secret."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}: {value}; expected {expected}")
        self.name = name
        self.value = value
        self.expected = expected


class InvalidInput(TransitwatchError):
    """An input that cannot be a record (contract 1.3)."""

    def __init__(self, what: str, path: str, value: str, expected: str) -> None:
        super().__init__(f"{path}: {what}: {value}; expected {expected}")
        self.what = what
        self.path = path
        self.value = value
        self.expected = expected


class StateError(TransitwatchError):
    """An encoded state of a consignment that this version cannot read."""


class ReferenceUnavailable(TransitwatchError):
    """No reference records can be had: Redis is empty or away, or the topics cannot be read."""


class ReferenceStale(TransitwatchError):
    """The held reference records were last confirmed longer ago than the limit: ages in seconds."""

    def __init__(self, age_s: float, limit_s: float, because: str) -> None:
        super().__init__(
            f"reference records last confirmed {age_s:.0f} s ago, the limit is {limit_s:.0f} s ({because}); "
            "bring Redis and `transitwatch agents` back, then start again"
        )
        self.age_s = age_s
        self.limit_s = limit_s
        self.because = because


class ListRefused(TransitwatchError):
    """A file of an official list that is refused whole: the last good one stays in force.

    ``where`` is a line, column or element of ``file``; empty when the file as a whole is meant.
    """

    def __init__(self, file: str, where: str, because: str) -> None:
        super().__init__(f"{file}:{where}: {because}" if where else f"{file}: {because}")
        self.file = file
        self.where = where
        self.because = because


class TransactionAborted(TransitwatchError):
    """A Kafka transaction was aborted: nothing of it counts; read its input again."""


class ProducerLost(TransitwatchError):
    """The transactional producer cannot go on. ``cause``: fenced, commit_unknown, fatal or timeout."""

    def __init__(self, cause: str, because: str) -> None:
        super().__init__(f"transactional producer lost ({cause}): {because}")
        self.cause = cause
        self.because = because


class DeadLetterUnwritable(TransitwatchError):
    """A refused record could not be written to the dead-letter topic; nothing was committed."""

    def __init__(self, topic: str, because: str) -> None:
        super().__init__(
            f"topic {topic} cannot be written ({because}); nothing was committed and nothing is lost: "
            "mend the topic, then start the monitor again"
        )
        self.topic = topic
        self.because = because


class EventsLost(TransitwatchError):
    """Events that were not yet read are no longer on their topic."""

    def __init__(self, topic: str, partition: int, because: str) -> None:
        super().__init__(
            f"{topic}[{partition}]: the next event to read is no longer on the topic ({because}); "
            "its retention is too short for the time the monitor was away"
        )
        self.topic = topic
        self.partition = partition


class SlotTaken(TransitwatchError):
    """Another monitor works under the same transactional id."""

    def __init__(self, transactional_id: str) -> None:
        super().__init__(f"another monitor took over the transactional id {transactional_id}; give each its own --slot")
        self.transactional_id = transactional_id


class KafkaTrouble(TransitwatchError):
    """Kafka refused or did not answer: which topic, partition and offset it was about, as far as known."""

    def __init__(
        self, what: str, *, code: str = "", topic: str | None = None, partition: int | None = None,
        offset: int | None = None,
    ) -> None:  # fmt: skip
        where = "" if topic is None else topic if partition is None else f"{topic}[{partition}]"
        if where and offset is not None:
            where = f"{where}@{offset}"
        super().__init__(f"{where}: {what}" if where else what)
        self.what = what
        self.code = code
        self.topic = topic
        self.partition = partition
        self.offset = offset


class KafkaUnavailable(KafkaTrouble):
    """No broker could be reached, or none answered in time."""


class TopicMissing(KafkaTrouble):
    """A topic or partition that does not exist on the brokers."""


class NotAuthorised(KafkaTrouble):
    """The brokers refuse this user: wrong credentials, or no right to a topic, group or transactional id."""


class RecordTooLarge(KafkaTrouble):
    """A record larger than its topic takes."""


class RegistryTrouble(TransitwatchError):
    """The schema registry does not answer or refuses; nothing can be said of the record that needed it."""

    def __init__(self, url: str, because: str) -> None:
        super().__init__(f"schema registry {url}: {because}")
        self.url = url
        self.because = because
