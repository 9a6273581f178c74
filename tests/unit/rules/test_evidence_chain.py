"""The chain of alert versions, verified from its lines alone: every violation is seeded, and named for what it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest

from streams.rules.evidence import canonical
from streams.rules.evidence_chain import Anchor, Chain, Link, field_marks
from tests.unit.rules.chains import told

LINES = [canonical(alert) for alert in told().alerts]
ALERTS = told().alerts
LISTED = [
    Link(a.alert_id, a.version, a.evidence_hash, field_marks(line)) for a, line in zip(ALERTS, LINES, strict=True)
]
COAL_WAIVER = [n for n, a in enumerate(ALERTS) if a.rule == "R03"]
"""The lines of an alert with four versions."""


def rehashed(line: bytes, previous: str) -> bytes:
    """A line with the hash that its content gives after a version with the hash ``previous``."""
    row = json.loads(line)
    row["evidence_hash"] = ""
    bare = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(bytes.fromhex(previous) + bare).hexdigest()
    return bare.replace(b'"evidence_hash":""', f'"evidence_hash":"{digest}"'.encode())


def hash_of(line: bytes) -> str:
    found: str = json.loads(line)["evidence_hash"]
    return found


def forged(lines: list[bytes], at: int, *, onward: bool) -> list[bytes]:
    """A changed verdict at the n-th version of the waiver's alert, hashed anew; ``onward``: the versions after it too."""
    out = list(lines)
    for place, n in enumerate(COAL_WAIVER):
        if place == at:
            out[n] = out[n].replace(b'"because":"The Kazakh', b'"because":"A Kazakh')
        if place == at or (onward and place > at):
            out[n] = rehashed(out[n], hash_of(out[COAL_WAIVER[place - 1]]) if place else "")
    return out


def kinds(lines: list[bytes], listed: list[Link] | None = LISTED) -> list[str]:
    return [fault.kind for fault in Chain(lines, listed).faults]


def test_the_lines_as_they_were_announced_are_sound_with_and_without_a_manifest() -> None:
    assert [a.version for a in ALERTS if a.rule == "R03"] == [1, 2, 3, 4]
    assert kinds(LINES) == kinds(LINES, None) == []
    assert {(h.alert_id, h.version, h.hash) for h in Chain(LINES, LISTED).heads} == {
        (a.alert_id, a.version, a.evidence_hash) for a in {a.alert_id: a for a in ALERTS}.values()
    }


@pytest.mark.parametrize("at", range(len(LINES)))
def test_a_changed_field_is_found_in_its_version_alone_and_the_field_is_named(at: int) -> None:
    lines = list(LINES)
    row = json.loads(lines[at])
    row["legal_basis"] = "none"
    lines[at] = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
    (fault,) = Chain(lines, LISTED).faults
    assert fault.kind == "content_changed"
    assert fault.where == f"alert {row['alert_id']} version {row['version']} (line {at + 1})"
    assert "changed: legal_basis;" in fault.what


@pytest.mark.parametrize("field", sorted(json.loads(LINES[0]).keys() - {"alert_id", "version", "evidence_hash"}))
def test_a_change_of_any_field_is_found(field: str) -> None:
    row = json.loads(LINES[0])
    row[field] = "other" if row[field] != "other" else "another"
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode(), *LINES[1:]]
    (fault,) = Chain(lines, LISTED).faults
    assert (fault.kind, f"changed: {field};" in fault.what) == ("content_changed", True)


def test_without_a_manifest_a_changed_field_is_still_found() -> None:
    lines = [LINES[0].replace(b'"weight":0', b'"weight":9'), *LINES[1:]]
    assert kinds(lines, None) == ["content_changed"]


@pytest.mark.parametrize("at", range(len(LINES)))
@pytest.mark.parametrize("listed", [LISTED, None])
def test_a_removed_version_is_named(at: int, listed: list[Link] | None) -> None:
    chain = Chain([line for n, line in enumerate(LINES) if n != at], listed)
    gone = ALERTS[at]
    last = not any(a.alert_id == gone.alert_id and a.version > gone.version for a in ALERTS)
    if last and listed is None:
        assert chain.faults == []  # nothing but a manifest or a kept hash tells that there was one more
        return
    (fault,) = chain.faults
    assert (fault.kind, fault.where) == ("version_removed", f"alert {gone.alert_id} version {gone.version}")
    assert ("the last one" in fault.what) == last


def test_every_version_of_a_removed_alert_is_named() -> None:
    lines = [line for n, line in enumerate(LINES) if n not in COAL_WAIVER]
    assert kinds(lines) == ["version_removed"] * 4


def test_a_version_that_the_manifest_does_not_list_is_named() -> None:
    assert kinds(LINES, [link for n, link in enumerate(LISTED) if n != COAL_WAIVER[-1]]) == ["version_added"]


def test_a_version_that_stands_there_twice_is_named() -> None:
    assert kinds([*LINES, LINES[0]]) == ["version_repeated"]


def swapped(one: int, other: int) -> list[bytes]:
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def test_two_versions_that_changed_places_are_named_with_their_lines() -> None:
    (fault,) = Chain(swapped(COAL_WAIVER[0], COAL_WAIVER[1]), LISTED).faults
    assert (fault.kind, "lines 3 and 5 have changed places" in fault.what) == ("order_changed", True)
    assert kinds(swapped(COAL_WAIVER[0], COAL_WAIVER[1]), None) == ["order_changed"]


def test_two_alerts_that_changed_places_are_noticed_by_the_manifest() -> None:
    assert kinds(swapped(0, 1)) == ["order_changed"]


def test_lines_turned_round_are_out_of_place() -> None:
    (fault,) = Chain(LINES[::-1], LISTED).faults
    assert (fault.kind, "10 lines are out of place" in fault.what) == ("order_changed", True)


@pytest.mark.parametrize("at", range(4))
def test_a_hash_made_anew_over_changed_content_is_a_forged_hash_by_the_manifest(at: int) -> None:
    (fault,) = Chain(forged(LINES, at, onward=False), LISTED).faults
    assert fault.kind == "hash_forged"
    assert f"version {at + 1} " in fault.where
    assert "changed: because; its hash was made anew" in fault.what


@pytest.mark.parametrize("at", range(3))
def test_a_hash_made_anew_in_line_and_manifest_breaks_the_version_after_it(at: int) -> None:
    lines = forged(LINES, at, onward=False)
    listed = list(LISTED)
    n = COAL_WAIVER[at]
    listed[n] = Link(LISTED[n].alert_id, LISTED[n].version, hash_of(lines[n]), field_marks(lines[n]))
    (fault,) = Chain(lines, listed).faults
    assert (fault.kind, f"version {at + 2} " in fault.where) == ("content_changed", True)
    assert f"if no field is named, version {at + 1} was forged" in fault.what


def test_a_hash_that_was_replaced_by_another_is_a_forged_hash_of_sound_content() -> None:
    lines = [LINES[0].replace(ALERTS[0].evidence_hash.encode(), b"0" * 64), *LINES[1:]]
    (fault,) = Chain(lines, LISTED).faults
    assert (fault.kind, "its hash was replaced" in fault.what) == ("hash_forged", True)


def everything_forged() -> tuple[list[bytes], list[Link]]:
    lines = forged(LINES, 1, onward=True)
    return lines, [
        Link(link.alert_id, link.version, hash_of(line), field_marks(line))
        for link, line in zip(LISTED, lines, strict=True)
    ]


def test_a_package_made_anew_as_a_whole_agrees_with_itself_and_only_a_kept_head_shows_it() -> None:
    chain = Chain(*everything_forged())
    assert chain.faults == []
    head = ALERTS[COAL_WAIVER[-1]]
    named, vouched = chain.anchored([Anchor(head.evidence_hash, head.alert_id, head.version)])
    assert ([f.kind for f in named], vouched) == (["anchor_differs"], [])
    bare, _ = chain.anchored([Anchor(head.evidence_hash)])
    assert [f.kind for f in bare] == ["anchor_differs"]


def test_a_kept_head_of_a_version_that_was_removed_with_its_place_in_the_manifest_names_it() -> None:
    n = COAL_WAIVER[-1]
    chain = Chain(LINES[:n] + LINES[n + 1 :], LISTED[:n] + LISTED[n + 1 :])
    assert chain.faults == []
    gone = ALERTS[n]
    (fault,), _ = chain.anchored([Anchor(gone.evidence_hash, gone.alert_id, gone.version)])
    assert (fault.kind, fault.where) == ("version_removed", f"alert {gone.alert_id} version {gone.version}")


def test_a_kept_hash_of_any_version_vouches_for_it() -> None:
    chain = Chain(LINES, LISTED)
    anchors = [Anchor(a.evidence_hash, a.alert_id, a.version) for a in ALERTS[:3]] + [Anchor(ALERTS[4].evidence_hash)]
    faults, vouched = chain.anchored(anchors)
    assert faults == []
    assert [(v.alert_id, v.version) for v in vouched] == [(ALERTS[n].alert_id, ALERTS[n].version) for n in (0, 1, 2, 4)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: b"{",
        lambda line: b"[]",
        lambda line: b"",
        lambda line: b"[" * 100_000,
        lambda line: line.replace(b'"version":1', b'"version":0'),
        lambda line: line.replace(b'"version":1', b'"version":true'),
        lambda line: line.replace(b'"evidence_hash":"', b'"evidence_hash": "'),
        lambda line: line.replace(b'"evidence_hash":"', b'"evidence_hash":"","evidence_hash":"'),
        lambda line: line.replace(b'"alert_id"', b'"alert"'),
    ],
)  # fmt: skip
def test_a_line_that_is_no_alert_version_is_told_with_its_number(spoil: Callable[[bytes], bytes]) -> None:
    found = Chain([spoil(LINES[0]), *LINES[1:]], LISTED).faults
    assert [f.kind for f in found] == ["not_a_version", "version_removed"]
    assert found[0].where == "alerts.ndjson line 1"


def test_a_text_that_looks_like_a_hash_within_a_field_does_not_confuse_the_hash() -> None:
    told_twice = LINES[0].replace(b'"title":"', b'"title":"\\"evidence_hash\\":\\"0\\"')
    assert kinds([rehashed(told_twice, "")], None) == []


def test_a_forged_version_number_makes_no_list_without_end() -> None:
    lines = [*LINES, LINES[0].replace(b'"version":1', b'"version":1000000000000')]
    found = Chain(lines, LISTED).faults
    assert [f.kind for f in found] == ["version_removed", "version_added"]
    assert found[0].where.endswith("versions 5 to 999999999999")
