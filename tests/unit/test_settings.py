"""Settings: read in order, checked by themselves and against each other, secrets hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from streams.errors import SettingsError
from streams.setting_defs import SETTINGS
from streams.settings import Secret, load_settings

P = "TRANSITWATCH_"


def test_without_anything_said_the_defaults_hold() -> None:
    shown = load_settings({}).shown()
    assert {s.key: shown[s.key] for s in SETTINGS if not s.secret} == {
        s.key: s.default for s in SETTINGS if not s.secret
    }


def test_a_later_source_wins_over_an_earlier_one(tmp_path: Path) -> None:
    file = tmp_path / "t.toml"
    file.write_text('[kafka]\nbootstrap = "file:1"\nclient_id = "file"\n[monitor]\nslot = 3\n')
    environ = {P + "CONFIG": str(file), P + "KAFKA_BOOTSTRAP": "environment:1", P + "MONITOR_SLOT": "4"}
    found = load_settings(environ, options={"monitor.slot": 5, "monitor.group": None})
    assert (found.kafka.client_id, found.kafka.bootstrap, found.monitor.slot) == ("file", "environment:1", 5)
    assert found.monitor.group == "transitwatch-monitor"


def test_a_named_file_goes_before_the_one_in_the_environment(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(f'[kafka]\nclient_id = "{name}"\n')
    found = load_settings({P + "CONFIG": str(tmp_path / "a")}, str(tmp_path / "b"))
    assert found.kafka.client_id == "b"


@pytest.mark.parametrize(("variable", "value", "expected"), [
    ("KAFKA_BOOTSTRAP", "kafka", "HOST:PORT"), ("KAFKA_BOOTSTRAP", "kafka:99999", "HOST:PORT"),
    ("KAFKA_SECURITY_PROTOCOL", "ssl", "one of PLAINTEXT, SSL"), ("KAFKA_TOPIC_PREFIX", "a b", "letters, digits"),
    ("KAFKA_CLIENT_ID", " ", "a text that is not empty"), ("MONITOR_SLOT", "-1", "a whole number from 0 to 9999"),
    ("MONITOR_SLOT", "1.5", "a whole number"), ("MONITOR_BATCH_WAIT_S", "nan", "seconds from"),
    ("REFERENCE_MAX_STALENESS_S", "never", "or none"), ("REDIS_URL", "http://x", "redis://"),
    ("REGISTRY_URL", "https://user:pass@x", "without user and password"), ("REGISTRY_URL", "x", "http://"),
    ("LOG_LEVEL", "loud", "one of debug"),
])  # fmt: skip
def test_a_wrong_value_is_told_with_its_name_and_what_would_be_right(variable: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as told:
        load_settings({P + variable: value})
    assert told.value.name == P + variable
    assert expected in told.value.expected


@pytest.mark.parametrize("variable", ["REDIS_URL", "KAFKA_PASSWORD"])
def test_a_wrong_secret_is_not_shown(variable: str) -> None:
    with pytest.raises(SettingsError) as told:
        load_settings({P + variable: " " if "PASSWORD" in variable else "hunter2"})
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(("text", "told"), [
    ("[kafka]\nbotstrap = 'a:1'\n", "kafka.botstrap"), ("[kaffee]\n", "kaffee"), ("kafka = 1\n", "one of the tables"),
    ("[kafka]\nbootstrap = true\n", "kafka.bootstrap"), ("[kafka]\nbootstrap = ['a:1']\n", "kafka.bootstrap"),
    ("[kafka\n", "TOML"), ("\xff", "TOML"),
])  # fmt: skip
def test_a_wrong_file_is_told_with_the_place(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "t.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError, match=told):
        load_settings({}, str(file))


def test_a_missing_file_is_told() -> None:
    with pytest.raises(SettingsError, match="a file that can be read"):
        load_settings({}, "no/such/file.toml")


def test_a_slip_in_a_variable_is_told_with_what_was_meant() -> None:
    with pytest.raises(SettingsError, match="TRANSITWATCH_KAFKA_BOOTSTRAP, which it nearly is"):
        load_settings({P + "KAFKA_BOOTSTRP": "a:1"})


def test_variables_of_others_with_our_prefix_are_left_alone() -> None:
    load_settings({P + "SERVICE_HOST": "10.0.0.1", P + "PORT_8080_TCP_ADDR": "10.0.0.1"})


@pytest.fixture
def pem(tmp_path: Path) -> str:
    path = tmp_path / "x.pem"
    path.touch()
    return str(path)


def _with(pem: str, settings: dict[str, Any]) -> dict[str, str]:
    return {P + name: str(value).replace("PEM", pem) for name, value in settings.items()}


@pytest.mark.parametrize(("settings", "told"), [
    ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "KAFKA_SASL_MECHANISM"),
    ({"KAFKA_PASSWORD": "p"}, "KAFKA_SECURITY_PROTOCOL"),
    ({"KAFKA_CA_FILE": "PEM"}, "KAFKA_SECURITY_PROTOCOL"),
    ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_CA_FILE": "no/such.pem"}, "a file that is there"),
    ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_CERT_FILE": "PEM"}, "KAFKA_KEY_FILE"),
    ({"REDIS_URL": "rediss://x", "REDIS_KEY_FILE": "PEM"}, "REDIS_CERT_FILE"),
    ({"REDIS_CA_FILE": "PEM"}, "REDIS_URL"),
    ({"REGISTRY_URL": "http://x", "REGISTRY_CA_FILE": "PEM"}, "REGISTRY_URL"),
    ({"REFERENCE_SOURCE": "file"}, "REFERENCE_PATH"),
    ({"REFERENCE_PATH": "x.ndjson"}, "REFERENCE_PATH"),
    ({"REFERENCE_MAX_STALENESS_S": "2", "REFERENCE_REFRESH_S": "1"}, "more than twice"),
])  # fmt: skip
def test_settings_that_contradict_each_other_are_told(pem: str, settings: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings(_with(pem, settings))


def test_sasl_over_tls_reaches_the_client_and_is_hidden_in_what_is_shown(pem: str) -> None:
    found = load_settings(_with(pem, {
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "KAFKA_USERNAME": "monitor",
        "KAFKA_PASSWORD": "hunter2", "KAFKA_CA_FILE": "PEM", "REDIS_URL": "rediss://u:hunter3@redis:6379/0",
    }))  # fmt: skip
    assert found.kafka.client_config() == {
        "bootstrap.servers": "localhost:9092", "security.protocol": "SASL_SSL", "client.id": "transitwatch",
        "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "monitor", "sasl.password": "hunter2",
        "ssl.ca.location": pem,
    }  # fmt: skip
    assert found.shown()["redis.url"] == "rediss://***@redis:6379/0"
    assert "hunter" not in f"{found!r}{found.shown()}"


def test_a_secret_equals_another_of_the_same_text_and_shows_itself_only_when_asked() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert (str(Secret("a")), Secret("a").reveal()) == ("***", "a")


@pytest.mark.parametrize(("settings", "count"), [
    ({}, 0), ({"KAFKA_BOOTSTRAP": "kafka-1:9092"}, 1), ({"KAFKA_BOOTSTRAP": "127.0.0.1:1,[::1]:2,localhost:3"}, 0),
    ({"REDIS_URL": "redis://redis:6379"}, 1), ({"REDIS_URL": "redis://:p@localhost"}, 0),
    ({"MONITOR_PROCESSING_GUARANTEE": "at_least_once", "REFERENCE_MAX_STALENESS_S": "none", "MONITOR_CLOCK": "event"}, 3),
])  # fmt: skip
def test_unsafe_choices_are_named(settings: dict[str, str], count: int) -> None:
    assert len(load_settings(_with("", settings)).unsafe()) == count


def test_the_transactional_id_is_stable_per_slot() -> None:
    monitor = load_settings({P + "MONITOR_SLOT": "7", P + "MONITOR_GROUP": "g"}).monitor
    assert monitor.transactional_id == "g-7"
