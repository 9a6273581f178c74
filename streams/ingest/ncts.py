"""Customs messages: NCTS of phase 4, 5 and 6 (`CC015C`, `CC029B` …) and AES (`CC515C` …), in XML or its JSON form.

One message is one event, and one more for each incident on the way that it tells of. `docs/feeds/ncts.md` has the
tables: message to event (`ncts_kinds`) and element to field. The consignment is provisional: `MRN:` with the movement
reference number, else `LRN:` with the declarant and his local reference, which alone is not unique.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from streams.errors import InvalidInput
from streams.ingest import ncts_papers as papers, ncts_parts as parts
from streams.ingest.adapter import Given, Message, Refusal, shown
from streams.ingest.ncts_kinds import EXIT, EXPORT_OPERATION, INCIDENT_REPORT, KINDS, OPERATION, SILENT, Kind
from streams.ingest.ncts_phase4 import is_phase4, phase4_path, phase5_tree
from streams.ingest.ncts_values import country, day, moment, when
from streams.ingest.ncts_xml import Node, looks_like, messages
from streams.model.events import Contract, Customs, Event, EventType, Reference, Seal, SealStatus
from streams.model.identifiers import normal

_INCIDENTS_IN = frozenset({7, 43, INCIDENT_REPORT})
_LRN = re.compile(r"[^\s{}<>\x00-\x1f](?:[^{}<>\x00-\x1f]{0,20}[^\s{}<>\x00-\x1f])?")
_ADDRESS = re.compile(r"[A-Z]{2,6}\.([A-Z]{2})", re.ASCII)
_LONGEST = 35
_FIRST_OF_EXPORT = 500
_SEEN: dict[str, tuple[str, SealStatus]] = {"1": ("conform", "INTACT"), "0": ("not conform", "BROKEN")}


class Header(Struct, frozen=True):
    """What every message states of itself."""

    name: str
    """The message by its root element, such as `CC015C`."""
    number: int
    sender: str
    recipient: str
    ident: str
    prepared: int
    phase: str


def recognises(head: bytes) -> bool:
    """Whether the first few KB hold a customs message."""
    return looks_like(head)


def read(data: bytes, given: Given) -> Iterator[Event | Refusal | Message]:
    """The events of the customs messages in some bytes, each message told of first; what becomes no event as a refusal."""
    for message in messages(data):
        if isinstance(message, Refusal):
            yield message
            continue
        yield Message(shown(message.element.tag))
        try:
            events = _events(phase5_tree(message) if is_phase4(message) else message)
        except InvalidInput as error:
            ident = message.text("messageIdentification") or message.text("MesIdeMES19") or "without identification"
            told = phase4_path(error, message) if is_phase4(message) else error
            yield Refusal(str(told), told.path, shown(f"{message.element.tag} {ident}"))
        else:
            yield from events


def _header(message: Node) -> Header:
    name = message.element.tag
    number = int(name[2:5])
    sender = _short(message, "messageSender", "who sends it")
    recipient = _short(message, "messageRecipient", "to whom it is sent")
    ident = _short(message, "messageIdentification", "the number of the message")
    stated = message.need("messageType", f"the type of the message, here {name}")
    if re.sub(r"\D", "", stated) != name[2:5]:
        raise message.wrong("messageType", "another type than the root element", name)
    prepared = moment(message, "preparationDateAndTime")
    if prepared is None:
        message.need("preparationDateAndTime", "when it was prepared, such as 2026-10-02T07:15:00")
    phase = (message.element.get("PhaseID") or "").strip()
    if not phase or len(phase) > _LONGEST:
        phase = "AES" if number >= _FIRST_OF_EXPORT else "NCTS5"
    return Header(name, number, sender, recipient, ident, prepared or 0, shown(phase))


def _short(message: Node, path: str, expected: str) -> str:
    text = message.need(path, f"{expected}, at most {_LONGEST} characters")
    if len(text) > _LONGEST:
        raise message.wrong(path, f"{len(text)} characters", f"{expected}, at most {_LONGEST} characters")
    return text


def _events(message: Node) -> list[Event]:
    """The events of one message. Raises InvalidInput."""
    head = _header(message)
    kind = KINDS.get(head.number)
    if kind is None and head.number != INCIDENT_REPORT:
        why = SILENT.get(head.number)
        what = f"message {head.name} {why}: no event" if why else f"message {head.name} is not known"
        known = ", ".join(f"{number:03}" for number in sorted({*KINDS, INCIDENT_REPORT}))
        raise InvalidInput(what, message.path, head.ident, f"one of the messages {known}")
    levels = parts.Levels(message)
    operation = message.child(OPERATION) or message.child(EXPORT_OPERATION) or Node(message.element, message.path)
    movement = _movement(head, message, operation, kind)
    events = [_event(head, kind, levels, operation, movement)] if kind is not None else []
    if head.number in _INCIDENTS_IN:
        events += [_incident(head, node, n, operation, movement) for n, node in parts.incidents(levels)]
    if not events:
        raise InvalidInput("no incident", f"{message.path}/Consignment/Incident", "nothing", "at least one incident")
    return events


class Movement(Struct, frozen=True):
    """Which movement a message is about, by its numbers and its office."""

    mrn: str | None
    lrn: str | None
    consignment: str
    office: str | None

    def references(self) -> list[Reference]:
        """Its numbers; a local reference with its declarant is a unique one of the consignment (UCR)."""
        found = [Reference("MRN", self.mrn)] if self.mrn is not None else []
        return [*found, Reference("UCR", self.lrn)] if self.lrn is not None else found


def _movement(head: Header, message: Node, operation: Node, kind: Kind | None) -> Movement:
    for need in kind.needs if kind is not None else ("MRN",):
        _need(message, operation, need)
    mrn, lrn = operation.text("MRN"), operation.text("LRN")
    if mrn is not None and len(mrn) > _LONGEST:
        raise operation.wrong("MRN", f"{len(mrn)} characters", "a movement reference number of 18 characters")
    if lrn is not None and not _LRN.fullmatch(lrn):
        raise operation.wrong("LRN", "not a local reference number", "1 to 22 letters, digits and signs without braces")
    office = message.text(f"{kind.office}/referenceNumber") if kind is not None else None
    if office is None and kind is not None and kind.office == EXIT:
        office = message.text("CustomsOfficeOfExitDeclared/referenceNumber")
    if kind is not None and kind.trader:
        _check_recipient(head, message, kind, office)
    named = ("HolderOfTheTransitProcedure", "Declarant", "Exporter")
    owner = next((t for n in named if (t := message.text(f"{n}/identificationNumber")) is not None), None)
    owner = owner or (head.sender if kind is not None and kind.trader else head.recipient)
    local = f"LRN:{owner}:{lrn}" if lrn is not None else None
    stated = f"MRN:{normal('mrn', mrn) or mrn}" if mrn is not None else local
    return Movement(mrn, local, stated or f"MSG:{head.sender}:{head.ident}", office)


def _need(message: Node, operation: Node, need: str) -> None:
    """One thing that a kind of message cannot do without. Raises InvalidInput."""
    if "^" in need or "|" in need:
        first, second = re.split(r"[\^|]", need)
        stated = [name for name in (first, second) if operation.text(name) is not None]
        if not stated:
            raise InvalidInput(
                "required element missing", f"{operation.path}/{first}", "nothing", f"{first} or {second}"
            )
        if len(stated) == 2 and "^" in need:
            raise operation.wrong(second, f"both {first} and {second}", f"one of {first} and {second}, not both")
    elif "/" not in need and (need[0].islower() or need in ("MRN", "LRN")):
        operation.need(need, "a value")
    elif "/" in need:
        message.need(need, "a value")
    elif message.child(need) is None:
        raise message.wrong(need, "required element missing", "the element and what it holds")


def _check_recipient(head: Header, message: Node, kind: Kind, office: str | None) -> None:
    """A trader's message goes to the administration of its office.

    An address that names another country is refused in every message. An arrival notification must name one: it may be
    lodged anywhere, and no earlier message of the movement says where. Raises InvalidInput.
    """
    land = (office or "")[:2].upper()
    named = _ADDRESS.fullmatch(head.recipient)
    expected = f"the administration of {office}, such as NTA.{land}"
    if named is not None and len(land) == 2 and named[1] != land and country(named[1]) != land:
        raise message.wrong("messageRecipient", f"not the administration of {kind.office} {office}", expected)
    if head.number == 7 and named is None and land not in head.recipient.upper():
        raise message.wrong("messageRecipient", "no administration of customs", expected)


def _customs(head: Header, operation: Node, movement: Movement, result: str | None) -> Customs:
    return Customs(
        mrn=movement.mrn,
        procedure=operation.text("declarationType"),
        office=movement.office,
        limit_date=day(operation, "limitDate"),
        result=result,
        message=f"{head.name} {head.phase}",
    )


def _event(head: Header, kind: Kind, levels: parts.Levels, operation: Node, movement: Movement) -> Event:
    message = levels.message
    occurred = when(message if "/" in kind.at else operation, kind.at, head.prepared)
    type, result = _outcome(head, kind, message)
    parts.check_masses(levels)
    if head.number in (15, 515):
        parts.refuse_empty(levels)
    terms = message.text("GoodsShipment/DeliveryTerms/incotermCode")
    whole = kind.whole
    location = levels.consignment.child("LocationOfGoods") if levels.consignment is not None else None
    carried = papers.transport(levels)
    references = [*movement.references(), *papers.references(levels, carried)]
    return Event(
        event_id=f"{head.ident}/{head.name}",
        source=head.sender,
        type=type,
        consignment_id=movement.consignment,
        occurred_at=occurred,
        recorded_at=head.prepared,
        classifier=kind.classifier,
        place=parts.place(location, movement.office) if head.number != 19 else None,  # told by the office of departure
        transport=carried,
        parties=parts.parties(levels, named_only=not whole),
        goods=parts.goods(levels) if whole else (),
        route=papers.route(levels) if whole else (),
        references=tuple(dict.fromkeys(references)),
        documents=papers.documents(levels),
        export_country=country(levels.one("countryOfDispatch", "countryOfExport")) if whole else None,
        destination_country=country(levels.one("countryOfDestination")) if whole else None,
        contract=Contract(delivery_terms=terms) if terms is not None else None,
        customs=_customs(head, operation, movement, result),
        seals=_seals(head, kind, levels),
    )


def _outcome(head: Header, kind: Kind, message: Node) -> tuple[EventType, str | None]:
    """The type of the event and what customs found. Raises InvalidInput when the message decides that nothing happens."""
    results = [kind.result] if kind.result is not None else []
    if head.number in (9, 509):
        if message.text("Invalidation/decision") == "0":
            raise message.wrong("Invalidation/decision", "the invalidation is refused: no event", "1, invalidated")
        results.append("invalidated")
    if head.number == 44:
        conform = _SEEN.get(message.text("UnloadingRemark/conform") or "")
        if conform is None:
            raise message.wrong("UnloadingRemark/conform", "not a yes or no", "1, conform, or 0, not conform")
        results.append(conform[0])
    for path, what in (("ControlResult/code", "control result"), ("ExitControlResult/code", "exit control result"),
                       ("TransitOperation/releaseIndicator", "indicator")):  # fmt: skip
        if (code := message.text(path)) is not None:
            results.append(f"{what} {code}")
            if head.number == 599 and code.startswith("B"):
                return "CONTROLLED", f"exit not permitted, {what} {code}"
    return kind.type, ", ".join(results) or None


def _seals(head: Header, kind: Kind, levels: parts.Levels) -> tuple[Seal, ...]:
    """The seals: affixed where the whole consignment is stated, as found in the unloading remarks."""
    if head.number == 44:
        state = levels.message.text("UnloadingRemark/stateOfSeals")
        if state is None:
            return ()
        if state not in _SEEN:
            raise levels.message.wrong("UnloadingRemark/stateOfSeals", "not a yes or no", "1, intact, or 0, not intact")
        found = papers.seals(levels.upper(), _SEEN[state][1])
        return found or (Seal(None, "MECHANICAL", _SEEN[state][1]),)
    return papers.seals(levels.upper(), "AFFIXED") if kind.whole and head.number != 43 else ()


def _incident(head: Header, node: Node, n: int, operation: Node, movement: Movement) -> Event:
    """What happened on the way (codes of CL019): 2 seals broken, 3 goods moved to another means, else where it was."""
    code = node.text("code")
    moved = node.child("Transhipment/TransportMeans")
    fresh = papers.seals([node], "AFFIXED")
    type: EventType = "POSITION"
    if code == "3" or (code is None and moved is not None):
        type = "TRANSSHIPPED"
    elif code == "2" or (code is None and fresh):
        type = "SEAL_CHECKED"
    broken = (Seal(None, "MECHANICAL", "BROKEN"),) if code == "2" else ()
    told = when(operation, "incidentNotificationDateAndTime", head.prepared)
    transport = papers.transport_of([(moved, None)] if moved is not None else [], papers.containers_of([node]), None)
    containers = transport.containers if transport is not None else ()
    references = [*movement.references(), *(Reference("CONTAINER", number) for number in containers)]
    text = ": ".join(t for t in (f"incident {code}" if code else "incident", node.text("text")) if t)
    return Event(
        event_id=f"{head.ident}/{head.name}/incident-{n}",
        source=head.sender,
        type=type,
        consignment_id=movement.consignment,
        occurred_at=when(node, "Endorsement/date", told) if node.text("Endorsement/date") else told,
        recorded_at=head.prepared,
        place=parts.place(node.child("Location"), None),
        transport=transport,
        references=tuple(dict.fromkeys(references)),
        customs=structs.replace(_customs(head, operation, movement, text), office=None),
        seals=broken + fresh,
    )
