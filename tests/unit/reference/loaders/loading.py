"""How the tests of loaders run one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from streams.model.reference import AnyRecord
from streams.reference.loaders.base import Refused
from streams.reference.loaders.formats import FORMATS, about

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLES: dict[str, tuple[str, ...]] = {
    "eu-fsf": ("eu_fsf.xml",),
    "uk": ("uk.xml",),
    "un": ("un.xml",),
    "ofac": ("sdn.csv", "alt.csv", "add.csv"),
    "opensanctions": ("targets.simple.csv",),
    "ftm": ("entities.ftm.json",),
    "csl": ("csl.csv",),
    "vessels-csv": ("vessels.csv",),
    "goods-csv": ("goods.csv",),
    "places-csv": ("places.csv",),
    "annex-csv": ("annex.csv",),
}


def loaded(format_: str, files: Sequence[Path]) -> tuple[dict[str, AnyRecord], list[Refused]]:
    """The records by id, and the refusals. Raises ListRefused."""
    records: dict[str, AnyRecord] = {}
    refused: list[Refused] = []
    for item in FORMATS[format_].load(files, about(format_, files)):
        if isinstance(item, Refused):
            refused.append(item)
        else:
            records[item.id.partition(":")[2]] = item
    return records, refused


def sample(format_: str, *names: str) -> tuple[dict[str, AnyRecord], list[Refused]]:
    """What the fixtures of a format give."""
    return loaded(format_, [FIXTURES / name for name in names or SAMPLES[format_]])
