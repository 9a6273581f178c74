"""Which loader reads which format, under which list name, with which measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from streams.errors import ListRefused
from streams.model.reference import Measure, Policy
from streams.reference.bundled import bundled_records
from streams.reference.loaders.annexes import load_annex, load_goods, load_places, load_vessels
from streams.reference.loaders.base import About, Loaded, Loader
from streams.reference.loaders.csl import load_csl
from streams.reference.loaders.eu_fsf import load_eu_fsf, load_eu_json
from streams.reference.loaders.ofac_advanced import ROOT as ADVANCED_ROOT, load_ofac_advanced
from streams.reference.loaders.ofac_csv import load_ofac_csv
from streams.reference.loaders.ofac_xml import load_ofac_xml
from streams.reference.loaders.opensanctions import load_ftm, load_opensanctions
from streams.reference.loaders.reading import sniff
from streams.reference.loaders.uk import load_uk
from streams.reference.loaders.un import load_un


def _ofac(files: Sequence[Path], about: About) -> Iterator[Loaded]:
    """OFAC's files in whichever of its three forms they are."""
    starts = {file: sniff(file) for file in files}
    xml = [file for file, start in starts.items() if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")]
    if not xml:
        return load_ofac_csv(files, about)
    if len(xml) != len(files):
        raise ListRefused(str(xml[0]), "", "XML and CSV files of OFAC together: load the one or the other")
    advanced = [file for file in xml if f"<{ADVANCED_ROOT}".encode() in starts[file]]
    return (load_ofac_advanced if len(advanced) == len(xml) else load_ofac_xml)(files, about)


class Format(Struct, frozen=True):
    """A format of `reference load`: its loader, the list's name, what it is, its issuer, words that name another list.

    The issuer is the `source` of the records. No file is named there: under another file name a list is the same.
    """

    load: Loader
    list: str
    what: str
    issuer: str
    lists_by_name: tuple[tuple[str, str], ...] = ()

    def list_of(self, files: Sequence[Path]) -> str:
        """The name of the list that these files are, by their names where a format has several lists."""
        for sign, name in self.lists_by_name:
            if any(sign in file.name.lower() for file in files):
                return name
        return self.list


FORMATS: dict[str, Format] = {
    "ofac": Format(_ofac, "OFAC-SDN", "OFAC: sdn/add/alt.csv, cons_*.csv, sdn.xml, sdn_advanced.xml", "US Treasury, OFAC", (("cons", "OFAC-CONS"),)),
    "eu-fsf": Format(load_eu_fsf, "EU-FSF", "EU financial sanctions, XML 1.1", "European Union, financial sanctions files"),
    "eu-json": Format(load_eu_json, "EU-FSF-REDUCED", "EU financial sanctions, a reduced JSON", "European Union, financial sanctions files, reduced"),
    "uk": Format(load_uk, "UK", "UK Sanctions List, XML", "United Kingdom, FCDO"),
    "un": Format(load_un, "UN", "UN Security Council consolidated list, XML", "United Nations Security Council"),
    "opensanctions": Format(load_opensanctions, "OPENSANCTIONS", "OpenSanctions targets.simple.csv", "OpenSanctions"),
    "ftm": Format(load_ftm, "OPENSANCTIONS-FTM", "FollowTheMoney entities, NDJSON, with holdings", "OpenSanctions or other FollowTheMoney data"),
    "csl": Format(load_csl, "US-CSL", "US consolidated screening list CSV, BIS dpl.txt", "US International Trade Administration, BIS", (("dpl", "US-DPL"),)),
    "annex-csv": Format(load_annex, "EU-833", "parties of an annex of 833/2014, CSV", "833/2014, a table of its annexes"),
    "vessels-csv": Format(load_vessels, "VESSELS", "ships by IMO number, CSV", "a table of listed ships"),
    "goods-csv": Format(load_goods, "GOODS", "goods by HS prefix, CSV", "a table of goods"),
    "places-csv": Format(load_places, "PLACES", "ports, airports and zones of an annex, CSV", "a table of places"),
}  # fmt: skip


def policy(key: str) -> Any:
    """The value of a bundled policy. Raises KeyError when there is none."""
    for record in bundled_records():
        if isinstance(record, Policy) and record.key == key:
            return record.value
    raise KeyError(key)


def about(
    format_: str, files: Sequence[Path], *, list_: str | None = None, measures: Sequence[Measure] = (),
    annex: str | None = None,
) -> About:  # fmt: skip
    """What is said of the list by default (policies `list_measures`, `annex_measures`), under what the caller says."""
    known = FORMATS[format_]
    named = list_ or known.list_of(files) + (f"-{annex}" if annex and format_ == "annex-csv" else "")
    by_format: dict[str, list[Measure]] = policy("list_measures")
    return About(
        list=named,
        measures=tuple(measures) or tuple(by_format[format_]),
        source=known.issuer,
        annex=annex,
        annexes=policy("annex_measures"),
    )
