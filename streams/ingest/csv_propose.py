"""Proposes a column mapping for a table: a beginning to be read and put right, never used unread."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Iterable

from streams.ingest.csv_cells import Cell, text_of
from streams.ingest.csv_fields import is_field
from streams.ingest.csv_table import XLSX, Unreadable, decoded, delimiter_of, rows
from streams.model.events import EVENT_TYPES

_SAMPLE = 50
_MOST_CODES = 12
_FORMATS = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y",
    "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y%m%d%H%M", "%Y%m%d",
)  # fmt: skip
_WORDS: tuple[tuple[str, str], ...] = (
    (r"\bsmgs\b|смгс", "references.SMGS"),
    (r"\bcim\b|цим", "references.CIM"),
    (r"\bcmr\b|цмр", "references.CMR"),
    (r"\bmrn\b", "customs.mrn"),
    (r"bill of lading|\bb/?l\b|коносамент", "references.BL"),
    (r"booking|букинг", "references.BOOKING"),
    (r"invoice|инвойс|счет.?фактур|rechnung", "references.INVOICE"),
    (r"consignment|накладн|жүкқұжат|sendung", "consignment_id"),
    (r"event.?id|\bид события", "event_id"),
    (r"container|контейнер", "transport.containers"),
    (r"wagon|вагон", "transport.wagons"),
    (r"\bimo\b|\bимо\b", "transport.vessel_imo"),
    (r"vessel|судно|ship name|schiff|кеме", "transport.vessel_name"),
    (r"plate|госномер|номер авто|kennzeichen", "transport.plates"),
    (r"consignee|грузополучател|получател|empfänger|жүк алушы", "parties.CONSIGNEE.name"),
    (r"consignor|shipper|грузоотправител|отправител(?!.*дата)|absender|жүк жөнелтуші", "parties.CONSIGNOR.name"),
    (r"buyer|покупател|käufer|сатып алушы", "parties.BUYER.name"),
    (r"seller|продав|verkäufer|сатушы", "parties.SELLER.name"),
    (r"owner|собственник|владел|eigentümer|меншік иесі", "parties.OWNER.name"),
    (r"carrier|перевозчик|frachtführer|тасымалдаушы", "parties.CARRIER.name"),
    (r"\bhs\b|тн ?вэд|\bгнг\b|\bgng\b|commodity code|zolltarif|сэқ тн", "goods.hs"),
    (r"net|нетто|таза салмақ", "goods.net_kg"),
    (r"gross|брутто|brutto|жалпы салмақ", "goods.gross_kg"),
    (r"packages|мест\b|pieces|colli|packstücke|орын саны", "goods.packages"),
    (r"country of origin|страна происх|ursprungsland|шығарылған ел", "goods.origin.country"),
    (r"goods|cargo|груз\b|товар|наименование|ware|жүк атауы", "goods.description"),
    (r"value|стоимост|wert|құны", "goods.value.amount"),
    (r"currency|валют|währung", "goods.value.currency"),
    (r"destination country|страна назнач|bestimmungsland", "destination_country"),
    (r"un/?locode|\blocode\b", "place.unlocode"),
    (r"\besr\b|\bеср\b|код станции", "place.esr"),
    (r"station|станци|port\b|порт\b|place|место\b|ort\b|бекет", "place.name"),
    (r"latitude|широт|\blat\b", "place.latitude"),
    (r"longitude|долгот|\blon\b", "place.longitude"),
    (r"seal|пломб|siegel|пломба", "seals.number"),
    (r"event type|статус|status|операци|событи|ereignis|оқиға", "type"),
    (r"date|time|дата|время|datum|zeit|күні|уақыт", "occurred_at"),
)
"""Words of headers in English, Russian, Kazakh and German, the narrow before the wide, and the field they speak of."""
_TONNES = re.compile(r"\b(t|т|тн|tonnes?|tonnen|тонн[аы]?)\b\.?\s*$", re.IGNORECASE)


def _guess(header: str, taken: set[str]) -> str | None:
    if is_field(header):
        return header
    for words, name in _WORDS:
        if name not in taken and re.search(words, header, re.IGNORECASE):
            return name
    return None


def _formats(values: Iterable[str]) -> list[str]:
    """The form that most dates of a column have, were it more than half; none where they are ISO 8601."""
    told = [value for value in values if value]
    fitting = {form: sum(_fits(value, form) for value in told) for form in _FORMATS}
    best = max(_FORMATS, key=lambda form: fitting[form])
    return [best] if fitting[best] * 2 > len(told) else []


def _codes(values: Iterable[str]) -> str:
    """A code table for words that are no types of event, to be filled in."""
    own = [value for value in dict.fromkeys(values) if value and value not in EVENT_TYPES][:_MOST_CODES]
    if not own:
        return "type"
    codes = ", ".join(f'{_quoted(value)}: "?"' for value in own)
    return f"{{field: type, codes: {{{codes}}}}}"


def _fits(value: str, form: str) -> bool:
    try:
        dt.datetime.strptime(value, form)  # noqa: DTZ007 - only its form matters
    except ValueError:
        return False
    return True


def propose(data: bytes) -> str:
    """A mapping in YAML for a table, with what was found of its form and a sample of each column. Raises Unreadable."""
    table = [(n, cells) for n, cells in itertools.islice(rows(data), _SAMPLE) if not isinstance(cells, str)]
    top = next(((n, cells) for n, cells in table if sum(bool(text_of(c)) for c in cells) > 1), None)
    if top is None:
        raise Unreadable("no header of at least two columns; expected a table")
    header_row, header = top[0], [text_of(cell) for cell in top[1]]
    below = [cells for n, cells in table if n > header_row]
    lines = ["# A proposal: check every line. Lines with # are not used; docs/feeds/csv.md names the fields."]
    if not data.startswith(XLSX):
        lines.append(f"delimiter: {_quoted(delimiter_of(decoded(data, None)))}")
    lines += [f"header_row: {header_row}", "# time_zone: Asia/Almaty", '# decimal: ","']
    return "\n".join([*lines, *_columns(header, below)]) + "\n"


def _columns(header: list[str], below: list[list[Cell]]) -> list[str]:
    taken: set[str] = set()
    lines: list[str] = ["columns:"]
    forms: list[str] = []
    for n, name in enumerate(header):
        if not name:
            continue
        values = [text_of(cells[n]) for cells in below if n < len(cells)]
        guess = _guess(name, taken)
        sample = next((value for value in values if value), "")
        comment = f"  # {_quoted(sample[:40])}" if sample else ""
        if guess is None or header.count(name) > 1:
            lines.append(f"  # {_quoted(name)}: ?{comment}")
            continue
        taken.add(guess)
        if guess == "occurred_at":
            forms += _formats(values)
        told = _codes(values) if guess == "type" else guess
        scaled = guess.endswith("_kg") and _TONNES.search(name) is not None
        lines.append(f"  {_quoted(name)}: {f'{{field: {guess}, times: 1000}}' if scaled else told}{comment}")
    if len(lines) == 1 or not taken:
        lines[0] = "columns: {}"
    head = [f"date_formats: [{', '.join(map(_quoted, forms))}]"] if forms else []
    lacking = [name for name in ("consignment_id", "occurred_at", "type") if name not in taken]
    head += ["# constants:", *(f"#   {name}: ?" for name in lacking)] if lacking else []
    return [*head, *lines]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
