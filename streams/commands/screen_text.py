"""The answer of `screen` for reading: what was asked, against what, and a table of matches, each with its why."""

from __future__ import annotations

from collections.abc import Iterator

from streams.commands.screen_desk import Answer, Desk, Match, applies
from streams.commands.screen_query import Query
from streams.model.moments import iso_day
from streams.model.reference import ListedParty

_HEAD = ("score", "result", "name", "entry", "list", "list version", "applies")
_MOST = 44


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def result_of(match: Match) -> str:
    """What a match amounts to: `HIT`, `cleared`, `review` below the threshold, `outside` when not in force on the day."""
    if not match.in_force:
        return "outside"
    return "HIT" if match.reached else "cleared" if match.cleared else "review"


def _asked(query: Query) -> str:
    parts = [query.name or "no name", (query.schema or "person, firm, ship or aircraft").lower()]
    parts += [query.country] if query.country else []
    parts += [f"born {query.birth_date}"] if query.birth_date else []
    parts += [f"{kind} {value}" for kind, value in query.identifiers.items()]
    return ", ".join(parts)


def _conclusion(answer: Answer) -> str:
    found = answer.matches
    if answer.hit:
        count = sum(m.reached for m in found)
        return f"HIT: {count} {'match reaches' if count == 1 else 'matches reach'} the threshold"
    if found and all(m.cleared for m in found if m.in_force) and any(m.in_force for m in found):
        return "no hit: what it resembles has been cleared"
    if any(m.in_force for m in found):
        return "no hit, but names that resemble it: look at them before it is taken for clear"
    if found:
        return "no hit on this day; what it resembles is outside of its dates"
    return "no hit: nothing on these lists resembles it"


def _rows(matches: tuple[Match, ...]) -> Iterator[tuple[str, ...]]:
    yield _HEAD
    for m in matches:
        version = (m.list_version or "not stated")[:10]
        yield (
            f"{m.score:.2f}", result_of(m), _cut(m.name), f"{m.kind}:{m.id}", m.list or "no list", version, applies(m)
        )  # fmt: skip


def _why(match: Match) -> Iterator[str]:
    yield f"why: {match.because}"
    if match.cleared or match.lapsed:
        yield f"clearance: {match.cleared or match.lapsed}"
    facts = [match.schema, *match.countries, *([f"born {match.birth_date}"] if match.birth_date else [])]
    law = [*match.measures, *([f"programme {match.programme}"] if match.programme else [])]
    yield f"entry: {', '.join(facts)}; {', '.join(law) or 'no measure stated'}"


def text_lines(query: Query, answer: Answer, desk: Desk) -> Iterator[str]:
    """The lines to print."""
    parties = [r for r in desk.law.records.values() if isinstance(r, ListedParty)]
    lists = sorted({r.list for r in parties})
    yield f"Screened:  {_asked(query)}"
    yield f"Against:   {len(parties):,} entries of {len(lists)} lists as of {iso_day(desk.day)} (Brussels)"
    yield f"Records:   version {desk.version}"
    yield f"Result:    {_conclusion(answer)}"
    for doubt in query.doubts:
        yield f"Not used:  {doubt} fails its check digit"
    if not answer.matches:
        return
    yield ""
    rows = list(_rows(answer.matches))
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEAD))]
    for n, row in enumerate(rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if n:
            for line in _why(answer.matches[n - 1]):
                yield " " * (widths[0] + 2) + line
    if answer.more:
        yield f"and {answer.more} more; --limit shows them"
