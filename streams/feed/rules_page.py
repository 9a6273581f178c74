"""The page of reference on rules and flags (`docs/rules.md`), made from the code: `python -m streams.feed.rules_page docs/rules.md`.

What a rule asks is the docstring of its file; what it finds is told by alerts of generated consignments, and how the
generated traffic covers it by the table of `streams.feed.coverage`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from streams.feed.coverage import (
    CELLS,
    CORRECTED,
    DOES_NOT,
    NOT_KNOWN,
    OTHER_LAW,
    PATIENCE,
    TRIGGERS,
    Coverage,
    coverage_of,
)
from streams.model.decision import Alert
from streams.rules.announce import TITLES

RULES = Path(__file__).parents[1] / "rules"
WIDTH = 120
_NAMED = re.compile(r"\b([RF]\d\d)\b(?: to ([RF]\d\d))?")
_ELSEWHERE = {"R24": "quotas", "R21": "ghost", "R22": "mismatch", "R03": "waivers", "R04": "waivers", "R05": "waivers", "R25": "waivers", "R02": "ports",
              "R09": "transit", "R10": "transit", "R14": "end_users", "R16": "banks", "R17": "ships"}  # fmt: skip
"""The files of rules that do not name them in the first line."""
_A_FLAG = "a flag says that two statements differ or that something is stated, never that something is missing (contract 6(32))"
_NO_DATE = "no date of the law is asked for; thresholds are policies that have not changed"
_ASKED = "what a waiver asks and nobody states makes it needed, not unknown (contract 3.1)"
_NOT_BUNDLED = "the codes of Art. 12f are not bundled for want of a source: load goods list EXPORT_KG"
_BY_NAME = "only a listed name in a country that nobody states: tests/unit/rules/test_facilities.py holds it, no story plays it"
WHY_EMPTY = {
    **{(rule, NOT_KNOWN): _A_FLAG for rule in (
        "F01", "F02", "F05", "F06", "F07", "F12", "F16", "F17", "F18", "F22",
        "R22 F04", "R22 F08", "R22 F09", "R22 F10", "R22 F11", "R22 F20", "R22 F21",
    )},
    **{(rule, OTHER_LAW): _NO_DATE for rule in (
        "F05", "F07", "F17", "F22", "R21", "R22 F04", "R22 F08", "R22 F09", "R22 F10", "R22 F11", "R22 F20", "R22 F21",
    )},
    **{(rule, NOT_KNOWN): _ASKED for rule in ("R03", "R04", "R05", "R25")},
    ("R07", NOT_KNOWN): _BY_NAME,
    ("R08", NOT_KNOWN): _BY_NAME,
    ("R11", TRIGGERS): _NOT_BUNDLED,
    ("R11", DOES_NOT): _NOT_BUNDLED,
}  # fmt: skip
"""Why a cell is empty."""


def empty_cells(seen: Coverage) -> list[tuple[str, str]]:
    """The cells of the table with neither a count nor a reason."""
    return [
        (key, cell)
        for key in sorted(seen.cells)
        for cell in CELLS
        if not seen.cells[key][cell] and (key, cell) not in WHY_EMPTY
    ]


def file_of(rule: str) -> Path:
    """The file that holds a rule or flag. Raises LookupError when no docstring names it."""
    name = _ELSEWHERE.get(rule)
    if name is not None:
        return RULES / f"{name}.py"
    for path in sorted(RULES.glob("*.py")):
        first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n", 1)[0]
        if rule in _named(first):
            return path
    raise LookupError(f"no file of streams/rules names {rule} in its first line")


def _named(line: str) -> set[str]:
    found: set[str] = set()
    for first, last in _NAMED.findall(line):
        end = int((last or first)[1:])
        found |= {f"{first[0]}{n:02d}" for n in range(int(first[1:]), end + 1)}
    return found


def page(seen: Coverage) -> str:
    """The page as Markdown."""
    return "\n".join(
        [*_head(seen), *_table(seen), *(line for rule in sorted(TITLES) for line in _section(rule, seen)), ""]
    )


def _head(seen: Coverage) -> Iterator[str]:
    yield "# Rules and flags"
    yield ""
    yield "This page is made from the code (`python -m streams.feed.rules_page docs/rules.md`); do not edit it."
    yield ""
    yield (
        f"The table counts generated consignments: {seen.consignments} plays of every story of `transitwatch generate`, each story "
        f"until {PATIENCE} plays running showed nothing new."
    )
    yield ""
    yield f"* **{CELLS[0]}**: a breach, a need of a waiver or a red flag was announced. **{CELLS[1]}**: plays of the same families without."
    yield f"* **{NOT_KNOWN}**: something that decides is not stated. **{CORRECTED}**: the event that led to it is taken back, and the alert goes."
    yield f"* **{OTHER_LAW}**: the same events three years earlier are answered otherwise."
    yield ""


def _table(seen: Coverage) -> Iterator[str]:
    yield "| rule | " + " | ".join(CELLS) + " |"
    yield "|---" * (len(CELLS) + 1) + "|"
    reasons: list[str] = []
    for key in sorted(seen.cells):
        shown = []
        for cell in CELLS:
            count, why = seen.cells[key][cell], WHY_EMPTY.get((key, cell))
            if not count and why is not None and why not in reasons:
                reasons.append(why)
            shown.append(str(count) if count or why is None else f"– ({reasons.index(why) + 1})")
        yield f"| {key} | " + " | ".join(shown) + " |"
    yield ""
    for number, why in enumerate(reasons, 1):
        yield f"{number}. {why}"
    absent = ", ".join(sorted(set(TITLES) - {key.split()[0] for key in seen.cells}))
    if absent:
        yield ""
        yield f"No row: {absent} (no bundled record leads to it; unit tests hold it), R01 (says that nobody of the Union takes part: never an alert)."


def _section(rule: str, seen: Coverage) -> Iterator[str]:
    keys = [key for key in sorted(seen.cells) if key.split()[0] == rule]
    yield ""
    yield f"## {rule} {TITLES[rule]}"
    yield ""
    path = file_of(rule)
    yield ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    yield ""
    yield f"Code: `streams/rules/{path.name}`."
    for key in keys:
        yield from _example(key, seen.examples[key])


def _example(key: str, alert: Alert) -> Iterator[str]:
    yield ""
    yield f"Example of {key}, {alert.verdict} ({alert.legal_basis}): {alert.because}"
    yield ""
    for condition in alert.conditions:
        yield f"* `{condition.name}` {condition.state}: {condition.because}"
    if alert.missing:
        yield f"* missing: {', '.join(alert.missing)}"


def main() -> None:
    """Write the page to the file that is named, or print it."""
    text = page(coverage_of())
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
