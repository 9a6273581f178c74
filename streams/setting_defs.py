"""The closed set of settings: key, form, default, meaning, and whether it is a secret.

A setting ``kafka.bootstrap`` is the environment variable ``TRANSITWATCH_KAFKA_BOOTSTRAP`` and the line
``bootstrap`` in the table ``[kafka]`` of the TOML file. `docs/configuration.md` is written from here
(``python -m streams.setting_defs > docs/configuration.md``); a test keeps them equal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

PREFIX = "TRANSITWATCH_"


class Form(Struct, frozen=True):
    """How the text of a setting is read: ``parse`` raises ValueError, ``expected`` says what would be right."""

    parse: Callable[[str], Any]
    expected: str


class Setting(Struct, frozen=True, kw_only=True):
    """One setting. ``key`` is ``section.name``; ``default`` is the value itself, None for not set."""

    key: str
    form: Form
    default: Any = None
    meaning: str
    secret: bool = False

    @property
    def section(self) -> str:
        """The table of the TOML file."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The name within its table."""
        return self.key.partition(".")[2]

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.key.upper().replace(".", "_")


def text() -> Form:
    """Any text that is not empty."""

    def parse(value: str) -> str:
        if not value.strip():
            raise ValueError("empty")
        return value

    return Form(parse, "a text that is not empty")


def bootstrap() -> Form:
    """Kafka's list of servers."""

    def parse(value: str) -> str:
        for server in value.split(","):
            host, colon, port = server.strip().rpartition(":")
            if not (host and colon and port.isdecimal() and 0 < int(port) < 65536):
                raise ValueError(server)
        return value

    return Form(parse, "HOST:PORT[,HOST:PORT…], such as kafka-1:9092,kafka-2:9092")


def url(*schemes: str, user: bool = True) -> Form:
    """A URL of one of the schemes; with ``user`` False there is no place in it for user and password."""

    def parse(value: str) -> str:
        scheme, _, rest = value.partition("://")
        if scheme not in schemes or not rest or (not user and "@" in rest):
            raise ValueError("form")
        return value

    without = "" if user else ", without user and password"
    return Form(parse, "a URL that begins with " + " or ".join(f"{scheme}://" for scheme in schemes) + without)


def choice(*values: str) -> Form:
    """One of the values."""

    def parse(value: str) -> str:
        if value not in values:
            raise ValueError("unknown")
        return value

    return Form(parse, "one of " + ", ".join(values))


def whole(least: int, most: int) -> Form:
    """A whole number within bounds."""

    def parse(value: str) -> int:
        number = int(value)
        if not least <= number <= most:
            raise ValueError("out of range")
        return number

    return Form(parse, f"a whole number from {least} to {most}")


def seconds(least: float, most: float, or_none: bool = False) -> Form:
    """A span of seconds within bounds; with ``or_none`` also the word ``none``."""

    def parse(value: str) -> float | None:
        if or_none and value == "none":
            return None
        number = float(value)
        if not least <= number <= most:
            raise ValueError("out of range")
        return number

    return Form(parse, f"seconds from {least:g} to {most:g}" + (", or none" if or_none else ""))


TOPIC_PREFIX = Form(
    lambda value: value if all(c.isascii() and (c.isalnum() or c in "._-") for c in value) else _refuse(),
    "letters, digits, dot, underscore, hyphen, such as `test.`",
)


def _refuse() -> str:
    raise ValueError("form")


SETTINGS: tuple[Setting, ...] = (
    Setting(key="kafka.bootstrap", form=bootstrap(), default="localhost:9092", meaning="Kafka servers to begin with."),
    Setting(key="kafka.security_protocol", form=choice("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
            default="PLAINTEXT", meaning="How Kafka is spoken to. Only SSL and SASL_SSL are encrypted."),
    Setting(key="kafka.sasl_mechanism", form=choice("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
            meaning="With SASL_*: how to log in."),
    Setting(key="kafka.username", form=text(), meaning="With SASL_*: the user."),
    Setting(key="kafka.password", form=text(), meaning="With SASL_*: the password.", secret=True),
    Setting(key="kafka.ca_file", form=text(), meaning="PEM file of the authority that signed the brokers' certificates; "
            "not set: the system's."),
    Setting(key="kafka.cert_file", form=text(), meaning="PEM file of the client certificate, for mutual TLS."),
    Setting(key="kafka.key_file", form=text(), meaning="PEM file of its key."),
    Setting(key="kafka.key_password", form=text(), meaning="The password of that key.", secret=True),
    Setting(key="kafka.client_id", form=text(), default="transitwatch", meaning="Name by which brokers log this client."),
    Setting(key="kafka.topic_prefix", form=TOPIC_PREFIX, default="", meaning="Put before every topic name, so that "
            "several installations can share a cluster."),
    Setting(key="registry.url", form=url("http", "https", user=False), meaning="Schema registry. Set: records are written in Confluent "
            "framing; not set: Avro single-object encoding. Both are read."),
    Setting(key="registry.username", form=text(), meaning="User at the schema registry."),
    Setting(key="registry.password", form=text(), meaning="Password at the schema registry.", secret=True),
    Setting(key="registry.ca_file", form=text(), meaning="With https://: PEM file of the authority; not set: the system's."),
    Setting(key="monitor.group", form=text(), default="transitwatch-monitor", meaning="Consumer group of the monitors, and "
            "the stem of their transactional ids."),
    Setting(key="monitor.slot", form=whole(0, 9999), default=0, meaning="Number of this worker, different for each that "
            "runs and the same after a restart. Makes the transactional id `<group>-<slot>`: a restarted worker thereby "
            "ends what it left open."),
    Setting(key="monitor.batch_events", form=whole(1, 100_000), default=4000, meaning="Most events in one transaction."),
    Setting(key="monitor.batch_wait_s", form=seconds(0.001, 10), default=0.005, meaning="Longest wait for a batch to fill, "
            "seconds. Less: sooner alerts; more: fewer transactions."),
    Setting(key="monitor.transaction_timeout_s", form=seconds(1, 900), default=60.0, meaning="After which the broker aborts "
            "an open transaction, seconds (the broker's `transaction.max.timeout.ms` is the upper bound)."),
    Setting(key="monitor.clock", form=choice("wall", "event"), default="wall", meaning="What makes timers due: `wall` the "
            "later of the clock and the events' times; `event` the events' times alone, for replays and tests."),
    Setting(key="monitor.processing_guarantee", form=choice("exactly_once", "at_least_once"), default="exactly_once",
            meaning="`at_least_once` writes without transactions and may repeat alerts: for comparisons only."),
    Setting(key="monitor.screenings", form=choice("recorded", "not_recorded"), default="recorded", meaning="Whether it is "
            "recorded on `screening.decisions` who was screened, under which law and with what result; see `transitwatch audit`."),
    Setting(key="redis.url", form=url("redis", "rediss", "unix"), default="redis://localhost:6379/0",
            meaning="Redis; rediss:// is TLS. A password is better set beside it than in it.", secret=True),
    Setting(key="redis.username", form=text(), meaning="User at Redis."),
    Setting(key="redis.password", form=text(), meaning="Password at Redis.", secret=True),
    Setting(key="redis.ca_file", form=text(), meaning="With rediss://: PEM file of the authority; not set: the system's."),
    Setting(key="redis.cert_file", form=text(), meaning="With rediss://: client certificate."),
    Setting(key="redis.key_file", form=text(), meaning="With rediss://: its key."),
    Setting(key="redis.timeout_s", form=seconds(0.05, 60), default=2.0, meaning="Bound of every call to Redis, seconds."),
    Setting(key="reference.source", form=choice("redis", "bundled", "file"), default="redis", meaning="Where a monitor's "
            "law and lists come from. `bundled` and `file` never change while it runs."),
    Setting(key="reference.path", form=text(), meaning="With source `file`: an NDJSON file or a directory of them, on top "
            "of the bundled records."),
    Setting(key="reference.max_staleness_s", form=seconds(1, 604_800, or_none=True), default=3600.0, meaning="How long a "
            "monitor goes on with records it cannot confirm at Redis; then it stops. `none`: for ever (unsafe)."),
    Setting(key="reference.refresh_s", form=seconds(0.05, 3600), default=1.0, meaning="How often the version in force is "
            "looked at when no notice comes, seconds."),
    Setting(key="http.host", form=text(), default="127.0.0.1", meaning="Address of `/health/*` and `/metrics`; in a "
            "container 0.0.0.0."),
    Setting(key="http.port", form=whole(0, 65535), default=8080, meaning="Its port; 0 takes a free one and logs it."),
    Setting(key="http.stalled_after_s", form=seconds(1, 3600), default=60.0, meaning="`/health/live` fails when the loop "
            "made no progress for so many seconds."),
    Setting(key="log.level", form=choice("debug", "info", "warning", "error"), default="info", meaning="Least that is logged."),
    Setting(key="log.format", form=choice("json", "console"), default="json", meaning="One JSON object a line, or for eyes."),
)  # fmt: skip
BY_KEY: dict[str, Setting] = {setting.key: setting for setting in SETTINGS}

_HEAD = """# Configuration

Written from `streams/setting_defs.py` (`python -m streams.setting_defs > docs/configuration.md`); a test keeps them equal.

Settings are read once at start, later ones winning: defaults, the TOML file (`--config FILE` or
`TRANSITWATCH_CONFIG`), environment variables, options of the command. All are checked before anything runs; a
wrong one is told with its name, its value and what would be right, and the command ends with 2. An unknown key in
the file, and a `TRANSITWATCH_…` variable that is nearly one of these, are errors too. Secrets are never logged nor shown.

```toml
[kafka]
bootstrap = "kafka-1:9092,kafka-2:9092"
security_protocol = "SASL_SSL"
sasl_mechanism = "SCRAM-SHA-512"
username = "monitor"
ca_file = "/etc/transitwatch/ca.pem"   # the password: TRANSITWATCH_KAFKA_PASSWORD

[redis]
url = "rediss://redis:6379/0"

[monitor]
slot = 0
```

`transitwatch doctor` shows what is in force and says which choices are unsafe.
"""


def reference_page() -> str:
    """`docs/configuration.md`."""
    out = [_HEAD]
    section = ""
    for setting in SETTINGS:
        if setting.section != section:
            section = setting.section
            out.append(f"\n## {section}\n\n| key | variable | default | expected | meaning |\n|---|---|---|---|---|\n")
        default = "" if setting.default is None else f"`{setting.default}`" if setting.default != "" else "empty"
        secret = " Secret." if setting.secret else ""
        expected = setting.form.expected
        out.append(f"| `{setting.key}` | `{setting.variable}` | {default} | {expected} | {setting.meaning}{secret} |\n")
    return "".join(out)


if __name__ == "__main__":
    print(reference_page(), end="")
