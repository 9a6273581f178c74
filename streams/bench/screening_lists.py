"""The official list files of a folder, read with the loaders of the product, for measuring against whole lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from streams.model.reference import ListedParty
from streams.reference.loaders.formats import FORMATS, about

_KINDS: tuple[tuple[str, str], ...] = (
    ("un_consolidated_*.xml", "un"), ("eu_fsf_*.json", "eu-json"), ("opensanctions_*.targets.simple.csv", "opensanctions"),
    ("us_csl_*.csv", "csl"), ("us_bis_dpl*.txt", "csl"), ("vessels_*.csv", "vessels-csv"),
)  # fmt: skip
_OFAC = ("ofac_sdn_*.csv", "ofac_cons_prim_*.csv", "ofac_alt_*.csv")


def listed_parties(folder: Path, alone: bool = True) -> list[ListedParty]:
    """Every listed party of the official files in a folder.

    Aliases whose main file of the same day is not there stand ``alone``, without the birth date, country and kind that only
    the main file gives, or are left out.
    """
    found: list[ListedParty] = []
    taken: set[Path] = set()
    for pattern in _OFAC if alone else _OFAC[:2]:
        for main in sorted(folder.glob(pattern)):
            if main not in taken:
                files = _with_companions(main)
                taken.update(files)
                found += _read("ofac", files, f"OFAC {main.stem}")
    for pattern, form in _KINDS:
        for path in sorted(folder.glob(pattern)):
            found += _read(form, [path], path.stem)
    return found


def _with_companions(main: Path) -> list[Path]:
    """The main file with its aliases and addresses of the same day, as OFAC publishes the three."""
    role = next(r for r in ("sdn", "prim", "alt") if f"_{r}_" in main.name)
    names = [main.name.replace(f"_{role}_", f"_{other}_") for other in (role, "alt", "add")]
    return [path for path in map(main.with_name, dict.fromkeys(names)) if path.exists()]


def _read(form: str, files: Sequence[Path], name: str) -> list[ListedParty]:
    return [row for row in FORMATS[form].load(files, about(form, files, list_=name)) if isinstance(row, ListedParty)]
