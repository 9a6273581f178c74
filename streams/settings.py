"""The settings of a process: parsed once, checked against each other, secrets hidden.

What can be set stands in `streams.setting_defs`; this module reads it from defaults, a TOML file and the
environment into frozen structures.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from streams.errors import SettingsError
from streams.setting_defs import BY_KEY, PREFIX, SETTINGS, Setting

CONFIG_VARIABLE = PREFIX + "CONFIG"
_PASSED_OVER = frozenset({CONFIG_VARIABLE})
_HIDDEN = "***"


class Secret:
    """A text that shows itself only on `reveal`; of a URL all but user and password is shown."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself, for the client that needs it."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        scheme, found, rest = self._value.partition("://")
        if not found:
            return _HIDDEN
        return f"{scheme}://{_HIDDEN}@{rest.rpartition('@')[2]}" if "@" in rest else self._value

    __str__ = __repr__


class KafkaSettings(Struct, frozen=True, kw_only=True):
    """How Kafka is reached (table ``kafka``)."""

    bootstrap: str
    security_protocol: str
    sasl_mechanism: str | None
    username: str | None
    password: Secret | None
    ca_file: str | None
    cert_file: str | None
    key_file: str | None
    key_password: Secret | None
    client_id: str
    topic_prefix: str

    def client_config(self) -> dict[str, Any]:
        """What every librdkafka client needs to connect. Holds secrets in the clear: not for logs."""
        given = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.security_protocol,
            "client.id": self.client_id,
            "sasl.mechanism": self.sasl_mechanism,
            "sasl.username": self.username,
            "sasl.password": self.password and self.password.reveal(),
            "ssl.ca.location": self.ca_file,
            "ssl.certificate.location": self.cert_file,
            "ssl.key.location": self.key_file,
            "ssl.key.password": self.key_password and self.key_password.reveal(),
        }
        return {name: value for name, value in given.items() if value is not None}


class RegistrySettings(Struct, frozen=True, kw_only=True):
    """The schema registry, if there is one (table ``registry``)."""

    url: str | None
    username: str | None
    password: Secret | None
    ca_file: str | None


class MonitorSettings(Struct, frozen=True, kw_only=True):
    """How a monitor works (table ``monitor``); times in seconds."""

    group: str
    slot: int
    batch_events: int
    batch_wait_s: float
    transaction_timeout_s: float
    clock: str
    processing_guarantee: str
    screenings: str

    @property
    def transactional_id(self) -> str:
        """Stable per worker slot, so that a restarted worker fences what it left behind."""
        return f"{self.group}-{self.slot}"


class RedisSettings(Struct, frozen=True, kw_only=True):
    """How Redis is reached (table ``redis``); `timeout_s` bounds every call."""

    url: Secret
    username: str | None
    password: Secret | None
    ca_file: str | None
    cert_file: str | None
    key_file: str | None
    timeout_s: float


class ReferenceSettings(Struct, frozen=True, kw_only=True):
    """Where law and lists come from (table ``reference``); `max_staleness_s` None is for ever."""

    source: str
    path: str | None
    max_staleness_s: float | None
    refresh_s: float


class HttpSettings(Struct, frozen=True, kw_only=True):
    """Where health and metrics are served (table ``http``)."""

    host: str
    port: int
    stalled_after_s: float


class LogSettings(Struct, frozen=True, kw_only=True):
    """What is logged and how (table ``log``)."""

    level: str
    format: str


class Settings(Struct, frozen=True, kw_only=True):
    """All settings of a process, checked. ``repr`` shows no secret."""

    kafka: KafkaSettings
    registry: RegistrySettings
    monitor: MonitorSettings
    redis: RedisSettings
    reference: ReferenceSettings
    http: HttpSettings
    log: LogSettings

    def unsafe(self) -> tuple[str, ...]:
        """The choices in force that are unsafe outside a trial, in words."""
        found = []
        remote = not _is_local(self.kafka.bootstrap)
        if remote and self.kafka.security_protocol in ("PLAINTEXT", "SASL_PLAINTEXT"):
            found.append(
                f"kafka.security_protocol {self.kafka.security_protocol}: not encrypted on the way to another host"
            )
        if self.redis.url.reveal().startswith("redis://") and not _is_local(_host_of(self.redis.url.reveal())):
            found.append("redis.url redis://: not encrypted on the way to another host; rediss:// is")
        if self.monitor.processing_guarantee != "exactly_once":
            found.append(
                "monitor.processing_guarantee at_least_once: alerts may be repeated or disagree with the state"
            )
        if self.reference.max_staleness_s is None:
            found.append("reference.max_staleness_s none: goes on for ever with lists that may be out of date")
        if self.monitor.clock == "event":
            found.append("monitor.clock event: a missing arrival is not noticed while no events come")
        return tuple(found)

    def shown(self) -> dict[str, Any]:
        """Every setting by key, secrets hidden, for logs and `doctor`."""
        out = {}
        for setting in SETTINGS:
            value = getattr(getattr(self, setting.section), setting.name)
            out[setting.key] = str(value) if isinstance(value, Secret) else value
        return out


_SECTIONS: dict[str, type[Struct]] = {
    "kafka": KafkaSettings, "registry": RegistrySettings, "monitor": MonitorSettings, "redis": RedisSettings,
    "reference": ReferenceSettings, "http": HttpSettings, "log": LogSettings,
}  # fmt: skip


def _is_local(servers: str) -> bool:
    hosts = [server.strip().rpartition(":")[0].strip("[]") for server in servers.split(",")]
    return all(host in ("localhost", "::1", "") or host.startswith("127.") for host in hosts)


def _host_of(url: str) -> str:
    rest = url.partition("://")[2].rpartition("@")[2].partition("/")[0]
    return rest if ":" in rest else f"{rest}:6379"


def _parse(setting: Setting, value: Any, where: str) -> Any:
    """The value of a setting from its text. Raises SettingsError."""
    given = isinstance(value, str | int | float) and not isinstance(value, bool)
    try:
        parsed = setting.form.parse(str(value) if given else "")
    except ValueError:
        shown = _HIDDEN if setting.secret else repr(value)
        raise SettingsError(where, shown, setting.form.expected) from None
    return Secret(parsed) if setting.secret else parsed


def _from_file(path: str) -> dict[str, Any]:
    try:
        tables = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            "configuration file", path, f"a file that can be read ({error.strerror or error})"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError("configuration file", path, f"TOML ({error})") from None
    found: dict[str, Any] = {}
    for section, table in tables.items():
        names = [s.name for s in SETTINGS if s.section == section]
        if not names or not isinstance(table, dict):
            raise SettingsError(f"{path}: [{section}]", section, "one of the tables " + ", ".join(_SECTIONS))
        for name, value in table.items():
            if name not in names:
                raise SettingsError(f"{path}: {section}.{name}", name, "one of " + ", ".join(names))
            setting = BY_KEY[f"{section}.{name}"]
            found[setting.key] = _parse(setting, value, f"{path}: {setting.key}")
    return found


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    variables = {setting.variable: setting for setting in SETTINGS}
    found: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name in _PASSED_OVER:
            continue
        if name in variables:
            found[variables[name].key] = _parse(variables[name], value, name)
        else:
            _refuse_slip(name)
    return found


def _refuse_slip(name: str) -> None:
    """Refuse a variable that is nearly one of ours; others stay (Kubernetes sets TRANSITWATCH_SERVICE_HOST)."""
    import difflib  # on the way to an error only

    known = {setting.variable.removeprefix(PREFIX): setting.variable for setting in SETTINGS}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), known, 1, cutoff=0.85)
    if near:
        raise SettingsError(name, _HIDDEN, f"{known[near[0]]}, which it nearly is")


def _check(settings: Settings) -> None:
    """Settings against each other. Raises SettingsError."""
    kafka, redis, reference = settings.kafka, settings.redis, settings.reference
    for key, given in (("kafka.ca_file", kafka.ca_file), ("kafka.cert_file", kafka.cert_file),
                       ("kafka.key_file", kafka.key_file), ("registry.ca_file", settings.registry.ca_file),
                       ("redis.ca_file", redis.ca_file),
                       ("redis.cert_file", redis.cert_file), ("redis.key_file", redis.key_file)):  # fmt: skip
        if given is not None and not Path(given).is_file():
            raise SettingsError(_told(key), given, "a file that is there")
    if kafka.security_protocol.startswith("SASL_"):
        for name in ("sasl_mechanism", "username", "password"):
            if getattr(kafka, name) is None:
                raise SettingsError(_told(f"kafka.{name}"), "not set", f"a value, as {_told('kafka.security_protocol')} "
                                    f"is {kafka.security_protocol}")  # fmt: skip
    elif kafka.password is not None:
        raise SettingsError(_told("kafka.security_protocol"), kafka.security_protocol,
                            "SASL_SSL (or SASL_PLAINTEXT), as a password is set that would not be used")  # fmt: skip
    if kafka.ca_file and kafka.security_protocol not in ("SSL", "SASL_SSL"):
        raise SettingsError(_told("kafka.security_protocol"), kafka.security_protocol,
                            "SSL or SASL_SSL, as a CA file is set that would not be used")  # fmt: skip
    for section, half in (("kafka", kafka), ("redis", redis)):
        if (half.cert_file is None) != (half.key_file is None):
            absent = "key_file" if half.key_file is None else "cert_file"
            raise SettingsError(_told(f"{section}.{absent}"), "not set", "a file, as the other half of the pair is set")
    if settings.registry.ca_file and not (settings.registry.url or "").startswith("https://"):
        raise SettingsError(_told("registry.url"), str(settings.registry.url),
                            "https://, as a CA file is set that would not be used")  # fmt: skip
    if redis.ca_file and not redis.url.reveal().startswith("rediss://"):
        raise SettingsError(_told("redis.url"), "redis://…", "rediss://, as a CA file is set that would not be used")
    if (reference.source == "file") != (reference.path is not None):
        raise SettingsError(
            _told("reference.path"), str(reference.path), "a path exactly when reference.source is `file`"
        )
    if reference.max_staleness_s is not None and reference.max_staleness_s <= 2 * reference.refresh_s:
        raise SettingsError(_told("reference.max_staleness_s"), f"{reference.max_staleness_s:g}",
                            f"more than twice reference.refresh_s ({reference.refresh_s:g})")  # fmt: skip


def _told(key: str) -> str:
    return f"{BY_KEY[key].variable} ({key})"


def load_settings(
    environ: Mapping[str, str], file: str | None = None, options: Mapping[str, Any] | None = None
) -> Settings:
    """The settings of this process, checked.

    ``file``: the TOML file (default: what TRANSITWATCH_CONFIG in ``environ`` names, else none). ``options``: by
    key, what the command line says; None there is not said. Raises SettingsError.
    """
    values: dict[str, Any] = {
        s.key: Secret(s.default) if s.secret and s.default is not None else s.default for s in SETTINGS
    }
    path = file or environ.get(CONFIG_VARIABLE)
    if path:
        values |= _from_file(path)
    values |= _from_environment(environ)
    for key, value in (options or {}).items():
        if value is not None:
            values[key] = _parse(BY_KEY[key], value, f"option for {key}")
    sections = {
        section: cls(**{s.name: values[s.key] for s in SETTINGS if s.section == section})
        for section, cls in _SECTIONS.items()
    }
    settings = Settings(**sections)  # type: ignore[arg-type]  # each section by its own class
    _check(settings)
    return settings
