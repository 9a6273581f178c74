"""The code lists of DCSA Track & Trace (2.2, 3.0.0-Beta-1, 3.0.0 together) and the events for which their codes stand.

The table for reading is docs/feeds/dcsa.md; a test holds the two against each other.
"""

from __future__ import annotations

from streams.model.events import Classifier, EventType, Mode, ReferenceType, SealStatus

CLASSIFIERS: dict[str, Classifier] = {"PLN": "PLANNED", "EST": "ESTIMATED", "ACT": "ACTUAL"}
MODES: dict[str, Mode | None] = {
    "VESSEL": "SEA", "RAIL": "RAIL", "TRUCK": "ROAD", "BARGE": "INLAND_WATERWAY", "MULTIMODAL": None,
}  # fmt: skip
EMPTY, LADEN, TRANSSHIPMENT = "EMPTY", "LADEN", "TRANSSHIPMENT"
INDICATORS = (EMPTY, LADEN)
MOVEMENTS = ("IMPORT", "EXPORT", TRANSSHIPMENT)

TRANSPORT: dict[str, EventType] = {"ARRI": "ARRIVED", "DEPA": "DEPARTED"}
EQUIPMENT: dict[str, EventType | None] = {
    "LOAD": "LOADED", "DISC": "UNLOADED", "GTIN": "ARRIVED", "GTOT": "DEPARTED", "STUF": "LOADED", "STRP": "UNLOADED",
    "PICK": "DEPARTED", "DROP": "ARRIVED", "AVPU": "POSITION", "AVDO": None, "INSP": "SEAL_CHECKED", "RSEA": "SEALED",
    "RMVD": "SEAL_CHECKED", "CUSS": "CONTROLLED", "CUSI": "CONTROLLED", "CUSR": "CONTROLLED", "CROS": "BORDER_CROSSED",
}  # fmt: skip
"""None: no event stands for it."""
OF_THE_GOODS = frozenset({"LOAD", "DISC", "GTIN", "GTOT", "PICK", "DROP", "AVPU", "CROS"})
"""What is done to the goods only when they are inside: of an empty container these tell where it is, a POSITION."""
ARRIVING = frozenset({"ARRI", "DISC", "GTIN", "DROP", "STRP"})
"""Of these the voyage is the import voyage, of the others the export voyage."""
CUSTOMS_RESULTS = {"CUSS": "SELECTED_FOR_SCAN", "CUSI": "SELECTED_FOR_INSPECTION", "CUSR": "RELEASED"}
SEAL_STATES: dict[str, SealStatus] = {"RSEA": "AFFIXED", "RMVD": "REMOVED"}
"""What an equipment code says of the seals; other codes say nothing of them."""
SEAL_TYPES = ("KLP", "BLT", "WIR")
IOT: dict[str, EventType] = {"LOC": "POSITION", "DRO": "SEAL_CHECKED", "DRC": "SEAL_CHECKED"}
IOT_TYPES = ("DETC",)
REEFER_TYPES = ("MEAS", "ADJU")

DOCUMENTS: dict[str, ReferenceType | None] = {
    "CBR": None, "BKG": "BOOKING", "SHI": None, "TRD": "BL", "SRM": None, "DEI": None, "DEO": None, "TRO": None,
    "CRO": None, "ARN": None, "VGM": None, "CAS": None, "CUC": None, "CUS": None, "DGD": None, "OOG": None, "CQU": None,
    "INV": "INVOICE", "HCE": "CERTIFICATE", "PCE": "CERTIFICATE", "VCE": "CERTIFICATE", "FCE": "CERTIFICATE",
    "ICE": "CERTIFICATE", "CEA": "CERTIFICATE", "CEO": "CERTIFICATE", "AMF": None, "PFD": None,
}  # fmt: skip
"""Types of documents, and as what reference their numbers are kept; None: the contract has no such reference."""
REFERENCES: dict[str, ReferenceType | None] = dict.fromkeys(
    ("FF", "SI", "SPO", "PO", "CR", "AAO", "ECR", "CSI", "BPR", "BID", "SID", "RUC", "DUE", "CER", "AES")
) | {"EQ": "CONTAINER"}
"""Types of references of shippers and forwarders likewise."""

STANDS = frozenset({
    "CONF", "APPR", "ISSU", "CMPL", "COMP", "RELS", "SURR", "AMCF", "AMCN", "AMDC", "CADC", "UPCF", "PSAM", "PSDL",
    "SUAM", "SUDL",
})  # fmt: skip
"""States in which a document holds."""
UNDER_WAY = frozenset({
    "RECE", "DRFT", "PENA", "PENU", "PENC", "PENM", "REQS", "SUBM", "HOLD", "AMRE", "AMPR", "CARE", "UPRE", "UPDT",
    "UPCN", "UPDC",
})  # fmt: skip
"""States of a document on its way to hold."""
NO_MORE = frozenset({"REJE", "DECL", "CANC", "CACF", "VOID"})
"""States of a document that does not hold."""
SHIPMENT = (*sorted(STANDS), *sorted(UNDER_WAY), *sorted(NO_MORE))
BOOKINGS = frozenset({"BKG", "CBR"})
CUSTOMS_DOCUMENTS = frozenset({"CUC", "CUS"})
CUSTOMS_STATES = {
    "APPR": "RELEASED",
    "RELS": "RELEASED",
    "CONF": "RELEASED",
    "CMPL": "RELEASED",
    "HOLD": "HOLD",
    "REJE": "REJECTED",
}
DELIVERY_PROOF = "PFD"
KINDS = ("SHIPMENT", "TRANSPORT", "EQUIPMENT", "IOT", "REEFER")
UNASSIGNED_COUNTRIES = frozenset(
    {"AA", "ZZ"} | {f"Q{c}" for c in "MNOPQRSTUVWXYZ"} | {f"X{c}" for c in "ABCDEFGHIJLMNOPQRSTUVWXY"}
)
"""ISO 3166-1 leaves these to its users; UN/LOCODE uses XK (Kosovo) and XZ (international waters) of them."""
