"""What the fields of the official formats mean: dates, weak names, papers, order of names, headings."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from streams.errors import ListRefused
from streams.model.moments import iso_day
from streams.model.reference import ListedName, ListedParty, ListedPlace
from streams.reference.loaders.words import birth_date, number_kind
from tests.unit.reference.loaders.loading import loaded


def _one(tmp_path: Path, format_: str, text: str) -> ListedParty:
    """The one record of a file with this text."""
    file = tmp_path / "list"
    file.write_text(text, encoding="utf-8")
    records, refused = loaded(format_, [file])
    assert refused == []
    return cast("ListedParty", next(iter(records.values())))


def _eu(tmp_path: Path, inner: str, attributes: str = "") -> ListedParty:
    entity = (
        f'<sanctionEntity euReferenceNumber="EU.1.1" {attributes}><subjectType code="person"/>{inner}</sanctionEntity>'
    )
    return _one(tmp_path, "eu-fsf", f"<export>{entity}</export>")


def _day(party: ListedParty) -> str | None:
    return None if party.applies_from is None else iso_day(party.applies_from)


_AMENDED = '<regulation regulationType="amendment" entryIntoForceDate="2024-01-18" numberTitle="2024/1"/>'
_NAMED = '<nameAlias wholeName="Vymysel" strong="true"><regulationSummary publicationDate="2014-03-17"/></nameAlias>'


def test_an_eu_entry_without_designation_begins_with_the_regulation_of_its_names_not_with_a_late_amendment(
    tmp_path: Path,
) -> None:
    assert _day(_eu(tmp_path, _AMENDED + _NAMED)) == "2014-03-17"


def test_an_eu_designation_date_is_not_put_off_by_a_later_amendment(tmp_path: Path) -> None:
    assert _day(_eu(tmp_path, _AMENDED + _NAMED, 'designationDate="2022-02-25"')) == "2022-02-25"


def test_an_eu_entry_without_any_date_counts_for_every_day(tmp_path: Path) -> None:
    assert _day(_eu(tmp_path, '<nameAlias wholeName="Vymysel"/>')) is None


def test_an_eu_alias_of_low_quality_by_its_remark_is_weak(tmp_path: Path) -> None:
    found = _eu(tmp_path, '<nameAlias wholeName="Vym" strong="true"><remark>Low quality alias</remark></nameAlias>')
    assert found.names == (ListedName("Vym", weak=True),)


def test_a_name_given_strong_once_is_strong(tmp_path: Path) -> None:
    found = _eu(tmp_path, '<nameAlias wholeName="Vym" strong="false"/><nameAlias wholeName="Vym" strong="true"/>')
    assert found.names == (ListedName("Vym"),)


def test_an_eu_document_known_to_be_false_identifies_nobody(tmp_path: Path) -> None:
    paper = '<identification identificationTypeCode="passport" number="A1" knownFalse="true"/>'
    found = _eu(tmp_path, '<nameAlias wholeName="Vym"/>' + paper)
    assert (found.identifiers, found.note) == ({}, "a document known to be false: passport A1")


@pytest.mark.parametrize(
    ("births", "date"),
    [
        ('<birthdate birthdate="1960-01-02"/>', "1960-01-02"),
        ('<birthdate year="1960" monthOfYear="1"/>', "1960-01"),
        ('<birthdate year="1960"/>', "1960"),
        ('<birthdate birthdate="1960-01-02"/><birthdate birthdate="1960-05-06"/>', "1960"),
        ('<birthdate birthdate="1960-01-02"/><birthdate birthdate="1961-01-02"/>', None),
        ('<birthdate circa="true" year="1960"/>', None),
        ('<birthdate yearRangeFrom="1955" yearRangeTo="1958"/>', None),
        ('<birthdate yearRangeFrom="1955" yearRangeTo="1955"/>', "1955"),
    ],
)
def test_of_birth_dates_only_what_is_sure_is_taken(tmp_path: Path, births: str, date: str | None) -> None:
    found = _eu(tmp_path, '<nameAlias wholeName="Vym"/>' + births)
    assert found.birth_date == date
    assert (found.note is None) == (births.count("<birthdate") == 1 and date is not None)


def test_an_imo_number_of_an_eu_entry_is_read_from_its_type(tmp_path: Path) -> None:
    paper = '<identification identificationTypeCode="imo" number="IMO 9319466"/>'
    assert _eu(tmp_path, '<nameAlias wholeName="OBRAZETS STAR"/>' + paper).identifiers == {"imo": "9319466"}


_PARTY = """<Sanctions><ReferenceValueSets>
<NamePartType ID="1520">Last Name</NamePartType><NamePartType ID="1521">First Name</NamePartType>
<NamePartType ID="1528">Patronymic</NamePartType><FeatureType ID="8">Birthdate</FeatureType>
<FeatureType ID="3">Vessel Flag</FeatureType><DetailReference ID="77">Panama</DetailReference>
<PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType><PartySubType ID="1" PartyTypeID="4">Vessel</PartySubType>
</ReferenceValueSets><DistinctParties><DistinctParty FixedRef="1"><Profile ID="1" PartySubTypeID="{kind}">
<Identity ID="3"><Alias LowQuality="false"><DocumentedName>{parts}</DocumentedName></Alias>
<NamePartGroups><NamePartGroup ID="a" NamePartTypeID="1520"/><NamePartGroup ID="b" NamePartTypeID="1521"/>
<NamePartGroup ID="c" NamePartTypeID="1528"/></NamePartGroups></Identity>{features}</Profile></DistinctParty></DistinctParties>
<SanctionsEntries>{entries}</SanctionsEntries></Sanctions>"""


def _advanced(tmp_path: Path, parts: str = "", features: str = "", entries: str = "", kind: str = "4") -> ListedParty:
    parts = parts or '<NamePartValue NamePartGroupID="a">PRIMEROV</NamePartValue>'
    return _one(tmp_path, "ofac", _PARTY.format(parts=parts, features=features, entries=entries, kind=kind))


@pytest.mark.parametrize("order", ["acb", "bca", "cab"])
def test_the_parts_of_a_persons_name_are_put_in_order_by_their_kind(tmp_path: Path, order: str) -> None:
    texts = {"a": "PRIMEROV", "b": "Vymysel", "c": "Petrovich"}
    parts = "".join(f'<NamePartValue NamePartGroupID="{g}">{texts[g]}</NamePartValue>' for g in order)
    assert _advanced(tmp_path, parts).names == (ListedName("Vymysel Petrovich PRIMEROV"),)


def _period(start: str, end: str, approximate: str = "false") -> str:
    def date(text: str) -> str:
        year, month, day = text.split("-")
        return f"<From><Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></From>"

    edges = f'<Start Approximate="{approximate}">{date(start)}</Start><End>{date(end)}</End>'
    return f'<Feature FeatureTypeID="8"><FeatureVersion><DatePeriod>{edges}</DatePeriod></FeatureVersion></Feature>'


@pytest.mark.parametrize(
    ("period", "date"),
    [
        (_period("1962-5-17", "1962-5-17"), "1962-05-17"),
        (_period("1962-5-1", "1962-5-31"), "1962-05"),
        (_period("1962-1-1", "1962-12-31"), "1962"),
        (_period("1962-1-1", "1964-12-31"), None),
        (_period("1962-1-1", "1962-12-31", "true"), None),
    ],
)
def test_a_period_of_birth_is_as_precise_as_its_edges(tmp_path: Path, period: str, date: str | None) -> None:
    assert _advanced(tmp_path, features=period).birth_date == date


def test_an_entry_on_two_american_lists_begins_with_the_earlier(tmp_path: Path) -> None:
    entries = "".join(
        f'<SanctionsEntry ProfileID="1"><EntryEvent><Date><Year>{year}</Year><Month>2</Month><Day>3</Day></Date></EntryEvent>'
        f"<SanctionsMeasure><Comment>P{year}</Comment></SanctionsMeasure></SanctionsEntry>"
        for year in (2022, 2014)
    )
    found = _advanced(tmp_path, entries=entries)
    assert (_day(found), found.programme) == ("2014-02-03", "P2022; P2014")


def test_the_flag_of_a_ship_is_read_through_its_reference(tmp_path: Path) -> None:
    flag = (
        '<Feature FeatureTypeID="3"><FeatureVersion><VersionDetail DetailReferenceID="77"/></FeatureVersion></Feature>'
    )
    found = _advanced(tmp_path, features=flag, kind="1")
    assert (found.schema, found.countries) == ("Vessel", ("PA",))


def _ftm(tmp_path: Path, *sanctions: str) -> tuple[str | None, str | None]:
    company = '{"id":"c","schema":"Company","properties":{"name":["Obrazets"]}}'
    found = _one(tmp_path, "ftm", "\n".join((company, *sanctions)) + "\n")
    return _day(found), None if found.applies_until is None else iso_day(found.applies_until)


def _sanction(start: str, end: str = "") -> str:
    return (
        '{"id":"s","schema":"Sanction","properties":{"entity":["c"],"startDate":["' + start + '"]'
        + (',"endDate":["' + end + '"]' if end else "") + "}}"
    )  # fmt: skip


def test_ftm_entities_are_dated_by_their_sanctions_wherever_those_stand(tmp_path: Path) -> None:
    assert _ftm(tmp_path) == (None, None)
    assert _ftm(tmp_path, _sanction("2022-03-01"), _sanction("2014-03-01")) == ("2014-03-01", None)


def test_an_ftm_entity_ends_only_when_all_its_sanctions_did(tmp_path: Path) -> None:
    ended = _sanction("2014-03-01", "2020-01-01")
    assert _ftm(tmp_path, ended) == ("2014-03-01", "2020-01-01")
    assert _ftm(tmp_path, ended, _sanction("2022-03-01")) == ("2014-03-01", None)


def test_the_headings_and_dates_of_the_official_journal_are_read(tmp_path: Path) -> None:
    table = "No,Ship name,IMO ship identification number,Grounds for listing,Date of application,annex\n"
    found = _one(tmp_path, "annex-csv", table + "652.,OBRAZETS STAR,9319466,(b),24.7.2026,XLII\n")
    assert (found.id, _day(found)) == ("EU-833:XLII-652", "2026-07-24")
    assert (found.schema, found.identifiers, found.measures) == ("Vessel", {"imo": "9319466"}, ("VESSEL_BAN",))


@pytest.mark.parametrize(
    ("annex", "measure"),
    [("IV", "ANNEX_IV"), ("XIV", "TRANSACTION_BAN"), ("XLIV", "TRANSACTION_BAN"), ("XLV.A", "TRANSACTION_BAN"),
     ("XLV-D", "TRANSACTION_BAN"), ("XIX", "TRANSACTION_BAN"), ("XLII", "VESSEL_BAN")],
)  # fmt: skip
def test_each_annex_has_its_measure(tmp_path: Path, annex: str, measure: str) -> None:
    found = _one(tmp_path, "annex-csv", f"number,name,annex,applies_from\n1,Obrazets Bank,{annex},24 July 2026\n")
    assert (found.measures, _day(found), found.legal_basis) == ((measure,), "2026-07-24", f"833/2014 Annex {annex}")


def test_an_annex_that_lists_no_parties_is_refused_row_by_row(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("number,name,annex\n1,Obrazets,XXI\n")
    assert [r.because for r in loaded("annex-csv", [file])[1]] == ["annex 'XXI' or schema '' is unknown"]


def test_zones_and_ports_of_an_annex_are_places(tmp_path: Path) -> None:
    table = "annex,name,country,date of application\nLII-A,Sample Zone,RU,25.10.2025\n"
    found = cast("ListedPlace", _one(tmp_path, "places-csv", table))
    assert (found.annex, found.name, iso_day(found.applies_from or 0)) == ("LII-A", "Sample Zone", "2025-10-25")


def test_a_ship_that_left_all_lists_is_told_to_list_nobody(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("imo,eu\n9319466,False\n8814275,True\n")
    assert [r.entry for r in loaded("vessels-csv", [file])[1]] == [""]


def test_a_header_with_one_column_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("imo,imo number\n9319466,8814275\n")
    with pytest.raises(ListRefused, match="line 1: the header has two columns imo"):
        loaded("vessels-csv", [file])


def test_a_repeated_order_of_the_denied_persons_list_is_told_with_both_lines(tmp_path: Path) -> None:
    head = "Name\tStreet_Address\tCity\tCountry\tEffective_Date\tExpiration_Date\n"
    file = tmp_path / "dpl.txt"
    file.write_text(head + "VYM\tStreet 1\tCity\tCN\t11/09/2006\t11/09/2026\n" * 2)
    records, refused = loaded("csl", [file])
    assert len(records) == 1
    assert [(r.where, r.because) for r in refused] == [("line 3", "the same order as on line 2, which is kept")]


def test_dates_are_read_in_all_forms_of_the_lists() -> None:
    assert {birth_date(text) for text in ("1962-05-17", "17/05/1962", "17.5.1962", "17 May 1962")} == {"1962-05-17"}


def test_an_identity_card_of_unknown_country_is_no_russian_registration() -> None:
    assert number_kind("National identification number", "1027700132195") == "national_id"
    assert number_kind("National identification number", "1027700132195", "RU") == "ogrn"
    assert number_kind("Registration Number", "1027700132195") == "ogrn"
