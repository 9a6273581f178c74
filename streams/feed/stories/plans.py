"""Plans: through a listed port, changed, overtaken, cancelled."""

from __future__ import annotations

from streams.feed import cast
from streams.feed.journeys import Coal
from streams.feed.scenario import story
from streams.feed.stories.coal import WAIVER
from streams.feed.story import JsonEvent, Story


def _plan(run: Coal, type: str = "LOADED", days: float = 14) -> JsonEvent:
    """A planned event of the ship at the port, that many days ahead."""
    s = run.story
    known = s.at
    s.wait(24 * days)
    ahead, s.at = s.at, known
    ship = run.ship
    return s.tell(type, run.port, transport=ship, classifier="PLANNED", source="port-agent-ru", occurred=ahead)


@story(share=3, first=WAIVER)
def plan_covered(s: Story) -> None:
    """Kazakh coal planned through Ust-Luga, nothing has moved yet: the plan is covered."""
    run = Coal(s)
    run.book()
    s.wait(3)
    _plan(run)


@story(share=2, first=WAIVER)
def plan_owner_unknown(s: Story) -> None:
    """Coal of an unknown owner planned through Ust-Luga."""
    run = Coal(s, owner=None, route=s.rng.random() < 0.5)
    run.book()
    s.wait(3)
    _plan(run)


@story(share=3, first=WAIVER)
def plan_done(s: Story) -> None:
    """A loading at Ust-Luga planned and then done, sooner or later than planned."""
    run = Coal(s, owner=s.rng.choice((cast.firm(s.rng, "KZ"), cast.firm(s.rng, "KZ"), None)))
    run.book()
    s.wait(3)
    _plan(run, days=s.rng.choice((6, 25)))
    run.rail()
    run.through_port()
    run.sea()
    run.deliver()


@story(share=3, first="2025-03-01")
def plan_rerouted(s: Story) -> None:
    """Planned through Ust-Luga without a known owner, then changed to Riga or Klaipėda."""
    run = Coal(s, owner=None)
    run.book()
    s.wait(3)
    _plan(run)
    s.wait(60)
    other = s.rng.choice(("LVRIX", "LTKLJ"))
    run.port = other
    s.tell("ROUTE_CHANGED", source="shipper-erp", route=run.legs())
    run.rail()
    run.through_port()
    run.sea()
    if s.rng.random() < 0.6:
        run.deliver()


@story(share=2, first="2025-03-01")
def plan_rerouted_only(s: Story) -> None:
    """Planned through Ust-Luga, changed to Riga; nothing has moved yet."""
    run = Coal(s, owner=None)
    run.book()
    s.wait(60)
    run.port = "LVRIX"
    s.tell("ROUTE_CHANGED", source="shipper-erp", route=run.legs())


@story(share=2, first=WAIVER)
def plan_cancelled(s: Story) -> None:
    """A booking through Ust-Luga that is cancelled before anything moved."""
    run = Coal(s, owner=None)
    run.book()
    s.wait(3)
    _plan(run)
    s.wait(70)
    s.tell("CANCELLED", source="shipper-erp")


@story(share=2, first="2026-06-26", last="2026-07-10")
def plan_before_listing(s: Story) -> None:
    """A departure from Vysotsk planned for the night of its listing on 24 July 2026, or the day after."""
    run = Coal(s, port="RUVYS", route=False, owner=None)
    run.book()
    s.go_to("2026-07-24", s.rng.choice(("00:20:00", "00:59:59", "01:00:00", "12:00:00")), "RU")
    ahead = s.at
    s.go_to("2026-07-15", "10:00:00", "RU")
    s.tell("DEPARTED", run.port, transport=run.ship, classifier="PLANNED", source="port-agent-ru", occurred=ahead)


@story(share=2, first=WAIVER)
def plan_estimated_arrivals(s: Story) -> None:
    """The good case with estimated arrivals at the EU port on the way."""
    run = Coal(s)
    run.book()
    run.rail()
    run.through_port()
    run.sail()
    ahead = {"classifier": "ESTIMATED", "source": "operator-17", "transport": run.ship}
    s.tell("ARRIVED", run.unload, **ahead)
    s.wait(50)
    s.tell("ARRIVED", run.unload, **ahead)
    run.land()
    run.deliver()
