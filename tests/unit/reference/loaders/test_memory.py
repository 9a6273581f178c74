"""A list of any size is loaded in the same memory; `LIST_MEMORY_MB=120` measures a full-sized file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SIZE_MB = float(os.environ.get("LIST_MEMORY_MB", "12"))
ABOVE_BASE_MB = 150
FULL_MB = 120
_ALIAS = (
    '<nameAlias firstName="Vymysel{n}" middleName="" lastName="Primerov {k}" wholeName="Vymysel{n} Primerov {k}" function="" '
    'gender="M" title="" nameLanguage="EN" strong="true" regulationLanguage="en" logicalId="{n}{k}"><regulationSummary '
    'regulationType="amendment" publicationDate="2022-02-25" numberTitle="2022/1"/></nameAlias>\n'
)
_ENTITY = (
    '<sanctionEntity designationDate="2022-02-25" euReferenceNumber="EU.{n}.1" logicalId="{n}"><regulation programme="UKR" '
    'numberTitle="2022/1" entryIntoForceDate="2022-02-25"/><subjectType code="person"/>{names}<citizenship '
    'countryIso2Code="RU"/><birthdate birthdate="1960-01-02"/><identification identificationTypeCode="passport" '
    'number="N{n}" countryIso2Code="RU"/><address street="Primernaya {n}" city="Moskva"/></sanctionEntity>\n'
)
_LOAD = """
import resource, sys
from streams.cli import cli
try:
    cli(["reference", "load", "eu-fsf", sys.argv[1], "--to", sys.argv[2]])
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _generate(path: Path, size: float) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<export xmlns="http://eu.europa.ec/fpi/fsd/export">\n')
        done = number = 0
        while number == 0 or done < size:
            number += 1
            names = "".join(_ALIAS.format(n=number, k=k) for k in range(4))
            done += file.write(_ENTITY.format(n=number, names=names))
        file.write("</export>\n")
    return path


def _peak_mb(file: Path, directory: Path) -> float:
    """The peak resident memory of a load in a process of its own, MB; the list of before is there when it loaded once."""
    run = subprocess.run(
        [sys.executable, "-c", _LOAD, str(file), str(directory)],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return float(run.stdout.rsplit("peak ", 1)[1]) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is known on Linux alone")
def test_peak_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    base = _peak_mb(_generate(tmp_path / "small.xml", 0), tmp_path / "small")
    large = _generate(tmp_path / "large.xml", SIZE_MB * 1e6)
    allowed = ABOVE_BASE_MB * SIZE_MB / FULL_MB
    assert _peak_mb(large, tmp_path / "lists") - base <= allowed
    assert _peak_mb(large, tmp_path / "lists") - base <= allowed  # again, over the list in force
