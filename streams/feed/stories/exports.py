"""Exports that are banned or bound to a duty: machine tools and radio gear to Kyrgyzstan, before and after the ban."""

from __future__ import annotations

from streams.feed import cast
from streams.feed.journeys import EuGoods
from streams.feed.scenario import story
from streams.feed.stories.transit import harmless
from streams.feed.story import JsonEvent, Story

_KG_BAN = "2026-04-24"
_MACHINES: tuple[JsonEvent, ...] = (
    {"hs": "84581120", "dual_use": "", "description": "Turning centres, numerically controlled"},
    {"hs": "84603100", "dual_use": "", "description": "Tool grinding machines, numerically controlled"},
    {"hs": "85256000", "dual_use": "", "description": "Radio transceivers"},
)


def _machine(s: Story) -> JsonEvent:
    return dict(s.rng.choice(_MACHINES))


def _to_kyrgyzstan(s: Story, line: JsonEvent) -> EuGoods:
    return EuGoods(s, "MIDDLE", line, buyer="KG", end="KGFRU")


def _through(run: EuGoods) -> None:
    run.leave()
    run.travel()
    run.deliver()


@story(share=2, first="2026-03-01")
def export_kg_machines(s: Story) -> None:
    """Machine tools or radio gear to Kyrgyzstan about the day from which some of them are banned; some are called off."""
    run = _to_kyrgyzstan(s, _machine(s))
    run.book()
    if s.rng.random() < 0.15:
        s.wait(30)
        s.tell("CANCELLED", source="operator-17")
        return
    _through(run)


@story(share=2, first="2026-03-20", last="2026-04-20")
def export_kg_midnight(s: Story) -> None:
    """Declared for export to Kyrgyzstan in the night to 24 April 2026: the day begins at midnight in Brussels."""
    run = _to_kyrgyzstan(s, _machine(s))
    run.book()
    s.go_to(*s.rng.choice((("2026-04-23", "23:40:00"), ("2026-04-24", "00:10:00"))), "BE")
    s.tell("DECLARED", run.start, customs={"mrn": cast.mrn(s.rng, "DE", 2026, "A"), "procedure": "EX"})
    s.wait(9)
    s.tell("DEPARTED", run.start, transport=run.lorry)
    run.travel()


@story(share=1.5, first="2026-02-01")
def export_kg_harmless(s: Story) -> None:
    """Harmless goods to Kyrgyzstan, or goods without a code."""
    line = s.rng.choice((harmless(s), {"description": "Equipment as per contract"}))
    _through(_booked(_to_kyrgyzstan(s, line)))


def _booked(run: EuGoods) -> EuGoods:
    run.book()
    return run


@story(share=1.5, first="2026-03-01")
def export_kg_end_use(s: Story) -> None:
    """Machines to Kazakhstan for an end user, or for use, in Kyrgyzstan; nobody says where to, or from where."""
    run = EuGoods(s, "MIDDLE", _machine(s))
    user = cast.in_role("END_USER", cast.firm(s.rng, "KG"))
    run.book(**s.rng.choice((
        {"parties": [*run.parties(), user]}, {"end_use_country": "KG"},
        {"parties": [user, cast.in_role("SELLER", cast.firm(s.rng, "CN"))], "destination_country": None, "export_country": None},
        {"parties": [user, cast.in_role("SELLER", cast.firm(s.rng, "CN"))], "export_country": "CN"},
    )))  # fmt: skip
    if s.rng.random() < 0.6:
        _through(run)


@story(share=2, first="2026-03-01", last="2026-04-20")
def export_kg_turned(s: Story) -> None:
    """Machines for Kazakhstan are turned to Kyrgyzstan on the way, before or after the ban; or that was a mistake."""
    run = EuGoods(s, "MIDDLE", _machine(s))
    run.book()
    run.leave()
    s.go_to(s.rng.choice(("2026-04-23", "2026-04-24", "2026-05-20")), "13:00:00", "BE")
    told = s.tell("ROUTE_CHANGED", source="operator-17", destination_country="KG")
    if s.rng.random() < 0.3:
        s.retract(told, 30)
    s.wait(60)
    s.tell("ARRIVED", "KZAAU", transport=run.lorry)
