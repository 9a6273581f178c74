"""The stack of docker-compose.yml, checked without a container engine; each check on seeded violations."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from streams.setting_defs import PREFIX, SETTINGS
from tests.unit.deploy.compose import ROOT, calls_of, cli_problem, problems, shell_commands

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
Seed = Callable[[dict[str, Any]], object]


def test_nothing_is_wrong_with_the_stack() -> None:
    assert problems(COMPOSE) == []


SEEDS: list[tuple[str, Seed]] = [
    ("schema", lambda s: s["kafka"].update(image=7)),
    ("schema", lambda s: s["redis"].update(healthchecks={})),
    ("schema", lambda s: s["agents"]["depends_on"]["redis"].update(condition="service_ready")),
    ("no such option", lambda s: s["monitor-0"].update(command=["monitor", "--slots", "0"])),
    ("not a valid integer", lambda s: s["monitor-1"].update(command=["monitor", "--slot", "one"])),
    ("no such command", lambda s: s["agents"].update(command=["agent"])),
    ("only show its help", lambda s: s["agents"].update(command=["agents", "--help"])),
    ("runs no command", lambda s: s["feed"].update(command=["sleep 3"])),
    ("no such option", lambda s: s["feed"].update(command=["transitwatch generate --outt /tmp/feed"])),
    ("does not exist", lambda s: s["redis"].update(volumes=["./deploy/redis/other.conf:/etc/redis/redis.conf:ro"])),
    ("is not declared", lambda s: s["grafana"].update(volumes=["other-data:/var/lib/grafana"])),
    ("does not exist", lambda s: s["topics"].update(build={"context": ".", "dockerfile": "deploy/Other"})),
    ("no pinned version", lambda s: s["grafana"].update(image="grafana/grafana:latest")),
    ("no pinned version", lambda s: s["redis"].update(image="redis")),
    ("which is not there", lambda s: s["agents"]["depends_on"].update(zookeeper={"condition": "service_started"})),
    ("which has no check", lambda s: s["redis"].pop("healthcheck")),
    ("which has no check", lambda s: s["monitor-0"].update(healthcheck={"disable": True})),
    ("depends on reference by", lambda s: s["monitor-0"]["depends_on"]["reference"].update(condition="service_started")),
    ("is written down", lambda s: s["redis"]["environment"].update(REDISCLI_AUTH="secret")),
    ("is open to other machines", lambda s: s["kafka"].update(ports=["19092:19092"])),
]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed[0])
def test_a_violation_is_noticed(seed: tuple[str, Seed]) -> None:
    expected, change = seed
    compose = copy.deepcopy(COMPOSE)
    change(compose["services"])
    assert any(expected in found.lower() for found in problems(compose)), problems(compose)


def test_calls_in_a_script_are_found_with_their_arguments() -> None:
    script = 'x=$$(date)\ntransitwatch a --seed $$x && sed "s/TW-/R$$x-/" f | transitwatch b -; transitwatch c'
    assert list(shell_commands(script)) == [["a", "--seed", "1"], ["b", "-"], ["c"]]


def test_a_right_command_has_no_problem() -> None:
    assert cli_problem(["alerts", "tail", "--verdict", "BREACH"]) is None


def test_the_monitors_have_slots_of_their_own() -> None:
    calls = [call for name in SERVICES for call in calls_of(SERVICES[name]) if call[:1] == ["monitor"]]
    assert sorted(calls) == [["monitor", "--slot", "0"], ["monitor", "--slot", "1"]]


def test_our_image_carries_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {s["image"] for s in SERVICES.values() if "build" in s} == {f"transitwatch:{version}"}


def test_the_kafka_is_the_one_that_the_tests_run() -> None:
    pom = (ROOT / "deploy" / "kafka" / "jars" / "pom.xml").read_text("utf-8")
    found = re.search(r"<artifactId>kafka_[\d.]+</artifactId>\s*<version>([^<]+)<", pom)
    assert found is not None and SERVICES["kafka"]["image"] == f"apache/kafka:{found[1]}"


def test_every_variable_of_ours_is_a_setting() -> None:
    known = {setting.variable for setting in SETTINGS}
    told = {key for s in SERVICES.values() if "build" in s for key in s["environment"] if key.startswith(PREFIX)}
    assert told <= known and told


def test_prometheus_and_the_alerts_go_to_services_of_the_stack() -> None:
    text = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text("utf-8")
    hosts = set(re.findall(r'"([a-z0-9-]+):\d+"', text)) - {"localhost"}
    assert hosts == {"monitor-0", "monitor-1", "alertmanager"} and hosts <= SERVICES.keys()


def test_grafana_finds_its_provisioning_and_dashboards_where_they_are_mounted() -> None:
    targets = {mount.split(":")[1] for mount in SERVICES["grafana"]["volumes"]}
    provider = yaml.safe_load((ROOT / "deploy/grafana/provisioning/dashboards/transitwatch.yml").read_text("utf-8"))
    assert {"/etc/grafana/provisioning", provider["providers"][0]["options"]["path"]} <= targets
