"""`transitwatch screen --redis`: against what the running system holds."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from streams.commands.screen import command
from streams.model.reference import ListedName, ListedParty
from streams.reference.bundled import bundled_records
from streams.reference.connection import connect
from streams.reference.store import RedisStore
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.redis
LISTED = ListedParty(id="R1", list="HELD", names=(ListedName("TOO Zerde Agro Bau"),), measures=("FREEZE",))


def test_the_records_in_redis_are_screened_against(redis_server: RedisServer) -> None:
    redis_server.start()
    url = redis_server.options().url
    empty = CliRunner().invoke(command, ["Zerde Agro Bau", "--redis", url])
    assert empty.exit_code == 1 and "holds no reference records" in str(empty.exception)
    RedisStore(connect(redis_server.options())).replace([*bundled_records(), LISTED], {}, 1)
    done = CliRunner().invoke(command, ["Zerde Agro Bau", "--redis", url, "--json"])
    answer = json.loads(done.stdout)
    assert done.exit_code == 0 and answer["hit"] and answer["matches"][0]["id"] == "R1"
