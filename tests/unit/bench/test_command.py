"""The command line of the benchmarks."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from streams.commands.bench import ELSEWHERE, command


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, arguments)
    return done.exit_code, done.output


@pytest.mark.parametrize("name", ["throughput", "latency", "restore", "rescreen"])
def test_each_bench_shows_an_example(name: str) -> None:
    code, text = run(name, "--help")
    assert code == 0
    assert f"transitwatch bench {name} --bootstrap" in text


@pytest.mark.parametrize("name", ["throughput", "latency", "restore", "rescreen"])
def test_each_bench_is_bounded_in_time(name: str) -> None:
    assert run(name, "--timeout", "0")[0] == 2


def test_an_unknown_contender_is_wrong_use() -> None:
    code, text = run("throughput", "--only", "monitor,storm")
    assert code == 2
    assert "limit, monitor, faust, quix" in text


def test_an_unknown_bench_is_wrong_use() -> None:
    assert run("tea")[0] == 2


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_a_bench_of_a_module_that_is_not_there_is_left_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ELSEWHERE, name, ("streams.commands.not_there", "command", ""))
    assert name not in run("--help")[1].split("Commands:")[1].split()
    assert run(name)[0] == 2
