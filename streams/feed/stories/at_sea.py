"""Tankers and colliers that fall silent, change cargo at sea or change their flag."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from streams.feed import cast
from streams.feed.journeys import KZ_COAL, Coal
from streams.feed.scenario import story
from streams.feed.story import JsonEvent, Story, iso

_RUSSIAN: tuple[JsonEvent, ...] = ({"country": "RU"},)
_KAZAKH: tuple[JsonEvent, ...] = ({"country": "KZ"},)
_SPOTS = ((59.55, 28.05), (60.10, 27.30), (44.10, 37.10), (43.0, 34.5), (36.4, 22.9), (35.9, -6.1), (1.3, 104.6))
"""Off Ust-Luga, in the Gulf of Finland, off Novorossiysk, in the Black Sea, off Laconia, Ceuta and Singapore."""


def _tanker(s: Story, *, port: str = "TRISK", hs: str | None = "270900", **more: Any) -> Coal:
    """A cargo loaded onto a ship at a port, booked and under way; crude oil of Russia unless told otherwise."""
    fields: dict[str, Any] = {"origin": _RUSSIAN, "buyer": s.rng.choice(("NL", "IN")), "unload": "INMUN", **more}
    run = Coal(s, port=port, hs=hs, what="Cargo in bulk", route=False, **fields)
    run.book(export_country=None)
    s.wait(60)
    run.load_ship()
    run.sail()
    s.wait(20)
    return run


def _spot(s: Story) -> JsonEvent:
    latitude, longitude = s.rng.choice(_SPOTS)
    return {
        "latitude": round(latitude + s.rng.uniform(-0.05, 0.05), 4),
        "longitude": round(longitude + s.rng.uniform(-0.05, 0.05), 4),
    }


def _gap(s: Story, run: Coal, hours: float | None, where: JsonEvent | None = None) -> JsonEvent:
    """A silence of so many hours (None: it is not told when it ended); the clock goes on to its end."""
    start = s.at
    s.at += timedelta(hours=hours if hours is not None else s.rng.randrange(1, 30))
    until = iso(s.at) if hours is not None else None
    return s.tell(
        "POSITION_GAP", where or _spot(s), transport=run.ship, source="ais", occurred=start, gap_until=until,
        late=(s.at - start) / timedelta(hours=1) + 0.2,
    )  # fmt: skip


def _seen(s: Story, run: Coal) -> None:
    for _ in range(s.rng.randrange(1, 4)):
        s.wait(3)
        s.tell("POSITION", _spot(s), transport=run.ship, source="ais")


_HOURS = (2, 11.9, 12, 12.1, 30, 75)


@story(share=2.5, first="2025-03-01")
def silence_of_a_tanker(s: Story) -> None:
    """A tanker with Russian, Kazakh or mixed oil, or of an origin that is not told, is silent for shorter or longer."""
    origin = s.rng.choice((_RUSSIAN, _RUSSIAN, _KAZAKH, ({"country": "KZ", "share_pct": 80},), None))
    run = _tanker(s, origin=origin)
    _gap(s, run, s.rng.choice(_HOURS))
    _seen(s, run)
    run.land()
    run.deliver()


@story(share=2, first="2025-03-01")
def silence_of_a_collier(s: Story) -> None:
    """A ship with coal or wheat is silent, near a listed port or far from any."""
    run = _tanker(s, hs=s.rng.choice(("270112", "100199")), origin=KZ_COAL)
    _gap(s, run, s.rng.choice(_HOURS))
    if s.rng.random() < 0.7:
        _seen(s, run)
    run.land()


@story(share=2, first="2025-03-01")
def silence_that_lasts(s: Story) -> None:
    """A ship falls silent and is not heard again, or only after hours; perhaps the silence is corrected or taken back."""
    run = _tanker(s, hs=s.rng.choice(("270900", "270900", "270112")), origin=s.rng.choice((_RUSSIAN, _KAZAKH)))
    told = _gap(s, run, None)
    fate = s.rng.random()
    if fate < 0.3:
        _seen(s, run)
    elif fate < 0.5:
        s.replace(told, 5, gap_until=iso(s.at + timedelta(hours=s.rng.choice((1, 20)))))
    elif fate < 0.6:
        s.retract(told, 3)
    if s.rng.random() < 0.5:
        run.land()


@story(share=1.5, first="2025-03-01")
def silence_without_position_or_goods(s: Story) -> None:
    """A long silence of which the place, the goods or both are not told; or of a wagon, which is none of a ship."""
    run = _tanker(s, hs=s.rng.choice(("270112", "270900", None)), origin=s.rng.choice((_KAZAKH, _RUSSIAN)))
    where = s.rng.choice(({"country": "RU"}, {"country": "TR"}, {"name": "Laconian Gulf"}, None))
    told = _gap(s, run, s.rng.choice((20, None)), where or {"country": "RU"})
    if where is None:
        del told["place"]
    if s.rng.random() < 0.2:
        told["transport"] = run.train


@story(share=2, first="2025-03-01")
def transfer_at_sea(s: Story) -> None:
    """Oil goes from ship to ship at sea, in a port, near one, or nobody says where; with or without a notice."""
    origin = s.rng.choice((_RUSSIAN, _RUSSIAN, _KAZAKH, None))
    run = _tanker(s, origin=origin)
    where = s.rng.choice((
        _spot(s), _spot(s), _spot(s), "ITRAN", {"name": "Laconian Gulf", "country": "GR"}, None,
        {"name": "Anchorage", "facility": "Oil terminal", "country": "TR"}, {"latitude": 59.69, "longitude": 28.41},
    ))  # fmt: skip
    paper = {"type": "AUTHORISATION", "number": "N-7", "scope": s.rng.choice(("ship-to-ship transfer", "STS", "tests"))}
    papers = [paper] if s.rng.random() < 0.4 else None
    s.tell("STS_TRANSFER", where, transport=run.ship, documents=papers, source="operator-17")
    run.ship = cast.ship(s.rng)
    run.land()
    run.deliver()


@story(share=1.5, first="2025-03-01")
def flag_changed(s: Story) -> None:
    """A ship of one number flies another flag than before, soon or long after; or it is another ship."""
    run = _tanker(s, hs="270112", origin=KZ_COAL)
    s.wait(s.rng.choice((50, 50, 24 * 130)))
    other = s.rng.choice(
        (run.ship, {**run.ship, "vessel_flag": "GA"}, cast.ship(s.rng), {**run.ship, "vessel_flag": "CM"})
    )
    run.ship = dict(other)
    if s.rng.random() < 0.2:
        run.ship["vessel_imo"] = cast.wrong_check(run.ship["vessel_imo"])
    told = s.tell("POSITION", _spot(s), transport=run.ship, source="ais")
    if s.rng.random() < 0.2:
        s.retract(told, 6)
    else:
        run.land()


@story(share=1.5, first="2025-03-01")
def at_sea_nobody_of_the_eu(s: Story) -> None:
    """A tanker with Russian oil is silent and nobody of the EU takes part, or that cannot be told."""
    run = _tanker(s, buyer="IN", carrier=s.rng.choice(("TR", None)), insurer=s.rng.choice(("GB", "GB", None)))
    _gap(s, run, s.rng.choice((20, None)))
    _seen(s, run)
    if s.rng.random() < 0.4:
        s.wait(40)
        s.tell("POSITION", {"country": "MT", "latitude": 35.8, "longitude": 14.6}, transport=run.ship, source="ais")
