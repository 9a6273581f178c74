"""Tables become events by a column mapping; a row that cannot is named with its column, and the rows around it go on."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest

from streams.errors import InvalidInput
from streams.ingest import csv
from streams.ingest.adapter import Refusal
from streams.ingest.csv_cells import Manner, value_of
from streams.ingest.csv_fields import field
from streams.ingest.csv_mapping import Mapping, load_mapping
from streams.ingest.csv_propose import propose
from streams.model.events import Event, Goods, Origin, Reference
from streams.model.moments import parse_time
from tests.unit.ingest.messages import GIVEN, NOW, spoiled, told

MAPPING = """
time_zone: Asia/Almaty
date_formats: ["%d.%m.%Y %H:%M"]
decimal: ","
constants:
  consignment_id: "SMGS:{№ накладной}"
  transport.mode: RAIL
columns:
  "№ накладной": references.SMGS
  "Вагоны": transport.wagons
  "Дата": occurred_at
  "Операция": {field: type, codes: {погружен: LOADED, отправлен: DEPARTED}}
  "Грузоотправитель": parties.CONSIGNOR.name
  "БИН": parties.CONSIGNOR.identifiers.bin
  "ГНГ": goods.hs
  "Нетто, т": {field: goods.net_kg, times: 1000}
  "Страна": goods.origin.country
"""
HEADER = "№ накладной;Вагоны;Дата;Операция;Грузоотправитель;БИН;ГНГ;Нетто, т;Страна"
ROW = "12345678;64782352 52988128;02.10.2026 07:15;Погружен;ТОО «Көмір»;050140000656;270112;1 250,5;KZ"


def by(mapping: str | None, *lines: str, encoding: str = "utf-8") -> tuple[list[Event], list[Refusal]]:
    known = load_mapping(mapping) if mapping is not None else None
    return told(lambda data, given: csv.read_mapped(data, given, known), "\n".join(lines).encode(encoding))


def refusal(*lines: str, mapping: str = MAPPING) -> Refusal:
    events, (found,) = by(mapping, *lines)
    assert events == []
    return found


def workbook(*table: list[Any], title: str = "Лист1") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in table:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_row_becomes_an_event_by_the_mapping() -> None:
    (event,), refusals = by(MAPPING, HEADER, ROW)
    assert refusals == []
    assert (event.type, event.consignment_id, event.source) == ("LOADED", "SMGS:12345678", GIVEN.source)
    assert (event.occurred_at, event.recorded_at) == (parse_time("2026-10-02T07:15:00+05:00"), NOW)
    assert event.references == (Reference("SMGS", "12345678"),)
    assert event.transport is not None and event.transport.wagons == ("64782352", "52988128")
    assert event.parties[0].name == "ТОО «Көмір»" and event.parties[0].identifiers == {"bin": "050140000656"}
    assert event.goods == (Goods(hs="270112", net_kg=1_250_500, origin=(Origin("KZ"),)),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16"])
def test_the_encoding_of_a_table_is_found(encoding: str) -> None:
    row = ROW.replace("ө", "о")  # a letter that Windows-1251 lacks
    (event,), refusals = by(MAPPING, HEADER, row, encoding=encoding)
    assert refusals == [] and event.parties[0].name == "ТОО «Комір»"


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_the_delimiter_is_found(sign: str) -> None:
    events, refusals = by(MAPPING, HEADER.replace(";", sign), ROW.replace(";", sign))
    assert len(events) == 1 and refusals == []


def test_a_cell_in_quotes_may_hold_delimiters_and_lines() -> None:
    (event,), _ = by(MAPPING, HEADER, ROW.replace("ТОО «Көмір»", '"ТОО ""А;Б""\nАлматы"'))
    assert event.parties[0].name == 'ТОО "А;Б"\nАлматы'


def test_the_same_row_gives_the_same_event_id() -> None:
    first, again, other = by(MAPPING, HEADER, ROW, ROW, ROW.replace("07:15", "07:16"))[0]
    assert first.event_id == again.event_id != other.event_id


@pytest.mark.parametrize(
    ("old", "new", "column", "because"),
    [
        ("02.10.2026 07:15", "31.02.2026 07:15", "Дата", "occurred_at: not a date or time: 31.02.2026 07:15"),
        ("02.10.2026 07:15", "", None, "occurred_at: required field missing"),
        ("Погружен", "Растворён", "Операция", "unknown code Растворён; expected отправлен, погружен"),
        ("1 250,5", "много", "Нетто, т", "goods.net_kg: not a number: много"),
        ("1 250,5", "-5", "Нетто, т", "goods[0].net_kg: negative mass"),
        ("1 250,5", "#N/A", "Нетто, т", "a failed formula: #N/A"),
        ("12345678;", ";", None, "consignment_id: required field missing"),
        (";KZ", ";KZ;лишнее", None, "10 cells; expected 9"),
        ("ТОО «Көмір»", '"ТОО"х', None, "broken"),
    ],
)
def test_a_wrong_row_is_refused_with_row_and_column_and_the_others_go_on(
    old: str, new: str, column: str | None, because: str
) -> None:
    events, (found,) = by(MAPPING, HEADER, ROW, ROW.replace(old, new), ROW)
    assert len(events) == 2
    assert found.at == ("row 3" if column is None else f"row 3, column {column}")
    assert found.because.startswith(because) and "expected" in found.because


def test_columns_that_the_mapping_names_must_be_there_once() -> None:
    assert (
        refusal("a;b", "1;2", mapping="columns: {a: type, c: occurred_at}").because
        == "0 columns c; expected one among a, b"
    )
    assert refusal("a;a", "1;2", mapping="columns: {a: type}").because.startswith("2 columns a")


def test_without_a_mapping_the_headers_are_the_fields_and_others_are_named() -> None:
    head = "event_id,consignment_id,type,occurred_at,place.unlocode,transport.containers,note"
    (event,), (left_out,) = by(None, head, "e1,K-1,ARRIVED,2026-10-02T07:15:00Z,KZAAU,CSQU3054383,x")
    assert (event.event_id, event.place.unlocode if event.place else None) == ("e1", "KZAAU")
    assert (left_out.at, left_out.refused) == ("row 1", "note")


def test_a_table_of_other_headers_asks_for_a_mapping() -> None:
    events, (found,) = by(None, HEADER, ROW)
    assert events == [] and "--mapping FILE" in found.because


def test_a_table_without_rows_and_one_without_header_are_refused() -> None:
    assert "no row with anything in it" in refusal(HEADER, ";;;").because
    assert "no header" in refusal("", "").because


def test_rows_of_one_group_are_the_lines_of_one_event() -> None:
    grouped = MAPPING + 'group_by: ["№ накладной", "Операция"]\n'
    (event,), refusals = by(grouped, HEADER, ROW, ROW.replace("270112", "270119"))
    assert refusals == [] and [(line.line, line.hs) for line in event.goods] == [(1, "270112"), (2, "270119")]
    assert event.references == (Reference("SMGS", "12345678"),)


def test_a_workbook_is_read_with_its_own_dates_and_numbers() -> None:
    row = [
        12345678,
        "64782352",
        dt.datetime.fromisoformat("2026-10-02T07:15"),
        "Отправлен",
        "ТОО",
        "050140000656",
        270112,
        1250.5,
        "KZ",
    ]
    data = workbook(HEADER.split(";"), row)
    assert csv.recognises(data[:4096])
    (event,), refusals = told(lambda d, g: csv.read_mapped(d, g, load_mapping(MAPPING)), data)
    assert refusals == [] and (event.type, event.occurred_at) == ("DEPARTED", parse_time("2026-10-02T02:15:00Z"))
    assert event.references == (Reference("SMGS", "12345678"),) and event.goods[0].net_kg == 1_250_500


def test_a_sheet_is_chosen_by_its_name() -> None:
    data = workbook(["a"], title="Отгрузки")
    lacking = load_mapping("sheet: Другой\ncolumns: {a: type}")
    _, (found,) = told(lambda d, g: csv.read_mapped(d, g, lacking), data)
    assert found.because == "no sheet Другой; expected one of Отгрузки"


def _with(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return out.getvalue()


def test_a_workbook_with_entities_or_of_monstrous_size_is_refused_unparsed() -> None:
    hostile = _with(workbook(["a"]), "xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    _, (found,) = told(csv.read, hostile)
    assert "document type declaration" in found.because
    bomb = _with(workbook(["a"]), "xl/media/a.bin", b"\0" * (600 * 1024 * 1024))
    _, (found,) = told(csv.read, bomb)
    assert "unpacks to more than" in found.because


def test_a_broken_workbook_is_refused() -> None:
    _, (found,) = told(csv.read, workbook(["a"])[:-400])
    assert "no workbook" in found.because


@pytest.mark.parametrize(
    ("text", "manner", "value"),
    [
        ("1 250,5", Manner(), 1250.5),
        ("1.250,5", Manner(), 1250.5),
        ("1,250.5", Manner(), 1250.5),
        ("1,250", Manner(decimal="."), 1250),
        ("1,250", Manner(decimal=","), 1.25),
        ("12'000", Manner(), 12000),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, manner: Manner, value: float) -> None:
    assert value_of(text, "number", manner) == value


def test_a_number_that_may_be_thousands_or_thousandths_is_never_guessed() -> None:
    with pytest.raises(ValueError, match="thousands or thousandths"):
        value_of("1,250", "number", Manner())


def test_a_time_without_zone_is_refused_and_a_day_needs_none() -> None:
    with pytest.raises(ValueError, match="time without offset"):
        value_of("2026-10-02T07:15:00", "time", Manner())
    assert value_of("2026-10-02", "day", Manner()) == "2026-10-02"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("columns: [1]", "mapping columns: not a table"),
        ("columns: {}", "mapping columns: no columns"),
        ("colums: {a: type}", "mapping file: unknown key: colums"),
        ("columns: {a: colour}", "mapping columns.a: unknown field: colour"),
        ("columns: {a: {field: type, code: {}}}", "mapping columns.a: unknown key: code"),
        ("columns: {a: {field: goods.net_kg, times: 0}}", "mapping columns.a.times: not a factor: 0"),
        ("columns: {a: type}\nconstants: {parties.KING.name: x}", "mapping constants.parties.KING.name: unknown field"),
        ("columns: {a: type}\ntime_zone: Asia/Atlantis", "mapping time_zone: unknown time zone: Asia/Atlantis"),
        ("columns: {a: type}\nencoding: martian", "mapping encoding: unknown encoding: martian"),
        ("columns: {a: type}\ndelimiter: ';;'", "mapping delimiter: not a single sign"),
        ("columns: {a: type}\ndecimal: x", "mapping decimal: not a decimal sign"),
        ("columns: {a: type}\nheader_row: 0", "mapping header_row: not a row"),
        ("columns: {a: type}\ndate_formats: ['%Q']", "mapping date_formats: not a date format"),
        ("columns: {a: [", "mapping file: neither YAML nor JSON"),
        ('{"columns": ', "mapping file: neither YAML nor JSON"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(text: str, because: str) -> None:
    with pytest.raises(InvalidInput) as found:
        load_mapping(text)
    assert str(found.value).startswith(because)


def test_a_mapping_may_be_json() -> None:
    assert load_mapping('{"columns": {"a": "type"}}').columns[0].field == field("type")


@pytest.mark.parametrize(
    "name",
    [
        "references.SMGX",
        "parties.CONSIGNOR",
        "parties.CONSIGNOR.role",
        "goods",
        "place.unlocode.x",
        "route.mode",
        "from.x",
        "",
    ],
)
def test_a_name_that_is_no_field_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="unknown field"):
        field(name)


def test_a_proposed_mapping_reads_the_table_that_it_was_proposed_for() -> None:
    table = [HEADER.replace("Операция", "type").replace("№ накладной", "Накладная"), ROW.replace("Погружен", "LOADED")]
    text = propose("\n".join(table).encode())
    assert '"%d.%m.%Y %H:%M"' in text and "times: 1000" in text and "parties.CONSIGNOR.name" in text
    ready = text.replace("# time_zone", "time_zone").replace("# decimal", "decimal")
    (event,), refusals = by(ready, *table)
    assert refusals == []
    assert (event.type, event.consignment_id, event.goods[0].net_kg) == ("LOADED", "12345678", 1_250_500)


def test_a_proposal_lists_the_codes_of_a_status_and_bears_a_wrong_date() -> None:
    rows = "\n".join(
        f"{day}.10.2026;{word}" for day, word in ((1, "прибыл"), (2, "убыл"), (3, "прибыл"), (99, "LOADED"))
    )
    text = propose(f"Дата;Статус\n{rows}\n".encode())
    assert 'date_formats: ["%d.%m.%Y"]' in text
    assert '"Статус": {field: type, codes: {"прибыл": "?", "убыл": "?"}}' in text
    assert load_mapping(text).columns[1].codes == {"прибыл": "?", "убыл": "?"}


def test_a_proposal_says_what_it_could_not_guess() -> None:
    text = propose(b"foo;bar\n1;2\n")
    assert '# "foo": ?  # "1"' in text and "#   consignment_id: ?" in text


def test_tables_are_recognised_and_other_formats_are_not() -> None:
    assert csv.recognises(f"{HEADER}\n{ROW}".encode())
    for other in (
        b"!AIVDM,1,1,,A,x,0*23\n!AIVDM,1,1,,A,x,0*23",
        b"<a>,\n</a>,",
        b'{"a": 1,\n"b": 2}',
        b"UNB+UNOC:3,\nUNH,",
        b"a,b",
    ):
        assert not csv.recognises(other)


@pytest.mark.parametrize("seed", range(3))
def test_spoiled_bytes_never_crash_the_adapter(seed: int) -> None:
    known: Mapping = load_mapping(MAPPING)
    book = workbook(
        HEADER.split(";"), ["1", "2", dt.datetime.fromisoformat("2026-01-01"), "погружен", "a", "b", "270112", 5, "KZ"]
    )
    inside = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    for bad in spoiled(inside, seed, 60):
        events, refusals = told(lambda d, g: csv.read_mapped(d, g, known), _with(book, "xl/worksheets/sheet1.xml", bad))
        assert events or refusals
    for data, count in ((f"{HEADER}\n{ROW}\n{ROW}".encode(), 200), (book, 100)):
        for bad in spoiled(data, seed, count):
            events, refusals = told(lambda d, g: csv.read_mapped(d, g, known), bad)
            assert events or refusals
