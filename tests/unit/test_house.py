"""The house rules hold, and each checker notices a seeded violation."""

from __future__ import annotations

import pytest

from tests.unit import house

MODULES = house.package_modules()
TEXTS = house.tracked_texts()


def test_imports_go_only_downward() -> None:
    assert house.upward_imports(MODULES) == []


def test_there_are_no_circles_of_imports() -> None:
    assert house.circles(MODULES) == []


def test_there_is_no_clock_chance_or_io_below_floor_3() -> None:
    assert house.clock_and_io(MODULES) == []


def test_there_is_no_third_party_client_below_floor_3() -> None:
    assert house.third_party(MODULES) == []


def test_no_file_is_longer_than_400_lines() -> None:
    assert house.long_files(TEXTS) == []


def test_nine_functions_in_ten_fit_a_screen() -> None:
    lengths = house.function_lengths(MODULES)
    assert house.percentile_90(lengths) <= house.P90_LINES, lengths[-10:]


def test_every_public_name_has_a_docstring() -> None:
    assert house.undocumented(MODULES) == []


def test_no_unfinished_work_and_no_machine_paths_are_tracked() -> None:
    assert house.leftovers(TEXTS) == []


def test_every_module_stands_on_a_floor_or_beside_the_house() -> None:
    beside = house.ANYWHERE | house.BESIDE
    assert [name for name in MODULES if house.floor_of(name) is None and name not in beside] == []


def test_the_whole_package_is_looked_at() -> None:
    assert {"streams", "streams.cli", "streams.model.events", "streams.kafka.topics"} <= set(MODULES)
    assert {"pyproject.toml", "README.md", "streams/cli.py"} <= set(TEXTS)


Seed = tuple[str, str]
"""A module and a line put into it."""


@pytest.mark.parametrize(
    "seed",
    [
        ("streams.model.events", "from streams.rules.law import Law"),
        ("streams.rules.law", "from streams.kafka import topics"),
        ("streams.rules.law", "import streams.reference.store"),
        ("streams.kafka.topics", "if TYPE_CHECKING:\n    from streams.processors.health import Health"),
        ("streams.processors.health", "def f() -> None:\n    from streams.cli import main"),
        ("streams.rules.law", "from streams.settings import Settings"),
        ("streams.settings", "from streams.kafka.topics import TOPICS"),
        ("streams.errors", "from streams.model.events import Event"),
    ],
)
def test_an_upward_import_is_noticed(seed: Seed) -> None:
    assert [found.partition(":")[0] for found in house.upward_imports(_with(seed))] == [seed[0]]


@pytest.mark.parametrize(
    "lines",
    [
        ("from streams.kafka import b", "from streams.kafka.a import x"),
        ("import streams.kafka.b", "def f():\n    from streams.kafka import a"),
    ],
)
def test_a_circle_is_noticed(lines: tuple[str, str]) -> None:
    found = house.circles({"streams.kafka.a": lines[0], "streams.kafka.b": lines[1]})
    assert found == ["streams.kafka.a -> streams.kafka.b -> streams.kafka.a"]


@pytest.mark.parametrize(
    "line",
    [
        "import time", "from pathlib import Path", "import os.path", "from urllib.request import urlopen",
        "import datetime as dt\nNOW = dt.datetime.now(dt.UTC)", "from datetime import date\nD = date.today()",
        "TEXT = open('x').read()", "print('x')",
    ],
)  # fmt: skip
def test_a_clock_or_io_below_floor_3_is_noticed(line: str) -> None:
    assert len(house.clock_and_io(_with(("streams.model.events", line)))) == 1


def test_a_clock_on_floor_3_is_no_matter() -> None:
    assert house.clock_and_io(_with(("streams.kafka.topics", "import time"))) == []


@pytest.mark.parametrize("line", ["import redis", "from confluent_kafka import Consumer", "import prometheus_client"])
def test_a_third_party_client_below_floor_3_is_noticed(line: str) -> None:
    assert len(house.third_party(_with(("streams.rules.law", line)))) == 1


def test_a_long_file_is_noticed() -> None:
    assert house.long_files({"a.py": "x = 1\n" * 401, "b.py": "x = 1\n" * 400}) == ["a.py: 401 lines"]


def test_long_functions_are_noticed() -> None:
    source = "".join(f"def f{n}():\n" + "    x = 1\n" * (40 if n < 2 else 3) for n in range(10))
    lengths = house.function_lengths({"streams.a": source})
    assert house.percentile_90(lengths) == 41


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        '"""D."""\ndef f(): ...',
        '"""D."""\nclass C: ...',
        '"""D."""\nclass C:\n    """D."""\n    def m(self): ...',
    ],
)
def test_a_missing_docstring_is_noticed(source: str) -> None:
    assert len(house.undocumented({"streams.a": source})) == 1


def test_private_and_magic_names_need_no_docstring() -> None:
    source = (
        '"""D."""\ndef _f(): ...\nclass C:\n    """D."""\n    def __init__(self): ...\nclass _P:\n    def m(self): ...'
    )
    assert house.undocumented({"streams.a": source}) == []


@pytest.mark.parametrize(
    "parts",
    [("# TO", "DO: later"), ("x = 1  # FIX", "ME"), ("cd /wo", "rk/main"), ("see /ro", "ot/x"), ("/ho", "me/a/b")],
)
def test_unfinished_work_and_machine_paths_are_noticed(parts: tuple[str, str]) -> None:
    assert len(house.leftovers({"a.md": f"fine\n{''.join(parts)}\n"})) == 1


@pytest.mark.parametrize("text", ["the network/work/flow of goods", "https://example.org/work/x", "a rooted tree"])
def test_ordinary_words_are_no_leftovers(text: str) -> None:
    assert house.leftovers({"a.md": text}) == []


def _with(seed: Seed) -> dict[str, str]:
    """The modules with a line put at the end of one of them; that one alone may break a rule."""
    name, line = seed
    return {**MODULES, name: f"{MODULES[name]}\n{line}\n"}
