"""The oracle's law: the raw reference records, asked by kind and day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

Record = dict[str, Any]
_BUNDLE = Path(__file__).resolve().parent.parent / "data" / "reference"


def in_force(record: Record, day: date) -> bool:
    """Whether a record applies on a day: from its first day, until the day before its end."""
    start, end = record.get("applies_from"), record.get("applies_until")
    return (start is None or date.fromisoformat(start) <= day) and (end is None or day < date.fromisoformat(end))


class Law:
    """Reference records by kind."""

    def __init__(self, records: list[Record]) -> None:
        self._by_kind = {kind: [r for r in records if r["kind"] == kind] for kind in {r["kind"] for r in records}}
        self._asked: dict[tuple[Any, ...], list[Record]] = {}

    @classmethod
    def bundled(cls, *more: Record) -> Law:
        """The records that come with the program, read as they lie, and more."""
        lines = [line for path in sorted(_BUNDLE.glob("*.ndjson")) for line in path.read_text("utf-8").splitlines()]
        return cls([*(json.loads(line) for line in lines if line.strip()), *more])

    def of(self, kind: str, day: date | None = None, **fields: Any) -> list[Record]:
        """Records of a kind with these field values, in force on a day."""
        question = (kind, day, *sorted(fields.items()))
        if question not in self._asked:
            if len(self._asked) > 20_000:
                self._asked.clear()
            found = [r for r in self._by_kind.get(kind, ()) if day is None or in_force(r, day)]
            self._asked[question] = [r for r in found if all(r.get(k) == v for k, v in fields.items())]
        return self._asked[question]

    def policy(self, key: str, day: date) -> Any:
        """The value of a policy on a day: of those in force the one that began last (6(31))."""
        found = self.of("policy", day, key=key)
        return max(found, key=lambda r: r.get("applies_from") or "")["value"]

    def on_list(self, name: str, line: dict[str, Any], day: date) -> bool | None:
        """Whether a line of goods is on a list that day; None when its code is missing or too short to tell (6(28))."""
        code, control = codes_of(line.get("hs")), line.get("dual_use") or ""
        open_question = not line.get("hs") and not control
        for record in self.of("goods", day, list=name):
            prefix, control_prefix = record.get("hs"), record.get("dual_use")
            if control_prefix and control.startswith(control_prefix):
                return True
            if prefix and any(c.startswith(prefix) for c in code):
                return True
            open_question = open_question or bool(prefix and any(prefix.startswith(c) for c in code))
        return None if open_question else False


_HS_2017 = {
    "852580": ("852589",), "854140": ("854149", "854141", "854142", "854143"), "880330": ("880730",), "854890": ("854800",),
}  # fmt: skip


def codes_of(hs: str | None) -> list[str]:
    """A goods code and, for one of HS 2017, its successors of 2022."""
    if not hs:
        return []
    return [hs, *(new + hs[6:] for new in _HS_2017.get(hs[:6], ()))]
