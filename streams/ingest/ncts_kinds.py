"""Which customs message is which event (contract 1.1; domain 5.2), and what those say that become none.

The number of a message is the same in every phase: 029 is the release for transit as CC029C of phase 5 and 6 and as
CC029A or CC029B of phase 4. Numbers from 500 on are of the export system (AES).
"""

from __future__ import annotations

from msgspec import Struct

from streams.model.events import Classifier, EventType

DEPARTURE = "CustomsOfficeOfDeparture"
DESTINATION = "CustomsOfficeOfDestinationActual"
EXPORT = "CustomsOfficeOfExport"
EXIT = "CustomsOfficeOfExitActual"
OPERATION = "TransitOperation"
EXPORT_OPERATION = "ExportOperation"


class Kind(Struct, frozen=True):
    """What a message is: its name, its event, where its time and its office stand, what it cannot do without."""

    name: str
    type: EventType
    at: str = ""
    """Path of the date or time at which it happened; the time of preparation where it is absent."""
    office: str = DEPARTURE
    needs: tuple[str, ...] = ()
    """Paths below the operation (`MRN`) or below the message (`A/b`); of `LRN|MRN` one is enough."""
    classifier: Classifier = "ACTUAL"
    whole: bool = False
    """Whether it states the whole consignment; others name goods and parties in part and replace none of what is known."""
    trader: bool = False
    """Whether the trader sends it to customs; the others come from customs."""
    result: str | None = None


def _exit(name: str, at: str = "", *, classifier: Classifier = "ESTIMATED", result: str | None = None) -> Kind:
    return Kind(name, "EXPORT_CONFIRMED", at, EXIT, ("MRN",), classifier, result=result)


_MRN, _LRN, _EITHER = ("MRN",), ("LRN",), ("LRN|MRN",)
_DEP = f"{DEPARTURE}/referenceNumber"
_DES = f"{DESTINATION}/referenceNumber"
_EXP = f"{EXPORT}/referenceNumber"
_CONTROL = "controlNotificationDateAndTime"

KINDS: dict[int, Kind] = {
    1: Kind("anticipated arrival record", "RELEASED_FOR_TRANSIT", "releaseDate", needs=_MRN, whole=True),
    6: Kind("arrival advice", "ARRIVED_AT_DESTINATION", "arrivalNotificationDateAndTime", DESTINATION, _MRN),
    7: Kind("arrival notification", "ARRIVED_AT_DESTINATION", "arrivalNotificationDateAndTime", DESTINATION,
            ("MRN", _DES), trader=True),
    9: Kind("invalidation decision", "INVALIDATED", "Invalidation/decisionDateAndTime", needs=_EITHER),
    13: Kind("declaration amendment", "DECLARED", needs=("LRN^MRN", _DEP), whole=True, trader=True),
    14: Kind("invalidation request", "INVALIDATED", "Invalidation/requestDateAndTime", needs=(_DEP,),
             classifier="PLANNED", trader=True, result="invalidation requested"),
    15: Kind("declaration", "DECLARED", needs=("LRN", _DEP, "Consignment"), whole=True, trader=True),
    18: Kind("destination control results", "CONTROLLED", "ControlResult/date", DESTINATION, _MRN),
    19: Kind("discrepancies at destination", "CONTROLLED", result="discrepancies", needs=_MRN),
    25: Kind("goods release at destination", "ARRIVED_AT_DESTINATION", "releaseDate", DESTINATION,
             ("MRN", "releaseDate", _DES), result="released at destination"),
    28: Kind("MRN allocated", "DECLARED", "declarationAcceptanceDate", needs=("LRN", "MRN")),
    29: Kind("release for transit", "RELEASED_FOR_TRANSIT", "releaseDate", needs=("MRN", _DEP), whole=True),
    35: Kind("recovery notification", "ENQUIRY_OPENED", "RecoveryNotification/recoveryNotificationDate", needs=_MRN,
             result="recovery of the debt"),
    43: Kind("unloading permission", "ARRIVED_AT_DESTINATION", "", DESTINATION, ("MRN", _DES), whole=True,
             result="unloading permitted"),
    44: Kind("unloading remarks", "CONTROLLED", "UnloadingRemark/unloadingDate", DESTINATION,
             ("MRN", _DES, "UnloadingRemark"), trader=True),
    45: Kind("write-off", "DISCHARGED", "writeOffDate", needs=("MRN", "writeOffDate"), result="written off"),
    51: Kind("no release for transit", "CONTROLLED", needs=_EITHER, result="not released for transit"),
    60: Kind("control decision", "CONTROLLED", _CONTROL, needs=("LRN|MRN", _CONTROL), classifier="PLANNED",
             result="control decided"),
    118: Kind("crossing at an office of transit", "BORDER_CROSSED", "crossingDateAndTime",
              "CustomsOfficeOfTransitActual", _MRN),
    140: Kind("request on a non-arrived movement", "ENQUIRY_OPENED", "requestOnNonArrivedMovementDate", needs=_MRN,
              result="no arrival known"),
    170: Kind("presentation at departure", "DECLARED", needs=("LRN", _DEP), trader=True),
    507: Kind("arrival at exit", "ARRIVED", "arrivalNotificationDateAndTime", EXIT, _MRN, trader=True),
    509: Kind("export invalidation decision", "INVALIDATED", "Invalidation/decisionDateAndTime", EXPORT, _EITHER),
    513: Kind("export declaration amendment", "DECLARED", "", EXPORT, ("LRN^MRN", _EXP), whole=True, trader=True),
    514: Kind("export invalidation request", "INVALIDATED", "Invalidation/requestDateAndTime", EXPORT, _EITHER,
              "PLANNED", trader=True, result="invalidation requested"),
    515: Kind("export declaration", "DECLARED", "", EXPORT, ("LRN", _EXP), whole=True, trader=True),
    525: _exit("release for exit", "releaseDate", result="released for exit"),
    528: Kind("export MRN allocated", "DECLARED", "declarationAcceptanceDate", EXPORT, ("LRN", "MRN")),
    529: Kind("release for export", "DECLARED", "releaseDate", EXPORT, ("MRN", _EXP), whole=True,
              result="released for export"),
    551: Kind("no release for export", "CONTROLLED", "", EXPORT, _EITHER, result="not released for export"),
    560: Kind("export control decision", "CONTROLLED", _CONTROL, EXPORT, _EITHER, "PLANNED", result="control decided"),
    590: _exit("exit notification by the trader", "exitDate", result="exit notified by the trader"),
    599: _exit("exit confirmed", "ExitControlResult/exitDate", classifier="ACTUAL", result="exit confirmed"),
}  # fmt: skip
"""By number. An incident (182, and in 007 and 043) becomes events of its own: see `incidents`."""
INCIDENT_REPORT = 182

SILENT: dict[int, str] = {
    4: "accepts an amendment that the declarant's own message (013) has stated",
    17: "says that the declarant must do something, not that something happened to the goods",
    22: "asks the declarant to amend the declaration",
    23: "tells the guarantor that a movement does not end in time",
    24: "tells an office that the goods passed another one",
    37: "answers a question about a guarantee",
    40: "tells that an export is linked to the transit declaration",
    42: "tells that an export under the transit is not found",
    48: "tells that an export under the transit is stopped",
    54: "asks for the release in spite of minor discrepancies",
    55: "says that a guarantee is not valid",
    56: "rejects a message of the declarant: nothing happened to the goods",
    57: "rejects a message of the trader at destination: nothing happened to the goods",
    141: "answers an enquiry; what it states is proved by 045 or 035",
    190: "tells of an export declaration linked to the transit",
    191: "tells of an export declaration linked to the transit",
    228: "says that a comprehensive guarantee is cancelled",
    504: "accepts an amendment that the declarant's own message (513) has stated",
    522: "asks for a decision on an export held at exit",
    548: "says that the exit of an export is not decided",
    556: "rejects an export message: nothing happened to the goods",
    557: "rejects a message at exit: nothing happened to the goods",
    561: "tells the trader at exit of a control that is decided",
    582: "asks about an export that did not leave; an enquiry in the contract is one of transit",
    583: "answers a question about an export that did not leave",
    906: "reports a functional error of another message",
    917: "reports a syntax error of another message",
    928: "acknowledges that a message was received",
}
"""Messages of which nothing happens to a consignment, and why."""
