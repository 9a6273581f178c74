"""Why a name is a hit, in one line: which words stand for which, what they weigh, what qualifies it."""

from __future__ import annotations

from streams.model.reference import ListedParty, Ownership
from streams.screening.names import Name
from streams.screening.score import Aligned, Alignment


def story(
    query: Name, listed: Name, text: str, found: Alignment, score: float, reasons: list[str],
    record: ListedParty | Ownership,
) -> str:  # fmt: skip
    """The explanation of a hit: names, pairs of words with likeness and weight, what is left over, qualifiers, list.

    ``text`` is how the record writes the name.
    """
    parts = [f'"{query.text}" resembles "{text}" {score:.2f}']
    if found.pairs:
        parts.append("words " + "; ".join(map(_pair, found.pairs)))
    left, right = " ".join(t.text for t in found.left), " ".join(t.text for t in found.right)
    if left:
        parts.append(f"only in the party's name: {left}")
    if right:
        parts.append(f"only in the listed name: {right}")
    if query.form and listed.form and query.form != listed.form:
        parts.append(f"another legal form ({query.form}, {listed.form})")
    parts += reasons
    where = f"list {record.list}" if isinstance(record, ListedParty) else "ownership record"
    return ", ".join([*parts, f"{where}, {record.id}"])


def _pair(pair: Aligned) -> str:
    return f"{pair.left}={pair.right} ({pair.likeness:.2f}, weight {pair.weight:.1f})"
