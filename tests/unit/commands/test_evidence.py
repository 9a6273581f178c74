"""`transitwatch evidence`: what a package holds, and that each way of spoiling it is found and named."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from streams.commands.evidence import command
from streams.commands.evidence_check import check
from streams.commands.evidence_kafka import upto
from streams.model.intake import event_to_json
from tests.unit.rules.chains import history, told

FILES = [
    "README.txt", "alerts.ndjson", "decision.json", "events.ndjson", "history.ndjson", "manifest.json", "records.ndjson",
]  # fmt: skip


def run(*args: str) -> Result:
    return CliRunner().invoke(command, args)


@pytest.fixture
def feed(tmp_path: Path) -> str:
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"".join(msgspec.json.encode(event_to_json(e)) + b"\n" for e in history()))
    return str(file)


@pytest.fixture
def folder(tmp_path: Path, feed: str) -> Path:
    target = tmp_path / "package"
    assert run("export", "C-1", "--events", feed, "--to", str(target)).exit_code == 0
    return target


def faults(package: Path, *options: str) -> list[tuple[str, str]]:
    result = run("verify", str(package), "--json", *options)
    found = json.loads(result.stdout)
    assert result.exit_code == (1 if found["faults"] else 0)
    return [(f["where"], f["kind"]) for f in found["faults"]]


def rewrite(package: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change a file, and the manifest so that it states the new hash of it."""
    data = change((package / name).read_bytes())
    (package / name).write_bytes(data)
    manifest = json.loads((package / "manifest.json").read_bytes())
    manifest["files"][name]["sha256"] = hashlib.sha256(data).hexdigest()
    (package / "manifest.json").write_text(json.dumps(manifest))


def test_a_package_holds_plain_files_and_is_sound(folder: Path) -> None:
    assert sorted(p.name for p in folder.iterdir()) == FILES
    assert faults(folder) == []
    rows = [json.loads(line) for line in (folder / "alerts.ndjson").read_bytes().splitlines()]
    assert [r["evidence_hash"] for r in rows] == [a.evidence_hash for a in told().alerts]
    assert {r["id"] for r in map(json.loads, (folder / "records.ndjson").read_bytes().splitlines())} >= {
        "RUULU",
        "coal-5ae",
    }
    assert len((folder / "events.ndjson").read_bytes().splitlines()) == 5
    assert json.loads((folder / "decision.json").read_bytes())["verdict"] == "BREACH"
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["law"]["records"] > 0 and manifest["software"]["transitwatch"]


def test_the_same_question_gives_the_same_bytes_as_zip_too(tmp_path: Path, feed: str) -> None:
    for name in ("a.zip", "b.zip"):
        assert run("export", "C-1", "--events", feed, "--to", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert faults(tmp_path / "a.zip") == []


def test_what_export_prints_is_what_verify_takes_as_kept_heads(tmp_path: Path, feed: str) -> None:
    done = run("export", "C-1", "--events", feed, "--to", str(tmp_path / "p.zip"))
    heads = tmp_path / "heads"
    heads.write_text(done.stdout + "# and those of another consignment\n" + done.stdout.replace("C-1", "C-2", 1))
    result = run("verify", str(tmp_path / "p.zip"), "--heads", str(heads))
    assert result.exit_code == 0
    assert "rest on the package alone" not in result.stderr
    assert "rest on the package alone" in run("verify", str(tmp_path / "p.zip")).stderr


def test_lines_of_alerts_are_kept_heads_too(tmp_path: Path, folder: Path) -> None:
    assert faults(folder, "--heads", str(folder / "alerts.ndjson")) == []
    other = tmp_path / "other.ndjson"
    other.write_text(f"{'0' * 64} 1 {told().alerts[0].alert_id} C-1\n")
    assert faults(folder, "--heads", str(other)) == [(f"alert {told().alerts[0].alert_id} version 1", "anchor_differs")]


@pytest.mark.parametrize("name", [n for n in FILES if n != "manifest.json"])
def test_a_changed_a_missing_and_an_extra_file_are_named(folder: Path, name: str) -> None:
    with (folder / name).open("ab") as file:
        file.write(b" \n")
    assert (name, "file_changed") in faults(folder)
    (folder / name).unlink()
    assert (name, "file_missing") in faults(folder)
    (folder / "more").mkdir()
    (folder / "more" / "notes.txt").write_text("x")
    assert ("more/notes.txt", "file_extra") in faults(folder)


def test_a_missing_manifest_leaves_the_chain_to_be_checked(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    assert faults(folder) == [("manifest.json", "file_missing")]
    lines = (folder / "alerts.ndjson").read_bytes().splitlines(keepends=True)
    (folder / "alerts.ndjson").write_bytes(b"".join(lines[1:]))
    assert [kind for _, kind in faults(folder)] == ["file_missing", "version_removed"]


@pytest.mark.parametrize("text", ["", "[]", '{"package":"x"}', "{" * 1000])
def test_a_manifest_that_is_none_is_told(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    assert ("manifest.json", "not_a_package") in faults(folder)


def test_a_changed_field_is_named_although_the_manifest_states_the_new_hash_of_the_file(folder: Path) -> None:
    rewrite(folder, "alerts.ndjson", lambda data: data.replace(b'"verdict":"BREACH"', b'"verdict":"CLEAR"', 1))
    result = run("verify", str(folder))
    assert result.exit_code == 1
    assert "content_changed: changed: verdict;" in result.stdout


def test_a_last_version_taken_out_of_lines_chain_and_heads_is_found_by_a_kept_hash_alone(folder: Path) -> None:
    last = told().alerts[-1]
    rewrite(folder, "alerts.ndjson", lambda data: b"".join(data.splitlines(keepends=True)[:-1]))
    assert [kind for _, kind in faults(folder)] == ["version_removed"]
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["chain"].pop()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert [kind for _, kind in faults(folder)] == ["hash_forged"]  # the heads still say that there was one more
    before = [a for a in told().alerts if a.alert_id == last.alert_id][-2]
    for head in manifest["heads"]:
        if head["alert_id"] == last.alert_id:
            head.update(version=before.version, hash=before.evidence_hash)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert faults(folder) == []
    assert [kind for _, kind in faults(folder, "--head", last.evidence_hash)] == ["anchor_differs"]


def test_an_event_or_a_record_that_an_alert_rests_on_must_be_in_the_package(folder: Path) -> None:
    rewrite(folder, "events.ndjson", lambda data: b"".join(data.splitlines(keepends=True)[1:]))
    rewrite(folder, "records.ndjson", lambda data: b"")
    said = run("verify", str(folder)).stdout
    assert "rests on event t/BOOKED-2026-09-01, which is not in events.ndjson" in said
    assert "rests on record place:RUULU, which is not in records.ndjson" in said


def test_a_changed_event_is_found_by_the_kept_hash_of_the_manifest(folder: Path) -> None:
    kept = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    assert faults(folder, "--manifest", kept) == []
    rewrite(folder, "events.ndjson", lambda data: data.replace(b"60000", b"50000"))
    assert faults(folder) == []  # said in the documents: events are covered by the manifest alone
    assert faults(folder, "--manifest", kept) == [("manifest.json", "anchor_differs")]


def test_alerts_of_another_consignment_do_not_belong_into_the_package(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "consignment_id": "C-2"}))
    assert {kind for _, kind in faults(folder)} == {"version_added", "source_missing"}


def test_a_damaged_archive_a_file_twice_in_it_and_no_archive_are_told(tmp_path: Path, folder: Path) -> None:
    package = tmp_path / "p.zip"
    with zipfile.ZipFile(package, "w") as archive:
        for name in FILES:
            archive.write(folder / name, name)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("events.ndjson", b"")
    assert faults(package) == [("events.ndjson", "file_extra")]
    good = folder / "events.ndjson"
    with zipfile.ZipFile(package, "w") as archive:
        for name in FILES:
            archive.write(folder / name, name)
    package.write_bytes(package.read_bytes().replace(good.read_bytes()[:40], b"x" * 40))
    assert ("events.ndjson", "file_changed") in faults(package)
    package.write_bytes(b"no archive")
    result = run("verify", str(package))
    assert (result.exit_code, "neither a folder nor a readable ZIP" in result.stderr) == (2, True)


def test_a_link_in_a_package_is_not_followed(folder: Path) -> None:
    (folder / "events.ndjson").rename(folder.parent / "elsewhere")
    (folder / "events.ndjson").symlink_to(folder.parent / "elsewhere")
    assert ("events.ndjson", "file_extra") in faults(folder)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--head", "abc"), "64 lower case hexadecimal digits"),
        (("--manifest", "A" * 64), "64 lower case hexadecimal digits"),
        (("--heads", "README"), "expected HASH VERSION ALERT_ID CONSIGNMENT"),
        (("--heads", "others"), "has no hash for consignment 'C-1'"),
    ],
)  # fmt: skip
def test_kept_hashes_that_are_none_are_wrong_use(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(folder.parent)
    Path("README").write_text("some text\n")
    Path("others").write_text(f"{'0' * 64} 1 some-alert C-2\n")
    result = run("verify", "package", *options)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_wrong_uses_of_export_write_nothing(tmp_path: Path, feed: str) -> None:
    target = tmp_path / "new"
    assert run("export", "C-1", "--to", str(target)).exit_code == 2
    assert run("export", "C-1", "--events", feed, "--bootstrap", "x:1", "--to", str(target)).exit_code == 2
    assert run("export", "C-1", "--bootstrap", "x:1", "--reference-only", "--to", str(target)).exit_code == 2
    unknown = run("export", "C-9", "--events", feed, "--to", str(target))
    assert (unknown.exit_code, "no event of this consignment" in unknown.stderr) == (1, True)
    assert not target.exists()
    target.mkdir()
    taken = run("export", "C-1", "--events", feed, "--to", str(target))
    assert (taken.exit_code, "never overwritten" in taken.stderr) == (2, True)


def test_refused_lines_are_told_and_the_rest_is_exported(tmp_path: Path, feed: str) -> None:
    with Path(feed).open("ab") as file:
        file.write(b"no event\n")
    result = run("export", "C-1", "--events", feed, "--to", str(tmp_path / "p"), "--json")
    assert (result.exit_code, "refused: " in result.stderr) == (3, True)
    assert json.loads(result.stdout)["versions"] == len(told().alerts)


def test_versions_beyond_the_state_are_left_out_and_those_missing_or_other_are_named() -> None:
    run_ = told()
    assert run_.state is not None
    assert upto(run_.state, run_.alerts) == (run_.alerts, [])
    later = msgspec.structs.replace(run_.alerts[-1], version=9)
    assert upto(run_.state, [*run_.alerts, later]) == (run_.alerts, [])
    _, missing = upto(run_.state, run_.alerts[:-1])
    assert len(missing) == 1 and "is not on the topic alerts any more" in missing[0]
    _, other = upto(run_.state, [*run_.alerts[:-1], msgspec.structs.replace(run_.alerts[-1], evidence_hash="0" * 64)])
    assert len(other) == 1 and "consignments.state has announced" in other[0]


def test_an_empty_package_is_not_sound() -> None:
    assert {f.kind for f in check({}).faults} == {"file_missing"}


@pytest.mark.skipif(shutil.which("xxd") is None or shutil.which("sha256sum") is None, reason="needs xxd and sha256sum")
def test_the_recipe_in_the_package_s_own_readme_gives_the_hashes(folder: Path) -> None:
    text = (folder / "README.txt").read_text()
    assert text.startswith("Evidence on consignment C-1\n")
    blocks = [b for b in text.split("\n\n") if b.startswith("    ") and "evidence_hash" in b]
    alerts = told().alerts
    first, second = (n for n, a in enumerate(alerts) if a.rule == "R03" and a.version < 3)
    later = blocks[1].replace("PREVIOUS", alerts[first].evidence_hash).replace("2p", f"{second + 1}p")
    for recipe, alert in ((blocks[0], alerts[0]), (later, alerts[second])):
        out: Any = subprocess.run(["/bin/sh", "-c", recipe], cwd=folder, capture_output=True, text=True, check=True)
        assert out.stdout.split()[0] == alert.evidence_hash
